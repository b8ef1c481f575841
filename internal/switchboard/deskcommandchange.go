package switchboard

import (
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// hold reads the ticket that was asked for and holds its conversation.
func (d desk) hold() (kefu.Ticket, store.Conversation, error) {
	t, err := ticketHere(d.Tx, d.inbox, d.in.Command.Args["number"])
	if err != nil {
		return t, store.Conversation{}, err
	}
	d.view.Ticket = t
	conv, err := d.LockConversation(t.ConversationID)
	if err == nil {
		err = d.labels(&conv)
	}
	if err != nil {
		return t, conv, err
	}
	d.say("command", conv.ID, conv.TicketName, "command", d.in.Command.Name, "by", d.by.Name)
	t, err = d.TicketOf(conv.ID)
	return t, conv, err
}

// shown fills in what who asked sees then, and writes the line of the audit log.
func (d desk) shown(id kefu.ConversationID, action string, detail any) error {
	if err := d.change.view(id, d.view); err != nil {
		return err
	}
	if err := around(d.Tx, d.inbox, d.view, d.view.Ticket); err != nil {
		return err
	}
	return d.Audit(d.caller(), action, string(d.view.Ticket.ID), detail)
}

// assignTicket gives a ticket to a member of the desk, or to a team's queue.
func (d desk) assignTicket() error {
	t, conv, err := d.hold()
	if err != nil {
		return err
	}
	links, err := d.Links(conv.ID)
	if err != nil {
		return err
	}
	at := console(conv)
	at.InboxID = d.inbox
	for _, l := range links {
		if l.Role == kefu.RoleDesk && l.InboxID == d.inbox {
			at = l
		}
	}
	why, err := d.transferTo(conv, at, d.in, d.by)
	switch {
	case err != nil:
		return err
	case why == connector.RefusedNotFound: // the ticket is there: it is the team that is not
		return refusal(connector.RefusedInvalid)
	case why != "":
		return refusal(why)
	}
	return d.shown(conv.ID, "ticket.updated", map[string]string{"previous_assignee_id": string(t.AssigneeID), "previous_team_id": string(t.TeamID)})
}

// moveTicket takes the step of a ticket that was asked for.
func (d desk) moveTicket() error {
	var f kefu.Faults
	next := kefu.TicketStatus(d.in.Command.Args["status"])
	plan := TicketChange{Status: kefu.Some(next)}.plan(&f)
	if len(f) > 0 {
		return refusal(connector.RefusedInvalid)
	}
	t, conv, err := d.hold()
	if err != nil {
		return err
	}
	if _, err := d.amendTicket(d.by, t, conv, plan); err != nil {
		return err
	}
	return d.shown(conv.ID, "ticket.updated", map[string]string{"status": string(next), "previous_status": string(t.Status)})
}

// linkTicket says that a ticket repeats another one, or none.
func (d desk) linkTicket() error {
	of := d.in.Command.Args["of"]
	if of == "" {
		return d.unlinkTicket()
	}
	t, err := ticketHere(d.Tx, d.inbox, d.in.Command.Args["number"])
	if err != nil {
		return err
	}
	other, err := ticketHere(d.Tx, d.inbox, of)
	if err != nil {
		return err
	}
	_, err = d.repeats(kefu.Ask{Caller: d.caller()}, d.by, t, other)
	if kefu.KindOf(err) == kefu.KindConflict {
		return refusal(connector.RefusedInvalid)
	}
	if err != nil {
		return err
	}
	return d.linked(t.ConversationID)
}

func (d desk) unlinkTicket() error {
	t, conv, err := d.hold()
	if err != nil {
		return err
	}
	if t.DuplicateOf != "" {
		if err := d.pointTo(t, "", d.by); err != nil {
			return err
		}
	}
	return d.shown(conv.ID, "ticket.unlinked", nil)
}

// linked shows a ticket with the one that it repeats. The link has its line in the audit log.
func (d desk) linked(id kefu.ConversationID) error {
	if err := d.change.view(id, d.view); err != nil {
		return err
	}
	first, err := d.Ticket(d.view.Ticket.DuplicateOf)
	d.view.Tickets = []kefu.Ticket{first}
	return err
}

// block lets nothing more in from a person whom the inbox knows by an id, or lets them write again. Idempotent. The reason stands in the
// history of what the person has open here: the audit log holds no words of people.
func (d desk) block(blocked bool) error {
	args := d.in.Command.Args
	if args["member"] == "" {
		return refusal(connector.RefusedNotFound)
	}
	id, err := d.contact(d.inbox, connector.Sender{Kind: kefu.AuthorContact, ID: args["member"], Name: args["name"]})
	if err != nil {
		return err
	}
	k, err := d.LockContact(id)
	if err == nil && k.MergedInto != "" {
		k, err = d.LockContact(k.MergedInto)
	}
	if err != nil {
		return err
	}
	if blocked == k.BlockedAt.IsZero() {
		k.BlockedAt = time.Time{}
		if blocked {
			k.BlockedAt = d.Now
		}
		err = d.setBlocked(k, blocked)
	}
	d.view.Customer = k
	return err
}

func (d desk) setBlocked(k kefu.Contact, blocked bool) error {
	action, word := "contact.unblocked", unblockedWord
	if blocked {
		action, word = "contact.blocked", blockedWord
	}
	if err := d.BlockContact(k.ID, k.BlockedAt); err != nil {
		return err
	}
	if err := d.contactEvent("user.updated", k, d.by); err != nil {
		return err
	}
	open, err := d.OpenHere(k.ID, d.inbox, mostDeskTickets)
	if err != nil {
		return err
	}
	for _, id := range open {
		line := eventText(connector.StatusChange{Kind: word, By: d.by, Reason: d.in.Command.Args["reason"]})
		if _, err := d.history(id, newMessageID(), d.by, line); err != nil {
			return err
		}
	}
	return d.Audit(d.caller(), action, string(k.ID), nil)
}

// Words of the history for a person who was blocked, or is not any more.
const (
	blockedWord   connector.StatusKind = "blocked"
	unblockedWord connector.StatusKind = "unblocked"
)
