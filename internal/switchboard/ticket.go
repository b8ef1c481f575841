package switchboard

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/store"
)

// TicketFilter narrows the list of tickets. Empty members do not narrow.
type TicketFilter struct {
	Status         kefu.TicketStatus
	Priority       kefu.Priority
	Category       string
	Assignee       string // an agent's id, or none
	Team           string // a team's id, or none
	Inbox          kefu.InboxID
	Contact        kefu.ContactID
	ConversationID kefu.ConversationID
	ExternalID     string
	Number         int64
	UpdatedSince   time.Time
	DueBefore      time.Time
	Text           string
}

// Tickets lists the tickets that the caller may see and that pass the filter, the newest first.
func (b *Switchboard) Tickets(ctx context.Context, by kefu.Caller, f TicketFilter, p Paging) (List[WorkTicket], error) {
	want, err := f.stored()
	if err == nil {
		err = forStaff(by)
	}
	if err != nil {
		return List[WorkTicket]{}, err
	}
	page, err := store.PageOf(p, true)
	if err != nil {
		return List[WorkTicket]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[WorkTicket], error) {
		rows, err := tx.Tickets(sight, want, page)
		if err != nil {
			return List[WorkTicket]{}, err
		}
		around, err := tx.TicketsAround(rows...)
		return store.CutPage(rows, p, func(t kefu.Ticket) WorkTicket { return showTicket(t, around[t.ConversationID]) },
			func(t kefu.Ticket) (time.Time, string) { return t.CreatedAt, string(t.ID) }), err
	})
}

func (f TicketFilter) stored() (store.TicketFilter, error) {
	var faults kefu.Faults
	if f.Status != "" && !validTicketStatus(f.Status) {
		faults.Add("status", ticketStatusWords)
	}
	if f.Priority != "" && !validPriority(f.Priority) {
		faults.Add("priority", priorityWords)
	}
	checkText(&faults, "q", f.Text, 0, 200)
	out := store.TicketFilter{Status: f.Status, Priority: f.Priority, Category: f.Category, Unassigned: f.Assignee == none, Teamless: f.Team == none,
		Inbox: f.Inbox, Contact: f.Contact, ConversationID: f.ConversationID, ExternalID: f.ExternalID, Number: f.Number, UpdatedSince: f.UpdatedSince,
		DueBefore: f.DueBefore, Text: strings.TrimSpace(f.Text)}
	if !out.Unassigned {
		out.Assignee = kefu.AgentID(f.Assignee)
	}
	if !out.Teamless {
		out.Team = kefu.TeamID(f.Team)
	}
	return out, faults.Err("the list cannot be made")
}

const ticketStatusWords = "must be pending, processing, resolved or closed"

func validTicketStatus(s kefu.TicketStatus) bool {
	switch s {
	case kefu.TicketPending, kefu.TicketProcessing, kefu.TicketResolved, kefu.TicketClosed:
		return true
	}
	return false
}

// Ticket reads one ticket, by its id or its number.
func (b *Switchboard) Ticket(ctx context.Context, by kefu.Caller, name string) (WorkTicket, error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (WorkTicket, error) {
		t, err := seeTicket(tx, by, name)
		if err != nil {
			return WorkTicket{}, err
		}
		return shownTicket(tx, t)
	})
}

// TicketHistory lists the changes of a ticket, oldest first.
func (b *Switchboard) TicketHistory(ctx context.Context, by kefu.Caller, name string, p Paging) (List[TicketStep], error) {
	at, err := p.Place()
	if err != nil {
		return List[TicketStep]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[TicketStep], error) {
		t, err := seeTicket(tx, by, name)
		if err != nil {
			return List[TicketStep]{}, err
		}
		rows, err := tx.TicketChanges(t.ID, at.Key, p.Size()+1)
		out := List[TicketStep]{Items: make([]TicketStep, 0, len(rows))}
		for i, ch := range rows {
			if i == p.Size() {
				out.NextCursor = place{Key: rows[i-1].N}.Cursor()
				break
			}
			out.Items = append(out.Items, showStep(ch))
		}
		return out, err
	})
}

// namedTicket finds a ticket by its id or its number.
func namedTicket(tx *store.Tx, name string) (kefu.Ticket, error) {
	if number, err := strconv.ParseInt(name, 10, 64); err == nil {
		t, err := tx.TicketNumbered(number)
		return t, found(err, "ticket")
	}
	t, err := tx.Ticket(kefu.TicketID(name))
	return t, found(err, "ticket")
}

// seeTicket finds a ticket that the caller may see, whose conversation they may see: by its id, its number, or the id that the caller has for
// it unless that is a number too.
func seeTicket(tx *store.Tx, by kefu.Caller, name string) (kefu.Ticket, error) {
	if err := forStaff(by); err != nil {
		return kefu.Ticket{}, err
	}
	t, err := namedTicket(tx, name)
	if kefu.KindOf(err) == kefu.KindNotFound {
		t, err = tx.TicketOfClient(by.ID, name)
		err = found(err, "ticket")
	}
	if err != nil {
		return t, err
	}
	conv, err := tx.Conversation(t.ConversationID)
	if err != nil {
		return t, found(err, "ticket")
	}
	return t, ofTicket(mustSee(tx, by, seenOf(conv)))
}

// ofTicket says of a ticket what is said of its conversation.
func ofTicket(err error) error {
	if kefu.KindOf(err) == kefu.KindNotFound {
		return kefu.Errorf(kefu.KindNotFound, "no ticket with this id")
	}
	return err
}

// takeTicket holds the conversation of a ticket that the caller may see, and reads the ticket then.
func (c *change) takeTicket(by kefu.Caller, name string) (kefu.Ticket, store.Conversation, error) {
	t, err := seeTicket(c.Tx, by, name)
	if err != nil {
		return t, store.Conversation{}, err
	}
	conv, err := c.takeSeen(by, t.ConversationID)
	if err != nil {
		return t, conv, ofTicket(err)
	}
	if err := c.labels(&conv); err != nil {
		return t, conv, err
	}
	t, err = c.TicketOf(conv.ID)
	return t, conv, err
}

// shownTicket is a ticket with what stands around it.
func shownTicket(tx *store.Tx, t kefu.Ticket) (WorkTicket, error) {
	around, err := tx.TicketsAround(t)
	return showTicket(t, around[t.ConversationID]), err
}

// freshTicket is a ticket as it stands now, whole.
func freshTicket(tx *store.Tx, id kefu.TicketID) (WorkTicket, error) {
	t, err := tx.Ticket(id)
	if err != nil {
		return WorkTicket{}, found(err, "ticket")
	}
	return shownTicket(tx, t)
}
