package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSplitMessage(t *testing.T) {
	long := strings.Repeat("a", 4000)
	code := strings.Repeat("x := 1\n", 10)
	cases := []struct {
		name  string
		text  string
		limit int
		want  []string
	}{
		{"empty", "", 0, nil},
		{"white space", " \n\t\n", 0, nil},
		{"short", "hi", 0, []string{"hi"}},
		{"exact", long[:2000], 0, []string{long[:2000]}},
		{"no border", long, 0, []string{long[:2000], long[:2000]}},
		{"lines", "aaa\nbbb\nccc\n", 8, []string{"aaa\nbbb\n", "ccc\n"}},
		{"a line too long goes at a space", "hello big world", 10, []string{"hello big ", "world"}},
		{"CJK goes after punctuation", "一二三四五，六七八九十", 8, []string{"一二三四五，", "六七八九十"}},
		{"an emoji counts two and stays whole", strings.Repeat("😀", 5), 4, []string{"😀😀", "😀😀", "😀"}},
		{"a joined emoji stays whole", "ab👩‍💻cd", 6, []string{"ab", "👩‍💻c", "d"}},
		{"blank parts are left out", "a" + strings.Repeat("\n", 20) + "b", 8, []string{"a\n\n\n\n\n\n\n", "\n\n\n\n\nb"}},
		{"a block that fits is not cut", strings.Repeat("t", 60) + "\n```go\n" + code[:70] + "```\nend", 100,
			[]string{strings.Repeat("t", 60) + "\n", "```go\n" + code[:70] + "```\nend"}},
		{"a block that is cut is closed and opened", "```go\n" + code + code + "```", 100,
			[]string{"```go\n" + strings.Repeat("x := 1\n", 12) + "```", "```go\n" + strings.Repeat("x := 1\n", 8) + "```"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, SplitMessage(tc.text, tc.limit)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSplitClosesWhatItOpens(t *testing.T) {
	parts := SplitMessage("before\n```python\n"+strings.Repeat("print('客')\n", 500)+"```\nafter", MaxContent)
	if len(parts) < 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, p := range parts {
		if strings.Count(p, fenceMark)%2 != 0 {
			t.Errorf("part %d leaves a code block open: …%q", i, p[max(0, len(p)-40):])
		}
		if i > 0 && i < len(parts)-1 && !strings.HasPrefix(p, "```python\n") {
			t.Errorf("part %d lost the language: %q…", i, p[:20])
		}
	}
}

// texts draws what people write, and what they should not.
func texts() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"```", "```go\n", "\n```\n", "`", "``", "````", "\n", "\n\n", " ", "\t", "，", "😀", "👩‍💻", "e\u0301", "客服單", "\u200d", "\u00a0",
			"https://a.b/c_d*e", "@everyone", "<@123>", "# ", "> ", "- ", "**", "||", "\\", "\xff", "\r\n"}),
		rapid.StringMatching(`[a-z ]{0,80}`),
		rapid.StringN(0, 40, -1),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "pieces"), "")
	})
}

func checkSplit(t interface{ Fatalf(string, ...any) }, text string, limit int) {
	parts := SplitMessage(text, limit)
	for i, p := range parts {
		if n := TextLength(p); n > limit {
			t.Fatalf("part %d of limit %d is %d long: %q", i, limit, n, p)
		}
		if strings.TrimSpace(p) == "" {
			t.Fatalf("part %d is empty: %q", i, p)
		}
		if utf8.ValidString(text) && !utf8.ValidString(p) {
			t.Fatalf("part %d tears a character: %q", i, p)
		}
	}
	if got, want := essence(strings.Join(parts, "")), essence(text); got != want {
		t.Fatalf("limit %d:\n got %q\nwant %q\nparts %q", limit, got, want, parts)
	}
	if !strings.Contains(text, "`") {
		if got := strings.Join(parts, ""); len(got) > len(text) {
			t.Fatalf("something was added: %q to %q", text, got)
		}
	}
}

