package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// Of a list nobody wants the bodies.
	webhookListed = `d.n, d.endpoint_id, d.event_n, d.event_id, d.event_type, d.occurred_at, d.cause, d.state, d.attempts, d.due_at, d.status, d.error, '',
d.created_at, d.done_at`
	sqlEventByN   = `SELECT n, COALESCE(pos, 0), id, type, conversation_id, data, occurred_at FROM event WHERE n = $1`
	sqlQueuedTwin = `SELECT d.n FROM webhook_delivery d WHERE d.event_id = $1 AND d.endpoint_id = $2 AND d.state = 'queued' ORDER BY d.n LIMIT 1`
	// What is no longer kept cannot be sent again. An alert about an endpoint is not sent to it.
	sqlDeliverAgain = `INSERT INTO webhook_delivery (endpoint_id, event_n, event_id, event_type, occurred_at, cause, state, attempts, due_at, status, error, body,
created_at, done_at)
SELECT CAST($1 AS TEXT), e.n, e.id, e.type, e.occurred_at, CAST($3 AS TEXT), 'queued', 0, CAST($4 AS BIGINT), 0, '', '', CAST($4 AS BIGINT), 0
FROM event e WHERE e.n = $2 AND NOT (e.type LIKE 'alert.%' AND e.data LIKE '%"subject":"' || CAST($1 AS TEXT) || '"%')`
	sqlDeliverAgainN    = sqlDeliverAgain + ` RETURNING n`
	sqlFinishTrial      = `UPDATE webhook_delivery SET state = $2, attempts = 1, status = $3, error = $4, done_at = $5 WHERE n = $1 AND state = 'sending'`
	sqlStaleTrials      = `UPDATE webhook_delivery SET state = 'failed', error = $1, done_at = $2 WHERE state = 'sending' AND created_at < $3`
	sqlWebhookFrom      = `SELECT n, created_at FROM webhook_delivery WHERE n >= $1 ORDER BY n LIMIT 1`
	sqlWebhookEnd       = `SELECT COALESCE(MAX(n), 0) + 1 FROM webhook_delivery`
	sqlOldWebhooks      = `SELECT n FROM webhook_delivery WHERE n < $1 AND done_at > 0 AND done_at < $2 ORDER BY n LIMIT CAST($3 AS BIGINT)`
	sqlPruneAttempts    = `DELETE FROM webhook_attempt WHERE delivery_n IN (SELECT n FROM webhook_delivery WHERE n <= $1 AND done_at > 0 AND done_at < $2)`
	sqlPruneWebhooks    = `DELETE FROM webhook_delivery WHERE n <= $1 AND done_at > 0 AND done_at < $2`
	sqlForgetEndpoints  = `DELETE FROM endpoint WHERE deleted_at > 0 AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = endpoint.id)`
	sqlBlankBodies      = `UPDATE webhook_delivery SET body = '' WHERE event_id = $1 AND body <> ''`
	sqlBlankReplies     = `UPDATE webhook_attempt SET answer = '' WHERE answer <> '' AND delivery_n IN (SELECT n FROM webhook_delivery WHERE event_id = $1)`
	firstKeptEvent      = `(SELECT COALESCE(MIN(e.n), 9223372036854775807) FROM event e)`
	sqlBlankLostBodies  = `UPDATE webhook_delivery SET body = '' WHERE body <> '' AND event_n > 0 AND event_n < ` + firstKeptEvent
	sqlBlankLostReplies = `UPDATE webhook_attempt SET answer = '' WHERE answer <> '' AND delivery_n IN
(SELECT d.n FROM webhook_delivery d WHERE d.event_n > 0 AND d.event_n < ` + firstKeptEvent + `)`
)

// WebhookFilter narrows the log of deliveries; zero members do not. Since and Until are of when a delivery was made. Before is the cursor:
// deliveries older than N; 0 begins with the newest.
type WebhookFilter struct {
	EndpointID   kefu.EndpointID
	State        kefu.DeliveryState
	EventType    string
	EventID      kefu.EventID
	Cause        kefu.WebhookCause
	Since, Until time.Time
	Before       int64
	Limit        int
}

// WebhookDeliveries lists deliveries, newest first, without their bodies.
func (tx *Tx) WebhookDeliveries(f WebhookFilter) ([]kefu.WebhookDelivery, error) {
	q, err := f.query(tx)
	if err != nil {
		return nil, err
	}
	return list(tx, q, scanWebhookDelivery)
}

// query is the text of the list. The words of a state and a cause stand in it where an index holds only such rows: the planner cannot see an
// argument.
func (f WebhookFilter) query(tx *Tx) (*query, error) {
	q := newQuery(`SELECT ` + webhookListed + ` FROM webhook_delivery d`)
	q.andIf(f.EventID != "", `d.event_id = ?`, f.EventID)
	q.andIf(f.EndpointID != "", `d.endpoint_id = ?`, f.EndpointID)
	switch f.State {
	case "":
	case kefu.DeliveryFailed:
		q.and(`d.state = 'failed'`)
	case kefu.DeliverySkipped:
		q.and(`d.state = 'skipped'`)
	case kefu.DeliverySending:
		q.and(`d.state = 'sending'`)
	case kefu.DeliveryQueued:
		q.and(`d.state = 'queued'`)
	default:
		q.and(`d.state = ?`, f.State)
	}
	q.andIf(f.EventType != "", `d.event_type = ?`, f.EventType)
	q.andIf(f.Cause != "", `d.cause = ?`, f.Cause)
	q.andIf(f.Cause != "" && f.Cause != kefu.CauseEvent, `d.cause <> 'event'`)
	if err := f.times(tx, q); err != nil {
		return nil, err
	}
	q.andIf(f.Before > 0, `d.n < ?`, f.Before)
	q.order(`d.n DESC`, f.Limit)
	return q, nil
}

