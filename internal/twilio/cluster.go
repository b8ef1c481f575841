package twilio

import (
	"unicode"
	"unicode/utf8"
)

// Characters that bind others to them.
const (
	joiner      = '\u200d'
	firstTag    = '\U000e0020'
	lastTag     = '\U000e007f'
	firstTone   = '\U0001f3fb'
	lastTone    = '\U0001f3ff'
	firstRegion = '\U0001f1e6'
	lastRegion  = '\U0001f1ff'
)

// maxCluster bounds a cluster in bytes, far beyond what is one emoji, so that a text of nothing but accents costs no more than another.
const maxCluster = 128

// clusterLength gives the bytes of what a reader takes for the first character of text: an emoji with its tone and all that is joined to
// it, a flag, a letter with its accents, a line's end of two characters. It is a part of Unicode's rules, enough for what is cut here.
func clusterLength(text string) int {
	r, n := utf8.DecodeRuneInString(text)
	if r == '\r' && len(text) > n && text[n] == '\n' {
		return n + 1
	}
	if isRegion(r) {
		if second, size := utf8.DecodeRuneInString(text[n:]); isRegion(second) {
			n += size
		}
	}
	joined := r == joiner
	for n < min(len(text), maxCluster) {
		next, size := utf8.DecodeRuneInString(text[n:])
		if !extends(next) && (!joined || unicode.IsSpace(next) || unicode.IsControl(next)) {
			break
		}
		joined = next == joiner
		n += size
	}
	return n
}

func isRegion(r rune) bool { return firstRegion <= r && r <= lastRegion }

// extends says whether a character belongs to the one before it.
func extends(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == joiner || (firstTag <= r && r <= lastTag) || (firstTone <= r && r <= lastTone)
}
