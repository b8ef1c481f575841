package chatwoot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// verify makes sure that a thread is what its name says, before something is sent there for the first time and after each doubt.
func (c *Connector) verify(ctx context.Context, t connector.Thread) (place, error) {
	p, ok := parsePlace(t.ExternalID)
	if !ok || p.made == 0 {
		return p, gone(t.Role, "this is no thread of Chatwoot", nil)
	}
	age, proved := c.known.proof(t.ExternalID)
	if proved {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	conv, err := c.any().Conversation(ctx, p.id)
	if err != nil {
		return p, c.reading(t.Role, err)
	}
	if err := c.same(t, p, conv); err != nil {
		return p, err
	}
	c.known.prove(t.ExternalID, age)
	return p, nil
}

// same tells whether a conversation is the one that a thread's name says.
func (c *Connector) same(t connector.Thread, p place, conv *api.Conversation) error {
	owner := linked(conv)
	switch made := placeOf(conv).made; {
	case conv.InboxID != c.set.inboxID:
		return gone(t.Role, "Chatwoot's conversation "+strconv.FormatInt(p.id, 10)+" is in another inbox", nil)
	case p.made != 0 && made != p.made:
		return gone(t.Role, "Chatwoot has another conversation under number "+strconv.FormatInt(p.id, 10)+": it was installed anew", nil)
	case t.Role == kefu.RoleDesk && owner != "" && t.ConversationID != "" && owner != t.ConversationID:
		return gone(t.Role, "Chatwoot's conversation "+strconv.FormatInt(p.id, 10)+" belongs to another talk", nil)
	}
	return nil
}

// person is the id by which the customer of a talk is known in the inbox. It outlives a new installation, which a contact's number does not.
func (c *Connector) person(ctx context.Context, t *talk) (string, error) {
	if t.role == kefu.RoleDesk {
		return "", nil
	}
	if id := c.known.person(t.thread.ExternalID); id != "" {
		return id, nil
	}
	id, err := c.found(ctx, t)
	if err != nil || id == "" {
		return "", err
	}
	c.known.met(t.thread.ExternalID, id)
	return id, nil
}

func (c *Connector) found(ctx context.Context, t *talk) (string, error) {
	if b := t.conv.ContactInbox; b != nil && b.SourceID != "" {
		return b.SourceID, nil
	}
	who := t.conv.Meta.Sender
	if who == nil || who.ID == 0 {
		return "", nil
	}
	if id := c.sourceID(who.ContactInboxes); id != "" {
		return id, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	full, err := c.user.Contact(ctx, who.ID)
	if err == nil && c.sourceID(full.ContactInboxes) != "" {
		return c.sourceID(full.ContactInboxes), nil
	}
	if err != nil && !api.IsNotFound(err) {
		return "", c.reading(t.role, err)
	}
	return "contact:" + dotted(who.ID, seconds(who.CreatedAt.Time)), nil
}

// sourceID is what a contact is called in our inbox; of several the same one each time.
func (c *Connector) sourceID(places []api.ContactInbox) string {
	var ids []string
	for _, p := range places {
		if p.InboxID == c.set.inboxID || p.Inbox != nil && p.Inbox.ID == c.set.inboxID {
			ids = append(ids, p.SourceID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return slices.Min(ids)
}

// printOf tells whether a message has changed: its text first, then what was filled in, and whether it was deleted.
func printOf(m *api.Message) string {
	var b strings.Builder
	b.Write(digest(m.Content)[:8])
	for _, v := range m.Submitted() {
		b.WriteString("\x00" + cmp.Or(v.Name, v.Title) + "\x00" + v.Value)
	}
	if m.Deleted() {
		b.WriteString("\x01")
	}
	if m.DeliveryStatus == api.Failed {
		b.WriteString("\x02")
	}
	return b.String()[:8] + string(digest(b.String())[:8])
}

// textOf is the part of a print that tells of the text.
func textOf(imprint string) string { return imprint[:8] }
