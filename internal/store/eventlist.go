package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlFeed = `SELECT e.pos, e.id, e.type, e.conversation_id, e.actor, e.data, e.occurred_at, COALESCE(c.inbox_id, ''), COALESCE(c.contact_id, ''),
COALESCE(c.assignee_id, ''), COALESCE(c.team_id, '') FROM event e LEFT JOIN conversation c ON c.id = e.conversation_id
WHERE e.pos > $1 ORDER BY e.pos LIMIT CAST($2 AS BIGINT)`
	sqlFirstPos    = `SELECT COALESCE(MIN(pos), 0) FROM event WHERE pos IS NOT NULL`
	sqlOldest      = `SELECT pos, occurred_at FROM event WHERE pos IS NOT NULL ORDER BY pos LIMIT CAST($1 AS BIGINT)`
	sqlPruneEvents = `DELETE FROM event WHERE pos IS NOT NULL AND pos <= $1`
	sqlServed      = `SELECT DISTINCT contact_id FROM conversation WHERE assignee_id = $1 AND assignee_id <> '' AND status IN ('open', 'pending', 'snoozed')
ORDER BY contact_id LIMIT 1000`
)

// Feed is a placed event with what sight looks at of its conversation, as that stands now.
type Feed struct {
	kefu.Event
	Seen kefu.Seen
}

// Feed lists placed events after a position, in order.
func (tx *Tx) Feed(pos int64, limit int) ([]Feed, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (f Feed, err error) {
		var actor, data string
		var at int64
		if err = s.Scan(&f.Pos, &f.ID, &f.Type, &f.ConversationID, &actor, &data, &at, &f.Seen.InboxID, &f.Seen.ContactID, &f.Seen.AssigneeID,
			&f.Seen.TeamID); err != nil {
			return f, err
		}
		f.Data, f.OccurredAt = json.RawMessage(data), sqldb.Time(at)
		return f, json.Unmarshal([]byte(actor), &f.Actor)
	}, sqlFeed, pos, limit)
}

// Positions tells the oldest position that is kept and the newest that was placed; the oldest is the newest plus one when none is kept.
func (tx *Tx) Positions() (first, last int64, err error) {
	if last, err = tx.LastPosition(); err != nil {
		return 0, 0, err
	}
	first, err = sqldb.One(tx.Tx, scanInt, sqlFirstPos)
	if first == 0 {
		first = last + 1
	}
	return first, last, err
}

// PruneEvents forgets the oldest events that happened before a time, at most limit of them. What is kept has no hole.
func (tx *Tx) PruneEvents(before time.Time, limit int) (int64, error) {
	type row struct{ pos, at int64 }
	oldest, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.pos, &r.at)
		return r, err
	}, sqlOldest, limit)
	last := int64(0)
	for _, r := range oldest {
		if r.at >= sqldb.Micros(before) {
			break
		}
		last = r.pos
	}
	if err != nil || last == 0 {
		return 0, err
	}
	return tx.Exec(sqlPruneEvents, last)
}

// ServedBy lists the contacts that have an open conversation with an agent, at most a thousand.
func (tx *Tx) ServedBy(id kefu.AgentID) ([]kefu.ContactID, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (v kefu.ContactID, err error) {
		err = s.Scan(&v)
		return v, err
	}, sqlServed, id)
}
