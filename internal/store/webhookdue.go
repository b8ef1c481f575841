package store

import (
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// An alert about an endpoint is not sent to it: it would be the reason of the next one.
	sqlDeliverEvents = `INSERT INTO webhook_delivery (endpoint_id, event_n, event_id, event_type, occurred_at, cause, state, attempts, due_at, status, error, body,
created_at, done_at)
SELECT s.endpoint_id, e.n, e.id, e.type, e.occurred_at, 'event', 'queued', 0, CAST($3 AS BIGINT), 0, '', '', CAST($3 AS BIGINT), 0
FROM event e JOIN endpoint_event s ON s.event_type = e.type
WHERE e.pos > $1 AND e.pos <= $2 AND NOT (e.type LIKE 'alert.%' AND e.data LIKE '%"subject":"' || s.endpoint_id || '"%')
ORDER BY e.pos, s.endpoint_id`
	// The index of what is queued is walked from endpoint to endpoint: the cost is that of the endpoints that have something, however much.
	sqlWebhookLines = `WITH RECURSIVE line (endpoint_id) AS (
SELECT MIN(endpoint_id) FROM webhook_delivery WHERE state = 'queued'
UNION ALL
SELECT (SELECT MIN(d.endpoint_id) FROM webhook_delivery d WHERE d.state = 'queued' AND d.endpoint_id > line.endpoint_id)
FROM line WHERE line.endpoint_id IS NOT NULL)
SELECT w.endpoint_id, (SELECT MIN(d.due_at) FROM webhook_delivery d WHERE d.state = 'queued' AND d.endpoint_id = w.endpoint_id),
COALESCE((SELECT MIN(d.due_at) FROM webhook_delivery d WHERE d.state = 'queued' AND d.endpoint_id = w.endpoint_id AND d.due_at > $1), 0)
FROM line w WHERE w.endpoint_id IS NOT NULL ORDER BY w.endpoint_id`
	sqlEndpointsState = `SELECT COUNT(*), CAST(COALESCE(SUM(updated_at - 1700000000000000), 0) AS BIGINT) FROM endpoint`
	sqlWebhookBody    = `SELECT body FROM webhook_delivery WHERE n = $1`
	sqlWebhookEnded   = `UPDATE webhook_delivery SET state = $2, attempts = $3, status = $4, error = $5, body = '', done_at = $6
WHERE n = $1 AND state = 'queued'`
	// What was sent is kept for the next attempt, unless it is there already, or the event has other words now: it was erased.
	sqlWebhookAgain = `UPDATE webhook_delivery SET attempts = $2, due_at = $3, status = $4, error = $5,
body = CASE WHEN $7 <> '' AND EXISTS (SELECT 1 FROM event WHERE n = webhook_delivery.event_n AND data = $7) THEN $6 ELSE body END
WHERE n = $1 AND state = 'queued'`
	//nolint:gosec // G101 takes a statement for a password
	sqlSkipWebhooks = `UPDATE webhook_delivery SET state = 'skipped', body = '', done_at = $2 WHERE n IN
(SELECT n FROM webhook_delivery WHERE endpoint_id = $1 AND state = 'queued' ORDER BY due_at, n LIMIT CAST($3 AS BIGINT))`
)

// DeliverEvents makes the webhook deliveries of the events at positions after from up to to, one for each endpoint that is subscribed. It
// belongs into the commit that gives the positions, and returns its place in what Run reports, which is how many were made.
func (b *Batch) DeliverEvents(from, to int64) (place int) {
	return b.add(sqlDeliverEvents, from, to, b.tx.now())
}

// WebhookLine is what is queued for one endpoint: Due is when the first is or was due, Next when the first after now is; zero for none.
type WebhookLine struct {
	EndpointID kefu.EndpointID
	Due, Next  time.Time
}

