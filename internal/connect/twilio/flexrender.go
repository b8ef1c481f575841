package twilio

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// pieces renders a message for the staff of a desk: the customer's words as they are, everybody else's with who says them. How it is cut
// depends on the message alone, so that every attempt cuts it the same way; the opening card is always one part.
func (c *Connector) pieces(out connector.Outbound, about note) []piece {
	author, head := ourAuthor, c.speaker(out.Message)
	if head == "" {
		author = cmp.Or(about.Identity, ourAuthor)
	}
	var list []piece
	if out.Card != nil {
		list = append(list, piece{author: ourAuthor, body: fit(c.card(out)), card: true})
	}
	text := c.words(out.Message)
	if text == "" && len(out.Message.Content.Attachments) == 0 {
		text = c.say(wordNothing)
	}
	if head != "" && text != "" {
		text = head + "\n" + text
	}
	for _, part := range api.SplitText(text, 0) {
		list = append(list, piece{author: author, body: part})
	}
	for i := range out.Message.Content.Attachments {
		list = append(list, piece{author: author, file: &out.Message.Content.Attachments[i]})
	}
	return list
}

// words are the text of a message, without attachments and without who says it.
func (c *Connector) words(m kefu.Message) string {
	if m.Meta.Deleted {
		return c.say(wordDeleted)
	}
	text, _ := kefu.CleanText(card.Told(m.Content, string(c.set.lang)))
	return strings.TrimSpace(text)
}

// speaker says who speaks, for everybody but the customer.
func (c *Connector) speaker(m kefu.Message) string {
	name := oneLine(m.Author.Name)
	if m.Author.Via != "" {
		name += "・" + oneLine(m.Author.Via)
	}
	switch {
	case m.Private:
		return c.say(wordNote, name)
	case m.Author.Kind == kefu.AuthorContact:
		return ""
	case m.Author.Kind == kefu.AuthorBot:
		return "🤖 " + name
	case m.Author.Kind == kefu.AuthorSystem:
		return "⚙️ " + name
	}
	return "👤 " + name
}

// card is the opening card: which case, of whom, and what they have ordered.
func (c *Connector) card(out connector.Outbound) string {
	lines := []string{c.say(wordTicket, out.Card.Ticket.Number)}
	if subject := oneLine(out.Card.Subject); subject != "" {
		lines = append(lines, c.say(wordSubject, subject))
	}
	who := oneLine(out.Customer.Name)
	if out.Customer.Email != "" {
		who += " <" + oneLine(out.Customer.Email) + ">"
	}
	if who = strings.TrimSpace(who); who != "" {
		lines = append(lines, c.say(wordCustomer, who))
	}
	if out.Card.OrderErr != "" {
		lines = append(lines, c.say(wordNoOrders, oneLine(out.Card.OrderErr)))
	}
	for _, o := range out.Card.Orders {
		lines = append(lines, "", card.Text(o, string(c.set.lang)))
	}
	text, _ := kefu.CleanText(strings.Join(lines, "\n"))
	return text
}

// fit cuts a text to what one message of Twilio's holds.
func fit(text string) string {
	for n := api.MaxText; api.TextLength(text) > api.MaxText; n -= 20 {
		text = kefu.Excerpt(text, min(n, utf8.RuneCountInString(text)-1))
	}
	return text
}

func oneLine(s string) string {
	s, _ = kefu.CleanText(s)
	return strings.Join(strings.Fields(s), " ")
}
