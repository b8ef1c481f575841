package lexis

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of what is kept of a text: PostgreSQL counts no positions beyond 16,383, and nobody looks for a word of a hundred letters.
const (
	MaxTokens = 16_000
	maxWord   = 64 // characters
)

// run is a stretch of folded text that has one kind of letters.
type run struct {
	cjk        bool
	start, end int // places in the folded text
}

// runs splits a folded text: characters that are written without spaces, words, and what separates.
func runs(text []rune) (all []run) {
	const none, cjk, word = 0, 1, 2
	was := none
	for i, r := range text {
		is := none
		switch {
		case isCJK(r):
			is = cjk
		case unicode.IsLetter(r) || unicode.IsNumber(r) || was == word && unicode.IsMark(r):
			is = word
		}
		if is != none && is == was {
			all[len(all)-1].end = i + 1
		} else if is != none {
			all = append(all, run{cjk: is == cjk, start: i, end: i + 1})
		}
		was = is
	}
	return all
}

func isCJK(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x1100 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー')
}

// token is a word of the index with its place in the folded text.
type token struct {
	text       string
	start, end int
}

// tokens of a document: each word, and of a run of characters every overlapping pair and the last character. They may hold the whole text.
func (f folded) tokens() (all []token) {
	whole := string(f.text) // pairs are parts of it
	at, byteAt := 0, 0
	offset := func(i int) int { // of the character i, which is never before the last that was asked for
		for ; at < i; at++ {
			byteAt += utf8.RuneLen(f.text[at])
		}
		return byteAt
	}
	stretches := runs(f.text)
	n := 0
	for _, r := range stretches {
		if n++; r.cjk {
			n += r.end - r.start - 1
		}
	}
	all = make([]token, 0, n)
	for _, r := range stretches {
		switch {
		case !r.cjk:
			all = append(all, token{word(f.text[r.start:r.end]), r.start, r.end})
		default:
			for i := r.start; i < r.end; i++ {
				end, from := min(i+2, r.end), offset(i)
				size := 0
				for _, c := range f.text[i:end] {
					size += utf8.RuneLen(c)
				}
				all = append(all, token{whole[from : from+size], i, end})
			}
		}
		if len(all) >= MaxTokens {
			return all[:MaxTokens]
		}
	}
	return all
}

// Tokens lists the words of a document in their order, at most MaxTokens.
func Tokens(s string) []string {
	all := fold(s).tokens()
	out := make([]string, len(all))
	for i, t := range all {
		out[i] = t.text
	}
	return out
}

// word is the form of a word that is compared: without accents, stemmed when it may be English, and not too long.
func word(text []rune) string {
	text = text[:min(len(text), maxWord)]
	plain := true
	for _, r := range text {
		plain = plain && r >= 'a' && r <= 'z'
	}
	if plain {
		return stem(string(text))
	}
	bare := make([]rune, 0, len(text))
	for _, r := range text {
		bare = append(bare, withoutAccent(r))
	}
	if s := string(bare); len(s) == len(bare) {
		return stem(s)
	}
	return string(bare)
}

// withoutAccent is the letter that a Latin letter with an accent is made of.
func withoutAccent(r rune) rune {
	if r < 0xC0 || r > 0x24F && (r < 0x1E00 || r > 0x1EFF) {
		return r
	}
	for _, base := range norm.NFD.String(string(r)) {
		return base
	}
	return r
}
