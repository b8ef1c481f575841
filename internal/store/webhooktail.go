package store

import (
	"strings"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlLastWebhook = `SELECT COALESCE(MAX(n), 0) FROM webhook_delivery`
	// In the order of the index that holds only what is queued.
	sqlQueuedWebhooks = `SELECT endpoint_id, due_at, n, attempts FROM webhook_delivery
WHERE state = 'queued' AND (endpoint_id, due_at, n) > ($1, $2, $3) ORDER BY endpoint_id, due_at, n LIMIT CAST($4 AS BIGINT)`
)

// numbersAtOnce is how many numbers stand in one statement, always: a text that stays the same is prepared once.
const numbersAtOnce = 200

// LastWebhook tells the number of the newest delivery, 0 when there is none.
func (tx *Tx) LastWebhook() (int64, error) { return sqldb.One(tx.Tx, scanInt, sqlLastWebhook) }

// WebhooksAfter lists deliveries with higher numbers, in order, without their bodies. One with a lower number may be committed later.
func (tx *Tx) WebhooksAfter(n int64, limit int) ([]kefu.WebhookDelivery, error) {
	q := newQuery(`SELECT ` + webhookListed + ` FROM webhook_delivery d`)
	q.and(`d.n > ?`, n)
	q.order(`d.n`, limit)
	return list(tx, q, scanWebhookDelivery)
}

// QueuedWebhooks tells the numbers of all deliveries that are queued, and how many attempts each has had.
func (tx *Tx) QueuedWebhooks() (map[int64]int, error) {
	type row struct {
		endpoint kefu.EndpointID
		due, n   int64
		attempts int
	}
	all := map[int64]int{}
	for at := (row{n: -1}); ; {
		rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
			err = s.Scan(&r.endpoint, &r.due, &r.n, &r.attempts)
			return r, err
		}, sqlQueuedWebhooks, at.endpoint, at.due, at.n, 10*numbersAtOnce)
		if err != nil || len(rows) == 0 {
			return all, err
		}
		for _, r := range rows {
			all[r.n] = r.attempts
		}
		at = rows[len(rows)-1]
	}
}

// WebhooksOf lists the deliveries that have these numbers, without their bodies.
func (tx *Tx) WebhooksOf(ns []int64) ([]kefu.WebhookDelivery, error) {
	return byNumbers(tx, ns, `SELECT `+webhookListed+` FROM webhook_delivery d WHERE d.n IN `, scanWebhookDelivery)
}

// AttemptsOf lists the attempts of deliveries, those of each in order.
func (tx *Tx) AttemptsOf(ns []int64) ([]kefu.WebhookAttempt, error) {
	return byNumbers(tx, ns, `SELECT `+attemptColumns+` FROM webhook_attempt WHERE delivery_n IN `, scanWebhookAttempt)
}

// byNumbers reads what has some numbers, bit by bit.
func byNumbers[T any](tx *Tx, ns []int64, head string, scan func(sqldb.Scanner) (T, error)) (all []T, err error) {
	text := numbered(head + `(` + strings.Repeat(`?, `, numbersAtOnce-1) + `?) ORDER BY 1, 2`)
	for len(ns) > 0 {
		some := ns[:min(len(ns), numbersAtOnce)]
		ns = ns[len(some):]
		args := make([]any, numbersAtOnce)
		for i := range args {
			args[i] = some[min(i, len(some)-1)] // the last one again, as often as it takes
		}
		rows, err := sqldb.Many(tx.Tx, scan, text, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}
