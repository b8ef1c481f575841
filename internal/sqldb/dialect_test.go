package sqldb

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ query, sqlite, postgres string }{
		{"SELECT $1, $23", "SELECT ?1, ?23", "SELECT $1, $23"},
		{"a = '$1''$2' AND b = $3", "a = '$1''$2' AND b = ?3", "a = '$1''$2' AND b = $3"},
		{`"a$1" = $1`, `"a$1" = ?`, `"a$1" = $1`},
		{"a$1 = $1", "a$1 = ?", "a$1 = $1"},
		{"a = $1 AND b IN ($2,$3) OR c='$1'", "a = ? AND b IN (?,?) OR c='$1'", "a = $1 AND b IN ($2,$3) OR c='$1'"},
		{"a = $1 OR b = $1", "a = ?1 OR b = ?1", "a = $1 OR b = $1"},
		{"a = $2 OR b = $1", "a = ?2 OR b = ?1", "a = $2 OR b = $1"},
		{"x -- $1 /*skip locked*/\n$1", "x -- $1 /*skip locked*/\n?", "x -- $1 /*skip locked*/\n$1"},
		{"x /* $1 */ $1", "x /* $1 */ ?", "x /* $1 */ $1"},
		{"LIMIT 1 /*skip locked*/", "LIMIT 1 ", "LIMIT 1 FOR UPDATE SKIP LOCKED"},
		{"q /*for update*/", "q ", "q FOR UPDATE"},
		{"'/*for update*/'", "'/*for update*/'", "'/*for update*/'"},
		{`ORDER BY id COLLATE "C", at`, `ORDER BY id , at`, `ORDER BY id COLLATE "C", at`},
		{`'COLLATE "C"'`, `'COLLATE "C"'`, `'COLLATE "C"'`},
		{"客服 = $1 AND '客$1'", "客服 = ? AND '客$1'", "客服 = $1 AND '客$1'"},
		{"'open $1", "'open $1", "'open $1"},
		{"/* open $1", "/* open $1", "/* open $1"},
		{"$", "$", "$"},
		{"", "", ""},
	} {
		if got := rewrite(SQLite, c.query); got != c.sqlite {
			t.Errorf("sqlite: %q became %q, want %q", c.query, got, c.sqlite)
		}
		if got := rewrite(PostgreSQL, c.query); got != c.postgres {
			t.Errorf("postgres: %q became %q, want %q", c.query, got, c.postgres)
		}
	}
}

// FuzzRewrite puts literals between noise and wants them back untouched, whatever the noise is.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{"", "$1", "'", `"`, "--", "/*", "/*skip locked*/", `COLLATE "C"`, "a$1'b''$2'"} {
		f.Add(seed, "$1 /*for update*/")
	}
	f.Fuzz(func(t *testing.T, noise, inside string) {
		for _, d := range []Dialect{SQLite, PostgreSQL} {
			got := rewrite(d, noise)
			if d == PostgreSQL && !strings.Contains(noise, "/*") && got != noise {
				t.Errorf("%q became %q", noise, got)
			}
			if len(got) > len(noise)+len(noise)/12*len("FOR UPDATE SKIP LOCKED")+64 {
				t.Errorf("%q grew to %q", noise, got)
			}
			literal := "'" + strings.ReplaceAll(inside, "'", "''") + "'"
			if got := rewrite(d, literal+" "+literal); got != literal+" "+literal {
				t.Errorf("literal %q became %q", literal, got)
			}
		}
	})
}

func TestRewriteKeepsLiteralsAnywhere(t *testing.T) {
	piece := rapid.SampledFrom([]string{"$1", " ", "a$2", "'$3'", `"$4"`, "--$5\n", "/*$6*/", "/*skip locked*/", `COLLATE "C"`, "é", "''"})
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.SliceOf(piece).Draw(t, "before"), rapid.SliceOf(piece).Draw(t, "after")
		query := strings.Join(before, " ") + " '$9' " + strings.Join(after, " ")
		for _, d := range []Dialect{SQLite, PostgreSQL} {
			// Pieces are whole, so rewriting the parts one by one is rewriting the whole, when parameters have numbers: $2 before $1.
			parts := rewrite(d, "$2 $1 "+strings.Join(before, " ")) + " '$9' " + rewrite(d, "$2 $1 "+strings.Join(after, " "))
			want := strings.Replace(parts, " '$9' "+rewrite(d, "$2 $1 "), " '$9' ", 1)
			if got := rewrite(d, "$2 $1 "+query); got != want {
				t.Errorf("%s: %q became %q, want %q", d, query, got, want)
			}
		}
	})
}

func TestFilter(t *testing.T) {
	const text = "CREATE TABLE x (\n  a INTEGER, -- only: sqlite\n  a BIGINT, -- only: postgres\n  b TEXT COLLATE \"C\" -- not only: here\n);"
	for d, want := range map[Dialect]string{
		SQLite:     "CREATE TABLE x (\n  a INTEGER,\n  b TEXT -- not only: here\n);",
		PostgreSQL: "CREATE TABLE x (\n  a BIGINT,\n  b TEXT COLLATE \"C\" -- not only: here\n);",
	} {
		if got := filter(d, text); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestMicrosRoundTrip(t *testing.T) {
	if Micros(time.Time{}) != 0 || !Time(0).IsZero() {
		t.Error("the zero time is not 0")
	}
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.Int64Range(-1<<53, 1<<53).Draw(t, "us")
		if got := Micros(Time(us)); got != us {
			t.Errorf("%d became %d", us, got)
		}
	})
}

// A statement text that is built anew each time must not fill the cache.
func TestRewrittenTextsAreBounded(t *testing.T) {
	var kept texts
	for i := range cachedTexts + 100 {
		kept.rewritten("SELECT " + strings.Repeat("x", i%50) + time.Duration(i).String())
	}
	n := 0
	kept.m.Range(func(any, any) bool { n++; return true })
	if n != cachedTexts {
		t.Errorf("%d texts kept, want %d", n, cachedTexts)
	}
}
