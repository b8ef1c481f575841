package lexis

import (
	"unicode"
	"unicode/utf8"

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
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if next, _ := utf8.DecodeRuneInString(s[i+size:]); settled(r) && (i+size == len(s) || settled(next)) {
			f.add(simplified(unicode.ToLower(r)), span{i, i + size})
			i += size
			continue
		}
		end := i + size
		for end < len(s) {
			next, size := utf8.DecodeRuneInString(s[end:])
			if settled(next) {
				break
			}
			end += size
		}
		f.normal(s, i, end)
		i = end
	}
	return f.phrases()
}

// settled tells whether a character is its own normal form, and begins one whatever stands before it. What follows may still join it.
func settled(r rune) bool { return r < utf8.RuneSelf || r >= 0x4E00 && r <= 0x9FFF }

// normal adds the normal form of a part of a text.
func (f *folded) normal(s string, from, to int) {
	var it norm.Iter
	it.InitString(norm.NFKC, s[from:to])
	for !it.Done() {
		start := it.Pos()
		part := string(it.Next())
		for _, r := range part {
			f.add(simplified(unicode.ToLower(r)), span{from + start, from + it.Pos()})
		}
	}
}

func (f *folded) add(r rune, from span) {
	f.text, f.from = append(f.text, r), append(f.from, from)
}

// phrases replaces words of more than one character, the longest first, from left to right.
func (f folded) phrases() folded {
	var out folded
	kept := 0 // up to here it is in out
	least := firstOfPhrases()
	for i := 0; i < len(f.text); {
		if f.text[i] < least {
			i++
			continue
		}
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
