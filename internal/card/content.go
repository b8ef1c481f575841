package card

import (
	"strings"
	"unicode"

	"kefu"
)

// Content renders any content as plain text that says everything it holds and how to answer it, in the language nearest to lang: what a
// customer reads whose medium has nothing better. Attachments are left to the connector, which alone can make an address of them. "" is
// nothing to say. The time of an order is shown in the zone that it carries.
func Content(c kefu.Content, lang string) string { return plain().content(c, lang) }

// Told is Content for those who do not answer by writing: staff, and customers beside a form or menu of their medium's own.
func Told(c kefu.Content, lang string) string {
	m := plain()
	m.told = true
	return m.content(c, lang)
}

// ToldMarkdown is Told in Markdown; the text is escaped like everything else.
func ToldMarkdown(c kefu.Content, lang string) string {
	m := markdown()
	m.told = true
	return m.content(c, lang)
}

func (m medium) content(c kefu.Content, lang string) string {
	var blocks []string
	if c.Order != nil {
		blocks = append(blocks, m.order(*c.Order, lang))
	}
	if c.Form != nil {
		blocks = append(blocks, m.form(*c.Form, lang))
	}
	if c.Answer != nil {
		blocks = append(blocks, m.answer(*c.Answer))
	}
	blocks = append(blocks, m.articles(c.Articles, lang))
	choices := m.offers(c.Choices)
	if c.Form == nil && c.Asks() != nil {
		choices = m.choices(c.Choices, lang)
	}
	text := ""
	if Lead(c) != "" {
		text = m.safe(Lead(c))
	}
	if len(c.Choices) > 0 && full("", blocks...) == "" {
		return full("\n", text, choices)
	}
	return full("\n\n", append(append([]string{text}, blocks...), choices)...)
}

// orderPage is where an order can be seen, which the Markdown of source 001 has no line for.
func orderPage(o kefu.Order, lang string) string {
	link := Link(o.URL)
	if link == "" {
		return ""
	}
	return "\n\n🔗 " + markdown().link(strings.TrimSuffix(pick(lang).detail, ":"), link)
}

// Lead is the text of a content that is shown before its card; "" when the card says the same, as the text of an answer does.
func Lead(c kefu.Content) string {
	text, _ := kefu.CleanText(strings.TrimSpace(c.Text))
	if c.Answer != nil && bare(text) == bare(AnswerText(*c.Answer)) {
		return ""
	}
	return text
}

// bare is what is left of a text without spaces and punctuation.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
