package switchboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// duplicateWindow is how long an equal message counts as a possible duplicate. The other two are how long the late hook of a message that
// was found by comparison is awaited: a hook with a key is one that its sender repeats until we have it.
const (
	duplicateWindow = 30 * time.Second
	recoveredWindow = 10 * time.Minute
	repeatedWindow  = 24 * time.Hour
)

// Receive takes in one thing from a connector and returns after the commit. An error means that nothing was kept. Idempotent by
// Inbound.Key, and for opening and closing by the ticket itself.
func (b *Switchboard) Receive(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	clean(&in)
	if in.Kind == connector.InCommand {
		return b.command(ctx, inbox, in)
	}
	for tries := 0; ; tries++ {
		var res connector.Result
		err := b.update(ctx, func(c *change) (err error) {
			res, err = c.receive(inbox, in)
			return err
		})
		if errors.Is(err, errTwin) && tries < twinTries {
			continue // the twin has committed: now it is found
		}
		return res, err
	}
}

// errTwin undoes a transaction whose key was committed by another one after it had looked.
var errTwin = kefu.Errorf(kefu.KindUnavailable, "the same message is being taken in by another request; send it again")

const twinTries = 3

// clean makes every text storable: the connectors clean what they know of, this is the last edge before the store.
func clean(in *connector.Inbound) {
	for _, s := range []*string{&in.Key, &in.ThreadID, &in.ThreadName, &in.ExternalID, &in.Title, &in.Content.Text, &in.ClosedBy, &in.Reason,
		&in.Sender.ID, &in.Sender.Name, &in.Sender.Email, &in.Sender.Label, &in.Sender.Raw, &in.Cursor, &in.AnswerTo} {
		if text, changed := kefu.CleanText(*s); changed {
			*s = text
		}
	}
	if in.Filled != nil {
		filled := make(map[string]string, len(in.Filled))
		for name, value := range in.Filled {
			name, _ = kefu.CleanText(name)
			filled[name], _ = kefu.CleanText(value)
		}
		in.Filled = filled
	}
}

func (c *change) receive(inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	if in.Kind == connector.InLook {
		return c.askLook(inbox, in)
	}
	if res, known, err := c.known(inbox, in.Key); known || err != nil {
		return res, err
	}
	if in.Kind == connector.InLeft {
		return c.left(inbox, in)
	}
	link, found, err := c.Thread(inbox, in.ThreadID)
	if err != nil {
		return connector.Result{}, err
	}
	if !found {
		return c.receiveUnknown(inbox, in)
	}
	if link.Role == kefu.RoleCustomer && link.Opened == 0 {
		return c.park(link, in)
	}
	return c.receiveOn(link, in, newMessageID())
}

// known answers a key that was seen with what it led to.
func (c *change) known(inbox kefu.InboxID, key string) (connector.Result, bool, error) {
	if key == "" {
		return connector.Result{}, false, nil
	}
	seen, ok, err := c.Seen(inbox, key)
	return connector.Result{ConversationID: seen.ConversationID, MessageID: seen.MessageID, Duplicate: ok}, ok, err
}

// keep notes a key together with what it led to.
func (c *change) keep(inbox kefu.InboxID, key string, res connector.Result) error {
	if key == "" || res.Duplicate && res.MessageID == "" {
		return nil
	}
	fresh, err := c.SaveSeen(inbox, key, store.Seen{ConversationID: res.ConversationID, MessageID: res.MessageID})
	if err == nil && !fresh {
		return errTwin
	}
	return err
}

// receiveOn takes in something on a link that is known.
func (c *change) receiveOn(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	if in.Kind == connector.InGone {
		return c.gone(link, in)
	}
	if in.ThreadName != "" && link.Role == kefu.RoleCustomer {
		if in.ThreadName != link.Name {
			if err := c.NameLink(link.ID, in.ThreadName); err != nil {
				return connector.Result{}, err
			}
		}
	}
	res, err := c.byKind(link, in, id)
	if err != nil {
		return res, err
	}
	res.TicketNumber = cmp.Or(res.TicketNumber, link.Number)
	if res.Duplicate {
		c.say("taken before: nothing new", link.ConversationID, link.TicketName, "inbox", link.InboxID, "kind", in.Kind, "message_id", res.MessageID)
	}
	if in.Cursor != "" && in.Cursor != link.Cursor {
		if err := c.SetCursor(link.InboxID, link.ExternalID, in.Cursor); err != nil {
			return res, err
		}
	}
	return res, c.keep(link.InboxID, in.Key, res)
}

