package lexis

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// slowly folds as the definition says, character by character.
func slowly(s string) folded {
	var f folded
	var it norm.Iter
	it.InitString(norm.NFKC, s)
	for !it.Done() {
		start := it.Pos()
		part := string(it.Next())
		for _, r := range part {
			f.add(simplified(unicode.ToLower(r)), span{start, it.Pos()})
		}
	}
	return f.phrases()
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "退貨 Refund", "e\u0301e\u0302\u0301x", "退\u0301貨", "ﬁ退ＡＢ！", "각\u11a8한", "か\u3099が", "a\u0345b", "\u0301a", "資料庫軟體123", "ẛ̣x\u0323\u0307",
		strings.Repeat("a"+strings.Repeat("\u0301", 40), 3)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("not text: the places of broken bytes may differ")
		}
		got, want := fold(s), slowly(s)
		if string(got.text) != string(want.text) || !slices.Equal(got.from, want.from) {
			t.Errorf("%q: %q %v, want %q %v", s, string(got.text), got.from, string(want.text), want.from)
		}
	})
}
