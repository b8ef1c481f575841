package switchboard

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// rebuild makes the link of a desk's thread anew from what was noted there, after the store was lost: with the conversation, the contact
// and the customer's link, if they are lost too. A thread whose place another one has taken is left alone. Idempotent: the thread is known
// from then on.
func (c *change) rebuild(inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	res := connector.Result{Ignored: "nothing to restore"}
	r := in.Restore
	if r == nil || r.ConversationID == "" || r.Inbox == "" || r.Thread == "" {
		return res, nil
	}
	from, known := c.b.inboxes[r.Inbox]
	if !known {
		res.Ignored = "the customer's inbox is not configured"
		return res, nil
	}
	if !c.b.routed(inbox) { // what is noted there may be noted by customers too
		res.Ignored = "no customer's inbox has this one for its desk"
		return res, nil
	}
	customer, found, err := c.Thread(r.Inbox, r.Thread)
	if err != nil {
		return res, err
	}
	switch {
	case !found:
		if customer, err = c.revive(from, *r); err != nil || customer.ID == "" {
			return res, err
		}
	case string(customer.Meta) != rebuilt:
		// A thread that is being opened at this moment is found as well: what was said there is news, and read when it is linked.
		res.Ignored = "the conversation was never lost"
		return res, nil
	}
	return c.relink(inbox, in.ThreadID, customer)
}

// routed tells whether an inbox is the desk of any other.
func (b *Switchboard) routed(desk kefu.InboxID) bool {
	for _, in := range b.inboxes {
		if slices.Contains(in.Desks, desk) {
			return true
		}
	}
	return false
}

// relink gives the desk link of a customer's conversation its thread back.
func (c *change) relink(inbox kefu.InboxID, thread string, customer store.Link) (connector.Result, error) {
	res := connector.Result{ConversationID: customer.ConversationID, Ignored: "the conversation has another thread"}
	if _, err := c.LockConversation(customer.ConversationID); err != nil {
		return res, err
	}
	links, err := c.Links(customer.ConversationID)
	if err != nil {
		return res, err
	}
	slot := int64(0)
	for _, l := range links {
		slot = max(slot, l.Slot)
		if l.InboxID != inbox || l.Role != kefu.RoleDesk {
			continue
		}
		if l.ExternalID != "" {
			return res, nil
		}
		res.Ignored = ""
		return res, c.OpenLink(l.ID, thread, l.Name, l.Meta, "")
	}
	l := store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: customer.ConversationID, InboxID: inbox, Role: kefu.RoleDesk,
		ExternalID: thread}, Slot: slot + 1, Opened: 1}
	made, err := c.InsertLink(l, time.Time{})
	if err == nil && made {
		res.Ignored = ""
	}
	return res, err
}

// rebuilt marks a customer's link whose desk has shown already what the site will tell.
const rebuilt = `{"rebuilt":true}`

// revive makes a conversation anew under its id, with its contact, its case and the customer's link. The link is "" when the conversation
// is here: its customer's thread is another one by now.
func (c *change) revive(from Inbox, r connector.Restore) (l store.Link, err error) {
	if _, err := c.LockConversation(r.ConversationID); !errors.Is(err, sqldb.ErrNoRows) {
		return l, err
	}
	if _, err := c.Contact(r.ContactID); errors.Is(err, sqldb.ErrNoRows) {
		fresh, err := c.AddContact(kefu.Contact{ID: r.ContactID, Name: cmp.Or(r.ContactName, "?")})
		if err == nil && !fresh {
			err = errTwin // another desk tells of the same person at this moment
		}
		if err != nil {
			return l, err
		}
	} else if err != nil {
		return l, err
	}
	conv := kefu.Conversation{ID: r.ConversationID, InboxID: from.ID, ContactID: r.ContactID, Subject: cmp.Or(r.Subject, r.ThreadName, r.Thread), Status: kefu.StatusOpen,
		Handler: kefu.HandlerQueue, Priority: kefu.PriorityMedium, CreatedAt: c.Now, Labels: []string{}}
	made := store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: conv.ID, InboxID: from.ID, Role: kefu.RoleCustomer, ExternalID: r.Thread},
		Name: r.ThreadName, Opened: 1, Status: kefu.StatusOpen, CustomerInbox: from.ID, TicketName: r.Thread}
	due := time.Time{}
	if from.SweepEvery > 0 { // the site knows what was said better than the desk does
		made.Opened, due = 0, c.Now
		c.wake[bus.Syncs] = true
	}
	fresh, err := c.InsertLink(made, due)
	if err == nil && !fresh {
		err = errTwin // another desk tells of the same talk at this moment: it is found then
	}
	if err != nil {
		return l, err
	}
	if err := c.SetLinkMeta(made.ID, json.RawMessage(rebuilt)); err != nil {
		return l, err
	}
	t := kefu.Ticket{ExternalID: r.Thread}
	if from.Reception.Tells || from.Reception.Talks {
		t.ExternalID = ""
	}
	if t, err = c.establish(conv, t, "", kefu.System()); err != nil {
		return l, err
	}
	made.Number, made.TicketName = t.Number, nameOfTicket(t)
	c.say("conversation rebuilt from its desk", conv.ID, made.TicketName, "inbox", from.ID)
	return made, nil
}

