package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// What is said of a thread again makes its look due at once, unless it waits after a failure.
	sqlAskLook = `INSERT INTO look (inbox_id, thread_id, gen, due_at, tries, whole, swept, asked_at) VALUES ($1, $2, 1, $3, 0, $4, $5, $3)
ON CONFLICT (inbox_id, thread_id) DO UPDATE SET gen = look.gen + 1, whole = look.whole OR excluded.whole, swept = look.swept AND excluded.swept,
due_at = CASE WHEN $6 THEN excluded.due_at ELSE look.due_at END`
	sqlDueLooks = `SELECT thread_id, gen, tries, whole, swept, asked_at FROM look WHERE inbox_id = $1 AND due_at <= $2 ORDER BY due_at, thread_id LIMIT CAST($3 AS BIGINT)`
	sqlNextLook = `SELECT COALESCE(MIN(due_at), 0) FROM look WHERE inbox_id = $1`
	// A row that was made anew has another asked_at: gen begins again with it.
	sqlLooked   = `DELETE FROM look WHERE inbox_id = $1 AND thread_id = $2 AND gen = $3 AND asked_at = $4`
	sqlRelook   = `UPDATE look SET due_at = $3, tries = 0 WHERE inbox_id = $1 AND thread_id = $2`
	sqlPutOff   = `UPDATE look SET due_at = $3, tries = $4 WHERE inbox_id = $1 AND thread_id = $2`
	sqlPullLook = `UPDATE look SET due_at = $2 WHERE inbox_id = $1 AND due_at > $3`
	sqlLooks    = `SELECT COUNT(*) FROM look WHERE inbox_id = $1`
	sqlNewLooks = `SELECT COUNT(*) FROM look WHERE inbox_id = $1 AND swept AND tries = 0`
	sqlLookAges = `SELECT inbox_id, COUNT(*), MIN(asked_at) FROM look GROUP BY inbox_id ORDER BY inbox_id`

	sqlStanding     = `SELECT base, rev FROM standing WHERE link_id = $1`
	sqlSaveStanding = `INSERT INTO standing (link_id, base, rev, updated_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (link_id) DO UPDATE SET base = excluded.base, rev = standing.rev + 1, updated_at = excluded.updated_at`
	sqlStandingDue = `SELECT COUNT(*) FROM delivery WHERE line = $1 AND kind = 'standing' AND (state = 'queued' OR state = 'sending')`
	sqlKnownAs     = `SELECT external_id FROM identity WHERE inbox_id = $1 AND agent_id = $2 AND agent_id <> '' ORDER BY created_at, external_id LIMIT 1`
)

// Look is a thread at which something happened.
type Look struct {
	ThreadID string
	Gen      int64
	Tries    int
	Whole    bool // not only that something was written there
	Swept    bool // found by the comparison at intervals, and not by a hook
	AskedAt  time.Time
	AtOnce   bool // for AskLook: due now, also if it waits after a failure
}

// AskLook notes that something happened at a thread, to be read as soon as possible. l.Whole says that it may be more than something
// written, l.Swept that nobody said so.
func (tx *Tx) AskLook(inbox kefu.InboxID, l Look) error {
	_, err := tx.Exec(sqlAskLook, inbox, l.ThreadID, tx.now(), l.Whole, l.Swept, l.AtOnce)
	return err
}

// DueLooks lists what is to be read now, the longest due first.
func (tx *Tx) DueLooks(inbox kefu.InboxID, limit int) ([]Look, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (l Look, err error) {
		var asked int64
		err = s.Scan(&l.ThreadID, &l.Gen, &l.Tries, &l.Whole, &l.Swept, &asked)
		l.AskedAt = sqldb.Time(asked)
		return l, err
	}, sqlDueLooks, inbox, tx.now(), limit)
}

// NextLook is when the next look of an inbox is due; zero when none is.
func (tx *Tx) NextLook(inbox kefu.InboxID) (time.Time, error) {
	us, err := sqldb.One(tx.Tx, scanInt, sqlNextLook, inbox)
	return sqldb.Time(us), err
}

// Looked forgets a look that was carried out, or given up. What was asked for since l was read is due at once.
func (tx *Tx) Looked(inbox kefu.InboxID, l Look) error {
	n, err := tx.Exec(sqlLooked, inbox, l.ThreadID, l.Gen, sqldb.Micros(l.AskedAt))
	if err == nil && n == 0 {
		_, err = tx.Exec(sqlRelook, inbox, l.ThreadID, tx.now())
	}
	return err
}

// PutOffLook has a look that failed tried again later; tries is how often it has failed.
func (tx *Tx) PutOffLook(inbox kefu.InboxID, thread string, due time.Time, tries int) error {
	_, err := tx.Exec(sqlPutOff, inbox, thread, sqldb.Micros(due), tries)
	return err
}

// PullLooks makes due now what is due later than a time: the process that put it off is gone, or the clock was set back.
func (tx *Tx) PullLooks(inbox kefu.InboxID, later time.Time) error {
	_, err := tx.Exec(sqlPullLook, inbox, tx.now(), sqldb.Micros(later))
	return err
}

// Looks counts the threads of an inbox that are still to be read.
func (tx *Tx) Looks(inbox kefu.InboxID) (int64, error) {
	return sqldb.One(tx.Tx, scanInt, sqlLooks, inbox)
}

// NewLooks counts the threads that the comparison has found and nobody has tried to read yet.
func (tx *Tx) NewLooks(inbox kefu.InboxID) (int64, error) {
	return sqldb.One(tx.Tx, scanInt, sqlNewLooks, inbox)
}

// Standing is what the other side of a link has when all that is queued has arrived, as JSON, and how often that has changed; "" and 0
// when nothing is known of it.
func (tx *Tx) Standing(id kefu.LinkID) (base string, rev int64, err error) {
	type row struct {
		base string
		rev  int64
	}
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.base, &r.rev)
		return r, err
	}, sqlStanding, id)
	if err != nil || len(found) == 0 {
		return "", 0, err
	}
	return found[0].base, found[0].rev, nil
}

// SaveStanding notes what the other side of a link has when all that is queued has arrived.
func (tx *Tx) SaveStanding(id kefu.LinkID, base string) error {
	_, err := tx.Exec(sqlSaveStanding, id, base, tx.now())
	return err
}

// KnownAs is the id by which an inbox knows an agent; "" when it does not.
func (tx *Tx) KnownAs(inbox kefu.InboxID, id kefu.AgentID) (string, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlKnownAs, inbox, id)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// StandingDue tells whether changes of a link's standing are still on their way.
func (tx *Tx) StandingDue(id kefu.LinkID) (bool, error) {
	n, err := sqldb.One(tx.Tx, scanInt, sqlStandingDue, id)
	return n > 0, err
}

// LookAge is how many threads of an inbox are still to be read, and since when the first of them.
type LookAge struct {
	InboxID kefu.InboxID
	Count   int64
	Oldest  time.Time
}

// LookAges tells what is still to be read, by inbox.
func (tx *Tx) LookAges() ([]LookAge, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (l LookAge, err error) {
		var oldest int64
		err = s.Scan(&l.InboxID, &l.Count, &oldest)
		l.Oldest = sqldb.Time(oldest)
		return l, err
	}, sqlLookAges)
}
