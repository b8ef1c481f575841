package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// The lock, the row and the next place in one statement: most messages need no more to be judged. Only an open conversation is taken;
	// the others are looked at first.
	sqlTakePlace = `UPDATE conversation SET last_seq = last_seq + 1, last_ord = last_ord + 1, updated_at = $2 WHERE id = $1 AND status = 'open'
RETURNING ` + conversationColumns + conversationTicket + `, last_ord`
	sqlUpdateConversation = `UPDATE conversation SET subject = $2, status = $3, handler = $4, priority = $5, assignee_id = $6, team_id = $7,
owner_link_id = $8, snoozed_until = $9, updated_at = $10, epoch = epoch + CASE WHEN handler = $4 THEN 0 ELSE 1 END WHERE id = $1`
	sqlDueSnoozed = `SELECT id, snoozed_until FROM conversation WHERE snoozed_until > 0 ORDER BY snoozed_until LIMIT CAST($1 AS BIGINT)`
	sqlOpenOf     = `SELECT id FROM conversation WHERE contact_id = $1 AND status <> 'closed' ORDER BY created_at DESC, id DESC LIMIT 50`
)

// TakePlace gives out the next places of an open conversation and reads it, as it is then; false when it is not open or not there. It
// holds the conversation's row.
func (tx *Tx) TakePlace(id kefu.ConversationID) (c Conversation, ord int64, found bool, err error) {
	type row struct {
		c   Conversation
		ord int64
	}
	rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		var times conversationRow
		err = s.Scan(append(times.targets(&r.c), &r.c.TicketName, &r.ord)...)
		times.finish(&r.c)
		return r, err
	}, sqlTakePlace, id, tx.now())
	if err != nil || len(rows) == 0 {
		return c, 0, false, err
	}
	return rows[0].c, rows[0].ord, true, nil
}

// UpdateConversation stores what people change: subject, status (closing is SetStatus), handler, priority, assignee, team, owner and when
// it opens again.
func (tx *Tx) UpdateConversation(c Conversation) error {
	n, err := tx.Exec(sqlUpdateConversation, c.ID, c.Subject, c.Status, c.Handler, c.Priority, c.AssigneeID, c.TeamID, c.OwnerLinkID,
		sqldb.Micros(c.SnoozedUntil), tx.now())
	return must(n, err, "conversation", c.ID)
}

// Snoozed is when a conversation opens again.
type Snoozed struct {
	ID    kefu.ConversationID
	Until time.Time
}

// NextSnoozed lists the conversations that open next, also those whose time has come.
func (tx *Tx) NextSnoozed(limit int) ([]Snoozed, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (z Snoozed, err error) {
		var until int64
		err = s.Scan(&z.ID, &until)
		z.Until = sqldb.Time(until)
		return z, err
	}, sqlDueSnoozed, limit)
}

// OpenConversationsOf lists a contact's conversations that are not closed, newest first.
func (tx *Tx) OpenConversationsOf(id kefu.ContactID) ([]kefu.ConversationID, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (v kefu.ConversationID, err error) {
		err = s.Scan(&v)
		return v, err
	}, sqlOpenOf, id)
}
