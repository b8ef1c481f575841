package lexis

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a text to the one form that is compared: Unicode NFKC, lower case, simplified characters, Taiwan's words replaced by those
// of the mainland.
func Fold(s string) string { return string(fold(s).text) }

// folded is a folded text with the place of each of its characters in the original.
type folded struct {
	text []rune
	from []span
}

// span is a stretch of a text, in bytes.
type span struct{ start, end int }

func fold(s string) folded {
	f := folded{text: make([]rune, 0, len(s)), from: make([]span, 0, len(s))}
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

func (f *folded) add(r rune, from span) {
	f.text, f.from = append(f.text, r), append(f.from, from)
}

// phrases replaces words of more than one character, the longest first, from left to right.
func (f folded) phrases() folded {
	var out folded
	kept := 0 // up to here it is in out
	for i := 0; i < len(f.text); {
		length, value := phraseAt(f.text[i:])
		if length == 0 {
			i++
			continue
		}
		out.text, out.from = append(out.text, f.text[kept:i]...), append(out.from, f.from[kept:i]...)
		for _, r := range value {
			out.add(r, span{f.from[i].start, f.from[i+length-1].end})
		}
		i += length
		kept = i
	}
	if kept == 0 {
		return f
	}
	out.text, out.from = append(out.text, f.text[kept:]...), append(out.from, f.from[kept:]...)
	return out
}
