package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlBegunBy = `SELECT COUNT(CASE WHEN status <> 'closed' THEN 1 END), COALESCE(MAX(created_at), 0) FROM conversation WHERE contact_id = $1 AND inbox_id = $2`
	sqlSpeaks  = `UPDATE contact SET locale = $2, updated_at = $3 WHERE id = $1 AND locale <> $2`
	sqlBlocked = `SELECT blocked_at FROM contact WHERE id = $1`
)

// BegunBy tells how many conversations of a contact in one inbox are not closed, and when the last of all began; zero when there was none.
func (tx *Tx) BegunBy(id kefu.ContactID, inbox kefu.InboxID) (open int, last time.Time, err error) {
	type counts struct {
		open int
		last int64
	}
	found, err := sqldb.One(tx.Tx, func(s sqldb.Scanner) (c counts, err error) {
		err = s.Scan(&c.open, &c.last)
		return c, err
	}, sqlBegunBy, id, inbox)
	return found.open, sqldb.Time(found.last), err
}

// Blocked tells since when nothing is taken from a contact; zero when they are not blocked.
func (tx *Tx) Blocked(id kefu.ContactID) (time.Time, error) {
	at, err := sqldb.One(tx.Tx, func(s sqldb.Scanner) (at int64, err error) {
		err = s.Scan(&at)
		return at, err
	}, sqlBlocked, id)
	return sqldb.Time(at), err
}

// Speaks notes the language that a contact reads.
func (tx *Tx) Speaks(id kefu.ContactID, l kefu.Locale) error {
	_, err := tx.Exec(sqlSpeaks, id, l, tx.now())
	return err
}
