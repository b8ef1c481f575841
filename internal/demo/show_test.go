package demo

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLocale(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  map[string]string
		want Lang
	}{
		{"nothing", nil, English},
		{"posix", map[string]string{"LANG": "C.UTF-8"}, English},
		{"Taiwan", map[string]string{"LANG": "zh_TW.UTF-8"}, TraditionalChinese},
		{"Hong Kong", map[string]string{"LANG": "zh_HK"}, TraditionalChinese},
		{"China", map[string]string{"LANG": "zh_CN.GB18030"}, SimplifiedChinese},
		{"script", map[string]string{"LANG": "zh-Hans"}, SimplifiedChinese},
		{"LC_ALL goes before LANG", map[string]string{"LC_ALL": "en_US.UTF-8", "LANG": "zh_TW.UTF-8"}, English},
		{"an empty LC_ALL does not count", map[string]string{"LC_ALL": "", "LANG": "zh_TW"}, TraditionalChinese},
		{"another language", map[string]string{"LANG": "ja_JP.UTF-8"}, English},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Locale(func(name string) string { return tc.env[name] }); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestParseLang(t *testing.T) {
	if l, err := ParseLang("zh_TW"); err != nil || l != TraditionalChinese {
		t.Errorf("zh_TW is %v, %v", l, err)
	}
	if _, err := ParseLang("de"); err == nil || !strings.Contains(err.Error(), "zh-TW, zh-CN or en") {
		t.Errorf("error is %v, want one that names the languages", err)
	}
}

// Every text must be there in every language, with the same arguments.
func TestWordsAreEquals(t *testing.T) {
	verbs := regexp.MustCompile(`%[.0-9]*[a-z]`)
	for name, in := range texts {
		want := verbs.FindAllString(in[0], -1)
		for l := range Lang(languages) {
			if in[l] == "" {
				t.Errorf("%s is missing in %v", name, l)
			}
			if got := verbs.FindAllString(in[l], -1); !slices.Equal(got, want) {
				t.Errorf("%s takes %v in %v and %v in %v", name, want, Lang(0), got, l)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "Kefu": 4, "客服": 4, "，": 2, "✅": 2, "⏳": 2, "e\u0301": 1, "a客b": 4, "──▶": 3, "ｱ": 1} {
		if got := columns(text); got != want {
			t.Errorf("columns(%q) = %d, want %d", text, got, want)
		}
	}
	if got := pad("客服", 6); got != "客服  " {
		t.Errorf("pad = %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, tc := range []struct {
		text        string
		room, lines int
		want        []string
	}{
		{"", 10, 3, nil},
		{"abc", 10, 3, []string{"abc"}},
		{"客服客服", 5, 3, []string{"客服", "客服"}},
		{"客服客服客服", 4, 2, []string{"客服", "客…"}},
		{"one two three", 9, 3, []string{"one two ", "three"}},
		{"客", 1, 1, []string{"客"}},
	} {
		if diff := cmp.Diff(tc.want, wrap(tc.text, tc.room, tc.lines)); diff != "" {
			t.Errorf("wrap(%q, %d, %d): %s", tc.text, tc.room, tc.lines, diff)
		}
	}
}

func TestTimelinePrintsInTheOrderOfBeginning(t *testing.T) {
	var out bytes.Buffer
	l := newTimeline(&printer{w: &out, lang: English, width: 80})
	cause, effect, dropped := l.begin(), l.begin(), l.begin()
	l.end(effect, crossing{edge: deskEdge, right: true, call: "EFFECT", status: 200})
	if out.Len() != 0 {
		t.Fatalf("printed before its cause:\n%s", out.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if l.settle(ctx) == nil {
		t.Error("settled while calls are on their way")
	}
	settled := make(chan error, 1)
	go func() { settled <- l.settle(t.Context()) }()
	l.end(cause, crossing{edge: shopEdge, right: true, call: "CAUSE", status: 500})
	l.drop(dropped)
	select {
	case err := <-settled:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("never settled")
	}
	if at, then := strings.Index(out.String(), "CAUSE"), strings.Index(out.String(), "EFFECT"); at < 0 || then < at {
		t.Errorf("order is wrong:\n%s", out.String())
	}
	if n := l.count(func(c crossing) bool { return c.failed() }); n != 1 {
		t.Errorf("%d failures counted, want 1", n)
	}
}

func TestLanesAreAligned(t *testing.T) {
	p := &printer{}
	for _, c := range []crossing{{edge: shopEdge, right: true}, {edge: shopEdge}, {edge: deskEdge, right: true}, {edge: deskEdge}} {
		if got := columns(p.lanes(c)); got != 30 {
			t.Errorf("%q is %d columns wide, want 30", p.lanes(c), got)
		}
	}
}

func TestEssence(t *testing.T) {
	for _, tc := range []struct{ name, kind, sent, want string }{
		{"channel", "application/json", `{"name":"網站-客-0033","type":0,"topic":"long"}`, `{"name":"網站-客-0033"}`},
		{
			"card", "application/json",
			`{"nonce":"x","embeds":[{"author":{"name":"DemoUser"},"description":"a <b>","color":1,"fields":[{"name":"n","value":"v"}]},{"color":2}],` +
				`"components":[{"type":1,"components":[{"type":2,"label":"回覆"}]}]}`,
			`{"embeds":[{"author":"DemoUser","description":"a <b>","fields":["n：v"]}],"components":["回覆"]}`,
		},
		{"deferral", "application/json", `{"type":5,"data":{"flags":64}}`, `{"type":5}`},
		{"commands", "application/json", `[{"name":"reply"},{"name":"close"}]`, `["/reply","/close"]`},
		{
			"upload", "multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"c\"}\r\n" +
				"--x\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.html\"\r\n\r\n<p>\r\n--x--\r\n",
			`{"content":"c","files":["a.html"]}`,
		},
		{"nothing", "", "", ""},
		{"garbage", "application/json", "{", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := discordEssence(&exchange{contentType: tc.kind, sent: []byte(tc.sent), status: 200}); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestTold(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"what it is about comes first", 200, `{"sender": "s", "a": 1, "ticket_id": 33}`, `{"ticket_id":33,"sender":"s","a":1}`},
		{"of a history the newest", 200, `{"messages":[{"message":"1"},{"message":"2"},{"message":"3"}]}`, `{"messages":["…","2","3"]}`},
		{"a page is its words", 500, "<html><head><title>WordPress</title></head><body><p>There has been a critical error.</p>\n", "There has been a critical error."},
		{"text", 200, "ok\n then", "ok then"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := told(&exchange{status: tc.status, received: []byte(tc.body)}, []byte(tc.body)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestShownCalls(t *testing.T) {
	for path, want := range map[string]bool{
		"GET /api/v10/channels/123456789012345678": true, "GET /api/v10/guilds/1/channels": false, "GET /api/v10/channels/1/messages": false,
		"POST /api/v10/channels/1/typing": false, "DELETE /api/v10/channels/1": true,
	} {
		method, path, _ := strings.Cut(path, " ")
		if got := guildShown(method, path); got != want {
			t.Errorf("%s %s is shown: %v, want %v", method, path, got, want)
		}
	}
	if hookShown("GET", "/readyz") || !hookShown("POST", "/hooks/shop/ticket/create") {
		t.Error("hooks are shown, health checks are not")
	}
}
