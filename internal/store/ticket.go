package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	// A program that asks twice at once for its ticket makes one: who comes second gets no number.
	sqlInsertTicket = `INSERT INTO ticket (id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at,
client_id, description, team_id, handler, due_at, custom_fields, duplicate_of, status_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16, '', 0)
ON CONFLICT (client_id, external_id) WHERE client_id <> '' AND external_id <> '' DO NOTHING RETURNING number`
	ticketColumns = `number, id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at,
client_id, description, team_id, handler, due_at, custom_fields, duplicate_of, status_at`
	sqlTicketOf       = `SELECT ` + ticketColumns + ` FROM ticket WHERE conversation_id = $1`
	sqlTicket         = `SELECT ` + ticketColumns + ` FROM ticket WHERE id = $1`
	sqlTicketNumbered = `SELECT ` + ticketColumns + ` FROM ticket WHERE number = $1`
	sqlTicketOfClient = `SELECT ` + ticketColumns + ` FROM ticket WHERE client_id = $1 AND external_id = $2 AND client_id <> '' AND external_id <> ''`
	sqlBeginTicket    = `UPDATE ticket SET status = 'processing', updated_at = $2, status_at = $2 WHERE conversation_id = $1 AND status = 'pending'`
	sqlTicketWords    = `SELECT COALESCE(m.text, ''), COALESCE(k.email, '') FROM conversation c LEFT JOIN message m ON m.id = c.initial_message_id
LEFT JOIN contact k ON k.id = c.contact_id WHERE c.id = $1`
	sqlUpdateTicket = `UPDATE ticket SET title = $2, status = $3, assignee_id = $4, priority = $5, updated_at = $6, external_id = $7, client_id = $8,
category = $9, description = $10, team_id = $11, handler = $12, due_at = $13, custom_fields = $14, duplicate_of = $15, status_at = $16 WHERE id = $1`
)

// BeginTicket makes a ticket that waits one that is being worked on. It returns its place in what Run reports, which is whether it waited.
func (b *Batch) BeginTicket(id kefu.ConversationID) (place int) {
	return b.add(sqlBeginTicket, id, b.tx.now())
}

// InsertTicket stores a new ticket and returns its number; 0 when its client has one with this external id.
func (tx *Tx) InsertTicket(t kefu.Ticket) (int64, error) {
	made, err := sqldb.Many(tx.Tx, scanInt, sqlInsertTicket, t.ID, t.ExternalID, t.ConversationID, t.InboxID, t.Title, t.Status, t.Priority, t.Category,
		t.AssigneeID, tx.now(), t.ClientID, t.Description, t.TeamID, t.Handler, sqldb.Micros(t.DueAt), string(t.CustomFields))
	if err != nil || len(made) == 0 {
		return 0, err
	}
	return made[0], nil
}

// TicketOf reads a conversation's ticket; the zero Ticket while it has none: what the bot has is no case yet.
func (tx *Tx) TicketOf(id kefu.ConversationID) (kefu.Ticket, error) {
	found, err := sqldb.Many(tx.Tx, scanTicket, sqlTicketOf, id)
	if err != nil || len(found) == 0 {
		return kefu.Ticket{}, err
	}
	return found[0], nil
}

// Ticket reads one ticket; ErrNoRows when there is none.
func (tx *Tx) Ticket(id kefu.TicketID) (kefu.Ticket, error) {
	return sqldb.One(tx.Tx, scanTicket, sqlTicket, id)
}

// TicketNumbered reads the ticket with the number that people say; ErrNoRows when there is none.
func (tx *Tx) TicketNumbered(number int64) (kefu.Ticket, error) {
	return sqldb.One(tx.Tx, scanTicket, sqlTicketNumbered, number)
}

// TicketOfClient reads the ticket for which a caller has an id of its own; ErrNoRows when there is none.
func (tx *Tx) TicketOfClient(client, externalID string) (kefu.Ticket, error) {
	return sqldb.One(tx.Tx, scanTicket, sqlTicketOfClient, client, externalID)
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
	var created, updated, due, status int64
	var fields string
	err = s.Scan(&t.Number, &t.ID, &t.ExternalID, &t.ConversationID, &t.InboxID, &t.Title, &t.Status, &t.Priority, &t.Category, &t.AssigneeID,
		&created, &updated, &t.ClientID, &t.Description, &t.TeamID, &t.Handler, &due, &fields, &t.DuplicateOf, &status)
	t.CreatedAt, t.UpdatedAt, t.DueAt, t.StatusAt = sqldb.Time(created), sqldb.Time(updated), sqldb.Time(due), sqldb.Time(status)
	t.CustomFields = rawOrNil(fields)
	return t, err
}

// UpdateTicket stores all that changes of a ticket.
func (b *Batch) UpdateTicket(t kefu.Ticket) {
	b.add(sqlUpdateTicket, t.ID, t.Title, t.Status, t.AssigneeID, t.Priority, b.tx.now(), t.ExternalID, t.ClientID, t.Category, t.Description, t.TeamID,
		t.Handler, sqldb.Micros(t.DueAt), string(t.CustomFields), t.DuplicateOf, sqldb.Micros(t.StatusAt))
}
