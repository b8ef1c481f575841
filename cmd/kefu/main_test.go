package main

import (
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"kefu/internal/app"
	fakediscord "kefu/internal/fake/discord"
	fakewordpress "kefu/internal/fake/wordpress"
	"kefu/internal/storetest"
)

// quickExit keeps the race detector from waiting a second at the end of every process.
const quickExit = "GORACE=atexit_sleep_ms=0"

// suite ends the PostgreSQL that the tests have started.
type suite struct{ m *testing.M }

// Run runs the tests.
func (s suite) Run() int { return storetest.Main(s.m) }

// TestMain puts the program itself into the path: `exec kefu` in a script, or exec.Command("kefu"), is another process of this binary.
func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"kefu": main})
}

// TestScripts plays testdata/script: what needs no database.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"), RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, quickExit)
			return nil
		},
	})
}

// TestDatabaseScripts plays testdata/database on each engine, every script on a database of its own.
func TestDatabaseScripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "database", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, url string) {
				testscript.Run(t, testscript.Params{
					Files: []string{file}, RequireExplicitExec: true, RequireUniqueNames: true,
					Setup: func(e *testscript.Env) error { return around(e, url) },
					Cmds:  map[string]func(*testscript.TestScript, bool, []string){"findings": findings, "idof": idof},
				})
			})
		})
	}
}

// around gives a script a database, a shop with ticket 33 and a Discord server.
func around(e *testscript.Env, database string) error {
	site := fakewordpress.New(fakewordpress.Options{})
	if err := site.Start("127.0.0.1:0"); err != nil {
		return err
	}
	e.Defer(site.Close)
	guild := fakediscord.New(fakediscord.Options{})
	if err := guild.Start("127.0.0.1:0"); err != nil {
		return err
	}
	e.Defer(func() { _ = guild.Close() })
	e.Vars = append(e.Vars, quickExit,
		"KEFU_DATABASE="+database, "KEFU_LISTEN=127.0.0.1:0",
		"SITE="+site.URL(), "SITE_PASSWORD="+fakewordpress.DefaultPassword,
		"GUILD_API="+guild.APIURL(), "GUILD_ID="+guild.GuildID(), "GUILD_TOKEN="+guild.Token())
	return nil
}

// findings reads the doctor's JSON in a file: "findings stdout 2" wants exactly two failures, each with a way to mend it.
func findings(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: findings FILE FAILURES")
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.DisallowUnknownFields()
	var said struct{ Findings []app.Finding }
	ts.Check(dec.Decode(&said))
	if _, err := dec.Token(); err != io.EOF {
		ts.Fatalf("something follows the JSON")
	}
	failed := 0
	for _, f := range said.Findings {
		if f.Part == "" || f.Check == "" || f.Words == "" || f.Level == "fail" && f.Mend == "" {
			ts.Fatalf("no part, check, words or mend: %+v", f)
		}
		if f.Level == "fail" {
			failed++
		}
	}
	if args[1] != string(rune('0'+failed)) {
		ts.Fatalf("%d failures, want %s: %+v", failed, args[1], said.Findings)
	}
}

func TestParseDays(t *testing.T) {
	for text, want := range map[string]string{"": "0s", "90d": "2160h0m0s", "12h": "12h0m0s"} {
		if d, err := parseDays(text); err != nil || d.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, d, err, want)
		}
	}
	for _, text := range []string{"d", "0d", "-1d", "90", "1.5d", "-2h", "99999d", "soon"} {
		if d, err := parseDays(text); err == nil || !strings.Contains(err.Error(), "90d or 12h") {
			t.Errorf("%q: %s, %v", text, d, err)
		}
	}
}
