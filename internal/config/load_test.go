package config

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
)

var update = flag.Bool("update", false, "write golden files anew")

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./internal/config -update writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what comes out; -update writes it anew (-want +got):\n%s", path, diff)
	}
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, yaml string, environ ...string) *Config {
	t.Helper()
	cfg, err := Parse("test.yaml", []byte(yaml), environ, testKinds())
	if err != nil {
		t.Fatalf("refused: %s", Explain(err))
	}
	return cfg
}

// refused gives the words of the faults.
func refused(t *testing.T, yaml string, environ ...string) string {
	t.Helper()
	_, err := Parse("test.yaml", []byte(yaml), environ, testKinds())
	if kefu.KindOf(err) != kefu.KindInvalid {
		t.Fatalf("error %v, want one of kind invalid for:\n%s", err, yaml)
	}
	return Explain(err)
}

func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	words := refused(t, string(file(t, "faults.yaml")), "KEFU_LISTNE=:1", "KEFU_INBOX_SHOP_HOOK_SECRT=hidden-10", "KEFU_LOG=debug")
	if strings.Contains(words, "hidden") {
		t.Errorf("a fault repeats a secret:\n%s", words)
	}
	golden(t, filepath.Join("testdata", "faults.golden"), []byte(words))
}

func TestContractFile(t *testing.T) {
	t.Parallel()
	cfg := parse(t, string(file(t, "contract.yaml")))
	shop, _ := cfg.Inbox("shop")
	guild, _ := cfg.Inbox("guild")
	type values struct {
		PublicURL, Database, Name string
		Level                     slog.Level
		AllowHTTP                 bool
		Pacing                    map[kefu.InboxID]float64
		Proxies, Egress           string
		Settings                  string
		Guild                     connector.Inbox
		PayloadDays, AttemptDays  int
		Alerts                    Alerts
	}
	got := values{
		cfg.PublicURL, cfg.Database.Reveal(), shop.Name, cfg.Log.Level, cfg.Webhooks.AllowHTTP, cfg.Pacing,
		fmt.Sprint(cfg.TrustedProxies), fmt.Sprint(cfg.Egress.Allow), string(shop.Connector().Settings), guild.Connector(),
		cfg.Webhooks.PayloadDays, cfg.Webhooks.AttemptDays, cfg.Alerts,
	}
	want := values{
		PublicURL: "https://kefu.example.com/help",
		Database:  "postgres://kefu:db-password@db/kefu",
		Name:      "龍之店", Level: slog.LevelDebug, AllowHTTP: true,
		Pacing:   map[kefu.InboxID]float64{"guild": 5, "shop": 0.5},
		Proxies:  "[127.0.0.1/32 10.0.0.0/8]",
		Egress:   "[127.0.0.0/8]",
		Settings: `{"allow_unsigned_from":["127.0.0.1/32","::1/128"],"application_password":"wp-password wp-password","default":true,"hook_secret":"whsec_hook-secret","site_url":"http://site-user:site-password@127.0.0.1:8401","sweep_every":"5m","username":"kefu"}`,
		Guild: connector.Inbox{ID: "guild", Channel: "discord", Name: "guild", Settings: []byte(
			`{"agent_roles":["1200000000000000003","7",7],"community":{"bug_channel":"1200000000000000005","feeds":[],"none":null,"quiet":true,"share":0.5},"guild_id":"1200000000000000001","token":"discord-token"}`)},
		PayloadDays: 7, AttemptDays: 365, Alerts: Alerts{RemoteDown: 90 * time.Second, QueueAge: 90 * time.Minute},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDefaultsWithoutAnyFile(t *testing.T) {
	t.Chdir(t.TempDir())
	cfg, err := Load("", nil, testKinds())
	if err != nil {
		t.Fatal(Explain(err))
	}
	site, _ := cfg.Inbox("site")
	if def, _ := cfg.DefaultInbox("wordpress"); def != "site" || len(cfg.Inboxes) != 1 {
		t.Errorf("inboxes %v, default %q; want the WordPress inbox site alone, as default", cfg.Inboxes, def)
	}
	if got, want := string(site.Connector().Settings), `{"allow_unsigned_from":["127.0.0.1/32","::1/128"],"default":true}`; got != want {
		t.Errorf("settings of site %s, want %s", got, want)
	}
	if cfg.Database != "sqlite:kefu.db" || cfg.Listen != "127.0.0.1:8000" || cfg.PublicURL != "http://127.0.0.1:8000" ||
		cfg.DataDir != "kefu-data" || cfg.SecretKey != "" || cfg.Log.Format != "text" ||
		cfg.Webhooks != (Webhooks{PayloadDays: 30, AttemptDays: 90}) || cfg.Alerts != (Alerts{RemoteDown: 2 * time.Minute, QueueAge: 5 * time.Minute}) {
		t.Errorf("defaults: %+v", cfg)
	}
}

func TestBuiltInFaultsNameNoLine(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load("", nil, nil)
	if words := Explain(err); err == nil || strings.Contains(words, "line") || !strings.Contains(words, "without a file") {
		t.Errorf("words %q, want a fault of the built-in configuration without a line", words)
	}
}

// TestWhichFile: the flag goes before KEFU_CONFIG, that before kefu.yaml. A file that was named must be there.
func TestWhichFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"flag", "env", "kefu"} {
		if err := os.WriteFile(name+".yaml", []byte("data_dir: "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	environ := []string{"KEFU_CONFIG=env.yaml"}
	for _, c := range []struct {
		path    string
		environ []string
		want    string
	}{
		{"flag.yaml", environ, "flag"},
		{"", environ, "env"},
		{"", nil, "kefu"},
	} {
		cfg, err := Load(c.path, c.environ, testKinds())
		if err != nil || cfg.DataDir != c.want || len(cfg.Inboxes) != 0 {
			t.Errorf("Load(%q, %v) = %+v, %v; want data_dir %s and no inbox", c.path, c.environ, cfg, err, c.want)
		}
	}
	if _, err := Load("absent.yaml", nil, testKinds()); kefu.KindOf(err) != kefu.KindInvalid || !strings.Contains(err.Error(), "absent.yaml") {
		t.Errorf("a named file that is not there: %v, want an error with its name", err)
	}
	if err := os.WriteFile("large.yaml", bytes.Repeat([]byte("#"), maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load("large.yaml", nil, testKinds()); err == nil {
		t.Error("a file above the bound was read")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, yaml, want string }{
		{"not YAML", "listen: [", "is not YAML"},
		{"line of what is not YAML", "a: 1\nb: 2\nc: d: e\n", "line 3: is not YAML"},
		{"second document", "listen: :1\n---\nlisten: :2\n", "second document"},
		{"a list", "- listen", "must be keys with values, not a list"},
		{"number of another kind", "pacing: {shop: .nan}\ninboxes: [{id: shop, channel: wordpress}]", "pacing.shop (line 1): \".nan\" is not a number"},
		{"zero byte", `data_dir: "a\0b"`, "zero bytes"},
		{"empty list item", "inboxes: [~]", "inboxes[0] (line 1): is empty"},
		{"two keys of one", "listen: :1\nlisten: :2", "listen (line 2): stands here twice; the first is in line 1"},
		{"route to itself", "inboxes: [{id: beep, channel: pager}]\nroutes: [{from: beep, to: [beep]}]", "can be a desk only"},
		{"user in public_url", "public_url: https://a:hidden@b", "at most a path"},
		{"memory", "database: 'sqlite::memory:'", "names no file"},
		{"deep settings", "inboxes: [{id: g, channel: twilio, settings: {auth_token: t, base_urls: {a: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "}}}]", "deeper"},
		{"pacing of none", "pacing: {shop: 0}\ninboxes: [{id: shop, channel: wordpress}]", "pacing.shop (line 1): \"0\" is not a number"},
		{"no day", "webhooks: {payload_days: 0}", "webhooks.payload_days (line 1): 0 is not a number of days from 1 to 3650"},
		{"too many days", "webhooks: {attempt_days: 3651}", "webhooks.attempt_days (line 1): 3651 is not"},
		{"half a day", "webhooks: {attempt_days: 0.5}", "\"0.5\" is not a whole number"},
		{"nearly no time", "alerts: {queue_age: 9999ms}", "alerts.queue_age (line 1): 9.999s is not between 10s and 24h"},
		{"too long", "alerts: {remote_down: 24h1s}", "24h0m1s is not between"},
		{"time without unit", "alerts: {remote_down: 120}", "\"120\" is not a duration; write 30s"},
		{"reference in a list", "trusted_proxies: [&a 10.0.0.1, *a]", "put it in quotes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			words := refused(t, c.yaml)
			if !strings.Contains(words, c.want) || strings.Contains(words, "hidden") {
				t.Errorf("words %q, want %q in them and nothing hidden", words, c.want)
			}
		})
	}
}

// TestForgottenQuotes: YAML reads passwords that begin with * & or ! as something else. They are refused, and not shown.
func TestForgottenQuotes(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"*hidden", "&hidden rest", "!hidden rest", "{hidden}", "[hidden]"} {
		words := refused(t, "secret_key: "+password+"\n")
		if strings.Contains(words, "hidden") {
			t.Errorf("the fault repeats the secret: %s", words)
		}
	}
}

