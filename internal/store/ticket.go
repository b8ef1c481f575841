package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertTicket = `INSERT INTO ticket (id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING number`
	ticketColumns  = `number, id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at`
	sqlTicketOf    = `SELECT ` + ticketColumns + ` FROM ticket WHERE conversation_id = $1`
	sqlBeginTicket = `UPDATE ticket SET status = 'processing', updated_at = $2 WHERE conversation_id = $1 AND status = 'pending'`
	sqlTicketWords = `SELECT COALESCE(m.text, ''), COALESCE(k.email, '') FROM conversation c LEFT JOIN message m ON m.id = c.initial_message_id
LEFT JOIN contact k ON k.id = c.contact_id WHERE c.id = $1`
	sqlUpdateTicket = `UPDATE ticket SET title = $2, status = $3, assignee_id = $4, priority = $5, updated_at = $6 WHERE id = $1`
)

// BeginTicket makes a ticket that waits one that is being worked on. It returns its place in what Run reports, which is whether it waited.
func (b *Batch) BeginTicket(id kefu.ConversationID) (place int) {
	return b.add(sqlBeginTicket, id, b.tx.now())
}

// InsertTicket stores a new ticket and returns its number.
func (tx *Tx) InsertTicket(t kefu.Ticket) (int64, error) {
	return sqldb.One(tx.Tx, scanInt, sqlInsertTicket, t.ID, t.ExternalID, t.ConversationID, t.InboxID, t.Title, t.Status, t.Priority, t.Category,
		t.AssigneeID, tx.now())
}

// TicketOf reads a conversation's ticket.
func (tx *Tx) TicketOf(id kefu.ConversationID) (kefu.Ticket, error) {
	return sqldb.One(tx.Tx, scanTicket, sqlTicketOf, id)
}

// TicketWords is what a ticket takes from its conversation.
type TicketWords struct {
	Description   string // the text that it was opened with; "" while that is not known
	CustomerEmail string
}

// TicketWords reads what a conversation's ticket takes from it; all is "" when there is no such conversation.
func (tx *Tx) TicketWords(id kefu.ConversationID) (TicketWords, error) {
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (w TicketWords, err error) {
		return w, s.Scan(&w.Description, &w.CustomerEmail)
	}, sqlTicketWords, id)
	if err != nil || len(found) == 0 {
		return TicketWords{}, err
	}
	return found[0], nil
}

// TicketsOf reads the tickets of conversations.
func (tx *Tx) TicketsOf(ids ...kefu.ConversationID) (map[kefu.ConversationID]kefu.Ticket, error) {
	all := make(map[kefu.ConversationID]kefu.Ticket, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	places, args := anyOf(ids)
	found, err := sqldb.Many(tx.Tx, scanTicket, numbered(`SELECT `+ticketColumns+` FROM ticket WHERE conversation_id IN (`+places+`)`), args...)
	for _, t := range found {
		all[t.ConversationID] = t
	}
	return all, err
}

func scanTicket(s sqldb.Scanner) (t kefu.Ticket, err error) {
	var created, updated int64
	err = s.Scan(&t.Number, &t.ID, &t.ExternalID, &t.ConversationID, &t.InboxID, &t.Title, &t.Status, &t.Priority, &t.Category, &t.AssigneeID,
		&created, &updated)
	t.CreatedAt, t.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return t, err
}

// UpdateTicket stores title, status, assignee and priority.
func (tx *Tx) UpdateTicket(t kefu.Ticket) error {
	n, err := tx.Exec(sqlUpdateTicket, t.ID, t.Title, t.Status, t.AssigneeID, t.Priority, tx.now())
	return must(n, err, "ticket", t.ID)
}
