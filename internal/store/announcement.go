package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertAnnouncement = `INSERT INTO announcement (id, title, content, url, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)`
	announcementColumns   = `id, title, content, url, created_by, created_at`
	sqlAnnouncement       = `SELECT ` + announcementColumns + ` FROM announcement WHERE id = $1`
	postColumns           = `announcement_id, inbox_id, state, reason, external_id, attempts, due_at, updated_at`
	sqlInsertPost         = `INSERT INTO announcement_post (announcement_id, inbox_id, state, reason, external_id, attempts, due_at, updated_at)
VALUES ($1, $2, 'queued', '', '', 0, $3, $3) ON CONFLICT DO NOTHING`
	sqlPosts    = `SELECT ` + postColumns + ` FROM announcement_post WHERE announcement_id = $1 ORDER BY inbox_id`
	sqlDuePosts = `SELECT ` + postColumns + ` FROM announcement_post WHERE inbox_id = $1 AND due_at <= $2 AND state = 'queued'
ORDER BY due_at LIMIT CAST($3 AS BIGINT)`
	// Whoever moves the time of a post has it until then: two nodes do not post at once, and one that died leaves it to another.
	sqlTakePost = `UPDATE announcement_post SET due_at = $4, attempts = attempts + 1, updated_at = $5
WHERE announcement_id = $1 AND inbox_id = $2 AND due_at = $3 AND state = 'queued'`
	sqlFinishPost = `UPDATE announcement_post SET state = $3, reason = $4, external_id = $5, due_at = $6, updated_at = $7
WHERE announcement_id = $1 AND inbox_id = $2`
)

// Announcement is a stored announcement.
type Announcement struct {
	ID                  string
	Title, Content, URL string
	CreatedBy           string
	CreatedAt           time.Time
}

// Post is an announcement on its way to one inbox.
type Post struct {
	AnnouncementID string
	InboxID        kefu.InboxID
	State          kefu.DeliveryState
	Reason         string
	ExternalID     string // of the message that it became
	Attempts       int64
	DueAt          time.Time
	UpdatedAt      time.Time
}

func scanAnnouncement(s sqldb.Scanner) (a Announcement, err error) {
	var created int64
	err = s.Scan(&a.ID, &a.Title, &a.Content, &a.URL, &a.CreatedBy, &created)
	a.CreatedAt = sqldb.Time(created)
	return a, err
}

func scanPost(s sqldb.Scanner) (p Post, err error) {
	var due, updated int64
	err = s.Scan(&p.AnnouncementID, &p.InboxID, &p.State, &p.Reason, &p.ExternalID, &p.Attempts, &due, &updated)
	p.DueAt, p.UpdatedAt = sqldb.Time(due), sqldb.Time(updated)
	return p, err
}

// InsertAnnouncement stores an announcement and queues it for inboxes.
func (tx *Tx) InsertAnnouncement(a Announcement, inboxes []kefu.InboxID) error {
	if _, err := tx.Exec(sqlInsertAnnouncement, a.ID, a.Title, a.Content, a.URL, a.CreatedBy, tx.now()); err != nil {
		return err
	}
	for _, id := range inboxes {
		if _, err := tx.Exec(sqlInsertPost, a.ID, id, tx.now()); err != nil {
			return err
		}
	}
	return nil
}

// Announcement reads one announcement; ErrNoRows when there is none.
func (tx *Tx) Announcement(id string) (Announcement, error) {
	return sqldb.One(tx.Tx, scanAnnouncement, sqlAnnouncement, id)
}

// Announcements lists announcements, in the page's order.
func (tx *Tx) Announcements(p Page) ([]Announcement, error) {
	q := newQuery(`SELECT ` + announcementColumns + ` FROM announcement`)
	p.after(q, `created_at`, `id`)
	return list(tx, q, scanAnnouncement)
}

// Posts lists where an announcement goes, and what became of it there.
func (tx *Tx) Posts(id string) ([]Post, error) {
	return sqldb.Many(tx.Tx, scanPost, sqlPosts, id)
}

// DuePosts lists what is to be posted in an inbox now, the longest due first.
func (tx *Tx) DuePosts(inbox kefu.InboxID, limit int) ([]Post, error) {
	return sqldb.Many(tx.Tx, scanPost, sqlDuePosts, inbox, tx.now(), limit)
}

// TakePost gives a post to the caller until a time; false when another one was faster.
func (tx *Tx) TakePost(p Post, until time.Time) (bool, error) {
	n, err := tx.Exec(sqlTakePost, p.AnnouncementID, p.InboxID, sqldb.Micros(p.DueAt), sqldb.Micros(until), tx.now())
	return n > 0, err
}

// FinishPost stores what became of a post: State queued has it tried again at DueAt.
func (tx *Tx) FinishPost(p Post) error {
	_, err := tx.Exec(sqlFinishPost, p.AnnouncementID, p.InboxID, p.State, p.Reason, p.ExternalID, sqldb.Micros(p.DueAt), tx.now())
	return err
}
