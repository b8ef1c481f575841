package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlAwait = `INSERT INTO waiting (conversation_id, inbox_id, since, step, due_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (conversation_id) DO UPDATE SET inbox_id = excluded.inbox_id, since = excluded.since, step = excluded.step, due_at = excluded.due_at`
	sqlWaiting     = `SELECT conversation_id, inbox_id, since, step, due_at FROM waiting WHERE conversation_id = $1`
	sqlDueWaiting  = `SELECT conversation_id FROM waiting WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, conversation_id LIMIT CAST($2 AS BIGINT)`
	sqlCallAgain   = `UPDATE waiting SET step = $2, due_at = $3 WHERE conversation_id = $1`
	sqlStopWaiting = `DELETE FROM waiting WHERE conversation_id = $1`
	// A row whose conversation somebody has by now is swept later: it does not count.
	sqlPosition = `SELECT COUNT(*) FROM waiting w JOIN conversation c ON c.id = w.conversation_id
WHERE w.inbox_id = $1 AND c.handler = 'queue' AND c.status = 'open' AND (w.since < $2 OR w.since = $2 AND w.conversation_id < $3)`
)

// Waiting is a conversation that waits for a person.
type Waiting struct {
	ConversationID kefu.ConversationID
	InboxID        kefu.InboxID
	Since          time.Time
	Step           int // how many desks were told
	DueAt          time.Time
}

func scanWaiting(s sqldb.Scanner) (w Waiting, err error) {
	var since, due int64
	err = s.Scan(&w.ConversationID, &w.InboxID, &since, &w.Step, &due)
	w.Since, w.DueAt = sqldb.Time(since), sqldb.Time(due)
	return w, err
}

// Await notes that a conversation waits for a person.
func (tx *Tx) Await(w Waiting) error {
	_, err := tx.Exec(sqlAwait, w.ConversationID, w.InboxID, sqldb.Micros(w.Since), w.Step, sqldb.Micros(w.DueAt))
	return err
}

// Waits reads whether a conversation waits for a person; false when it does not. Its row may outlive that for a while.
func (tx *Tx) Waits(id kefu.ConversationID) (Waiting, bool, error) {
	found, err := sqldb.Many(tx.Tx, scanWaiting, sqlWaiting, id)
	if err != nil || len(found) == 0 {
		return Waiting{}, false, err
	}
	return found[0], true, nil
}

// DueWaiting lists the conversations for which the next is to be told.
func (tx *Tx) DueWaiting(limit int) ([]kefu.ConversationID, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (id kefu.ConversationID, err error) {
		err = s.Scan(&id)
		return id, err
	}, sqlDueWaiting, tx.now(), limit)
}

// CallAgain notes who was told, and when the next is.
func (tx *Tx) CallAgain(id kefu.ConversationID, step int, due time.Time) error {
	_, err := tx.Exec(sqlCallAgain, id, step, sqldb.Micros(due))
	return err
}

// StopWaiting notes that nobody waits any more.
func (tx *Tx) StopWaiting(id kefu.ConversationID) error {
	_, err := tx.Exec(sqlStopWaiting, id)
	return err
}

// Position is the place in the queue of one who waits, from 1.
func (tx *Tx) Position(w Waiting) (int, error) {
	n, err := sqldb.One(tx.Tx, scanInt, sqlPosition, w.InboxID, sqldb.Micros(w.Since), w.ConversationID)
	return int(n) + 1, err
}
