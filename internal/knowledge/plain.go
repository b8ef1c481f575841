package knowledge

import (
	"regexp"
	"strings"
)

var (
	markdownLink  = regexp.MustCompile(`!?\[([^\]\n]*)\]\([^)\n]*\)`)
	markdownLine  = regexp.MustCompile(`(?m)^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,3}[.)][ \t]+|(?:` + "```" + `|~~~).*$|[-*_ \t]{3,}$)`)
	markdownMarks = regexp.MustCompile("\\*\\*|__|`")
)

// plain is a text without the marks of Markdown, near enough to read an excerpt of it.
func plain(markdown string) string {
	s := markdownLink.ReplaceAllString(markdown, "$1")
	s = markdownLine.ReplaceAllString(s, "")
	s = markdownMarks.ReplaceAllString(s, "")
	return strings.TrimSpace(s)
}
