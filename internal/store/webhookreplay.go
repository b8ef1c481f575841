package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// ReplayState says where a replay stands.
type ReplayState string

// States of a replay.
const (
	ReplayRunning   ReplayState = "running"
	ReplayDone      ReplayState = "done"
	ReplayCancelled ReplayState = "cancelled"
)

// ReplayStatus says which events a replay sends again: those whose latest delivery to the endpoint came to this, or any.
type ReplayStatus string

// What a replay looks for.
const (
	ReplayFailed    ReplayStatus = "failed"
	ReplaySkipped   ReplayStatus = "skipped"
	ReplayDelivered ReplayStatus = "delivered"
	ReplayAny       ReplayStatus = "any"
)

// WebhookReplay sends an endpoint events again, little by little.
type WebhookReplay struct {
	ID         string // whr_…
	EndpointID kefu.EndpointID
	Types      []string // exact event types
	Status     ReplayStatus
	// Since and Until are of when an event happened; zero is no bound.
	Since, Until time.Time
	PerSecond    int
	State        ReplayState
	// Place is what was looked at and Last where it ends: numbers of deliveries; of Status any, positions of events.
	Place, Last int64
	Made        int64
	CreatedBy   string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	DoneAt      time.Time
}

const (
	replayColumns   = `id, endpoint_id, event_types, status, since, until, per_second, state, place, last, made, created_by, created_at, updated_at, done_at`
	sqlInsertReplay = `INSERT INTO webhook_replay (` + replayColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, 0, $10, $11, $11, 0)`
	sqlReplay         = `SELECT ` + replayColumns + ` FROM webhook_replay WHERE id = $1`
	sqlLockReplay     = `SELECT ` + replayColumns + ` FROM webhook_replay WHERE id = $1 /*for update*/`
	sqlRunningReplays = `SELECT ` + replayColumns + ` FROM webhook_replay WHERE state = 'running' ORDER BY id`
	sqlSaveReplay     = `UPDATE webhook_replay SET state = $2, place = $3, made = $4, updated_at = $5, done_at = $6 WHERE id = $1`
	sqlPruneReplays   = `DELETE FROM webhook_replay WHERE state <> 'running' AND done_at < $1`
	sqlReplayedSince  = `SELECT COUNT(*), COALESCE(MIN(created_at), 0) FROM webhook_delivery