// WebhookLines lists the endpoints for which something is queued, whether they still exist or not.
func (tx *Tx) WebhookLines() ([]WebhookLine, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (l WebhookLine, err error) {
		var due, next int64
		err = s.Scan(&l.EndpointID, &due, &next)
		l.Due, l.Next = sqldb.Time(due), sqldb.Time(next)
		return l, err
	}, sqlWebhookLines, tx.now())
}

// EndpointsState is a figure that changes whenever any endpoint is changed otherwise than in its health.
func (tx *Tx) EndpointsState() (state [2]int64, err error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (state [2]int64, err error) {
		err = s.Scan(&state[0], &state[1])
		return state, err
	}, sqlEndpointsState)
}

// WebhookWant asks for the first deliveries that are due for an endpoint: all told, or those behind a place in the order of due time and number.
type WebhookWant struct {
	EndpointID kefu.EndpointID
	Limit      int
	After      time.Time
	AfterN     int64
}

// wantSizes are how many branches a statement may have: a few texts, so that each is prepared once. SQLite takes 500.
var wantSizes = []int{64, 16, 4, 1}

// DueWebhook is a delivery that is due, with what a sender must know of it, and no more. Kept says that what was sent before is kept: it is
// read when it is sent again (WebhookBody), because many of them are large together.
type DueWebhook struct {
	kefu.WebhookDelivery

	Kept bool
}

// DueWebhooks reads what is due for each endpoint, in the order in which it became due.
func (tx *Tx) DueWebhooks(wants []WebhookWant) ([]DueWebhook, error) {
	var all []DueWebhook
	for len(wants) > 0 {
		size := wantSizes[slices.IndexFunc(wantSizes, func(n int) bool { return n <= max(len(wants), 1) })]
		if larger := 4 * size; len(wants) > 2*size && slices.Contains(wantSizes, larger) {
			size = larger // some branches are of nobody
		}
		some := wants[:min(len(wants), size)]
		wants = wants[len(some):]
		rows, err := tx.dueWebhooks(some, size)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = rows
			continue
		}
		all = append(all, rows...)
	}
	return all, nil
}

func (tx *Tx) dueWebhooks(wants []WebhookWant, size int) ([]DueWebhook, error) {
	branches := make([]*query, 0, size)
	total := 0
	for i := range size {
		w := WebhookWant{Limit: 1}
		if i < len(wants) {
			w = wants[i]
		}
		q := newQuery(`SELECT d.n, d.endpoint_id, d.event_n, d.event_id, d.event_type, d.cause, d.attempts, d.due_at, d.body <> '' AS kept, d.created_at FROM webhook_delivery d`)
		q.and(`d.endpoint_id = ?`, w.EndpointID)
		q.and(`d.state = 'queued' AND d.due_at <= ?`, tx.now())
		q.and(`(d.due_at, d.n) > (?, ?)`, sqldb.Micros(w.After), w.AfterN)
		q.order(`d.due_at, d.n`, w.Limit)
		branches = append(branches, q)
		total += w.Limit
	}
	text, args := union(branches, `due_at, n`, total)
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (d DueWebhook, err error) {
		var due, created int64
		err = s.Scan(&d.N, &d.EndpointID, &d.EventN, &d.EventID, &d.EventType, &d.Cause, &d.Attempts, &due, &d.Kept, &created)
		d.State, d.DueAt, d.CreatedAt = kefu.DeliveryQueued, sqldb.Time(due), sqldb.Time(created)
		return d, err
	}, text, args...)
}

// WebhookBody reads what was sent of a delivery and is kept; "" when nothing is.
func (tx *Tx) WebhookBody(n int64) (string, error) {
	return sqldb.One(tx.Tx, scanString, sqlWebhookBody, n)
}

// eventsAtOnce bounds the numbers in one statement.
const eventsAtOnce = 100