// nobody is the role of no link: what is kept for it goes nowhere.
const nobody kefu.LinkRole = "nobody"

// remember keeps what was said in a thread before its link was made anew. It goes nowhere: everybody has seen it. What a site will tell is
// left to the site.
func (c *change) remember(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	res := connector.Result{ConversationID: link.ConversationID, MessageID: id}
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return res, err
	}
	if !in.Note && c.b.inboxes[conv.InboxID].SweepEvery > 0 {
		return connector.Result{ConversationID: conv.ID, Ignored: "the site tells what was said"}, nil
	}
	author := contactAuthor(conv, in)
	if author.Kind == kefu.AuthorContact && author.Name == "" {
		who, err := c.Contact(conv.ContactID)
		if err != nil {
			return res, err
		}
		author.Name = who.Name
	}
	if in.Sender.Kind == kefu.AuthorAgent && in.Sender.ID != "" {
		if author, err = c.agent(link.InboxID, in.Sender.ID, in.Sender.Name); err != nil {
			return res, err
		}
		author.Via = in.Sender.Via
	}
	m := store.Message{Message: kefu.Message{ID: id, ConversationID: conv.ID, Author: author, Content: typed(in.Content), Private: in.Note, SourceLinkID: link.ID,
		ExternalID: in.ExternalID, Meta: kefu.Meta{Notes: in.Notes, Recovered: true}}}
	return res, c.post(link, &m, nobody)
}

// mostTold is how many of the newest messages catchUp looks among.
const mostTold = 200

// catchUp takes in what was written in a customer's thread that has a link and was never read. Where the desk has told it already, because
// both links were made anew, it is known: it is counted off against what the desk told since the customer was answered last.
func (c *change) catchUp(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	in.History = false
	if string(link.Meta) != rebuilt || in.Sender.Kind != kefu.AuthorContact || in.Note {
		return c.receiveContact(link, in, id)
	}
	if _, err := c.LockConversation(link.ConversationID); err != nil {
		return connector.Result{}, err
	}
	said, err := c.MessagesBefore(link.ConversationID, math.MaxInt64, mostTold)
	if err != nil {
		return connector.Result{}, err
	}
	var told *store.Message
	for i := range said {
		m := &said[i]
		if m.Author.Kind == kefu.AuthorAgent && !m.Private {
			break
		}
		if m.Author.Kind == kefu.AuthorContact && m.SourceLinkID != link.ID && m.Meta.Recovered && !m.Meta.Hooked && sameWords(m.Content, in.Content) {
			told = m // the oldest of them
		}
	}
	if told == nil {
		return c.receiveContact(link, in, id)
	}
	told.Meta.Hooked = true
	return connector.Result{ConversationID: link.ConversationID, MessageID: told.ID, Duplicate: true}, c.SetMeta(told.ID, told.Meta)
}

// sameWords tells whether two messages say the same, as far as it can be told of one that went through a desk.
func sameWords(a, b kefu.Content) bool {
	return strings.TrimSpace(a.Text) == strings.TrimSpace(b.Text) && len(a.Attachments) == len(b.Attachments)
}
