package switchboard

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"kefu"
	"kefu/internal/store"
)

// Limits of a ticket.
const (
	maxDescription = 20_000
	maxCategory    = 100
	maxHandler     = 200
)

const notKept = "the ticket cannot be kept"

// UpdateTicket changes the members that are present. Those that the conversation has too change there as well.
func (b *Switchboard) UpdateTicket(ctx context.Context, ask kefu.Ask, name string, ch TicketChange) (WorkTicket, error) {
	if err := forStaff(ask.Caller); err != nil {
		return WorkTicket{}, err
	}
	var f kefu.Faults
	plan := ch.plan(&f)
	if err := f.Err(notKept); err != nil {
		return WorkTicket{}, err
	}
	return do(ctx, b, ask, func(c *change) (WorkTicket, error) {
		t, conv, err := c.takeTicket(ask.Caller, name)
		if err != nil {
			return WorkTicket{}, err
		}
		now, err := shownTicket(c.Tx, t)
		if err == nil {
			err = ask.Match(now)
		}
		if err != nil {
			return WorkTicket{}, err
		}
		changed, err := c.amendTicket(ask.Caller.Author(), t, conv, plan)
		if err == nil && changed {
			err = c.Audit(ask.Caller, "ticket.updated", string(t.ID), nil)
		}
		if err != nil {
			return WorkTicket{}, err
		}
		return freshTicket(c.Tx, t.ID)
	})
}

// ticketPlan is a change of a ticket without faults that can be seen without looking anything up.
type ticketPlan struct {
	TicketChange

	conv    ConversationChange
	status  kefu.TicketStatus // "" stays
	handler kefu.Opt[string]
	fields  kefu.Opt[json.RawMessage]
	// externalID becomes the ticket's, as the id that clientID has for it; "" stays.
	externalID, clientID string
}

// plan names every fault that can be seen without looking anything up.
func (ch TicketChange) plan(f *kefu.Faults) ticketPlan {
	p := ticketPlan{TicketChange: ch, handler: ch.Handler, status: ch.Status.Value}
	if ch.Title.Given {
		p.Title.Value = strings.TrimSpace(ch.Title.Value)
		checkText(f, "title", p.Title.Value, 1, maxSubject)
	}
	if ch.Content.Given && ch.Description.Given && ch.Content.Value != ch.Description.Value {
		f.Add("content", "is another name for description: give one of them")
	} else if ch.Content.Given {
		p.Description = ch.Content
	}
	checkText(f, "description", p.Description.Value, 0, maxDescription)
	p.Category.Value = strings.TrimSpace(ch.Category.Value)
	checkText(f, "category", p.Category.Value, 0, maxCategory)
	p.handler.Value = strings.TrimSpace(ch.Handler.Value)
	checkText(f, "handler", p.handler.Value, 0, maxHandler)
	switch {
	case p.handler.Value != "" && ch.AssigneeID.Given:
		f.Add("handler", "says the same as assignee_id: give one of them")
	case ch.AssigneeID.Given:
		p.handler = kefu.Some("")
	}
	if ch.Status.Given && !validTicketStatus(p.status) {
		f.Add("status", ticketStatusWords)
	}
	if ch.Priority.Given && !validPriority(cmp.Or(ch.Priority.Value, kefu.PriorityMedium)) {
		f.Add("priority", priorityWords)
	}
	if ch.CustomFields.Given {
		p.fields = kefu.Some(encodeAttributes(f, "custom_fields", ch.CustomFields.Value))
	}
	p.conv = ConversationChange{Subject: p.Title, Priority: ch.Priority, AssigneeID: ch.AssigneeID, TeamID: ch.TeamID}
	return p
}

// apply changes what only the ticket has.
func (p ticketPlan) apply(t *kefu.Ticket) {
	p.Description.Set(&t.Description)
	p.Category.Set(&t.Category)
	p.handler.Set(&t.Handler)
	p.fields.Set(&t.CustomFields)
	if p.externalID != "" {
		t.ExternalID, t.ClientID = p.externalID, p.clientID
	}
	if p.DueAt.Given {
		t.DueAt = p.DueAt.Value.UTC().Truncate(time.Microsecond)
		if p.DueAt.Null {
			t.DueAt = time.Time{}
		}
	}
}

