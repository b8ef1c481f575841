package plainjson_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kefu/internal/plainjson"
)

// others are programs that read a document on each line and write it again, as receivers do.
func others() map[string][]string {
	return map[string][]string{
		"node": {"-e", `process.stdout.write(require("fs").readFileSync(0, "utf8").split("\n").map(l => JSON.stringify(JSON.parse(l))).join("\n"))`},
		"python3": {"-c", `import json, sys
lines = sys.stdin.buffer.read().decode().split("\n")
sys.stdout.buffer.write("\n".join(json.dumps(json.loads(l), separators=(",", ":"), ensure_ascii=False) for l in lines).encode())`},
	}
}

// nasty are texts that one language or another escapes, repairs or trips over.
func nasty() []string {
	return []string{"<script>alert('&')</script>", "line\u2028separator\u2029", `back\u2028slash`, "\x00\x01\b\t\n\v\f\r\x1f", "\x7f\u0080\u009f", "😀👨‍👩‍👧",
		`"signature":"sha256=00",`, "bad\xff\xfe\xc0\xafutf8\xed\xa0\x80", `\ud800 \\ \/ /`, "\ufeff\ufffe\uffff\U0010ffff", "__proto__", "constructor", "toString", "0", "10", "2",
		"-1", "01", "4294967294", "4294967295", "9007199254740993", "1e3", "客服", ""}
}

// documents makes JSON as Go's encoder and as people write it.
func documents() *rapid.Generator[string] {
	text := rapid.OneOf(rapid.SampledFrom(nasty()), rapid.String(), rapid.StringMatching(`[0-9]{1,10}`), rapid.StringMatching(`(\\u[0-9a-fA-F]{4}|\\[bfnrt"/]|[ -~客]){0,8}`))
	quoted := rapid.Custom(func(t *rapid.T) string {
		s := text.Draw(t, "text")
		if raw := `"` + s + `"`; json.Valid([]byte(raw)) && rapid.Bool().Draw(t, "as it is") {
			return raw
		}
		raw, _ := json.Marshal(s)
		return string(raw)
	})
	var value *rapid.Generator[string]
	value = rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0, 1:
			return "[" + strings.Join(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[string] { return value }), 0, 4).Draw(t, "list"), " ,") + "]"
		case 2, 3:
			var members []string
			for range rapid.IntRange(0, 20).Draw(t, "members") {
				members = append(members, quoted.Draw(t, "name")+": "+rapid.OneOf(quoted, rapid.Just("{ }"), rapid.Just("-0")).Draw(t, "value"))
			}
			return "{" + strings.Join(members, ",") + "}"
		case 4:
			return rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number")
		case 5:
			return rapid.SampledFrom([]string{"true", "false", "null"}).Draw(t, "word")
		}
		return quoted.Draw(t, "string")
	})
	return value
}

// Whoever reads a document and writes it again gets the bytes that were signed.
func TestOthersWriteTheSame(t *testing.T) {
	var lines [][]byte
	add := func(doc string) {
		plain, err := plainjson.Append(nil, []byte(doc))
		if err != nil {
			t.Fatalf("Append(%q): %v", doc, err)
		}
		lines = append(lines, plain)
	}
	for _, s := range nasty() {
		lines = append(lines, plainjson.AppendString(nil, s))
		raw, _ := json.Marshal(map[string]any{s: s, "b": []string{s}})
		add(string(raw))
	}
	add(`{"b":1,"4294967296":1,"4294967295":2,"4294967294":3,"a":4,"00":5,"0":6,"-0":7,"9007199254740993":8}`)
	all := documents()
	for seed := range 3000 {
		add(all.Example(seed))
	}
	for name, args := range others() {
		t.Run(name, func(t *testing.T) {
			path, err := exec.LookPath(name)
			if err != nil {
				t.Skipf("%s IS NOT INSTALLED: that it writes the same bytes is NOT TESTED", strings.ToUpper(name))
			}
			cmd := exec.CommandContext(t.Context(), path, args...)
			cmd.Stdin = bytes.NewReader(bytes.Join(lines, []byte("\n")))
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for i, got := range bytes.Split(out, []byte("\n")) {
				if !bytes.Equal(got, lines[i]) {
					t.Fatalf("%s writes %q as %q", name, lines[i], got)
				}
			}
		})
	}
}
