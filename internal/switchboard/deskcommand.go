package switchboard

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Bounds of what a desk is told at once.
const (
	mostDeskTickets = 20
	mostDeskSteps   = 10
)

// wide tells whether a command of staff needs no thread of a conversation.
func wide(name string) bool {
	switch name {
	case connector.CmdTicketList, connector.CmdTicketShow, connector.CmdTicketAssign, connector.CmdTicketStatus, connector.CmdTicketLink,
		connector.CmdBlock, connector.CmdUnblock, connector.CmdFind:
		return true
	}
	return false
}

// deskCommand carries out such a command. Whoever the owner of the desk made staff sees the tickets that have a link of its inbox, and no
// others. What was refused has changed nothing.
func (b *Switchboard) deskCommand(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	for tries := 0; ; tries++ {
		res := connector.Result{View: &connector.View{}}
		err := b.onDesk(ctx, inbox, in, res.View)
		if errors.Is(err, errTwin) && tries < twinTries {
			continue
		}
		if why := refusedBy(err); why != "" {
			return connector.Result{View: &connector.View{Refused: why, Conversation: res.View.Conversation, Ticket: res.View.Ticket}}, nil
		}
		res.ConversationID, res.TicketNumber = res.View.Conversation.ID, res.View.Ticket.Number
		return res, err
	}
}

// onDesk looks in a transaction that reads, and changes in one that writes.
func (b *Switchboard) onDesk(ctx context.Context, inbox kefu.InboxID, in connector.Inbound, v *connector.View) error {
	switch in.Command.Name {
	case connector.CmdTicketList:
		return b.store.View(ctx, func(tx *store.Tx) error { return deskList(tx, inbox, in, v) })
	case connector.CmdTicketShow:
		return b.store.View(ctx, func(tx *store.Tx) error { return deskShow(tx, inbox, in, v) })
	case connector.CmdFind:
		return b.store.View(ctx, func(tx *store.Tx) error { return b.find(tx, inbox, in, v) })
	}
	return b.update(ctx, func(c *change) error {
		by, err := c.agent(inbox, in.Sender.ID, in.Sender.Name)
		if err != nil {
			return err
		}
		by.Via = in.Sender.Via
		d := desk{change: c, inbox: inbox, in: in, by: by, view: v}
		switch in.Command.Name {
		case connector.CmdBlock, connector.CmdUnblock:
			return d.block(in.Command.Name == connector.CmdBlock)
		case connector.CmdTicketAssign:
			return d.assignTicket()
		case connector.CmdTicketStatus:
			return d.moveTicket()
		}
		return d.linkTicket()
	})
}

// desk is a change that somebody asks for at a desk.
type desk struct {
	*change
	inbox kefu.InboxID
	in    connector.Inbound
	by    kefu.Author
	view  *connector.View
}

// caller is who asks, for the audit log.
func (d desk) caller() kefu.Caller {
	return kefu.Caller{Kind: kefu.CallerAgent, ID: d.by.ID, Name: d.by.Name, Credential: string(d.inbox)}
}

// refusal is an error that answers the person who asked; the change is undone.
type refusal string

func (r refusal) Error() string { return "refused: " + string(r) }

// refusedBy gives the word for an error that is an answer; "" for any other. A step that a ticket cannot take is a conflict.
func refusedBy(err error) string {
	var r refusal
	switch {
	case errors.As(err, &r):
		return string(r)
	case err == nil:
		return ""
	}
	switch kefu.KindOf(err) {
	case kefu.KindConflict:
		return connector.RefusedStep
	case kefu.KindNotFound:
		return connector.RefusedNotFound
	case kefu.KindInvalid:
		return connector.RefusedInvalid
	}
	return ""
}