WHERE endpoint_id = $1 AND cause = 'replay' AND created_at > $2 AND created_at <= $3`
	sqlReplayEvents = `SELECT e.pos, e.n, e.type, e.occurred_at FROM event e WHERE e.pos > $1 AND e.pos <= $2 ORDER BY e.pos LIMIT CAST($3 AS BIGINT)`
	sqlEventFrom    = `SELECT pos, occurred_at FROM event WHERE pos >= $1 ORDER BY pos LIMIT 1`
	sqlEventEnd     = `SELECT last_pos + 1 FROM relay_position WHERE id = 1`
)

func scanReplay(s sqldb.Scanner) (r WebhookReplay, err error) {
	var types string
	var since, until, created, updated, done int64
	if err = s.Scan(&r.ID, &r.EndpointID, &types, &r.Status, &since, &until, &r.PerSecond, &r.State, &r.Place, &r.Last, &r.Made, &r.CreatedBy, &created,
		&updated, &done); err != nil {
		return r, err
	}
	r.Since, r.Until = sqldb.Time(since), sqldb.Time(until)
	r.CreatedAt, r.UpdatedAt, r.DoneAt = sqldb.Time(created), sqldb.Time(updated), sqldb.Time(done)
	return r, json.Unmarshal([]byte(types), &r.Types)
}

// InsertReplay stores a new replay, which runs from now on over what there is now: Place and Last are found here. The endpoint must be
// locked.
func (tx *Tx) InsertReplay(r WebhookReplay) error {
	from, end := sqlWebhookFrom, sqlWebhookEnd
	if r.Status == ReplayAny {
		from, end = sqlEventFrom, sqlEventEnd
	}
	behind, err := sqldb.One(tx.Tx, scanInt, end)
	if err != nil {
		return err
	}
	first := int64(1)
	if !r.Since.IsZero() {
		if first, err = tx.firstSince(from, end, r.Since.Add(-slack)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(sqlInsertReplay, r.ID, r.EndpointID, encode(r.Types), r.Status, sqldb.Micros(r.Since), sqldb.Micros(r.Until), r.PerSecond, first-1,
		behind-1, r.CreatedBy, tx.now())
	return err
}

// Replay reads one replay; ErrNoRows when there is none.
func (tx *Tx) Replay(id string) (WebhookReplay, error) {
	return sqldb.One(tx.Tx, scanReplay, sqlReplay, id)
}

// LockReplay reads one replay and holds its row until the transaction ends. Lock its endpoint before.
func (tx *Tx) LockReplay(id string) (WebhookReplay, error) {
	return sqldb.One(tx.Tx, scanReplay, sqlLockReplay, id)
}

// RunningReplays lists the replays that go on, at most one for each endpoint.
func (tx *Tx) RunningReplays() ([]WebhookReplay, error) {
	return sqldb.Many(tx.Tx, scanReplay, sqlRunningReplays)
}

// Replays lists replays, newest first: of one endpoint, or of all ("").
func (tx *Tx) Replays(id kefu.EndpointID, p Page) ([]WebhookReplay, error) {
	q := newQuery(`SELECT ` + replayColumns + ` FROM webhook_replay`)
	q.andIf(id != "", `endpoint_id = ?`, id)
	p.after(q, `created_at`, `id`)
	return list(tx, q, scanReplay)
}

// SaveReplay stores how far a replay has come: its State, Place and Made. It must be locked.
func (tx *Tx) SaveReplay(r WebhookReplay) error {
	done := int64(0)
	if r.State != ReplayRunning {
		done = tx.now()
	}
	n, err := tx.Exec(sqlSaveReplay, r.ID, r.State, r.Place, r.Made, tx.now(), done)
	return must(n, err, "replay", r.ID)
}

// PruneReplays forgets replays that ended before a time.
func (tx *Tx) PruneReplays(before time.Time) (int64, error) {
	return tx.Exec(sqlPruneReplays, sqldb.Micros(before))
}

// ReplayedSince tells how many deliveries of replays were made for an endpoint after a time, and when the first of them.
func (tx *Tx) ReplayedSince(id kefu.EndpointID, after time.Time) (n int, first time.Time, err error) {
	first, err = sqldb.One(tx.Tx, func(s sqldb.Scanner) (time.Time, error) {
		var at int64
		err := s.Scan(&n, &at)
		return sqldb.Time(at), err
	}, sqlReplayedSince, id, sqldb.Micros(after), tx.now())
	return n, first, err
}

// ReplayItem is an event that a replay comes by.
type ReplayItem struct {
	Place      int64 // as in WebhookReplay
	EventN     int64
	Type       string
	OccurredAt time.Time
	// Latest says that nothing was delivered of this event to the endpoint later, up to the end of the replay.
	Latest bool
}

// ReplayItems lists what a replay comes by next, in order: fewer than limit when it comes to its end. Types and times are the caller's to
// look at.
func (tx *Tx) ReplayItems(r WebhookReplay, limit int) ([]ReplayItem, error) {
	if r.Status == ReplayAny {
		return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (ReplayItem, error) {
			var at int64
			i := ReplayItem{Latest: true}
			err := s.Scan(&i.Place, &i.EventN, &i.Type, &at)
			i.OccurredAt = sqldb.Time(at)
			return i, err
		}, sqlReplayEvents, r.Place, r.Last, limit)
	}
	return list(tx, r.deliveries(limit), func(s sqldb.Scanner) (i ReplayItem, err error) {
		var at int64
		err = s.Scan(&i.Place, &i.EventN, &i.Type, &at, &i.Latest)
		i.OccurredAt = sqldb.Time(at)
		return i, err
	})
}

// deliveries is the text that finds the deliveries of an endpoint that came to what is looked for. Tests are of no event.
func (r WebhookReplay) deliveries(limit int) *query {
	q := newQuery(`SELECT d.n, d.event_n, d.event_type, d.occurred_at, NOT EXISTS (SELECT 1 FROM webhook_delivery l
WHERE l.event_id = d.event_id AND l.endpoint_id = d.endpoint_id AND l.n > d.n AND l.cause <> 'test' AND l.n <= ?) FROM webhook_delivery d`)
	q.args = append(q.args, r.Last)
	q.and(`d.endpoint_id = ?`, r.EndpointID)
	switch r.Status {
	case ReplayFailed:
		q.and(`d.state = 'failed'`)
	case ReplaySkipped:
		q.and(`d.state = 'skipped'`)
	case ReplayDelivered, ReplayAny:
		q.and(`d.state = 'delivered'`)
	}
	q.and(`d.cause <> 'test' AND d.n > ? AND d.n <= ?`, r.Place, r.Last)
	q.order(`d.n`, limit)
	return q
}
