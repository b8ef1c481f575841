package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kefu/internal/strictjson"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct{ name, text, want string }{
		{"object", ` {"a": [1, -0.5e+3, true, false, null, "é😀\ud83d\ude00\n"], "b": {}} `, ""},
		{"scalar", `"a"`, ""},
		{"equal names in different objects", `{"a":{"a":1}}`, ""},
		{"as deep as allowed", deep(strictjson.MaxDepth), ""},
		{"too deep", deep(strictjson.MaxDepth + 1), "nested deeper than 64 at line 1, column 65"},
		{"far too deep", deep(10_000), "nested deeper than 64 at line 1, column 65"},
		{"empty", "", "the text ends where a JSON value is expected at line 1, column 1"},
		{"twice", `{"a":1,"a":2}`, `the name "a" stands twice in one object, at line 1, column 8`},
		{"twice, written otherwise", `{"a":1,"\u0061":2}`, `the name "a" stands twice in one object, at line 1, column 8`},
		{"trailing", "{}\n x", "the end of the text is expected at line 2, column 2"},
		{"two values", "{}{}", "the end of the text is expected"},
		{"U+0000", "\"a\x00\"", "the character U+0000 cannot be kept at line 1, column 3"},
		{"U+0000 escaped", `"a\u0000"`, "the character U+0000 cannot be kept at line 1, column 3"},
		{"control", "\"\n\"", "must be escaped"},
		{"Latin-1", "\"\xe9\"", "not valid UTF-8"},
		{"surrogate in UTF-8", "\"\xed\xa0\x80\"", "not valid UTF-8"},
		{"broken outside a string", "[\xff]", "not valid UTF-8"},
		{"high alone", `"\ud83d"`, "half a surrogate pair"},
		{"low alone", `"\ude00"`, "half a surrogate pair"},
		{"high and something else", `"\ud83d\u0041"`, "half a surrogate pair"},
		{"bad escape", `"\x"`, "unknown escape"},
		{"short escape", `"\u12"`, "four hexadecimal digits"},
		{"leading zero", `01`, "the end of the text is expected"},
		{"no digits", `-`, "a digit is expected"},
		{"fraction", `1.`, "a digit is expected"},
		{"exponent", `1e`, "a digit is expected"},
		{"comma", `[1,]`, "a JSON value is expected"},
		{"name", `{a:1}`, "a name in quotes is expected"},
		{"colon", `{"a" 1}`, "a colon is expected"},
		{"cut", `{"a`, "the text ends inside a string"},
		{"word", `nul`, "a JSON value is expected"},
		{"byte order mark", "\ufeff{}", "a JSON value is expected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := strictjson.Check([]byte(tt.text))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestAHugeObjectIsReadInTime(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("{")
	for i := range 200_000 {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	begin := time.Now()
	if err := strictjson.Check([]byte(b.String() + `"7":0}`)); err == nil {
		t.Error("the second 7 was not seen")
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("%s", took)
	}
}

// FuzzCheck holds Check against encoding/json: what passes is valid there too, and its tokens have no U+0000 and no equal names.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"\u00e9\ud83d\ude00"],"b":null}`, `{"a":1,"a":2}`, `"\ud800"`, "[\x00]", `[[[]]]`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := strictjson.Check(text)
		if err != nil {
			var at *strictjson.SyntaxError
			if !errors.As(err, &at) || at.Offset > len(text) || at.Line < 1 || at.Column < 1 || at.Msg == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		if !json.Valid(text) || !utf8.Valid(text) {
			t.Fatalf("passed, and is not valid: %q", text)
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			// A number may be too large for a float64; that is for the decoder of its place to say.
			if err != nil && !strings.Contains(err.Error(), "cannot unmarshal number") {
				t.Fatal(err)
			}
			if s, ok := token.(string); ok && strings.ContainsAny(s, "\x00\ufffd") && !bytes.ContainsRune(text, '\ufffd') && !bytes.Contains(bytes.ToLower(text), []byte("fffd")) {
				t.Fatalf("%q became %q", text, s)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	text := []byte(`{"conversation_id":"cnv_06c0000000000000000000000g","content":"` + strings.Repeat("你好, hello. ", 30) + `","private":false}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := strictjson.Check(text); err != nil {
			b.Fatal(err)
		}
	}
}