// ticketHere reads the ticket of a number that a person gave, with or without its sign.
func ticketHere(tx *store.Tx, inbox kefu.InboxID, given string) (kefu.Ticket, error) {
	number, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(given), "#"), 10, 64)
	if err != nil {
		return kefu.Ticket{}, refusal(connector.RefusedNotFound)
	}
	t, err := tx.TicketHere(inbox, number)
	if errors.Is(err, sqldb.ErrNoRows) {
		err = refusal(connector.RefusedNotFound)
	}
	return t, err
}

// deskList lists the newest tickets: those that are not closed, or those of a status; all, or those of who asks.
func deskList(tx *store.Tx, inbox kefu.InboxID, in connector.Inbound, v *connector.View) (err error) {
	f := store.DeskTicketFilter{Status: kefu.TicketStatus(in.Command.Args["status"])}
	f.Open = f.Status == ""
	if !f.Open && !slices.Contains(kefu.TicketStatuses(), f.Status) {
		return refusal(connector.RefusedInvalid)
	}
	if in.Command.Args["mine"] == "yes" {
		if _, f.Assignee, err = tx.Identity(inbox, in.Sender.ID); err != nil || f.Assignee == "" {
			return err // nobody who has anything
		}
	}
	if v.Tickets, err = tx.DeskTickets(inbox, f, mostDeskTickets); err != nil {
		return err
	}
	return around(tx, inbox, v, v.Tickets...)
}

// deskShow shows a ticket with the end of its history, and the tickets that the history names.
func deskShow(tx *store.Tx, inbox kefu.InboxID, in connector.Inbound, v *connector.View) error {
	t, err := ticketHere(tx, inbox, in.Command.Args["number"])
	if err != nil {
		return err
	}
	words, err := tx.TicketsAround(t)
	if err != nil {
		return err
	}
	v.Ticket = t
	if v.Ticket.Description == "" {
		v.Ticket.Description = words[t.ConversationID].Opening
	}
	if v.History, err = tx.LastTicketChanges(t.ID, mostDeskSteps); err != nil {
		return err
	}
	if v.Customer, err = tx.Contact(words[t.ConversationID].ContactID); err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return err
	}
	if v.Tickets, err = tx.Duplicates(t.ID); err != nil {
		return err
	}
	for _, id := range named(v, "duplicate_of") {
		other, err := tx.Ticket(kefu.TicketID(id))
		if err == nil {
			v.Tickets = append(v.Tickets, other)
		} else if !errors.Is(err, sqldb.ErrNoRows) {
			return err
		}
	}
	return around(tx, inbox, v, v.Ticket)
}

// named lists the ids that a member of the ticket in view has, or had, each once.
func named(v *connector.View, field string) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch field {
	case "duplicate_of":
		add(string(v.Ticket.DuplicateOf))
	case "assignee_id":
		add(string(v.Ticket.AssigneeID))
	}
	for _, ch := range v.History {
		if ch.Field == field {
			add(ch.From)
			add(ch.To)
		}
	}
	return ids
}

// around adds what stands around tickets: the desk's threads, and the names of those who have, or had, them.
func around(tx *store.Tx, inbox kefu.InboxID, v *connector.View, tickets ...kefu.Ticket) (err error) {
	convs := make([]kefu.ConversationID, 0, len(tickets))
	agents := named(v, "assignee_id")
	for _, t := range tickets {
		convs = append(convs, t.ConversationID)
		if id := string(t.AssigneeID); id != "" && !slices.Contains(agents, id) {
			agents = append(agents, id)
		}
	}
	if v.Threads, err = tx.DeskThreads(inbox, convs...); err != nil {
		return err
	}
	v.Names = make(map[kefu.AgentID]string, len(agents))
	for _, id := range agents {
		a, err := tx.Agent(kefu.AgentID(id))
		if err != nil {
			return err
		}
		v.Names[kefu.AgentID(id)] = a.Name
	}
	teams, err := tx.TeamNames(mostTeams)
	v.Teams = make(map[kefu.TeamID]string, len(teams))
	for _, t := range teams {
		v.Teams[t.ID] = t.Name
	}
	return err
}