// EventsByN reads events by their row numbers, in no order; those that are no longer kept are left out. It stops after some more than most
// bytes of data, and left are the numbers that were not looked at then.
func (tx *Tx) EventsByN(ns []int64, most int) (all []EventRow, left []int64, err error) {
	for size := 0; len(ns) > 0 && size < most; {
		some := ns[:min(len(ns), eventsAtOnce)]
		ns = ns[len(some):]
		q := newQuery(`SELECT n, COALESCE(pos, 0), id, type, conversation_id, data, occurred_at FROM event`)
		args := make([]any, len(some))
		for i, n := range some {
			args[i] = n
		}
		q.and(`n IN (`+strings.TrimSuffix(strings.Repeat("?, ", len(some)), ", ")+`)`, args...)
		q.order(`n`, len(some))
		rows, err := list(tx, q, scanEventRow)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			size += len(r.Data)
		}
		all = append(all, rows...)
	}
	return all, ns, nil
}

// EventRow is an event with the number of its row; its actor is not read.
type EventRow struct {
	kefu.Event

	N int64
}

func scanEventRow(s sqldb.Scanner) (r EventRow, err error) {
	var at int64
	err = s.Scan(&r.N, &r.Pos, &r.ID, &r.Type, &r.ConversationID, (*[]byte)(&r.Data), &at)
	r.OccurredAt = sqldb.Time(at)
	return r, err
}

// FinishWebhook records where a delivery stands after an attempt: its State, Attempts, Status and Error. When it is queued it is due again
// after a pause, counted from the transaction's time, and what was sent (Body) is kept for it if that was made from what the event says now:
// from eventData. No row is changed when it was final already.
func (b *Batch) FinishWebhook(d kefu.WebhookDelivery, pause time.Duration, eventData string) {
	if d.State.Final() {
		b.add(sqlWebhookEnded, d.N, d.State, d.Attempts, d.Status, d.Error, b.tx.now())
		return
	}
	due := sqldb.Micros(b.tx.Now.Add(pause + time.Microsecond - 1))
	b.add(sqlWebhookAgain, d.N, d.Attempts, due, d.Status, d.Error, d.Body, eventData)
}

// rowsAtOnce is how many rows one statement of many rows has.
const rowsAtOnce = 32

// ArriveWebhooks records that deliveries arrived with one HTTP status, each with one more attempt than before.
func (b *Batch) ArriveWebhooks(status int, ns []int64) {
	for some := range slices.Chunk(ns, rowsAtOnce) {
		args := []any{status, b.tx.now()}
		for _, n := range some {
			args = append(args, n)
		}
		size := 1
		if len(some) > 1 {
			size = rowsAtOnce
		}
		for len(args) < 2+size {
			args = append(args, 0) // nobody's number
		}
		b.add(arriveWebhooks(size), args...)
	}
}

func arriveWebhooks(size int) string {
	return numbered(`UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, status = ?, error = '', body = '', done_at = ?
WHERE state = 'queued' AND n IN (` + strings.Repeat("?, ", size-1) + `?)`)
}

// InsertWebhookAttempts records tries.
func (b *Batch) InsertWebhookAttempts(all []kefu.WebhookAttempt) {
	for some := range slices.Chunk(all, rowsAtOnce) {
		if len(some) < rowsAtOnce {
			for _, a := range some {
				b.InsertWebhookAttempt(a)
			}
			continue
		}
		args := make([]any, 0, 8*len(some))
		for _, a := range some {
			args = append(args, a.DeliveryN, a.No, sqldb.Micros(a.StartedAt), a.Duration.Microseconds(), a.Status, a.Error, a.Answer, a.Address)
		}
		const row = `(?, ?, ?, ?, ?, ?, ?, ?)`
		b.add(numbered(`INSERT INTO webhook_attempt (delivery_n, no, started_at, duration, status, error, answer, address) VALUES `+
			strings.Repeat(row+`, `, rowsAtOnce-1)+row+` ON CONFLICT (delivery_n, no) DO NOTHING`), args...)
	}
}

// SkipWebhooks ends up to limit queued deliveries of an endpoint without sending them, and tells how many.
func (tx *Tx) SkipWebhooks(id kefu.EndpointID, limit int) (int64, error) {
	return tx.Exec(sqlSkipWebhooks, id, tx.now(), limit)
}
