package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlClaim = `UPDATE delivery SET state = 'sending', claimed_by = $1, unsure_since = CASE WHEN unsure THEN unsure_since ELSE $2 END
WHERE id IN (SELECT id FROM delivery WHERE inbox_id = $3 AND state = 'queued' AND ready AND due_at <= $2 ORDER BY due_at, ord LIMIT CAST($4 AS BIGINT) /*skip locked*/)
RETURNING ` + deliveryColumns
	sqlNextDue = `SELECT COALESCE(MIN(due_at), 0) FROM delivery WHERE inbox_id = $1 AND state = 'queued' AND ready`
	// A due time further away than the longest wait was written by a clock that has been set back since.
	sqlPullIn     = `UPDATE delivery SET due_at = $1 WHERE state = 'queued' AND ready AND due_at > $2`
	sqlPullInSync = `UPDATE link SET sync_due = $1 WHERE sync_due > $2 AND sync_due > 0`
	sqlFinish     = `UPDATE delivery SET state = $2, ready = $3, due_at = $4, attempts = attempts + $5, unsure = $6, reason = $7, done_at = $8, payload = $9,
claimed_by = '' WHERE id = $1 AND state = 'sending' AND claimed_by = $10`
	sqlRelease = `UPDATE delivery SET state = 'queued', claimed_by = '' WHERE id = $1 AND state = 'sending' AND claimed_by = $2`
	sqlPromote = `UPDATE delivery SET ready = TRUE WHERE NOT ready AND id = (SELECT id FROM delivery WHERE line = $1 AND (state = 'queued' OR state = 'sending')
ORDER BY ord LIMIT 1)`
	sqlRepairLines = `UPDATE delivery SET ready = TRUE WHERE state = 'queued' AND NOT ready AND NOT EXISTS (SELECT 1 FROM delivery p
WHERE p.line = delivery.line AND (p.state = 'queued' OR p.state = 'sending') AND p.ord < delivery.ord)`
	sqlInsertAttempt = `INSERT INTO attempt (delivery_id, no, started_at, duration, outcome, error, external_id)
SELECT CAST($1 AS TEXT), 1 + (SELECT COUNT(*) FROM attempt a WHERE a.delivery_id = $1), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT)`
	sqlFirstPending = `SELECT COALESCE(MIN(m.seq), 9223372036854775807) FROM delivery d JOIN message m ON m.id = d.message_id
WHERE d.line = $1 AND (d.state = 'queued' OR d.state = 'sending')`
	sqlSavePart = `INSERT INTO part (delivery_id, n, link_id, external_id, fingerprint) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (delivery_id, n) DO UPDATE SET external_id = excluded.external_id, fingerprint = excluded.fingerprint`
	sqlParts       = `SELECT n, external_id, fingerprint FROM part WHERE delivery_id = $1 ORDER BY n`
	sqlForgetParts = `DELETE FROM part WHERE delivery_id = $1`
	sqlClaimants   = `SELECT DISTINCT claimed_by FROM delivery WHERE state = 'sending'`
	sqlInterrupted = `INSERT INTO attempt (delivery_id, no, started_at, duration, outcome, error, external_id)
SELECT d.id, 1 + (SELECT COUNT(*) FROM attempt a WHERE a.delivery_id = d.id), d.unsure_since, 0, 'uncertain', 'the program was stopped while sending', ''
FROM delivery d WHERE d.state = 'sending' AND d.claimed_by = $1`
	sqlRecover    = `UPDATE delivery SET state = 'queued', unsure = TRUE, due_at = $2, claimed_by = '' WHERE state = 'sending' AND claimed_by = $1`
	sqlQueueSizes = `SELECT inbox_id, state, COUNT(*), MIN(queued_at) FROM delivery WHERE (state = 'queued' OR state = 'sending') AND kind <> 'mark' GROUP BY inbox_id, state`
	sqlAttempts   = `SELECT no, started_at, duration, outcome, error, external_id FROM attempt WHERE delivery_id = $1 ORDER BY no`
)

