package dispatch

import (
	"cmp"
	"fmt"

	"kefu/internal/store"
)

// loadBoard reads the ticket as a board shows it: with what it was opened with, and the number of the first that says the same. No other
// delivery needs either, so that the statement that reads for all of them does without.
func (j *job) loadBoard(tx *store.Tx) (err error) {
	if j.ticket, err = tx.TicketOf(j.ConversationID); err != nil {
		return err
	}
	words, err := tx.TicketWords(j.ConversationID)
	if err != nil {
		return err
	}
	j.ticket.Description = cmp.Or(j.ticket.Description, words.Description)
	if j.ticket.DuplicateOf == "" {
		return nil
	}
	first, err := tx.Ticket(j.ticket.DuplicateOf)
	j.first = fmt.Sprintf("#%d", first.Number)
	return err
}
