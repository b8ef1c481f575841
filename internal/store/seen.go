package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlSeen     = `SELECT conversation_id, message_id FROM seen WHERE inbox_id = $1 AND key = $2`
	sqlSaveSeen = `INSERT INTO seen (inbox_id, key, conversation_id, message_id, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (inbox_id, key) DO NOTHING`
	sqlPark = `INSERT INTO parked (message_id, n, link_id, inbound, created_at)
SELECT CAST($1 AS TEXT), 1 + COUNT(*), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM parked WHERE link_id = $2`
	sqlParked = `SELECT message_id, inbound FROM parked WHERE link_id = $1 ORDER BY n`
	sqlUnpark = `DELETE FROM parked WHERE message_id = $1`
)

// Seen is what a key led to when it came first.
type Seen struct {
	ConversationID kefu.ConversationID
	MessageID      kefu.MessageID
}

// Seen finds a key of an inbox; false when it is new.
func (tx *Tx) Seen(inbox kefu.InboxID, key string) (Seen, bool, error) {
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (v Seen, err error) {
		err = s.Scan(&v.ConversationID, &v.MessageID)
		return v, err
	}, sqlSeen, inbox, key)
	if err != nil || len(found) == 0 {
		return Seen{}, false, err
	}
	return found[0], true, nil
}

// SaveSeen keeps a key; false when a concurrent transaction was first.
func (tx *Tx) SaveSeen(inbox kefu.InboxID, key string, v Seen) (bool, error) {
	n, err := tx.Exec(sqlSaveSeen, inbox, key, v.ConversationID, v.MessageID, tx.now())
	return n > 0, err
}

// Parked is something taken in that waits until the site was asked what came before it.
type Parked struct {
	MessageID kefu.MessageID
	Inbound   string // JSON
}

// Park keeps something taken in until it is released. The conversation must be locked.
func (tx *Tx) Park(link kefu.LinkID, p Parked) error {
	_, err := tx.Exec(sqlPark, p.MessageID, link, p.Inbound, tx.now())
	return err
}

// ParkedOf lists what waits on a link, oldest first.
func (tx *Tx) ParkedOf(link kefu.LinkID) ([]Parked, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (p Parked, err error) {
		err = s.Scan(&p.MessageID, &p.Inbound)
		return p, err
	}, sqlParked, link)
}

// Unpark forgets what was released.
func (tx *Tx) Unpark(id kefu.MessageID) error {
	_, err := tx.Exec(sqlUnpark, id)
	return err
}