// essence leaves out what splitting may add (fences with their languages) and drop (white space).
func essence(s string) string {
	s = strings.ReplaceAll(s, "```go", "")
	s = strings.ReplaceAll(s, "`", "")
	return strings.Join(strings.Fields(s), "")
}

func TestSplitProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.OneOf(rapid.IntRange(2, 200), rapid.Just(2000)).Draw(t, "limit")
		text := texts().Draw(t, "text")
		// A language that the text cannot contain otherwise, so that essence can tell what was added.
		if fencedWord(text) {
			t.Skip("a language that is also text")
		}
		checkSplit(t, text, limit)
	})
}

// fencedWord says whether a fence of text names a language other than go.
func fencedWord(text string) bool {
	for line := range strings.Lines(text) {
		if f := (fence{}).after(line); f.lang != "" && f.lang != "go" {
			return true
		}
		if f := (fence{open: true}).after(line); f.lang != "" && f.lang != "go" {
			return true
		}
	}
	return false
}

func FuzzSplitMessage(f *testing.F) {
	f.Add("hello\n```go\nx\n```", 64)
	f.Add(strings.Repeat("`", 300), 64)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 2 + max(limit, -limit, 0)%3000
		for i, p := range SplitMessage(text, limit) {
			if TextLength(p) > limit || strings.TrimSpace(p) == "" {
				t.Fatalf("part %d of limit %d: %q", i, limit, p)
			}
		}
	})
}

func TestEscapeMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"plain 客服 text":                  "plain 客服 text",
		"**bold** _it_ ~~x~~ `c` ||s||":  `\*\*bold\*\* \_it\_ \~\~x\~\~ \` + "`c\\`" + ` \|\|s\|\|`,
		"[click](https://evil.test/a_b)": `\[click\](https://evil.test/a_b)`,
		"# title\n> quote\n  - item":     "\\# title\n\\> quote\n  \\- item",
		"a # b > c - d":                  "a # b > c - d",
		"<@123> <#4> @everyone":          `\<\@123> \<#4> \@everyone`,
		"see https://x.test/a_b*c ok_":   `see https://x.test/a_b*c ok\_`,
		`back\slash`:                     `back\\slash`,
		"https://x.test/\n# no":          "https://x.test/\n\\# no",
	} {
		if got := EscapeMarkdown(text); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestEscapeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ToValidUTF8(texts().Draw(t, "text"), "")
		escaped := EscapeMarkdown(text)
		i := 0
		for _, r := range escaped { // text must be what is left of escaped when backslashes are taken out
			if got, n := utf8.DecodeRuneInString(text[i:]); n > 0 && got == r {
				i += n
			} else if r != '\\' {
				t.Fatalf("%q became %q", text, escaped)
			}
		}
		if i != len(text) {
			t.Fatalf("%q became %q", text, escaped)
		}
	})
}

func TestNormalizeChannelName(t *testing.T) {
	for name, want := range map[string]string{
		"#網站-客-0033":              "網站-客-0033",
		"##General Chat":          "general-chat",
		"  a \t b  ":              "a-b",
		"客服　單":                    "客服-單",
		"Ticket #12 (new!)":       "ticket-12-new",
		"under_score":             "under_score",
		"🎫-ticket":                "🎫-ticket",
		"「問題」":                    "「問題」",
		"ÄÖÜ":                     "äöü",
		"#!?":                     "",
		"":                        "",
		"a--b":                    "a-b",
		"a\x00b\u202ec":           "abc",
		strings.Repeat("客", 150):  strings.Repeat("客", 100),
		strings.Repeat("a ", 100): strings.TrimRight(strings.Repeat("a-", 50), "-"),
	} {
		if got := NormalizeChannelName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestNormalizeIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := NormalizeChannelName(rapid.OneOf(texts(), rapid.String()).Draw(t, "name"))
		if again := NormalizeChannelName(once); again != once {
			t.Fatalf("%q became %q", once, again)
		}
		if TextLength(once) > MaxChannelName || strings.ContainsAny(once, " #@:`\n") {
			t.Fatalf("%q", once)
		}
	})
}

