package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	endpointColumns = `id, name, url, description, events, enabled, disabled_why, auth, sealed, timestamps, schedule, timeout, max_in_flight, rate_limit,
failing_since, failures, warned_at, last_success_at, last_failure_at, created_by, created_at, updated_at, deleted_at`
	sqlInsertEndpoint = `INSERT INTO endpoint (` + endpointColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, 0, 0, $15, $16, $16, 0)`
	sqlEndpoint       = `SELECT ` + endpointColumns + ` FROM endpoint WHERE id = $1`
	sqlLockEndpoint   = `SELECT ` + endpointColumns + ` FROM endpoint WHERE id = $1 /*for update*/`
	sqlLiveEndpoints  = `SELECT ` + endpointColumns + ` FROM endpoint WHERE deleted_at = 0 ORDER BY created_at, id`
	sqlUpdateEndpoint = `UPDATE endpoint SET name = $2, url = $3, description = $4, events = $5, enabled = $6, disabled_why = $7, auth = $8, sealed = $9,
timestamps = $10, schedule = $11, timeout = $12, max_in_flight = $13, rate_limit = $14, updated_at = $15, deleted_at = $16 WHERE id = $1`
	sqlEndpointHealth = `UPDATE endpoint SET failing_since = $2, failures = $3, warned_at = $4, last_success_at = $5, last_failure_at = $6 WHERE id = $1`
	sqlUnsubscribe    = `DELETE FROM endpoint_event WHERE endpoint_id = $1`
	sqlSubscriptions  = `SELECT endpoint_id, event_type FROM endpoint_event ORDER BY endpoint_id, event_type`
	sqlSubscribe      = `INSERT INTO endpoint_event (event_type, endpoint_id) VALUES ($1, $2)`
)

func scanEndpoint(s sqldb.Scanner) (e kefu.Endpoint, err error) {
	var events string
	var timeout, failing, warned, success, failure, created, updated, deleted int64
	h := &e.Health
	if err = s.Scan(&e.ID, &e.Name, &e.URL, &e.Description, &events, &e.Enabled, &e.DisabledWhy, &e.Auth, &e.Sealed, &e.Timestamps, &e.Schedule, &timeout,
		&e.MaxInFlight, &e.RateLimit, &failing, &h.Failures, &warned, &success, &failure, &e.CreatedBy, &created, &updated, &deleted); err != nil {
		return e, err
	}
	e.Timeout = time.Duration(timeout) * time.Microsecond
	h.FailingSince, h.WarnedAt = sqldb.Time(failing), sqldb.Time(warned)
	h.LastSuccessAt, h.LastFailureAt = sqldb.Time(success), sqldb.Time(failure)
	e.CreatedAt, e.UpdatedAt, e.DeletedAt = sqldb.Time(created), sqldb.Time(updated), sqldb.Time(deleted)
	return e, json.Unmarshal([]byte(events), &e.Events)
}

// InsertEndpoint stores a new endpoint, without subscriptions.
func (tx *Tx) InsertEndpoint(e kefu.Endpoint) error {
	_, err := tx.Exec(sqlInsertEndpoint, e.ID, e.Name, e.URL, e.Description, encode(e.Events), e.Enabled, e.DisabledWhy, e.Auth, e.Sealed, e.Timestamps,
		e.Schedule, e.Timeout.Microseconds(), e.MaxInFlight, e.RateLimit, e.CreatedBy, tx.now())
	return err
}

// Endpoint reads one endpoint, deleted or not; ErrNoRows when there is none.
func (tx *Tx) Endpoint(id kefu.EndpointID) (kefu.Endpoint, error) {
	return sqldb.One(tx.Tx, scanEndpoint, sqlEndpoint, id)
}

// LockEndpoint reads one endpoint and holds its row until the transaction ends.
func (tx *Tx) LockEndpoint(id kefu.EndpointID) (kefu.Endpoint, error) {
	return sqldb.One(tx.Tx, scanEndpoint, sqlLockEndpoint, id)
}

// LiveEndpoints lists all endpoints that were not deleted, oldest first.
func (tx *Tx) LiveEndpoints() ([]kefu.Endpoint, error) {
	return sqldb.Many(tx.Tx, scanEndpoint, sqlLiveEndpoints)
}

// Endpoints lists endpoints that were not deleted, oldest first.
func (tx *Tx) Endpoints(p Page) ([]kefu.Endpoint, error) {
	q := newQuery(`SELECT ` + endpointColumns + ` FROM endpoint`)
	q.and(`deleted_at = 0`)
	p.after(q, `created_at`, `id`)
	return list(tx, q, scanEndpoint)
}

// UpdateEndpoint stores all of an endpoint but its health.
func (tx *Tx) UpdateEndpoint(e kefu.Endpoint) error {
	n, err := tx.Exec(sqlUpdateEndpoint, e.ID, e.Name, e.URL, e.Description, encode(e.Events), e.Enabled, e.DisabledWhy, e.Auth, e.Sealed, e.Timestamps,
		e.Schedule, e.Timeout.Microseconds(), e.MaxInFlight, e.RateLimit, tx.now(), sqldb.Micros(e.DeletedAt))
	return must(n, err, "endpoint", e.ID)
}

// SetEndpointHealth stores an endpoint's health, and nothing else of it.
func (tx *Tx) SetEndpointHealth(id kefu.EndpointID, h kefu.EndpointHealth) error {
	_, err := tx.Exec(sqlEndpointHealth, id, sqldb.Micros(h.FailingSince), h.Failures, sqldb.Micros(h.WarnedAt), sqldb.Micros(h.LastSuccessAt),
		sqldb.Micros(h.LastFailureAt))
	return err
}

// Subscribe replaces what the relay makes deliveries of for an endpoint: exact event types, none for one that is not enabled.
func (tx *Tx) Subscribe(id kefu.EndpointID, types []string) error {
	b := tx.Batch()
	b.add(sqlUnsubscribe, id)
	for _, t := range types {
		b.add(sqlSubscribe, t, id)
	}
	_, err := b.Run()
	return err
}

// Subscriptions tells what the relay makes deliveries of, by endpoint.
func (tx *Tx) Subscriptions() (map[kefu.EndpointID][]string, error) {
	type pair struct {
		id   kefu.EndpointID
		kind string
	}
	all, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (p pair, err error) {
		err = s.Scan(&p.id, &p.kind)
		return p, err
	}, sqlSubscriptions)
	out := map[kefu.EndpointID][]string{}
	for _, p := range all {
		out[p.id] = append(out[p.id], p.kind)
	}
	return out, err
}
