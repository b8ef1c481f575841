package discord

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
)

// link matches an address that Discord makes clickable; a backslash inside would break it.
var link = regexp.MustCompile(`https?://[^\s<>]+`)

// EscapeMarkdown makes text appear as it was written: no formatting, no spoilers, no masked links, no mentions. Addresses stay
// clickable. The text gets longer: split it afterwards.
func EscapeMarkdown(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	lineStart := true
	for text != "" {
		at := link.FindStringIndex(text)
		if at == nil {
			at = []int{len(text), len(text)}
		}
		lineStart = escapePlain(&b, text[:at[0]], lineStart)
		b.WriteString(text[at[0]:at[1]])
		lineStart = lineStart && at[0] == at[1]
		text = text[at[1]:]
	}
	return b.String()
}

// escapePlain writes text without addresses, and gives whether it ended where a line begins.
func escapePlain(b *strings.Builder, text string, lineStart bool) bool {
	for _, r := range text {
		if strings.ContainsRune("\\*_~`|[]<@", r) || lineStart && strings.ContainsRune("#>-+", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		lineStart = r == '\n' || lineStart && unicode.IsSpace(r)
	}
	return lineStart
}

// NormalizeChannelName gives name as Discord keeps it: without leading '#', in lower case, with '-' for white space, without ASCII
// punctuation but '-' and '_', at most MaxChannelName long. CJK and emoji stay. It gives "" if nothing is left.
func NormalizeChannelName(name string) string {
	var b strings.Builder
	units, before := 0, '-'
	for _, r := range name {
		if r = channelRune(r); r < 0 || r == '-' && before == '-' {
			continue
		}
		n := max(utf16.RuneLen(r), 1)
		if units+n > MaxChannelName {
			break
		}
		b.WriteRune(r)
		units, before = units+n, r
	}
	return strings.TrimRight(b.String(), "-")
}

// channelRune gives what becomes of r in a channel name, -1 if it is dropped.
func channelRune(r rune) rune {
	const joiner = '\u200d' // holds the parts of an emoji together
	switch {
	case unicode.IsSpace(r):
		return '-'
	case r == '-', r == '_', r == joiner:
		return r
	case r <= unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r), r == unicode.ReplacementChar, !unicode.IsGraphic(r):
		return -1
	}
	return unicode.ToLower(r)
}
