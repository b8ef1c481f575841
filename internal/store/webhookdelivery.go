package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	webhookColumns = `d.n, d.endpoint_id, d.event_n, d.event_id, d.event_type, d.occurred_at, d.cause, d.state, d.attempts, d.due_at, d.status, d.error, d.body,
d.created_at, d.done_at`
	sqlWebhookDelivery       = `SELECT ` + webhookColumns + ` FROM webhook_delivery d WHERE d.n = $1`
	sqlInsertWebhookDelivery = `INSERT INTO webhook_delivery (endpoint_id, event_n, event_id, event_type, occurred_at, cause, state, attempts, due_at, status, error,
body, created_at, done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, '', $9, $10, 0) RETURNING n`
	attemptColumns     = `delivery_n, no, started_at, duration, status, error, answer, address`
	sqlWebhookAttempts = `SELECT ` + attemptColumns + ` FROM webhook_attempt WHERE delivery_n = $1 ORDER BY no`
	// Two nodes may both make attempt number 3 when one of them is cut off: the first to come is kept.
	sqlInsertWebhookAttempt = `INSERT INTO webhook_attempt (` + attemptColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (delivery_n, no) DO NOTHING`
)

func scanWebhookDelivery(s sqldb.Scanner) (d kefu.WebhookDelivery, err error) {
	var occurred, due, created, done int64
	err = s.Scan(&d.N, &d.EndpointID, &d.EventN, &d.EventID, &d.EventType, &occurred, &d.Cause, &d.State, &d.Attempts, &due, &d.Status, &d.Error, &d.Body,
		&created, &done)
	d.OccurredAt, d.DueAt, d.CreatedAt, d.DoneAt = sqldb.Time(occurred), sqldb.Time(due), sqldb.Time(created), sqldb.Time(done)
	return d, err
}

// WebhookDelivery reads one delivery; ErrNoRows when there is none.
func (tx *Tx) WebhookDelivery(n int64) (kefu.WebhookDelivery, error) {
	return sqldb.One(tx.Tx, scanWebhookDelivery, sqlWebhookDelivery, n)
}

// InsertWebhookDelivery stores a delivery that somebody asked for and tells its number. Those of events are made by the relay.
func (tx *Tx) InsertWebhookDelivery(d kefu.WebhookDelivery) (n int64, err error) {
	return sqldb.One(tx.Tx, scanInt, sqlInsertWebhookDelivery, d.EndpointID, d.EventN, d.EventID, d.EventType, sqldb.Micros(d.OccurredAt), d.Cause, d.State,
		sqldb.Micros(d.DueAt), d.Body, tx.now())
}

// WebhookAttempts lists the attempts of a delivery, in order.
func (tx *Tx) WebhookAttempts(n int64) ([]kefu.WebhookAttempt, error) {
	return sqldb.Many(tx.Tx, scanWebhookAttempt, sqlWebhookAttempts, n)
}

func scanWebhookAttempt(s sqldb.Scanner) (a kefu.WebhookAttempt, err error) {
	var started, duration int64
	err = s.Scan(&a.DeliveryN, &a.No, &started, &duration, &a.Status, &a.Error, &a.Answer, &a.Address)
	a.StartedAt, a.Duration = sqldb.Time(started), time.Duration(duration)*time.Microsecond
	return a, err
}

// InsertWebhookAttempt records one try.
func (b *Batch) InsertWebhookAttempt(a kefu.WebhookAttempt) {
	b.add(sqlInsertWebhookAttempt, a.DeliveryN, a.No, sqldb.Micros(a.StartedAt), a.Duration.Microseconds(), a.Status, a.Error, a.Answer, a.Address)
}
