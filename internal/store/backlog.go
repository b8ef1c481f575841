package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// It reads what waits and nothing else: the index delivery_line holds only that. Marks are not waited for by anybody.
const sqlBacklogs = `SELECT inbox_id, COUNT(*), MIN(queued_at), COALESCE(MIN(CASE WHEN attempts >= $1 THEN queued_at END), 0) FROM delivery
WHERE (state = 'queued' OR state = 'sending') AND kind <> 'mark' GROUP BY inbox_id ORDER BY inbox_id`

// Backlog is what waits for one inbox.
type Backlog struct {
	InboxID kefu.InboxID
	Waiting int64
	Oldest  time.Time
	// Refused is when the oldest was queued that was tried as often as asked for; zero when none was.
	Refused time.Time
}

// Backlogs tells what waits, by inbox, with what was tried in vain at least so many times.
func (tx *Tx) Backlogs(tries int) ([]Backlog, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (b Backlog, err error) {
		var oldest, refused int64
		err = s.Scan(&b.InboxID, &b.Waiting, &oldest, &refused)
		b.Oldest, b.Refused = sqldb.Time(oldest), sqldb.Time(refused)
		return b, err
	}, sqlBacklogs, tries)
}