func TestDatabaseURLs(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"sqlite:kefu.db":                        true,
		"sqlite:/var/lib/kefu/kefu.db?_x=1":     true,
		"postgres://u:p@one:1,two:2/kefu":       true,
		"postgresql:///kefu?host=/run/postgres": true,
		"postgres://u:***@h/d":                  true,
		"sqlite:":                               false,
		"mysql://h/d":                           false,
		"postgres:h":                            false,
		"postgres://u:1/2@h/d":                  false,
		"postgres://u:1#2@h/d":                  false,
		"postgres://u:%zz@h/d":                  false,
	} {
		if err := checkDatabase(text); (err == nil) != ok {
			t.Errorf("checkDatabase(%s) = %v, want taken: %v", text, err, ok)
		}
	}
}

func TestPublicURLFollowsListen(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"listen: 127.0.0.1:9": "http://127.0.0.1:9",
		"listen: :9":          "http://127.0.0.1:9",
		"listen: 0.0.0.0:9":   "http://127.0.0.1:9",
		"listen: '[::]:9'":    "http://127.0.0.1:9",
		"listen: '[::1]:9'":   "http://[::1]:9",
		"listen: kefu.lan:9\ntls: {cert: a, key: b}":        "https://kefu.lan:9",
		"listen: kefu.lan:9\npublic_url: https://kefu.org/": "https://kefu.org",
	} {
		if got := parse(t, yaml).PublicURL; got != want {
			t.Errorf("public_url of %q is %s, want %s", yaml, got, want)
		}
	}
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"127.0.0.1": "127.0.0.1/32", "::1": "::1/128", "10.0.0.0/8": "10.0.0.0/8", "0.0.0.0/0": "0.0.0.0/0",
		"10.0.0.1/8": "", "fe80::1%eth0": "", "::ffff:1.2.3.4": "", "localhost": "", "": "",
	} {
		got, err := parseNetwork(text)
		if want == "" && err == nil || want != "" && got != netip.MustParsePrefix(want) {
			t.Errorf("parseNetwork(%q) = %v, %v; want %q", text, got, err, want)
		}
	}
}

