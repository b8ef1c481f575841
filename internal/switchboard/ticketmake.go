package switchboard

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// CreateTicket makes a ticket with its conversation, or gives a conversation's ticket what it is asked for with. A caller who asks again with
// the same id of their own gets the same ticket, as it is then.
func (b *Switchboard) CreateTicket(ctx context.Context, ask kefu.Ask, in NewTicket) (MadeTicket, error) {
	if err := forStaff(ask.Caller); err != nil {
		return MadeTicket{}, err
	}
	plan, err := in.plan(ask.Caller)
	if err != nil {
		return MadeTicket{}, err
	}
	for tries := 0; ; tries++ {
		out, err := do(ctx, b, ask, func(c *change) (MadeTicket, error) { return c.makeTicket(ask.Caller, in, plan) })
		if errors.Is(err, errTwin) && tries < twinTries {
			continue // the twin has committed: now its ticket is found
		}
		return out, err
	}
}

// plan names every fault that can be seen without looking anything up.
func (in NewTicket) plan(by kefu.Caller) (ticketPlan, error) {
	var f kefu.Faults
	in.Title = strings.TrimSpace(in.Title)
	ch := TicketChange{Title: given(in.Title), Content: given(in.Content), Description: given(in.Description), Status: given(in.Status),
		Priority: given(in.Priority), Category: given(in.Category), AssigneeID: given(in.AssigneeID), TeamID: given(in.TeamID), Handler: given(in.Handler)}
	if in.DueAt != nil {
		ch.DueAt = kefu.Some(*in.DueAt)
	}
	if len(in.CustomFields) > 0 {
		ch.CustomFields = kefu.Some(in.CustomFields)
	}
	p := ch.plan(&f)
	checkText(&f, "ticket_id", in.TicketID, 0, 200)
	if p.externalID = in.TicketID; p.externalID != "" {
		p.clientID = by.ID
	}
	if in.ConversationID != "" && (in.Contact != nil || in.ContactID != "" || in.InboxID != "") {
		f.Add("conversation_id", "has its contact and its inbox: leave out contact, contact_id and inbox_id")
	}
	if in.Contact != nil && in.ContactID != "" {
		f.Add("contact_id", "or contact may be given, and not both")
	}
	if in.ConversationID == "" && in.Title == "" && strings.TrimSpace(p.Description.Value) == "" {
		f.Add("title", "or a description is needed")
	}
	if in.ConversationID == "" && len(p.Description.Value) > kefu.MaxText {
		f.Add("description", "must have at most %d bytes", kefu.MaxText)
	}
	if in.Contact != nil {
		in.Contact.check(&f)
	}
	return p, f.Err(notKept)
}

// given is a member of a change when there is anything.
func given[T ~string](v T) kefu.Opt[T] {
	if v == "" {
		return kefu.Opt[T]{}
	}
	return kefu.Some(v)
}

func (c *change) makeTicket(by kefu.Caller, in NewTicket, p ticketPlan) (MadeTicket, error) {
	if in.TicketID != "" {
		t, err := c.TicketOfClient(by.ID, in.TicketID)
		if err == nil {
			if t, err = seeTicket(c.Tx, by, string(t.ID)); err != nil {
				return MadeTicket{}, err
			}
			shown, err := shownTicket(c.Tx, t)
			return MadeTicket{WorkTicket: shown, Existing: true}, err
		}
		if !errors.Is(err, sqldb.ErrNoRows) {
			return MadeTicket{}, err
		}
	}
	if _, err := c.assignByName(&p); err != nil {
		return MadeTicket{}, err
	}
	conv, err := c.ticketed(by, in, p)
	if err != nil {
		return MadeTicket{}, err
	}
	t, err := c.TicketOf(conv)
	if err == nil {
		err = c.Audit(by, "ticket.created", string(t.ID), nil)
	}
	if err != nil {
		return MadeTicket{}, err
	}
	shown, err := shownTicket(c.Tx, t)
	return MadeTicket{WorkTicket: shown}, err
}

// ticketed gives the conversation whose ticket is what was asked for.
func (c *change) ticketed(by kefu.Caller, in NewTicket, p ticketPlan) (kefu.ConversationID, error) {
	if in.ConversationID != "" {
		return in.ConversationID, c.fillTicket(by, in.ConversationID, p)
	}
	return c.startTicket(by, in, p)
}

// fillTicket gives the ticket of a conversation what it is asked for with.
func (c *change) fillTicket(by kefu.Caller, id kefu.ConversationID, p ticketPlan) error {
	conv, err := c.takeSeen(by, id)
	if err == nil {
		err = c.labels(&conv)
	}
	if err != nil {
		return err
	}
	t, err := c.TicketOf(id)
	if err == nil && t.ID == "" { // the bot has it: who asks for a case takes it from there
		if err = c.handToQueue(conv, by.Author(), whyTaken); err == nil {
			if conv, err = c.reread(conv); err == nil {
				t, err = c.TicketOf(id)
			}
		}
	}
	if err != nil {
		return err
	}
	if t.ExternalID != "" {
		return &kefu.Error{Kind: kefu.KindConflict, Msg: "the ticket of this conversation has an external id already",
			Faults: []kefu.Fault{{Field: "conversation_id", Msg: "has the ticket " + string(t.ID)}}}
	}
	_, err = c.amendTicket(by.Author(), t, conv, p)
	return err
}

// startTicket begins a conversation for a ticket. Its description is the first message, in the contact's name.
func (c *change) startTicket(by kefu.Caller, in NewTicket, p ticketPlan) (kefu.ConversationID, error) {
	start := NewConversation{InboxID: in.InboxID, ContactID: in.ContactID, Contact: in.Contact, Subject: p.Title.Value, Content: p.Description.Value,
		Priority: in.Priority, TeamID: in.TeamID, AssigneeID: p.conv.AssigneeID.Value}
	if start.ContactID == "" && start.Contact == nil {
		start.Contact = &NewPerson{Name: cmp.Or(by.Name, by.ID), ExternalID: by.ID}
	}
	who, err := c.personFor(by, start)
	if err != nil {
		return "", err
	}
	var t kefu.Ticket
	p.apply(&t)
	conv, err := c.start(by, start, who, t)
	if err != nil {
		return "", err
	}
	if start.Content != "" {
		m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: conv.ID, Content: typed(kefu.Content{Text: start.Content}),
			Author: kefu.Author{Kind: kefu.AuthorContact, ID: string(who.ID), Name: who.Name}}}
		if err := c.put(conv, &m); err != nil {
			return "", err
		}
	}
	if p.status == "" {
		return conv.ID, nil
	}
	return conv.ID, c.moveTicket(conv, p.status, by.Author())
}