func (c *change) byKind(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	switch in.Kind {
	case connector.InMessage, connector.InOpen:
		if in.History && link.Role == kefu.RoleDesk {
			return c.remember(link, in, id)
		}
		if in.History {
			return c.catchUp(link, in, id)
		}
		if link.Role == kefu.RoleDesk {
			return c.receiveAgent(link, in, id)
		}
		return c.receiveContact(link, in, id)
	case connector.InStatus:
		return c.receiveStatus(link, in, id)
	case connector.InEdit, connector.InDelete:
		return c.receiveChange(link, in)
	case connector.InStanding:
		return c.receiveStanding(link, in)
	case connector.InAsk:
		return c.receiveAsk(link, in)
	case connector.InRestore:
		return connector.Result{ConversationID: link.ConversationID, Duplicate: true, Ignored: "it is linked"}, nil
	}
	return connector.Result{}, fmt.Errorf("switchboard: inbound kind %q is not known", in.Kind)
}

// receiveContact takes in what the customer's side wrote in a thread that is known.
func (c *change) receiveContact(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	res := connector.Result{ConversationID: link.ConversationID, MessageID: id}
	if echo, err := c.echo(link, in); echo != "" || err != nil {
		return connector.Result{ConversationID: link.ConversationID, MessageID: echo, Duplicate: true, Ignored: "echo"}, err
	}
	// What is compared with what is here is compared under the lock: the sweep may be inserting the same message.
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return res, err
	}
	if err := c.stillTheirs(link, conv); err != nil {
		return res, err
	}
	if ok, err := c.heard(conv); err != nil || !ok {
		return connector.Result{ConversationID: conv.ID, Ignored: "blocked", View: &connector.View{Refused: connector.RefusedBlocked}}, err
	}
	if in.Kind == connector.InOpen && c.b.inboxes[link.InboxID].Reception.Tells && conv.InitialMessageID != "" {
		in.Kind = connector.InMessage // who asks again in an open talk goes on with it
	}
	if in.Kind == connector.InOpen {
		if again, err := c.opensAgain(conv, in); again.ConversationID != "" || err != nil {
			return again, err
		}
	}
	if c.b.inboxes[link.InboxID].Reception.Tells { // nobody else is told anything in their language
		if err := c.speaks(conv.ContactID, in.Sender, in.Content.Text); err != nil {
			return res, err
		}
	}
	meta, twin, err := c.doubt(link, in)
	if err != nil || twin != "" {
		return connector.Result{ConversationID: link.ConversationID, MessageID: twin, Duplicate: true}, err
	}
	if res.View, err = c.takeAnswer(link, conv, &in); err != nil || res.View != nil {
		res.MessageID = ""
		return res, err
	}
	meta.Notes = in.Notes
	if conv.Status == kefu.StatusClosed {
		if link, conv, err = c.wakeClosed(link, conv, in); err != nil {
			return res, err
		}
		res.ConversationID, res.TicketNumber = link.ConversationID, link.Number
	} else if err := c.wakeWaiting(conv, contactAuthor(conv, in)); err != nil {
		return res, err
	}
	m := store.Message{Fingerprint: in.Fingerprint, Message: kefu.Message{
		ID: id, ConversationID: link.ConversationID, Author: contactAuthor(conv, in), Content: typed(in.Content), SourceLinkID: link.ID, ExternalID: in.ExternalID,
		Meta: meta, Private: in.Note}}
	if err := c.post(link, &m, kefu.RoleDesk); err != nil {
		return res, err
	}
	if err := c.heardOf(conv, link, m, in.OccurredAt); err != nil {
		return res, err
	}
	return res, c.afterOpen(conv, in, m)
}

// stillTheirs undoes a transaction whose customer's thread another one gave to a new conversation, or took from an erased one, while this
// one waited for the lock of conv. Conversations that are not closed keep theirs.
func (c *change) stillTheirs(link store.Link, conv store.Conversation) error {
	if conv.Status != kefu.StatusClosed || link.Role != kefu.RoleCustomer {
		return nil
	}
	now, err := c.Link(link.ID)
	if err == nil && now.Role != link.Role {
		err = errTwin
	}
	return err
}

