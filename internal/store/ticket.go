package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertTicket = `INSERT INTO ticket (id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $9) RETURNING number`
	ticketColumns   = `number, id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at`
	sqlTicketOf     = `SELECT ` + ticketColumns + ` FROM ticket WHERE conversation_id = $1`
	sqlUpdateTicket = `UPDATE ticket SET title = $2, status = $3, assignee_id = $4, updated_at = $5 WHERE id = $1`
)

// InsertTicket stores a new ticket and returns its number.
func (tx *Tx) InsertTicket(t kefu.Ticket) (int64, error) {
	return sqldb.One(tx.Tx, scanInt, sqlInsertTicket, t.ID, t.ExternalID, t.ConversationID, t.InboxID, t.Title, t.Status, t.Priority, t.Category, tx.now())
}

// TicketOf reads a conversation's ticket.
func (tx *Tx) TicketOf(id kefu.ConversationID) (kefu.Ticket, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (t kefu.Ticket, err error) {
		var created, updated int64
		err = s.Scan(&t.Number, &t.ID, &t.ExternalID, &t.ConversationID, &t.InboxID, &t.Title, &t.Status, &t.Priority, &t.Category, &t.AssigneeID,
			&created, &updated)
		t.CreatedAt, t.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
		return t, err
	}, sqlTicketOf, id)
}

// UpdateTicket stores title, status and assignee.
func (tx *Tx) UpdateTicket(t kefu.Ticket) error {
	n, err := tx.Exec(sqlUpdateTicket, t.ID, t.Title, t.Status, t.AssigneeID, tx.now())
	return must(n, err, "ticket", t.ID)
}