// amendTicket carries a plan out and tells whether anything changed. The conversation is locked and has its labels. A ticket that is
// reopened is so before anything else, and one that ends does so last, so that who is told sees the rest.
func (c *change) amendTicket(by kefu.Author, t kefu.Ticket, conv store.Conversation, p ticketPlan) (changed bool, err error) {
	if _, err := c.assignByName(&p); err != nil {
		return false, err
	}
	opens := p.status == kefu.TicketProcessing && t.Status != p.status
	if opens {
		if err := c.moveTicket(conv, p.status, by); err != nil {
			return false, err
		}
		if conv, err = c.reread(conv); err != nil {
			return false, err
		}
	}
	a := amendment{c: c, by: by, conv: conv, next: conv, ticket: p.apply}
	if err := a.plan(p.conv); err != nil {
		return false, err
	}
	changed = opens
	if len(a.changed) > 0 {
		changed, err = true, a.carryOut()
	} else {
		var kept bool
		kept, err = c.keepOwn(t.ConversationID, by, p)
		changed = changed || kept
	}
	if err != nil || p.status == "" || opens || t.Status == p.status {
		return changed, err
	}
	return true, c.moveTicket(a.next, p.status, by)
}

func (c *change) reread(conv store.Conversation) (store.Conversation, error) {
	now, err := c.Conversation(conv.ID)
	now.Labels = conv.Labels
	return now, err
}

// keepOwn changes what only the ticket has.
func (c *change) keepOwn(conv kefu.ConversationID, by kefu.Author, p ticketPlan) (bool, error) {
	t, err := c.TicketOf(conv)
	if err != nil {
		return false, err
	}
	next := t
	p.apply(&next)
	changed, err := c.keepTicket(t, next, by)
	if err != nil || !changed {
		return changed, err
	}
	return true, c.ticketEvent("ticket.updated", next, by)
}

// assignByName makes an assignee of a handler who is an agent, by id or e-mail. Other words stay the handler.
func (c *change) assignByName(p *ticketPlan) (known bool, err error) {
	id, err := c.agentNamed(p.handler.Value)
	if err != nil || id == "" {
		return false, err
	}
	p.conv.AssigneeID, p.handler = kefu.Some(id), kefu.Some("")
	return true, nil
}

// agentNamed finds an active agent by id or e-mail; "" when there is none.
func (c *change) agentNamed(name string) (kefu.AgentID, error) {
	if name == "" {
		return "", nil
	}
	a, err := c.Agent(kefu.AgentID(name))
	if err == nil && a.ID == "" && strings.Contains(name, "@") {
		a, err = c.AgentByEmail(strings.ToLower(name))
		if kefu.KindOf(found(err, "agent")) == kefu.KindNotFound {
			return "", nil
		}
	}
	if err != nil || !a.DeactivatedAt.IsZero() {
		return "", err
	}
	return a.ID, nil
}

// moveTicket takes the step that somebody asked for; one that does not exist is a conflict. Closing and reopening do the same to the
// conversation, which is locked.
func (c *change) moveTicket(conv store.Conversation, next kefu.TicketStatus, by kefu.Author) error {
	t, err := c.TicketOf(conv.ID)
	if err != nil || t.Status == next {
		return err
	}
	if !t.Status.CanBecome(next) {
		return &kefu.Error{Kind: kefu.KindConflict, Msg: fmt.Sprintf("a ticket that is %s can become %s only", t.Status, words(t.Status.Next())),
			Faults: []kefu.Fault{{Field: "status", Msg: "must be " + words(t.Status.Next())}}}
	}
	switch {
	case next == kefu.TicketClosed && conv.Status != kefu.StatusClosed:
		return c.closeHere(conv, by, "")
	case next == kefu.TicketProcessing && conv.Status == kefu.StatusClosed:
		return c.reopen(conv, by)
	}
	return c.ticketTo(conv.ID, next, by)
}
