package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// One delivery for each link that the message goes to. It is the head of its line when nothing is before it: the conversation's row
	// is locked by NextPlace, so nobody else adds to or takes from the line meanwhile.
	sqlQueueMessage = `INSERT INTO delivery (id, kind, conversation_id, link_id, inbox_id, message_id, line, ord, ready, state, due_at, attempts, unsure,
unsure_since, reason, late, claimed_by, payload, fingerprint, queued_at, done_at)
SELECT CAST($1 AS TEXT) || '_' || CAST(l.slot AS TEXT), 'message', l.conversation_id, l.id, l.inbox_id, CAST($2 AS TEXT), l.id, CAST($3 AS BIGINT),
NOT EXISTS (SELECT 1 FROM delivery p WHERE p.line = l.id AND (p.state = 'queued' OR p.state = 'sending')), 'queued', CAST($4 AS BIGINT), 0, FALSE,
0, '', FALSE, '', '', CASE WHEN l.role = 'customer' THEN CAST($8 AS TEXT) ELSE '' END, CAST($4 AS BIGINT), 0
FROM link l WHERE l.conversation_id = $5 AND l.id <> $6 AND l.role <> 'former' AND l.role <> 'board' AND ($7 = '' OR l.role = $7)`
	sqlQueue = `INSERT INTO delivery (id, kind, conversation_id, link_id, inbox_id, message_id, line, ord, ready, state, due_at, attempts, unsure,
unsure_since, reason, late, claimed_by, payload, fingerprint, queued_at, done_at)
SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS BIGINT),
NOT EXISTS (SELECT 1 FROM delivery p WHERE p.line = $7 AND (p.state = 'queued' OR p.state = 'sending')), 'queued', CAST($9 AS BIGINT), 0, FALSE,
0, '', FALSE, '', CAST($10 AS TEXT), '', CAST($11 AS BIGINT), 0
WHERE NOT EXISTS (SELECT 1 FROM delivery q WHERE q.id = $1)`
	deliveryColumns = `id, kind, conversation_id, link_id, inbox_id, message_id, line, ord, state, due_at, attempts, unsure, unsure_since, reason, late,
payload, queued_at`
	sqlDelivery     = `SELECT ` + deliveryColumns + ` FROM delivery WHERE id = $1`
	sqlDeliveriesOf = `SELECT ` + deliveryColumns + ` FROM delivery WHERE message_id = $1 AND message_id <> '' ORDER BY id`
	sqlRequeue      = `UPDATE delivery SET state = 'queued', ord = $2, late = TRUE, due_at = $3, queued_at = $3, attempts = 0, reason = '', done_at = 0,
ready = NOT EXISTS (SELECT 1 FROM delivery p WHERE p.line = delivery.line AND p.id <> delivery.id AND (p.state = 'queued' OR p.state = 'sending'))
WHERE id = $1 AND (state = 'failed' OR state = 'uncertain')`
	// A mark that is being shown now keeps its claim; late then says that it must look again when it is done.
	sqlWakeMark = `UPDATE delivery SET late = (state = 'sending'), state = CASE WHEN state = 'sending' THEN state ELSE 'queued' END, ready = TRUE,
due_at = $2, done_at = 0 WHERE message_id = $1 AND message_id <> '' AND kind = 'mark'`
	sqlLookAgain    = `UPDATE delivery SET state = 'queued', late = FALSE, ready = TRUE, due_at = $2, done_at = 0 WHERE id = $1 AND late AND state <> 'sending'`
	sqlTargetStates = `SELECT d.id, d.inbox_id, d.state, d.reason FROM delivery d JOIN link l ON l.id = d.link_id
WHERE d.message_id = $1 AND d.message_id <> '' AND d.kind = 'message' AND l.role = 'customer'`
	// What waits and what ended badly are two questions, each with an index of its own: what was delivered, which is nearly everything, has none.
	sqlTrouble = `SELECT d.state, COUNT(*) FROM link l JOIN delivery d ON d.line = l.id WHERE l.conversation_id = $1 AND l.role = 'customer'
AND d.kind = 'message' AND (d.state = 'queued' OR d.state = 'sending') GROUP BY d.state
UNION ALL SELECT d.state, COUNT(*) FROM delivery d JOIN link l ON l.id = d.link_id WHERE d.conversation_id = $1 AND l.role = 'customer'
AND d.kind = 'message' AND (d.state = 'failed' OR d.state = 'uncertain') GROUP BY d.state`
	sqlSentAs = `SELECT message_id FROM delivery WHERE link_id = $1 AND fingerprint = $2 AND fingerprint <> ''
UNION ALL SELECT d.message_id FROM part p JOIN delivery d ON d.id = p.delivery_id WHERE p.link_id = $1 AND p.fingerprint = $2
AND p.fingerprint <> '' LIMIT 1`
	sqlCountSent = `SELECT COUNT(*) FROM part p JOIN delivery d ON d.id = p.delivery_id
WHERE p.link_id = $1 AND p.fingerprint = $2 AND p.fingerprint <> '' AND d.state = 'delivered' AND p.delivery_id <> $3`
	sqlSentByLink = `SELECT p.fingerprint FROM part p JOIN delivery d ON d.id = p.delivery_id WHERE p.link_id = $1 AND p.fingerprint <> ''
AND d.state = 'delivered'`
)

