package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// What staff ask for at a desk that has no thread of a conversation in hand. A desk's tickets are those of the conversations that have a
// link of its inbox.
const (
	ticketHere    = `EXISTS (SELECT 1 FROM link l WHERE l.conversation_id = ticket.conversation_id AND l.inbox_id = `
	sqlTicketHere = `SELECT ` + ticketColumns + ` FROM ticket WHERE number = $1 AND ` + ticketHere + `$2)`
	// The newest first: a long history is told by its end.
	sqlLastTicketChanges = `SELECT n, actor_kind, actor_id, actor_name, actor_via, field, was, becomes, created_at FROM ticket_change
WHERE ticket_id = $1 ORDER BY n DESC LIMIT CAST($2 AS BIGINT)`
	// A choice is found by the beginning of its text: a long one must not be read for each key that is pressed.
	sqlCannedChoices = `SELECT id, shortcut, SUBSTR(content, 1, 500), locale, created_at, updated_at FROM canned_response
ORDER BY shortcut, locale, id LIMIT CAST($1 AS BIGINT)`
	sqlTeamNames    = `SELECT ` + teamColumns + ` FROM team ORDER BY name, id LIMIT CAST($1 AS BIGINT)`
	sqlBlockContact = `UPDATE contact SET blocked_at = $2, updated_at = $3 WHERE id = $1`
	sqlOpenHere     = `SELECT id FROM conversation WHERE contact_id = $1 AND contact_id <> '' AND inbox_id = $2 AND status <> 'closed'
ORDER BY created_at DESC, id DESC LIMIT CAST($3 AS BIGINT)`
)

// TicketHere reads the ticket of a number if its conversation has a link of the inbox; ErrNoRows when it has not.
func (tx *Tx) TicketHere(inbox kefu.InboxID, number int64) (kefu.Ticket, error) {
	return sqldb.One(tx.Tx, scanTicket, sqlTicketHere, number, inbox)
}

// DeskTicketFilter narrows the list of a desk's tickets; zero members do not.
type DeskTicketFilter struct {
	Status   kefu.TicketStatus
	Open     bool // not those that are closed
	Assignee kefu.AgentID
}

// DeskTickets lists the newest tickets of the conversations that have a link of the inbox.
func (tx *Tx) DeskTickets(inbox kefu.InboxID, f DeskTicketFilter, limit int) ([]kefu.Ticket, error) {
	q := newQuery(`SELECT ` + ticketColumns + ` FROM ticket`)
	q.andIf(f.Status != "", `ticket.status = ?`, f.Status)
	q.andIf(f.Open, `ticket.status <> 'closed'`)
	q.andIf(f.Assignee != "", `ticket.assignee_id = ? AND ticket.assignee_id <> ''`, f.Assignee)
	q.and(ticketHere+`?)`, inbox)
	q.order(`number DESC`, limit)
	return list(tx, q, scanTicket)
}

// DeskThreads reads the desk's threads of conversations, of those that have one.
func (tx *Tx) DeskThreads(inbox kefu.InboxID, ids ...kefu.ConversationID) (map[kefu.ConversationID]string, error) {
	all := make(map[kefu.ConversationID]string, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	type row struct {
		id     kefu.ConversationID
		thread string
	}
	places, args := anyOf(ids)
	rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		return r, s.Scan(&r.id, &r.thread)
	}, numbered(`SELECT conversation_id, external_id FROM link WHERE conversation_id IN (`+places+`) AND inbox_id = ? AND role = 'desk' AND external_id <> ''`),
		append(args, inbox)...)
	for _, r := range rows {
		all[r.id] = r.thread
	}
	return all, err
}

// LastTicketChanges lists the end of a ticket's history, newest first.
func (tx *Tx) LastTicketChanges(id kefu.TicketID, limit int) ([]kefu.TicketChange, error) {
	return sqldb.Many(tx.Tx, scanTicketChange, sqlLastTicketChanges, id, limit)
}

func scanTicketChange(s sqldb.Scanner) (c kefu.TicketChange, err error) {
	var at int64
	err = s.Scan(&c.N, &c.By.Kind, &c.By.ID, &c.By.Name, &c.By.Via, &c.Field, &c.From, &c.To, &at)
	c.At = sqldb.Time(at)
	return c, err
}

// CannedChoices lists canned responses with the beginning of their texts, by shortcut.
func (tx *Tx) CannedChoices(limit int) ([]kefu.CannedResponse, error) {
	return sqldb.Many(tx.Tx, scanCanned, sqlCannedChoices, limit)
}

// TeamNames lists teams without their members, by name.
func (tx *Tx) TeamNames(limit int) ([]kefu.Team, error) {
	return sqldb.Many(tx.Tx, scanTeam, sqlTeamNames, limit)
}

// BlockContact notes since when nothing is taken from a person; the zero time lets them write again.
func (tx *Tx) BlockContact(id kefu.ContactID, since time.Time) error {
	n, err := tx.Exec(sqlBlockContact, id, sqldb.Micros(since), tx.now())
	return must(n, err, "contact", id)
}

// OpenHere lists the newest conversations of a person in an inbox that are not closed.
func (tx *Tx) OpenHere(id kefu.ContactID, inbox kefu.InboxID, limit int) ([]kefu.ConversationID, error) {
	return sqldb.Many(tx.Tx, scanID[kefu.ConversationID], sqlOpenHere, id, inbox, limit)
}