// slack is how far the order of numbers and that of times may be apart: numbers are given before a commit, and clocks are set.
const slack = time.Hour

// times narrows the list by numbers too, so that what is outside of the time is not read.
func (f WebhookFilter) times(tx *Tx, q *query) error {
	if !f.Since.IsZero() {
		first, err := tx.FirstWebhookSince(f.Since.Add(-slack))
		if err != nil {
			return err
		}
		q.and(`d.created_at >= ? AND d.n >= ?`, sqldb.Micros(f.Since), first)
	}
	if !f.Until.IsZero() {
		end, err := tx.FirstWebhookSince(f.Until.Add(slack))
		if err != nil {
			return err
		}
		q.and(`d.created_at < ? AND d.n < ?`, sqldb.Micros(f.Until), end)
	}
	return nil
}

// FirstWebhookSince finds the number of the first delivery that was made at a time or later, as far as numbers rise with time; one more than
// the last when there is none.
func (tx *Tx) FirstWebhookSince(at time.Time) (int64, error) {
	return tx.firstSince(sqlWebhookFrom, sqlWebhookEnd, at)
}

// firstSince searches numbers that rise with time. from reads number and time of the first row from a number on, end is behind the last.
func (tx *Tx) firstSince(from, end string, at time.Time) (int64, error) {
	type row struct{ n, at int64 }
	low := int64(1)
	high, err := sqldb.One(tx.Tx, scanInt, end)
	for err == nil && low < high {
		middle := low + (high-low)/2
		rows, rowErr := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
			err = s.Scan(&r.n, &r.at)
			return r, err
		}, from, middle)
		switch err = rowErr; {
		case len(rows) == 0 || rows[0].at >= sqldb.Micros(at):
			high = middle
		default:
			low = rows[0].n + 1
		}
	}
	return low, err
}

// EventByN reads an event by the number of its row; ErrNoRows when it is no longer kept.
func (tx *Tx) EventByN(n int64) (EventRow, error) {
	return sqldb.One(tx.Tx, scanEventRow, sqlEventByN, n)
}

// QueuedTwin finds a delivery of an event to an endpoint that is still queued; 0 when there is none.
func (tx *Tx) QueuedTwin(id kefu.EndpointID, event kefu.EventID) (int64, error) {
	all, err := sqldb.Many(tx.Tx, scanInt, sqlQueuedTwin, event, id)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

// DeliverAgain makes another delivery of an event and tells its number; ErrNoRows when the event is no longer kept. The endpoint must be
// locked.
func (tx *Tx) DeliverAgain(id kefu.EndpointID, eventN int64, cause kefu.WebhookCause) (n int64, err error) {
	return sqldb.One(tx.Tx, scanInt, sqlDeliverAgainN, id, eventN, cause, tx.now())
}

// DeliverAgain makes another delivery of an event, unless it is no longer kept. The endpoint must be locked.
func (b *Batch) DeliverAgain(id kefu.EndpointID, eventN int64, cause kefu.WebhookCause) {
	b.add(sqlDeliverAgain, id, eventN, cause, b.tx.now())
}

// FinishTrial records what a test came to: its State, Status and Error. No row is changed when it was given up meanwhile.
func (b *Batch) FinishTrial(d kefu.WebhookDelivery) {
	b.add(sqlFinishTrial, d.N, d.State, d.Status, d.Error, b.tx.now())
}

// FailTrials ends tests that began before a time and of which nobody knows what they came to.
func (tx *Tx) FailTrials(before time.Time, class string) (int64, error) {
	return tx.Exec(sqlStaleTrials, class, tx.now(), sqldb.Micros(before))
}

// PruneWebhooks forgets at most limit of the oldest deliveries that were final before a time, with their attempts, and tells how many. What is
// queued stays, however old.
func (tx *Tx) PruneWebhooks(before time.Time, limit int) (int64, error) {
	end, err := tx.FirstWebhookSince(before)
	if err != nil {
		return 0, err
	}
	old, err := sqldb.Many(tx.Tx, scanInt, sqlOldWebhooks, end, sqldb.Micros(before), limit)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	last := old[len(old)-1]
	if _, err := tx.Exec(sqlPruneAttempts, last, sqldb.Micros(before)); err != nil {
		return 0, err
	}
	return tx.Exec(sqlPruneWebhooks, last, sqldb.Micros(before))
}

// ForgetEndpoints removes deleted endpoints of which the log says nothing any more.
func (tx *Tx) ForgetEndpoints() (int64, error) { return tx.Exec(sqlForgetEndpoints) }

// blankWebhooks takes the words of an event out of what its deliveries keep: what is still to be sent is written anew.
func (b *Batch) blankWebhooks(id kefu.EventID) {
	b.add(sqlBlankBodies, id)
	b.add(sqlBlankReplies, id)
}

// blankLostWebhooks takes the words out of deliveries of events that are no longer kept: nothing tells any more whose they are.
func (b *Batch) blankLostWebhooks() {
	b.add(sqlBlankLostBodies)
	b.add(sqlBlankLostReplies)
}
