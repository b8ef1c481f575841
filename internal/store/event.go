package store

import (
	"encoding/json"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlAppendEvent = `INSERT INTO event (id, type, conversation_id, actor, data, occurred_at) VALUES ($1, $2, $3, $4, $5, $6)`
	sqlLockRelay   = `SELECT last_pos FROM relay_position WHERE id = 1 /*for update*/`
	sqlPlaceEvents = `WITH batch AS (SELECT n, row_number() OVER (ORDER BY n) AS place FROM event WHERE pos IS NULL ORDER BY n LIMIT CAST($2 AS BIGINT))
UPDATE event SET pos = $1 + batch.place FROM batch WHERE event.n = batch.n`
	sqlMoveRelay   = `UPDATE relay_position SET last_pos = $1 WHERE id = 1`
	sqlEventsSince = `SELECT pos, id, type, conversation_id, actor, data, occurred_at FROM event WHERE pos > $1 ORDER BY pos LIMIT CAST($2 AS BIGINT)`
	sqlLastPos     = `SELECT last_pos FROM relay_position WHERE id = 1`
)

// AppendEvent writes a fact into the transaction of the change. It has no position yet.
func (tx *Tx) AppendEvent(e kefu.Event) error {
	_, err := tx.alone(func(b *Batch) { b.AppendEvent(e) })
	return err
}

// PlaceEvents gives the oldest unplaced events the next positions, without a gap, makes their webhook deliveries, and returns how many of
// each there were. Two relays are safe: the row of the last position is the lock.
func (tx *Tx) PlaceEvents(limit int) (placed, deliveries int64, err error) {
	last, err := sqldb.One(tx.Tx, scanInt, sqlLockRelay)
	if err != nil {
		return 0, 0, err
	}
	n, err := tx.Exec(sqlPlaceEvents, last, limit)
	if err != nil || n == 0 {
		return 0, 0, err
	}
	b := tx.Batch()
	b.add(sqlMoveRelay, last+n)
	made := b.DeliverEvents(last, last+n)
	changed, err := b.Run()
	if err != nil {
		return 0, 0, err
	}
	return n, changed[made], nil
}

// EventsSince lists placed events after a position, in order.
func (tx *Tx) EventsSince(pos int64, limit int) ([]kefu.Event, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (e kefu.Event, err error) {
		var actor, data string
		var at int64
		if err = s.Scan(&e.Pos, &e.ID, &e.Type, &e.ConversationID, &actor, &data, &at); err != nil {
			return e, err
		}
		e.Data, e.OccurredAt = json.RawMessage(data), sqldb.Time(at)
		return e, json.Unmarshal([]byte(actor), &e.Actor)
	}, sqlEventsSince, pos, limit)
}

// LastPosition is the newest placed position; 0 when there is none.
func (tx *Tx) LastPosition() (int64, error) { return sqldb.One(tx.Tx, scanInt, sqlLastPos) }
