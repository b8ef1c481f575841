package discord

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kefu"
	api "kefu/internal/discord"
)

func TestNonces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		delivery, a, b := rapid.String().Draw(t, "delivery"), rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		n := nonce(delivery, a)
		if len(n) == 0 || len(n) > api.MaxNonce || n != nonce(delivery, a) {
			t.Fatalf("nonce %q", n)
		}
		if a != b && n == nonce(delivery, b) {
			t.Fatalf("%q and %q have one nonce", a, b)
		}
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.IntRange(1, 99).Draw(t, "of")
		p := place{Seq: rapid.Int64Min(0).Draw(t, "seq"), N: rapid.IntRange(0, of-1).Draw(t, "n"), Of: of}
		for _, after := range []string{"", " · 已編輯", " · late"} {
			if got, ok := parsePlace(p.String() + after); !ok || got != p {
				t.Fatalf("%q is read as %+v, %t", p.String()+after, got, ok)
			}
		}
	})
	for _, other := range []string{"", "12", "kefu·abc", "#", "# 3", "#99999999999999999999"} {
		if p, ok := parsePlace(other); ok {
			t.Errorf("%q is read as %+v", other, p)
		}
	}
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	long, short := kefu.ConversationID("cnv_0abc"), kefu.ConversationID("cnv_0ab")
	topic := "客服單 #3 · https://kefu.example/c/" + string(long) + " · " + marker(long)
	if !hasMarker(topic, long) || hasMarker(topic, short) || hasMarker("", long) || hasMarker("kefu:", "") {
		t.Error("markers are mistaken for each other")
	}
}

func TestCustomIDs(t *testing.T) {
	t.Parallel()
	id := customID("retry", "dlv_"+strings.Repeat("x", 40))
	if name, arg, ok := parseCustomID(id); !ok || name != "retry" || len(arg) != 44 || len(id) > api.MaxCustomID {
		t.Errorf("%q, %q, %t", name, arg, ok)
	}
	for _, other := range []string{"", "other:close:", "kefu:close", "close"} {
		if name, _, ok := parseCustomID(other); ok {
			t.Errorf("%q is read as %q", other, name)
		}
	}
}

func TestPartNotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"hello":                     {"hello", ""},
		"// hello\nworld":           {"", "hello\nworld"},
		" // hello\n// world":       {"", "hello\nworld"},
		"a\n// b\nc":                {"a\nc", "b"},
		"```\n// code\n```":         {"```\n// code\n```", ""},
		"see https://a.example//b":  {"see https://a.example//b", ""},
		"a\n  // b":                 {"a", "b"},
		"":                          {"", ""},
		"//":                        {"", ""},
		"a\n```go\n// x\n```\n// y": {"a\n```go\n// x\n```", "y"},
	} {
		public, note := partNotes(text)
		if public != want[0] || note != want[1] {
			t.Errorf("partNotes(%q) = %q, %q; want %q", text, public, note, want)
		}
	}
}
