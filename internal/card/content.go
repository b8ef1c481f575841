package card

import (
	"strings"
	"unicode"

	"kefu"
)

// Content renders any content as plain text that says everything it holds, in the language nearest to lang: what a connector shows when
// its medium has nothing better. Attachments are left to the connector, which alone can make an address of them. "" is nothing to say.
// The time of an order is shown in the zone that it carries.
func Content(c kefu.Content, lang string) string {
	return plain().content(c, lang, func(o kefu.Order) string { return Text(o, lang) })
}

// ContentMarkdown is Content in Markdown; the text is escaped like everything else.
func ContentMarkdown(c kefu.Content, lang string) string {
	return markdown().content(c, lang, func(o kefu.Order) string {
		if link := Link(o.URL); link != "" {
			return Markdown(o, lang) + "\n\n🔗 " + markdown().link(strings.TrimSuffix(pick(lang).detail, ":"), link)
		}
		return Markdown(o, lang)
	})
}

func (m medium) content(c kefu.Content, lang string, order func(kefu.Order) string) string {
	var blocks []string
	if c.Order != nil {
		blocks = append(blocks, order(*c.Order))
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
