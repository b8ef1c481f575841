package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	feedColumns   = `inbox_id, url, begun, etag, modified, checked_at, due_at, failures, error, well_at, followed_at`
	sqlFollowFeed = `INSERT INTO feed (inbox_id, url, begun, etag, modified, checked_at, due_at, failures, error, well_at, followed_at)
VALUES ($1, $2, FALSE, '', '', 0, $3, 0, '', $3, $3) ON CONFLICT (inbox_id, url) DO UPDATE SET followed_at = excluded.followed_at`
	sqlFeeds    = `SELECT ` + feedColumns + ` FROM feed WHERE inbox_id = $1 ORDER BY url`
	sqlIllFeeds = `SELECT ` + feedColumns + ` FROM feed WHERE failures > 0 ORDER BY inbox_id, url`
	sqlDueFeeds = `SELECT ` + feedColumns + ` FROM feed WHERE inbox_id = $1 AND due_at <= $2 ORDER BY due_at, url`
	// Who takes news from a feed holds its row, so that two who have read it do not both find the same item new.
	sqlLockFeed = `SELECT ` + feedColumns + ` FROM feed WHERE inbox_id = $1 AND url = $2 /*for update*/`
	sqlSaveFeed = `UPDATE feed SET begun = $3, etag = $4, modified = $5, checked_at = $6, due_at = $7, failures = $8, error = $9, well_at = $10
WHERE inbox_id = $1 AND url = $2`
	sqlForgottenFeeds = `SELECT ` + feedColumns + ` FROM feed WHERE followed_at < $1 ORDER BY inbox_id, url`
	sqlDropFeed       = `DELETE FROM feed WHERE inbox_id = $1 AND url = $2`
	sqlDropFeedItems  = `DELETE FROM feed_item WHERE inbox_id = $1 AND url = $2`
	sqlFeedItems      = `SELECT guid, likeness, announcement_id, seen_at FROM feed_item WHERE inbox_id = $1 AND url = $2 ORDER BY guid`
	sqlInsertFeedItem = `INSERT INTO feed_item (inbox_id, url, guid, likeness, announcement_id, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (inbox_id, url, guid) DO UPDATE SET seen_at = excluded.seen_at`
	sqlPruneFeedItems = `DELETE FROM feed_item WHERE inbox_id = $1 AND url = $2 AND seen_at < $3`
)

// NewsFeed is a feed that an inbox announces, and how far it was read.
type NewsFeed struct {
	InboxID        kefu.InboxID
	URL            string
	Begun          bool // it was read once
	ETag, Modified string
	CheckedAt      time.Time
	DueAt          time.Time
	Failures       int64 // in a row
	Error          string
	WellAt         time.Time // when it could be read last, or was followed first
	FollowedAt     time.Time // when the settings named it last
}

// FeedItem is what is remembered of an item of a feed.
type FeedItem struct {
	Key            string // digest of its own id
	Likeness       string // digest of link and title; "" when it has neither
	AnnouncementID string // "" when it was not announced
	SeenAt         time.Time
}

func scanFeed(s sqldb.Scanner) (f NewsFeed, err error) {
	var checked, due, well, followed int64
	err = s.Scan(&f.InboxID, &f.URL, &f.Begun, &f.ETag, &f.Modified, &checked, &due, &f.Failures, &f.Error, &well, &followed)
	f.CheckedAt, f.DueAt, f.WellAt, f.FollowedAt = sqldb.Time(checked), sqldb.Time(due), sqldb.Time(well), sqldb.Time(followed)
	return f, err
}

func scanFeedItem(s sqldb.Scanner) (i FeedItem, err error) {
	var seen int64
	err = s.Scan(&i.Key, &i.Likeness, &i.AnnouncementID, &seen)
	i.SeenAt = sqldb.Time(seen)
	return i, err
}

// FollowFeed notes that an inbox's settings name a feed. A new one is due at once.
func (tx *Tx) FollowFeed(inbox kefu.InboxID, url string) error {
	_, err := tx.Exec(sqlFollowFeed, inbox, url, tx.now())
	return err
}

// Feeds lists the feeds that are known of an inbox, also those that its settings do not name any more.
func (tx *Tx) Feeds(inbox kefu.InboxID) ([]NewsFeed, error) {
	return sqldb.Many(tx.Tx, scanFeed, sqlFeeds, inbox)
}

// IllFeeds lists the feeds that could not be read when that was tried last.
func (tx *Tx) IllFeeds() ([]NewsFeed, error) { return sqldb.Many(tx.Tx, scanFeed, sqlIllFeeds) }

// DueFeeds lists the feeds of an inbox that are to be read now, the longest due first.
func (tx *Tx) DueFeeds(inbox kefu.InboxID) ([]NewsFeed, error) {
	return sqldb.Many(tx.Tx, scanFeed, sqlDueFeeds, inbox, tx.now())
}

// LockFeed reads one feed and holds its row until the transaction ends; ErrNoRows when it is not known.
func (tx *Tx) LockFeed(inbox kefu.InboxID, url string) (NewsFeed, error) {
	return sqldb.One(tx.Tx, scanFeed, sqlLockFeed, inbox, url)
}

// SaveFeed stores how far a feed was read.
func (tx *Tx) SaveFeed(f NewsFeed) error {
	n, err := tx.Exec(sqlSaveFeed, f.InboxID, f.URL, f.Begun, f.ETag, f.Modified, sqldb.Micros(f.CheckedAt), sqldb.Micros(f.DueAt), f.Failures, f.Error,
		sqldb.Micros(f.WellAt))
	return must(n, err, "feed", f.URL)
}

// ForgottenFeeds lists the feeds that no settings have named since a time.
func (tx *Tx) ForgottenFeeds(since time.Time) ([]NewsFeed, error) {
	return sqldb.Many(tx.Tx, scanFeed, sqlForgottenFeeds, sqldb.Micros(since))
}

// DropFeed forgets a feed and its items.
func (tx *Tx) DropFeed(f NewsFeed) error {
	for _, text := range []string{sqlDropFeedItems, sqlDropFeed} {
		if _, err := tx.Exec(text, f.InboxID, f.URL); err != nil {
			return err
		}
	}
	return nil
}

// FeedItems reads what is remembered of the items of a feed.
func (tx *Tx) FeedItems(f NewsFeed) ([]FeedItem, error) {
	return sqldb.Many(tx.Tx, scanFeedItem, sqlFeedItems, f.InboxID, f.URL)
}

// SaveFeedItems remembers items; of those that are known, when they were seen.
func (tx *Tx) SaveFeedItems(f NewsFeed, items []FeedItem) error {
	all := tx.Batch()
	for _, i := range items {
		all.add(sqlInsertFeedItem, f.InboxID, f.URL, i.Key, i.Likeness, i.AnnouncementID, sqldb.Micros(i.SeenAt))
	}
	if len(items) == 0 {
		return nil
	}
	_, err := all.Run()
	return err
}

// PruneFeedItems forgets the items that a feed has not had since a time.
func (tx *Tx) PruneFeedItems(f NewsFeed, since time.Time) error {
	_, err := tx.Exec(sqlPruneFeedItems, f.InboxID, f.URL, sqldb.Micros(since))
	return err
}
