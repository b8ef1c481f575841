package feed

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kefu"
)

// plainText is what HTML says, as a person would read it: lines of text, without what programs and style sheets are.
func plainText(s string) string {
	s, _ = kefu.CleanText(s)
	var b strings.Builder
	silent := 0
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken: // the end; a tokenizer of a string meets no other
			return tidy(b.String())
		case html.TextToken:
			if silent == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if hidden(tag) {
				silent++
			}
			b.WriteString(lead(tag))
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if hidden(tag) && silent > 0 {
				silent--
			}
			if block(tag) {
				b.WriteString("\n")
			}
		}
	}
}

// hidden are elements whose text nobody reads.
func hidden(tag atom.Atom) bool { return tag == atom.Script || tag == atom.Style || tag == atom.Title }

// block are elements that stand in lines of their own.
func block(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Tr, atom.Table, atom.Blockquote, atom.Pre, atom.Section, atom.Article, atom.Figure,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// lead is what stands before what an element holds.
func lead(tag atom.Atom) string {
	switch {
	case tag == atom.Li:
		return "\n• "
	case tag == atom.Br, tag == atom.Hr, block(tag):
		return "\n"
	case tag == atom.Td, tag == atom.Th:
		return " "
	}
	return ""
}

var (
	spaces = regexp.MustCompile(`[\p{Zs}\t\r\f\v]+`)
	lines  = regexp.MustCompile(` ?\n[ \n]*`)
	webURL = regexp.MustCompile(`https?://[^\s<>()\[\]"]+`)
)

// tidy takes what cannot be seen from a text, and joins blanks and empty lines.
func tidy(s string) string {
	// HTML may say any character by its number, also those that are none.
	s, _ = kefu.CleanText(s)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(lines.ReplaceAllString(spaces.ReplaceAllString(s, " "), "\n"))
}

// marks are the characters that mean something to Markdown, or begin a mention.
const marks = "\\`*_~|<>#[]-+:"

// markdown writes a text so that Markdown shows it as it is: nothing is a heading, a link under another name, or calls anybody. Addresses stay
// as they are; they mean themselves.
func markdown(s string) string {
	var b strings.Builder
	for s != "" {
		at := webURL.FindStringIndex(s)
		if at == nil {
			escape(&b, s)
			break
		}
		escape(&b, s[:at[0]])
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	return b.String()
}

func escape(b *strings.Builder, s string) {
	for _, r := range s {
		switch {
		case r == '@':
			b.WriteString("@\u200b") // @everyone, said to nobody
			continue
		case strings.ContainsRune(marks, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// fit writes a text as Markdown in at most n characters.
func fit(s string, n int) string {
	for most := n; ; most-- {
		out := markdown(kefu.Excerpt(s, most))
		if over := utf8.RuneCountInString(out) - n; over <= 0 {
			return out
		} else if over > 1 {
			most -= over / 2
		}
	}
}
