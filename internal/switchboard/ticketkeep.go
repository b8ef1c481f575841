package switchboard

import (
	"slices"

	"kefu"
)

// keepTicket is the one place where a ticket changes: it stores the later state and a line of history for each member that differs. The
// caller tells of it. False is that nothing differs.
func (c *change) keepTicket(was, is kefu.Ticket, by kefu.Author) (bool, error) {
	changes := was.Changes(is)
	if len(changes) == 0 || was.ID == "" { // a conversation that the bot has is no case yet
		return false, nil
	}
	if was.Status != is.Status {
		is.StatusAt = c.Now
	}
	all := c.Batch()
	all.UpdateTicket(is)
	for _, ch := range changes {
		ch.By = by
		all.InsertTicketChange(is.ID, ch)
	}
	if _, err := all.Run(); err != nil {
		return true, err
	}
	if !slices.ContainsFunc(changes, shownOnBoards) {
		return true, nil
	}
	return true, c.onBoard(is)
}

// shownOnBoards tells whether everybody sees a change: who works on a case is nobody's business.
func shownOnBoards(ch kefu.TicketChange) bool {
	return slices.Contains([]string{"status", "title", "description", "priority", "category", "duplicate_of"}, ch.Field)
}

// begunTicket follows that a ticket is being worked on, which is stored.
func (c *change) begunTicket(conv kefu.ConversationID, by kefu.Author) error {
	t, err := c.TicketOf(conv)
	if err != nil {
		return err
	}
	all := c.Batch()
	all.InsertTicketChange(t.ID, kefu.TicketChange{By: by, Field: "status", From: string(kefu.TicketPending), To: string(kefu.TicketProcessing)})
	if _, err := all.Run(); err != nil {
		return err
	}
	if err := c.onBoard(t); err != nil {
		return err
	}
	return c.ticketEvent("ticket.updated", t, by)
}

// ticketTo moves a conversation's ticket on; a step that does not exist changes nothing.
func (c *change) ticketTo(conv kefu.ConversationID, next kefu.TicketStatus, by kefu.Author) error {
	t, err := c.TicketOf(conv)
	if err != nil || !t.Status.CanBecome(next) {
		return err
	}
	moved := t
	moved.Status = next
	if _, err := c.keepTicket(t, moved, by); err != nil {
		return err
	}
	kind := "ticket.updated"
	switch next {
	case kefu.TicketResolved, kefu.TicketClosed:
		kind = "ticket." + string(next)
	case kefu.TicketPending, kefu.TicketProcessing:
	}
	return c.ticketEvent(kind, moved, by)
}
