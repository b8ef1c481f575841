package chatwoot

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
)

func TestSettings(t *testing.T) {
	base := map[string]any{"url": "https://chat.example/support/", "account_id": "1", "inbox_id": 2, "api_token": "token", "hook_secret": "secret"}
	for _, c := range []struct {
		what   string
		change map[string]any
		faults []string
	}{
		{"good", nil, nil},
		{"nothing", map[string]any{"url": "", "account_id": nil, "inbox_id": "", "api_token": "", "hook_secret": ""},
			[]string{"account_id", "api_token", "hook_secret", "inbox_id", "url"}},
		{"a bot alone", map[string]any{"api_token": "", "bot_token": "bot"}, nil},
		{"the page of the app", map[string]any{"url": "https://chat.example/app/accounts/1"}, []string{"url"}},
		{"a password", map[string]any{"url": "https://me:pw@chat.example"}, []string{"url"}},
		{"no numbers", map[string]any{"account_id": "one", "inbox_id": -1}, []string{"account_id", "inbox_id"}},
		{"tokens with spaces", map[string]any{"api_token": "a b", "bot_token": "c\nd"}, []string{"api_token", "bot_token"}},
		{"unsigned without a path", map[string]any{"signatures": "off"}, []string{"hook_path_token"}},
		{"unsigned with a short path", map[string]any{"signatures": "optional", "hook_path_token": "short"}, []string{"hook_path_token"}},
		{"unsigned with an odd path", map[string]any{"signatures": "off", "hook_path_token": "a/path/with/slashes/is/odd"}, []string{"hook_path_token"}},
		{"unsigned", map[string]any{"signatures": "off", "hook_path_token": testPath, "hook_secret": ""}, nil},
		{"odd words", map[string]any{"signatures": "maybe", "lang": "fr", "rich": "perhaps", "bot": 3, "sweep_every": "soon", "hook_path_token": testPath},
			[]string{"bot", "lang", "rich", "signatures", "sweep_every"}},
		{"too often", map[string]any{"sweep_every": "10ms"}, []string{"sweep_every"}},
		{"of another", map[string]any{"guild_id": "1"}, []string{"guild_id"}},
	} {
		settings := map[string]any{}
		for _, m := range []map[string]any{base, c.change} {
			maps.Copy(settings, m)
		}
		raw, _ := json.Marshal(settings)
		set, err := parseSettings(raw)
		var e *kefu.Error
		var faults []string
		if errors.As(err, &e) {
			for _, f := range e.Faults {
				faults = append(faults, f.Field)
			}
		}
		slices.Sort(faults)
		same(t, c.what, faults, c.faults)
		if c.change == nil && (set.url != "https://chat.example/support" || set.accountID != 1 || set.inboxID != 2 || set.sweepEvery != 5*time.Minute || !set.rich || set.bot) {
			t.Errorf("read as %q %d %d", set.url, set.accountID, set.inboxID)
		}
		if err != nil && strings.Contains(err.Error(), "me:pw") {
			t.Errorf("%s: the error shows a password", c.what)
		}
	}
}

func TestThreadNames(t *testing.T) {
	for text, want := range map[string]place{"45.1700000000": {45, 1700000000}, "45": {45, 0}} {
		if p, ok := parsePlace(text); !ok || p != want || p.String() != text {
			t.Errorf("%q is %v %t", text, p, ok)
		}
	}
	for _, text := range []string{"", "0", "-1", "x", "45.", "45.x", "45.0", "4 5", "99999999999999999999", "45.1.2"} {
		if p, ok := parsePlace(text); ok {
			t.Errorf("%q is %v", text, p)
		}
	}
}

// TestPhrases: every phrase is there in each language, with the same places to fill in.
func TestPhrases(t *testing.T) {
	for name, words := range phrases {
		for _, lang := range []string{"zh-TW", "zh-CN", "en"} {
			if words[lang] == "" || strings.Count(words[lang], "%s") != strings.Count(words["en"], "%s") {
				t.Errorf("%s in %s: %q", name, lang, words[lang])
			}
		}
	}
	for _, phrase := range marks {
		if phrases[phrase] == nil {
			t.Errorf("no phrase %q", phrase)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	k := newKnown(time.Now)
	m := k.memory("1.1")
	for n := range int64(500) {
		m.note(n, "12345678")
		k.met(place{n, 1}.String(), "x")
	}
	if len(m.seen) > mostMessages+1 || m.seen[499] == "" {
		t.Errorf("%d messages are remembered", len(m.seen))
	}
	for n := range int64(3 * mostKnown) {
		k.prove(place{n + 1, 1}.String(), 0)
	}
	if n := len(k.proved.young) + len(k.proved.old); n > 2*mostKnown {
		t.Errorf("%d proofs are remembered", n)
	}
}