// heardOf is what follows from what a customer said: an answer to a form goes on or is done, all else the bot answers that has the talk.
func (c *change) heardOf(conv store.Conversation, link store.Link, m store.Message, written time.Time) error {
	if m.Content.Answer != nil {
		return nil
	}
	if taken, err := c.goOn(conv, link, m, written); err != nil || taken {
		return err
	}
	return c.owe(conv, m.Message)
}

// echo finds the message of ours that comes back from the site: by what we sent, not by its author.
func (c *change) echo(link store.Link, in connector.Inbound) (kefu.MessageID, error) {
	if in.FingerprintSent == "" {
		return "", nil
	}
	return c.SentAs(link.ID, in.FingerprintSent)
}

// doubt finds out whether a message may be here already. The late hook of a message that was found by comparison is a twin. A message
// without a key that equals a young one is taken all the same, and marked.
func (c *change) doubt(link store.Link, in connector.Inbound) (kefu.Meta, kefu.MessageID, error) {
	meta := kefu.Meta{Notes: in.Notes, Recovered: in.Recovered, Sender: in.Sender.Raw, Label: in.Sender.Label, Initial: in.Kind == connector.InOpen}
	if in.Fingerprint == "" || in.Recovered {
		return meta, "", nil
	}
	window := recoveredWindow
	if in.Key != "" {
		window = repeatedWindow
	}
	equal, found, err := c.EqualSince(link.ConversationID, in.Fingerprint, c.Now.Add(-window))
	if err != nil || !found {
		return meta, "", err
	}
	if equal.Meta.Recovered && !equal.Meta.Hooked {
		equal.Meta.Hooked = true
		return meta, equal.ID, c.SetMeta(equal.ID, equal.Meta)
	}
	meta.PossibleDuplicate = in.Key == "" && equal.CreatedAt.After(c.Now.Add(-duplicateWindow))
	return meta, "", nil
}

// post gives a message its place, stores it with its event, and queues it for the links of role ("" is all but its source).
func (c *change) post(link store.Link, m *store.Message, role kefu.LinkRole) error {
	place, err := c.NextPlace(m.ConversationID, true)
	if err != nil {
		return err
	}
	return c.postAt(place, link, m, role)
}

// postAt is post at a place that was given out.
func (c *change) postAt(place store.Place, link store.Link, m *store.Message, role kefu.LinkRole) error {
	m.Seq, m.CreatedAt = place.Seq, c.Now
	kind := "message.received"
	if m.Author.Kind != kefu.AuthorContact {
		kind = "message.sent"
	}
	event, err := c.newEvent(kind, m.ConversationID, m.Author, dataOf(m.Message))
	if err != nil {
		return err
	}
	all := c.Batch()
	all.InsertMessage(*m)
	all.AppendEvent(event)
	queued := all.QueueMessage(*m, place.Ord, role, c.expected(link, *m, role))
	c.beginDialogue(all, link, *m, role)
	begun := -1
	if m.Author.Kind == kefu.AuthorAgent && !m.Private {
		begun = all.BeginTicket(m.ConversationID)
	}
	changed, err := all.Run()
	if err != nil {
		return err
	}
	deliveries := changed[queued]
	if deliveries > 0 {
		c.wake[bus.Deliveries] = true
	}
	if begun >= 0 && changed[begun] > 0 {
		if err := c.begunTicket(m.ConversationID, m.Author); err != nil {
			return err
		}
	}
	m.Queued = deliveries > 0
	c.say("message stored", m.ConversationID, link.TicketName, "message_id", m.ID, "seq", m.Seq, "author", m.Author.Kind, "inbox", cmp.Or(link.InboxID, link.CustomerInbox),
		"deliveries", deliveries, "possible_duplicate", m.Meta.PossibleDuplicate, "recovered", m.Meta.Recovered)
	return nil
}

// typed gives content without a type the type of what it holds.
func typed(c kefu.Content) kefu.Content {
	if c.Type == "" {
		c.Type = kefu.ContentText
		if c.Text == "" && len(c.Attachments) > 0 {
			c.Type = kefu.ContentFile
			if c.Attachments[0].IsImage() {
				c.Type = kefu.ContentImage
			}
		}
	}
	return c
}
