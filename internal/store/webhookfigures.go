package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// All of it is in the index of what is queued: no row is looked at, however much waits.
	sqlWebhookQueues = `SELECT endpoint_id, COUNT(*), MIN(due_at) FROM webhook_delivery WHERE state = 'queued' GROUP BY endpoint_id ORDER BY endpoint_id`
	sqlEndpointsAll  = `SELECT enabled, COUNT(*) FROM endpoint WHERE deleted_at = 0 GROUP BY enabled`
	sqlEndpointsIll  = `SELECT id, name, enabled, disabled_why, failing_since, failures FROM endpoint
WHERE deleted_at = 0 AND (enabled AND failing_since > 0 OR NOT enabled AND disabled_why <> '') ORDER BY id`
)

// WebhookQueue is what waits for one endpoint.
type WebhookQueue struct {
	EndpointID kefu.EndpointID
	Waiting    int64
	// Due is when the first of them is due, or was. A retry that is not due yet waits as well, and is not late.
	Due time.Time
}

// Late is how long the first has been due and was not settled; 0 when nothing is due.
func (q WebhookQueue) Late(now time.Time) time.Duration { return max(now.Sub(q.Due), 0) }

// WebhookQueues tells what waits, by endpoint; an endpoint that nothing waits for is not among them.
func (tx *Tx) WebhookQueues() ([]WebhookQueue, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (q WebhookQueue, err error) {
		var due int64
		err = s.Scan(&q.EndpointID, &q.Waiting, &due)
		q.Due = sqldb.Time(due)
		return q, err
	}, sqlWebhookQueues)
}

// CountEndpoints counts endpoints that were not deleted.
func (tx *Tx) CountEndpoints() (enabled, disabled int64, err error) {
	type row struct {
		enabled bool
		n       int64
	}
	rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.enabled, &r.n)
		return r, err
	}, sqlEndpointsAll)
	for _, r := range rows {
		if r.enabled {
			enabled = r.n
		} else {
			disabled = r.n
		}
	}
	return enabled, disabled, err
}

// IllEndpoint is an endpoint that somebody should look at.
type IllEndpoint struct {
	ID      kefu.EndpointID
	Name    string
	Enabled bool
	// DisabledWhy says why Kefu disabled it by itself; "" when it is enabled.
	DisabledWhy string
	// FailingSince and Failures are its health when it is enabled.
	FailingSince time.Time
	Failures     int64
}

// IllEndpoints lists the endpoints whose last attempt failed, and those that were disabled by themselves.
func (tx *Tx) IllEndpoints() ([]IllEndpoint, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (e IllEndpoint, err error) {
		var since int64
		err = s.Scan(&e.ID, &e.Name, &e.Enabled, &e.DisabledWhy, &since, &e.Failures)
		e.FailingSince = sqldb.Time(since)
		return e, err
	}, sqlEndpointsIll)
}
