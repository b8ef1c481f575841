package wordpress

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
)

// replyBody is the body of ticket/update. The last two are for sites that know them.
type replyBody struct {
	TicketID  int64  `json:"ticket_id"`
	Sender    string `json:"sender"`
	Message   string `json:"message"`
	ImageURL  string `json:"image_url,omitempty"`
	MessageID string `json:"message_id,omitempty"`
}

// Send posts a reply to the customer's ticket. When an earlier try may have arrived, equal messages of the ticket are counted first: one
// more than we know of means that it did.
func (c *Connector) Send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	if out.Message.Private {
		return connector.Receipt{}, permanent("a note never goes to the customer", nil)
	}
	ticket, ok := ticketNumber(out.Thread.ExternalID)
	if !ok {
		return connector.Receipt{}, permanent("the conversation has no ticket on the site", nil)
	}
	part := connector.Part{Fingerprint: c.Fingerprint(out.Message)}
	if at := slices.IndexFunc(out.Known, func(p connector.Part) bool { return p.N == 0 }); at >= 0 {
		return connector.Receipt{Parts: out.Known[at : at+1], Found: true}, nil
	}
	if out.Unsure {
		if there, err := c.arrived(ctx, out, part.Fingerprint); there || err != nil {
			return found(part, there), err
		}
	}
	u := replyBody{TicketID: ticket, Sender: senderText(out.Message.Author)}
	links, err := c.links(ctx, out.Message.Content.Attachments)
	if err != nil {
		return connector.Receipt{}, err
	}
	if u.Message = joined(c.words(out.Message.Content), links); u.Message == "" {
		return connector.Receipt{}, permanent("there is nothing to send: the message has neither text nor attachment", nil)
	}
	if c.knowsExtras(ctx) {
		u.ImageURL, u.MessageID = firstImage(out.Message.Content.Attachments, links), string(out.Message.ID)
	}
	a, err := c.post(ctx, routeUpdate, u)
	if err != nil {
		return connector.Receipt{}, err
	}
	part.ExternalID = a.messageID()
	return connector.Receipt{Parts: []connector.Part{part}}, nil
}

func found(part connector.Part, there bool) connector.Receipt {
	if !there {
		return connector.Receipt{}
	}
	return connector.Receipt{Parts: []connector.Part{part}, Found: true}
}

// arrived counts the ticket's messages that equal ours against those that we know to have sent before.
func (c *Connector) arrived(ctx context.Context, out connector.Outbound, fingerprint string) (bool, error) {
	history, err := c.history(ctx, out.Thread.ExternalID)
	if err != nil {
		return false, cannotAsk(err)
	}
	known, err := out.SentBefore(fingerprint)
	if err != nil {
		return false, cannotAsk(err)
	}
	there := 0
	for _, m := range history.messages {
		if c.sentFingerprint(m.sender, m.text) == fingerprint {
			there++
		}
	}
	return there > known, nil
}

// cannotAsk keeps the doubt: only the answer that the ticket does not exist ends it.
func cannotAsk(err error) error {
	e := connector.Failure(err)
	if r := refusalOf(err); r != nil && unknownTicket(r) {
		return e
	}
	return &connector.SendError{Class: connector.Uncertain, Scope: e.Scope, RetryAfter: e.RetryAfter,
		Reason: "cannot ask the site whether it arrived: " + e.Reason, Err: e.Err}
}

// unknownTicket tells the site's own "there is no such ticket" from a site without the route.
func unknownTicket(r *refusal) bool { return r.status == 404 && !r.page && r.code != noRoute }

// words renders content as the text of a ticket, without attachments: a site shows plain text and nothing else. Pure: Fingerprint must give
// the same before and after sending.
func (c *Connector) words(content kefu.Content) string {
	if o := content.Order; o != nil && !o.CreatedAt.IsZero() {
		local := *o
		local.CreatedAt = o.CreatedAt.In(c.set.zone)
		content.Order = &local
	}
	return card.Content(content, card.LangTW)
}

func joined(text string, links []string) string {
	if text == "" {
		return strings.Join(links, "\n")
	}
	return strings.Join(append([]string{text}, links...), "\n")
}

// links gives one address for each attachment. What is only known by an outside address is kept first, because such addresses end.
func (c *Connector) links(ctx context.Context, attachments []kefu.Attachment) ([]string, error) {
	links := make([]string, 0, len(attachments))
	for _, a := range attachments {
		link, err := c.link(ctx, a)
		if err != nil {
			return nil, err
		}
		links = append(links, link)
	}
	return links, nil
}

func (c *Connector) link(ctx context.Context, a kefu.Attachment) (string, error) {
	if link := c.deps.Files.Link(a); link != "" {
		return link, nil
	}
	if a.URL == "" {
		return "", permanent("the attachment "+kefu.Excerpt(a.Name, 60)+" is not kept any more", nil)
	}
	kept, err := c.deps.Files.Keep(ctx, a.URL, a.Name)
	if err == nil {
		if link := c.deps.Files.Link(kept); link != "" {
			return link, nil
		}
	}
	if !isDiscordCDN(a.URL) {
		return a.URL, nil
	}
	// An address of Discord's CDN ends after a day, and a dead link is worse for a customer than a late message.
	reason := "the attachment " + kefu.Excerpt(a.Name, 60) + " could not be fetched from Discord"
	switch kefu.KindOf(err) {
	case kefu.KindTooLarge, kefu.KindNotFound, kefu.KindInvalid, kefu.KindForbidden, kefu.KindUnsupported:
		return "", permanent(reason, err)
	}
	return "", &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: reason, Err: err}
}

func isDiscordCDN(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range []string{"discordapp.com", "discordapp.net", "discord.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

func firstImage(attachments []kefu.Attachment, links []string) string {
	for i, a := range attachments {
		if a.IsImage() {
			return links[i]
		}
	}
	return ""
}

// messageID is the site's id of what it took, if it tells one.
func (a answer) messageID() string {
	var m struct {
		MessageID json.RawMessage `json:"message_id"`
	}
	if json.Unmarshal(a.body, &m) != nil {
		return ""
	}
	return scalar(m.MessageID)
}