// TestBounded: a file of the largest size with nothing but faults is refused in a moment, and with so many words as can be read.
func TestBounded(t *testing.T) {
	t.Parallel()
	for _, item := range []string{"{},", "{id: a, channel: discord},", "{channel: wordpress, settings: {a: b}},", "x,"} {
		words := refused(t, "inboxes: ["+strings.Repeat(item, 100_000/len(item))+"]")
		if lines := strings.Count(words, "\n"); lines > maxFaults+2 || !strings.Contains(words, "not listed") {
			t.Errorf("%d lines for items %s, want at most %d and a word about the rest", lines, item, maxFaults+2)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(file2(f, "contract.yaml"), "KEFU_LOG_LEVEL", "debug")
	f.Add(file2(f, "faults.yaml"), "KEFU_PACING", "a=1,b=2")
	f.Add([]byte("a: &a [*a]"), "KEFU_INBOX_SITE_DEFAULT", "true")
	f.Add([]byte("inboxes: [{id: g, channel: discord, settings: {community: {a: {}}}}]"), "KEFU_INBOX_G_COMMUNITY", "{a: [1, 2]}")
	f.Fuzz(func(t *testing.T, data []byte, name, value string) {
		if strings.HasSuffix(name, fileSuffix) {
			t.Skip("would read a file of the machine")
		}
		cfg, err := Parse("fuzz.yaml", data, []string{name + "=" + value}, testKinds())
		if err != nil {
			if kefu.KindOf(err) != kefu.KindInvalid || Explain(err) == "" {
				t.Fatalf("error %v, want one of kind invalid in words", err)
			}
			return
		}
		reloads(t, cfg)
	})
}

func file2(f *testing.F, name string) []byte {
	f.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		f.Fatal(err)
	}
	return data
}

// reloads holds that what Print writes loads, and prints the same.
func reloads(t *testing.T, cfg *Config) {
	t.Helper()
	var first, second bytes.Buffer
	if err := cfg.Print(&first); err != nil {
		t.Fatal(err)
	}
	again, err := Parse("printed.yaml", first.Bytes(), nil, testKinds())
	if err != nil {
		t.Fatalf("what was printed does not load: %s\n%s", Explain(err), first.String())
	}
	if err := again.Print(&second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("printed, loaded and printed again it differs (-first +second):\n%s", diff)
	}
}
