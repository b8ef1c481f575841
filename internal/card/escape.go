package card

import (
	"net/url"
	"regexp"
	"strings"
)

// A backslash before punctuation is dropped by CommonMark and by Discord alike, and "\<" ends mentions, custom emoji and HTML at once.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `~`, `\~`, `|`, `\|`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `#`, `\#`, `&`, `\&`,
)

var (
	// bareAddress fits an address as far as it can stand unescaped: a backslash in it would lead elsewhere.
	bareAddress = regexp.MustCompile(`https?://[^\s<>\[\]*|~\\\x60]+`)
	lineMark    = regexp.MustCompile(`(?m)^(\s*)([-+=]|\d+[.)])`)
	everybody   = regexp.MustCompile(`(?i)@(everyone|here)`)
)

// EscapeMarkdown makes text show as it was written in CommonMark and Discord: no emphasis, link, quote, list, heading, mention or HTML
// begins in it. Line breaks stay, and bare addresses lead where they led.
func EscapeMarkdown(s string) string {
	var b strings.Builder
	for s != "" {
		at := bareAddress.FindStringIndex(s)
		if at == nil {
			at = []int{len(s), len(s)}
		}
		b.WriteString(lineMark.ReplaceAllStringFunc(markdownEscapes.Replace(s[:at[0]]), escapeMark))
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	// Discord has no escape for these two; a space of no width parts sign and word.
	return everybody.ReplaceAllString(b.String(), "@\u200b$1")
}

// escapeMark escapes what would make a line a list or an underlined heading: "- " and "1. ".
func escapeMark(mark string) string {
	at := len(mark) - 1
	return mark[:at] + `\` + mark[at:]
}

// oneLine keeps a name from breaking out of its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// inCode makes text fit between back quotes, where nothing can be escaped.
func inCode(s string) string { return strings.ReplaceAll(oneLine(s), "`", "'") }

// Link gives an address that may stand between the brackets of a Markdown link, or "" when it is not http or https.
func Link(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", `\`, "%5C").Replace(u.String())
}
