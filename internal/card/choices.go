package card

import (
	"fmt"
	"strings"

	"kefu"
)

// ChoicesText renders what can be picked as plain text. What is answered has the number that it is answered by, the same as its place
// among the options of kefu.Content.Asks; addresses have none.
func ChoicesText(list []kefu.Choice, lang string) string { return plain().choices(list, lang) }

// ChoicesMarkdown is ChoicesText in Markdown.
func ChoicesMarkdown(list []kefu.Choice, lang string) string { return markdown().choices(list, lang) }

func (m medium) choices(list []kefu.Choice, lang string) string {
	var lines []string
	n := 0
	for _, ch := range list {
		if ch.URL != "" {
			lines = append(lines, m.offer(ch))
			continue
		}
		n++
		lines = append(lines, fmt.Sprintf("%d. %s", n, m.label(ch)))
	}
	if n > 0 && !m.told {
		lines = append(lines, pickForm(lang).pickNumber)
	}
	return strings.Join(lines, "\n")
}

// offers renders choices that nobody waits for an answer to.
func (m medium) offers(list []kefu.Choice) string {
	lines := make([]string, 0, len(list))
	for _, ch := range list {
		lines = append(lines, m.offer(ch))
	}
	return strings.Join(lines, "\n")
}

func (m medium) offer(ch kefu.Choice) string {
	if address := Link(ch.URL); address != "" {
		return "• " + m.link(m.label(ch), address)
	}
	return "• " + m.label(ch)
}

func (m medium) label(ch kefu.Choice) string {
	if s := m.line(ch.Label); s != "" {
		return s
	}
	return "–"
}
