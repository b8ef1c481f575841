package vault

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCleanName(t *testing.T) {
	cjk := strings.Repeat("龍", 60)
	for in, want := range map[string]string{
		"photo.png":              "photo.png",
		"訂單 截圖（1）.jpg":           "訂單 截圖（1）.jpg",
		"../../etc/passwd":       "passwd",
		`C:\Users\me\a b.pdf`:    "a b.pdf",
		"dir/":                   "file",
		"":                       "file",
		"..":                     "file",
		" . ":                    "file",
		".htaccess":              "htaccess",
		"name. ":                 "name",
		"a\x00b\r\nc\td.txt":     "abcd.txt",
		"a\u2028b\u0085c":        "abc",
		"bill\u202Egpj.exe":      "billgpj.exe",
		"\u2066x\u2069.txt":      "x.txt",
		"bad\xff\xfeutf8.txt":    "badutf8.txt",
		"👩\u200d👧.png":           "👩\u200d👧.png",
		"\u3000全形\u3000.txt":     "全形\u3000.txt",
		"100%2F?#&;\"'.txt":      "100%2F?#&;\"'.txt",
		cjk + ".jpeg":            strings.Repeat("龍", 48) + ".jpeg",
		cjk:                      strings.Repeat("龍", 50),
		"a" + cjk + ".jpeg":      "a" + strings.Repeat("龍", 48) + ".jpeg",
		strings.Repeat("a", 200): strings.Repeat("a", 150),
		"a." + cjk:               "a." + strings.Repeat("龍", 49),
		strings.Repeat("a", 140) + strings.Repeat(" ", 20) + "b": strings.Repeat("a", 140),
	} {
		if got := CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanNameIsAlwaysSafe(t *testing.T) {
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"/", `\`, "..", "\x00", "\u202E", "龍", ".png", " ", "\xff", "\r\n"}))
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "")
		got := CleanName(in)
		switch {
		case got == "" || len(got) > maxName || !utf8.ValidString(got):
			t.Fatalf("%q: %d bytes", got, len(got))
		case strings.ContainsAny(got, "/\\\x00\r\n\u202E") || strings.HasPrefix(got, ".") || strings.HasSuffix(got, "."):
			t.Fatalf("%q is not safe", got)
		case CleanName(got) != got:
			t.Fatalf("%q cleaned again is %q", got, CleanName(got))
		}
	})
}

func TestNamelessFilesGetAnEnding(t *testing.T) {
	v := open(t, t.TempDir())
	if f := put(t, v, "\x89PNG\r\n\x1a\n", "  "); f.Name != "file.png" {
		t.Errorf("name %q", f.Name)
	}
}