// Queue makes one delivery; idempotent by its id. The conversation must be locked.
func (tx *Tx) Queue(d kefu.Delivery) error {
	due := tx.now()
	if !d.DueAt.IsZero() {
		due = sqldb.Micros(d.DueAt)
	}
	_, err := tx.Exec(sqlQueue, d.ID, d.Kind, d.ConversationID, d.LinkID, d.InboxID, d.MessageID, d.Line, d.Ord, due, string(d.Payload), tx.now())
	return err
}

func scanDelivery(s sqldb.Scanner) (d Delivery, err error) {
	var due, since, queued int64
	var payload string
	err = s.Scan(&d.ID, &d.Kind, &d.ConversationID, &d.LinkID, &d.InboxID, &d.MessageID, &d.Line, &d.Ord, &d.State, &due, &d.Attempts, &d.Unsure, &since,
		&d.Reason, &d.Late, &payload, &queued)
	d.DueAt, d.UnsureSince, d.QueuedAt, d.Payload = sqldb.Time(due), sqldb.Time(since), sqldb.Time(queued), []byte(payload)
	return d, err
}

// Delivery is a stored delivery with when its unsettled attempt began.
type Delivery struct {
	kefu.Delivery
	UnsureSince time.Time
}

// Delivery reads one delivery.
func (tx *Tx) Delivery(id kefu.DeliveryID) (Delivery, error) {
	return sqldb.One(tx.Tx, scanDelivery, sqlDelivery, id)
}

// DeliveriesOf lists what became of a message on its ways.
func (tx *Tx) DeliveriesOf(id kefu.MessageID) ([]Delivery, error) {
	return sqldb.Many(tx.Tx, scanDelivery, sqlDeliveriesOf, id)
}

// Requeue puts a failed or uncertain delivery at the end of its line, marked late; false when it is neither. The conversation must be locked.
func (tx *Tx) Requeue(id kefu.DeliveryID, ord int64) (bool, error) {
	n, err := tx.Exec(sqlRequeue, id, ord, tx.now())
	return n > 0, err
}

// WakeMark lets the mark of a message look again, at a time. A mark that is being shown looks again when it is done (LookAgain).
func (tx *Tx) WakeMark(id kefu.MessageID, at time.Time) error {
	_, err := tx.alone(func(b *Batch) { b.WakeMark(id, at) })
	return err
}

// Fate is what became of a message on its way to the customer.
type Fate struct {
	Delivery kefu.DeliveryID
	InboxID  kefu.InboxID // where it went, or was to go
	State    kefu.DeliveryState
	Reason   string
}

// FateOf tells what became of a message on its way to the customer; false when it does not go there.
func (tx *Tx) FateOf(id kefu.MessageID) (Fate, bool, error) {
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (f Fate, err error) {
		err = s.Scan(&f.Delivery, &f.InboxID, &f.State, &f.Reason)
		return f, err
	}, sqlTargetStates, id)
	if err != nil || len(found) == 0 {
		return Fate{}, false, err
	}
	return found[0], true, nil
}

// Trouble counts a conversation's messages to the customer that wait, and that failed or are uncertain.
func (tx *Tx) Trouble(id kefu.ConversationID) (waiting, failed int, err error) {
	rows, err := tx.Query(sqlTrouble, id)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var state kefu.DeliveryState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return 0, 0, err
		}
		if state.Final() {
			failed += n
		} else {
			waiting += n
		}
	}
	return waiting, failed, rows.Err()
}

// SentAs finds the message that we sent, or are about to send, to a link with this fingerprint; "" when there is none.
func (tx *Tx) SentAs(link kefu.LinkID, fingerprint string) (kefu.MessageID, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlSentAs, link, fingerprint)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return kefu.MessageID(found[0]), nil
}

// CountSent counts deliveries to a link with this fingerprint that are known to have arrived, without the one named.
func (tx *Tx) CountSent(link kefu.LinkID, fingerprint string, but kefu.DeliveryID) (int64, error) {
	return sqldb.One(tx.Tx, scanInt, sqlCountSent, link, fingerprint, but)
}

// SentFingerprints lists the fingerprints of all that is known to have arrived at a link, as often as it did.
func (tx *Tx) SentFingerprints(link kefu.LinkID) ([]string, error) {
	return sqldb.Many(tx.Tx, scanString, sqlSentByLink, link)
}
