package switchboard

import (
	"context"
	"errors"
	"slices"

	"kefu"
	"kefu/internal/store"
)

// LinkDuplicate says that a ticket repeats another one: the first of those that say the same, whichever of them is named. What repeats
// this one repeats that one from then on.
func (b *Switchboard) LinkDuplicate(ctx context.Context, ask kefu.Ask, name string, in DuplicateLink) (WorkTicket, error) {
	for tries := 0; ; tries++ {
		out, err := do(ctx, b, ask, func(c *change) (WorkTicket, error) { return c.linkDuplicate(ask, name, in.Of) })
		if errors.Is(err, errTwin) && tries < twinTries {
			continue
		}
		return out, err
	}
}

func (c *change) linkDuplicate(ask kefu.Ask, name, of string) (WorkTicket, error) {
	t, err := seeTicket(c.Tx, ask.Caller, name)
	if err != nil {
		return WorkTicket{}, err
	}
	var f kefu.Faults
	other, err := seeTicket(c.Tx, ask.Caller, of)
	if kefu.KindOf(err) == kefu.KindNotFound {
		f.Add("of", "is not the id or number of a ticket")
		err = f.Err("the ticket cannot be linked")
	}
	if err != nil {
		return WorkTicket{}, err
	}
	return c.repeats(ask, ask.Caller.Author(), t, other)
}

// repeats links a ticket to the first of those that say the same as another one, in the name of by.
func (c *change) repeats(ask kefu.Ask, by kefu.Author, t, other kefu.Ticket) (WorkTicket, error) {
	group, err := c.holdDuplicates(t, other)
	if err != nil {
		return WorkTicket{}, err
	}
	now, err := shownTicket(c.Tx, group.repeats[0])
	if err == nil {
		err = ask.Match(now)
	}
	if err == nil && group.first.ID == t.ID {
		err = kefu.Errorf(kefu.KindConflict, "a ticket cannot repeat itself: %d repeats this one", other.Number)
		if other.ID == t.ID {
			err = kefu.Errorf(kefu.KindConflict, "a ticket cannot repeat itself")
		}
	}
	if err != nil {
		return WorkTicket{}, err
	}
	for _, r := range group.repeats {
		if err := c.pointTo(r, group.first.ID, by); err != nil {
			return WorkTicket{}, err
		}
	}
	if err := c.Audit(ask.Caller, "ticket.linked", string(t.ID), map[string]string{"duplicate_of": string(group.first.ID)}); err != nil {
		return WorkTicket{}, err
	}
	return freshTicket(c.Tx, t.ID)
}

// duplicates are the tickets that a link is about: the first, and those that will repeat it.
type duplicates struct {
	first   kefu.Ticket
	repeats []kefu.Ticket
}

func (d duplicates) conversations() []kefu.ConversationID {
	out := []kefu.ConversationID{d.first.ConversationID}
	for _, t := range d.repeats {
		out = append(out, t.ConversationID)
	}
	return out
}

// holdDuplicates holds the conversations of all that a link is about. Who linked one of them meanwhile has the change begin again.
func (c *change) holdDuplicates(t, other kefu.Ticket) (duplicates, error) {
	before, err := duplicatesOf(c.Tx, t.ID, other.ID)
	if err != nil {
		return before, err
	}
	if err := c.HoldConversations(append(before.conversations(), t.ConversationID, other.ConversationID)); err != nil {
		return before, err
	}
	now, err := duplicatesOf(c.Tx, t.ID, other.ID)
	if err == nil && !slices.Equal(before.conversations(), now.conversations()) {
		err = errTwin
	}
	return now, err
}

func duplicatesOf(tx *store.Tx, id, of kefu.TicketID) (d duplicates, err error) {
	if d.first, err = tx.Ticket(of); err != nil {
		return d, err
	}
	if d.first.DuplicateOf != "" {
		if d.first, err = tx.Ticket(d.first.DuplicateOf); err != nil {
			return d, err
		}
	}
	t, err := tx.Ticket(id)
	if err != nil {
		return d, err
	}
	repeats, err := tx.Duplicates(id)
	d.repeats = append([]kefu.Ticket{t}, repeats...)
	return d, err
}

// pointTo makes a ticket repeat another one, or none.
func (c *change) pointTo(t kefu.Ticket, first kefu.TicketID, by kefu.Author) error {
	next := t
	next.DuplicateOf = first
	changed, err := c.keepTicket(t, next, by)
	if err != nil || !changed {
		return err
	}
	return c.ticketEvent("ticket.updated", next, by)
}

// UnlinkDuplicate says that a ticket repeats no other one. Idempotent.
func (b *Switchboard) UnlinkDuplicate(ctx context.Context, ask kefu.Ask, name string) error {
	_, err := do(ctx, b, ask, func(c *change) (struct{}, error) {
		t, _, err := c.takeTicket(ask.Caller, name)
		if err != nil {
			return struct{}{}, err
		}
		now, err := shownTicket(c.Tx, t)
		if err == nil {
			err = ask.Match(now)
		}
		if err == nil && t.DuplicateOf != "" {
			if err = c.pointTo(t, "", ask.Caller.Author()); err == nil {
				err = c.Audit(ask.Caller, "ticket.unlinked", string(t.ID), nil)
			}
		}
		return struct{}{}, err
	})
	return err
}