func TestSnowflakes(t *testing.T) {
	if got, want := SnowflakeTime("175928847299117063"), time.Date(2016, 4, 30, 11, 18, 25, 796e6, time.UTC); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if !SnowflakeTime("no id").IsZero() {
		t.Error("a time was found in no id")
	}
	if !After("1000", "999") || After("999", "1000") || After("5", "5") || !After("1", "") {
		t.Error("ids are not in the order of their age")
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(epoch, epoch+1<<41).Draw(t, "ms")).UTC()
		if id := SnowflakeAt(at); !SnowflakeTime(id).Equal(at) {
			t.Fatalf("%s became %s", at, id)
		}
	})
}

func TestPermissions(t *testing.T) {
	p := PermissionViewChannel | PermissionSendMessages | 1<<60
	b, err := json.Marshal(p)
	if err != nil || string(b) != `"1152921504606850048"` {
		t.Errorf("%s, %v", b, err)
	}
	for in, want := range map[string]Permissions{`"1152921504606850048"`: p, `3072`: 3072, `null`: 0, `""`: 0} {
		got := Permissions(99)
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s: %d, %v", in, got, err)
		}
	}
	if err := json.Unmarshal([]byte(`"many"`), new(Permissions)); err == nil {
		t.Error("a word was read as permissions")
	}
	if diff := cmp.Diff([]string{"View Channel", "Send Messages", "bit 60"}, p.Names()); diff != "" {
		t.Error(diff)
	}
	if !PermissionAdministrator.Has(PermissionManageChannels) || p.Has(PermissionManageChannels|PermissionViewChannel) || !p.Has(PermissionViewChannel) {
		t.Error("Has")
	}
}

func TestNonce(t *testing.T) {
	for in, want := range map[string]Nonce{`"a-1"`: "a-1", `123`: "123", `null`: ""} {
		var m Message
		if err := json.Unmarshal([]byte(`{"nonce":`+in+`}`), &m); err != nil || m.Nonce != want {
			t.Errorf("%s: %q, %v", in, m.Nonce, err)
		}
	}
}

func TestInteractionFields(t *testing.T) {
	const in = `{"id":"1","type":5,"token":"s3cret","member":{"user":{"id":"9","username":"amy","global_name":"Amy"},"roles":["8"],"permissions":"8"},
		"data":{"custom_id":"bug","options":[{"name":"sub","type":1,"options":[{"name":"reason","type":3,"value":"broken"},{"name":"n","type":4,"value":7}]}],
		"components":[{"type":1,"components":[{"type":4,"custom_id":"title","value":"It \"breaks\""}]},
		{"type":18,"component":{"type":3,"custom_id":"severity","values":["high"]}}]}}`
	var i Interaction
	if err := json.Unmarshal([]byte(in), &i); err != nil {
		t.Fatal(err)
	}
	title, _ := i.Data.Field("title")
	severity, _ := i.Data.Field("severity")
	_, none := i.Data.Field("absent")
	got := []any{i.Actor().DisplayName(), i.Member.Permissions.Has(PermissionManageGuild), title.Value, severity.Values[0], none,
		i.Data.Option("reason"), i.Data.Option("n"), i.Data.Option("absent")}
	if diff := cmp.Diff([]any{"Amy", true, `It "breaks"`, "high", false, "broken", "7", ""}, got); diff != "" {
		t.Error(diff)
	}
	if s := fmt.Sprintf("%v %+v %#v", i, i, i); strings.Contains(s, "s3cret") {
		t.Error("the interaction prints its token")
	}
	if b, err := json.Marshal(i); err != nil || !strings.Contains(string(b), `"token":"s3cret"`) {
		t.Errorf("the token is lost: %s, %v", b, err)
	}
}
