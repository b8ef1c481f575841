package demo

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// columns is how much room a text takes on a terminal: Chinese characters and most emoji take two columns, combining marks none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < unicode.MaxLatin1:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// pad fills a text with spaces up to so many columns.
func pad(s string, to int) string { return s + strings.Repeat(" ", max(to-columns(s), 0)) }

// wrap breaks a text into at most so many lines of at most so many columns; what does not fit ends in an ellipsis.
func wrap(s string, room, lines int) []string {
	var out []string
	rest := s
	for rest != "" && len(out) < lines {
		line := head(rest, room)
		if len(line) < len(rest) && len(out) < lines-1 {
			line = atPause(line)
		}
		rest = rest[len(line):]
		out = append(out, line)
	}
	if rest != "" {
		last := &out[len(out)-1]
		*last = head(*last, room-1) + "…"
	}
	return out
}

// head is the longest beginning of a text that fits, and always at least one character of it.
func head(s string, room int) string {
	for i, r := range s {
		if room -= runeColumns(r); room < 0 && i > 0 {
			return s[:i]
		}
	}
	return s
}

// atPause cuts a line behind its last comma, stop or space, unless that would leave it less than two thirds full.
func atPause(line string) string {
	at := strings.LastIndexAny(line, ", ，。；、")
	if at < 0 {
		return line
	}
	_, size := utf8.DecodeRuneInString(line[at:])
	if cut := line[:at+size]; 3*columns(cut) >= 2*columns(line) {
		return cut
	}
	return line
}
