package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	inboxColumns   = `i.id, i.channel, i.name, i.provisioned, i.settings, i.hours, i.deleted_at, i.created_at, i.updated_at`
	sqlInbox       = `SELECT ` + inboxColumns + ` FROM inbox i WHERE i.id = $1`
	sqlLockInbox   = `SELECT ` + inboxColumns + ` FROM inbox i WHERE i.id = $1 /*for update*/`
	sqlInsertInbox = `INSERT INTO inbox (id, channel, name, provisioned, settings, hours, deleted_at, created_at, updated_at)
VALUES ($1, $2, $3, FALSE, $4, $5, 0, $6, $6) ON CONFLICT (id) DO NOTHING`
	sqlUpdateInbox = `UPDATE inbox SET name = $2, settings = $3, hours = $4, deleted_at = $5, updated_at = $6 WHERE id = $1`
	sqlMadeInboxes = `SELECT ` + inboxColumns + ` FROM inbox i WHERE i.provisioned = FALSE AND i.deleted_at = 0 ORDER BY i.id`
	sqlInboxInUse  = `SELECT EXISTS (SELECT 1 FROM conversation c WHERE c.inbox_id = $1 AND c.status <> 'closed')
OR EXISTS (SELECT 1 FROM link l JOIN conversation c ON c.id = l.conversation_id WHERE l.inbox_id = $1 AND l.external_id <> '' AND l.role <> 'former' AND l.role = 'desk'
AND c.status <> 'closed')`
)

// Inbox is a stored inbox.
type Inbox struct {
	ID            kefu.InboxID
	Channel, Name string
	Provisioned   bool   // made in the file
	Settings      string // sealed; "" has none, and those in the file are not here
	Hours         string // business hours, JSON; "" is always open, and those in the file are not here
	DeletedAt     time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

func scanInbox(s sqldb.Scanner) (i Inbox, err error) {
	var deleted, created, updated int64
	err = s.Scan(&i.ID, &i.Channel, &i.Name, &i.Provisioned, &i.Settings, &i.Hours, &deleted, &created, &updated)
	i.DeletedAt, i.CreatedAt, i.UpdatedAt = sqldb.Time(deleted), sqldb.Time(created), sqldb.Time(updated)
	return i, err
}

// Inbox reads one inbox, also a deleted one; ErrNoRows when there is none.
func (tx *Tx) Inbox(id kefu.InboxID) (Inbox, error) { return sqldb.One(tx.Tx, scanInbox, sqlInbox, id) }

// LockInbox reads one inbox and holds its row until the transaction ends.
func (tx *Tx) LockInbox(id kefu.InboxID) (Inbox, error) {
	return sqldb.One(tx.Tx, scanInbox, sqlLockInbox, id)
}

// InsertInbox stores a new inbox that was not made in the file; false when its id is taken.
func (tx *Tx) InsertInbox(i Inbox) (bool, error) {
	n, err := tx.Exec(sqlInsertInbox, i.ID, i.Channel, i.Name, i.Settings, i.Hours, tx.now())
	return n > 0, err
}

// UpdateInbox stores an inbox's name, settings, hours and whether it is deleted.
func (tx *Tx) UpdateInbox(i Inbox) error {
	n, err := tx.Exec(sqlUpdateInbox, i.ID, i.Name, i.Settings, i.Hours, sqldb.Micros(i.DeletedAt), tx.now())
	return must(n, err, "inbox", i.ID)
}

// MadeInboxes lists the inboxes that were made through the API and not deleted.
func (tx *Tx) MadeInboxes() ([]Inbox, error) { return sqldb.Many(tx.Tx, scanInbox, sqlMadeInboxes) }

// InboxInUse tells whether conversations that are not closed come by an inbox, or are mirrored to it.
func (tx *Tx) InboxInUse(id kefu.InboxID) (bool, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (used bool, err error) {
		err = s.Scan(&used)
		return used, err
	}, sqlInboxInUse, id)
}

// Inboxes lists the inboxes that a sight shows, in the page's order.
func (tx *Tx) Inboxes(s kefu.Sight, channel string, p Page) ([]Inbox, error) {
	q := newQuery(`SELECT ` + inboxColumns + ` FROM inbox i`)
	q.and(`i.deleted_at = 0`)
	q.andIf(channel != "", `i.channel = ?`, channel)
	switch s.Kind {
	case kefu.SeesAll, kefu.SeesTeams, kefu.SeesOwn:
	case kefu.SeesBound:
		cond, args := `1 = 0`, []any(nil)
		for _, id := range s.Inboxes {
			cond, args = cond+` OR i.id = ?`, append(args, id)
		}
		q.and(`(`+cond+`)`, args...)
	default:
		q.and(`1 = 0`)
	}
	p.after(q, `i.created_at`, `i.id`)
	return list(tx, q, scanInbox)
}
