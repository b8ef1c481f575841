package lexis

import (
	"regexp"
	"strings"
)

var (
	markdownLink  = regexp.MustCompile(`!?\[([^\]\n]*)\]\([^)\n]*\)`)
	markdownLine  = regexp.MustCompile(`^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,3}[.)][ \t]+|(?:` + "```" + `|~~~).*$|[-*_ \t]{3,}$)`)
	markdownMarks = regexp.MustCompile("\\*\\*|__|`")
)

// Plain is a text without the marks of Markdown, near enough to read an excerpt of it.
func Plain(markdown string) string {
	s := markdown
	if strings.Contains(s, "](") {
		s = markdownLink.ReplaceAllString(s, "$1")
	}
	s = plainLines(s)
	if strings.ContainsAny(s, "*_`") {
		s = markdownMarks.ReplaceAllString(s, "")
	}
	return strings.TrimSpace(s)
}

// plainLines takes the marks off the beginnings of lines. Most lines have none, and need not be looked at closely.
func plainLines(s string) string {
	var b strings.Builder
	kept := 0 // up to here it is in b
	for from := 0; from < len(s); {
		end := len(s)
		if n := strings.IndexByte(s[from:], '\n'); n >= 0 {
			end = from + n
		}
		if line := s[from:end]; strings.IndexAny(strings.TrimLeft(line, " \t"), "#>-*+`~_0123456789") == 0 {
			b.WriteString(s[kept:from])
			b.WriteString(markdownLine.ReplaceAllString(line, ""))
			kept = end
		}
		from = end + 1
	}
	if kept == 0 {
		return s
	}
	b.WriteString(s[kept:])
	return b.String()
}