// Claim takes up to limit due heads of lines of one inbox for node, the longest due first. From the commit on they count as being sent:
// if the process dies, nobody sends them again without looking.
func (tx *Tx) Claim(inbox kefu.InboxID, node string, limit int) ([]Delivery, error) {
	return sqldb.Many(tx.Tx, scanDelivery, sqlClaim, node, tx.now(), inbox, limit)
}

// NextDue is when an inbox's next delivery is due; zero when none waits.
func (tx *Tx) NextDue(inbox kefu.InboxID) (time.Time, error) {
	us, err := sqldb.One(tx.Tx, scanInt, sqlNextDue, inbox)
	return sqldb.Time(us), err
}

// PullIn makes due what is further away than the longest wait there is.
func (tx *Tx) PullIn(longest time.Duration) error {
	limit := sqldb.Micros(tx.Now.Add(longest))
	if _, err := tx.Exec(sqlPullIn, tx.now(), limit); err != nil {
		return err
	}
	_, err := tx.Exec(sqlPullInSync, tx.now(), limit)
	return err
}

// Finish is the end of one attempt.
type Finish struct {
	State   kefu.DeliveryState
	DueIn   time.Duration // until the next attempt, when State is queued
	Counts  bool          // the attempt counts as a try
	Unsure  bool
	Reason  string
	Payload []byte
}

// Release gives a claim back that was not used: nothing was sent.
func (tx *Tx) Release(id kefu.DeliveryID, node string) error {
	_, err := tx.Exec(sqlRelease, id, node)
	return err
}

// RepairLines promotes heads that nobody promoted. It finds none unless something went wrong.
func (tx *Tx) RepairLines() (int64, error) { return tx.Exec(sqlRepairLines) }

// Attempts lists the tries of a delivery.
func (tx *Tx) Attempts(id kefu.DeliveryID) ([]kefu.Attempt, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (a kefu.Attempt, err error) {
		var started, took int64
		err = s.Scan(&a.No, &started, &took, &a.Outcome, &a.Error, &a.ExternalID)
		a.DeliveryID, a.StartedAt, a.Duration = id, sqldb.Time(started), time.Duration(took)*time.Microsecond
		return a, err
	}, sqlAttempts, id)
}

// Part is one piece of a message that is known to have arrived.
type Part struct {
	N           int
	ExternalID  string
	Fingerprint string
}

// Parts lists the pieces of a delivery that arrived.
func (tx *Tx) Parts(id kefu.DeliveryID) ([]Part, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (p Part, err error) {
		err = s.Scan(&p.N, &p.ExternalID, &p.Fingerprint)
		return p, err
	}, sqlParts, id)
}

// Claimants lists the nodes that hold claims.
func (tx *Tx) Claimants() ([]string, error) { return sqldb.Many(tx.Tx, scanString, sqlClaimants) }

// Recover takes back the claims of a node that is gone. What it was sending may have arrived: it is queued again, unsure.
func (tx *Tx) Recover(node string) (int64, error) {
	if _, err := tx.Exec(sqlInterrupted, node); err != nil {
		return 0, err
	}
	return tx.Exec(sqlRecover, node, tx.now())
}

// QueueSize is how much waits for one inbox.
type QueueSize struct {
	InboxID kefu.InboxID
	State   kefu.DeliveryState
	Count   int64
	Oldest  time.Time
}

// QueueSizes tells what waits, by inbox and state.
func (tx *Tx) QueueSizes() ([]QueueSize, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (q QueueSize, err error) {
		var oldest int64
		err = s.Scan(&q.InboxID, &q.State, &q.Count, &oldest)
		q.Oldest = sqldb.Time(oldest)
		return q, err
	}, sqlQueueSizes)
}

// FirstPendingSeq is the place of the first message that a line still has to send; past every place when there is none.
func (tx *Tx) FirstPendingSeq(line string) (int64, error) {
	return sqldb.One(tx.Tx, scanInt, sqlFirstPending, line)
}
