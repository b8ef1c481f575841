package chatwoot

import (
	"context"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
)

// skew is how far Chatwoot's clock may be from ours when a message of ours is looked for.
const skew = 10 * time.Minute

// Send posts a message into its conversation. When an earlier try may have arrived, the conversation is searched for it first.
func (c *Connector) Send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	posts, err := c.posts(out)
	if err != nil {
		return connector.Receipt{}, err
	}
	p, err := c.verify(ctx, out.Thread)
	if err != nil {
		return connector.Receipt{}, err
	}
	there := map[string]string{}
	if out.Unsure {
		if there, err = c.sent(ctx, out.Thread.Role, p.id, out.UnsureSince.Add(-skew)); err != nil {
			return connector.Receipt{Parts: out.Known}, cannotAsk(err)
		}
	}
	got := connector.Receipt{Found: out.Unsure}
	for n, post := range posts {
		part := connector.Part{N: n, ExternalID: there[post.tag]}
		if i := slices.IndexFunc(out.Known, func(k connector.Part) bool { return k.N == n }); i >= 0 {
			part = out.Known[i]
		} else if part.ExternalID == "" {
			got.Found = false
			if part.ExternalID, err = c.put(ctx, out.Thread.Role, p.id, post); err != nil {
				return got, err
			}
		}
		if part.Fingerprint == "" {
			part.Fingerprint = echoOf(part.ExternalID)
		}
		got.Parts = append(got.Parts, part)
	}
	if out.Thread.Role != kefu.RoleDesk && out.Message.Content.Asks() != nil {
		for n, part := range got.Parts {
			if posts[n].rich != nil {
				c.known.ask(out.Thread.ExternalID, part.ExternalID, c.deps.Now())
			}
		}
	}
	return got, nil
}

// posts are the messages that a delivery becomes.
func (c *Connector) posts(out connector.Outbound) ([]post, error) {
	var list []post
	if out.Thread.Role == kefu.RoleDesk {
		if out.Card != nil {
			list = append(list, post{text: c.opening(out.Card.Ticket, out.Card.Subject, out.Customer, out.Card), private: true})
		}
		list = append(list, c.forDesk(out.Message)...)
	} else {
		if out.Message.Private {
			return nil, permanent("a note never goes to the customer", nil)
		}
		list = c.forCustomer(out.Message, out.Customer)
	}
	for n := range list {
		list[n].tag = tag(string(out.DeliveryID), n)
		if list[n].text == "" && len(list[n].files) == 0 {
			return nil, permanent("there is nothing to send: the message has neither text nor attachment", nil)
		}
	}
	return list, nil
}

// forDesk shows a message to staff: the customer's words as the customer's, everybody else's as a note.
func (c *Connector) forDesk(m kefu.Message) []post {
	p := post{incoming: m.Author.Kind == kefu.AuthorContact && !m.Private, private: true}
	if p.incoming {
		p.private, p.text = false, strings.TrimSpace(harmless(card.Told(m.Content, c.set.lang)))
	} else {
		p.text = c.note(m)
	}
	return withFiles(p, m.Content.Attachments)
}

// note is a message with its author's name above it.
func (c *Connector) note(m kefu.Message) string {
	head := inline(m.Author.Name)
	if head != "" {
		head = "**" + head + "**"
	}
	if m.Author.Via != "" {
		head += " (" + inline(m.Author.Via) + ")"
	}
	return strings.TrimSpace(head + "\n" + harmless(markdown(m.Content, c.set.lang)))
}

// markdown words content for staff. A plain text stays as it was written: Chatwoot shows no HTML of it.
func markdown(content kefu.Content, lang string) string {
	plain := kefu.Content{Type: content.Type, Text: content.Text}
	if rest := content; len(rest.Choices)+len(rest.Articles) == 0 && rest.Order == nil && rest.Form == nil && rest.Answer == nil {
		return card.Content(plain, lang)
	}
	return card.ToldMarkdown(content, lang)
}

// forCustomer answers a customer, with as much as Chatwoot's channel shows: first what has no place in a rich message, then that.
func (c *Connector) forCustomer(m kefu.Message, customer kefu.Contact) []post {
	lang := c.set.lang
	if customer.Locale != "" {
		lang = card.Lang(string(customer.Locale))
	}
	content := withoutVotes(m.Content)
	p := post{byBot: m.Author.Kind == kefu.AuthorBot}
	if !c.set.rich {
		p.text = strings.TrimSpace(card.Content(content, lang))
		return withFiles(p, content.Attachments)
	}
	var words string
	if p.rich, words = rich(content, lang); p.rich == nil {
		p.text = asText(content, lang)
		return withFiles(p, content.Attachments)
	}
	p.text = p.rich.Content
	list := withFiles(p, content.Attachments)
	if words != "" {
		list = append([]post{{byBot: p.byBot, text: words}}, list...)
	}
	return list
}

// withFiles puts files beside a post, and those for which there is no room behind it.
func withFiles(p post, files []kefu.Attachment) []post {
	first := min(len(files), filesEach)
	if p.rich != nil {
		first = 0
	}
	p.files = files[:first]
	list := []post{p}
	for chunk := range slices.Chunk(files[first:], filesEach) {
		list = append(list, post{incoming: p.incoming, private: p.private, byBot: p.byBot, files: chunk})
	}
	return list
}

// opening is the card of a ticket: what staff know before the first word.
func (c *Connector) opening(t kefu.Ticket, subject string, customer kefu.Contact, extra *connector.Card) string {
	number := "#" + t.ExternalID
	if t.ExternalID == "" {
		number = "#" + digitsOf(t.Number)
	}
	who := []string{inline(customer.Name)}
	for _, s := range []string{customer.Email, customer.Phone} {
		if s != "" {
			who = append(who, inline(s))
		}
	}
	lines := []string{c.say("card", inline(number), inline(subject), strings.Join(who, " · "))}
	if extra == nil {
		return harmless(lines[0])
	}
	if extra.OrderErr != "" {
		lines = append(lines, c.say("no_orders", inline(extra.OrderErr)))
	}
	for _, o := range extra.Orders {
		lines = append(lines, card.ToldMarkdown(kefu.Content{Order: &o}, c.set.lang))
	}
	return harmless(strings.Join(lines, "\n\n"))
}
