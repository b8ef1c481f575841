package switchboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

const (
	feedEvery    = 5 * time.Minute
	feedRest     = time.Hour           // the longest pause after failures
	feedDown     = 24 * time.Hour      // how long a feed may fail before somebody is told
	feedAtOnce   = 5                   // announcements of one reading: the rest waits for the next
	feedAlike    = 30 * 24 * time.Hour // how long an item is the same although the feed gives it another id
	feedTouch    = 7 * 24 * time.Hour  // how exactly it is known when an item was seen last
	feedItemKept = 90 * 24 * time.Hour // how long an item is remembered that the feed has not any more
	feedForget   = 30 * 24 * time.Hour // how long a feed is remembered that is not in the settings any more
	feedAuthor   = "feed"              // who makes its announcements
)

// FeedReading is what was read of a feed.
type FeedReading struct {
	Inbox kefu.InboxID
	URL   string
	// Unchanged says that the feed is as it was: the other members are empty.
	Unchanged      bool
	ETag, Modified string
	Items          []FeedItem // oldest first
	// Failed is why it could not be read, in words without its path; "" when it could.
	Failed string
}

// FeedItem is an item of a feed, fit to be announced.
type FeedItem struct {
	Key      string // digest of its own id
	Likeness string // digest of link and title; "" when it has neither
	Title    string // 1 to 256 characters
	Content  string // at most 4,000 characters, in Markdown as Discord knows it
	URL      string // http(s), or empty
}

// FollowFeeds notes which feeds the settings of an inbox name. Alerts on others are over.
func (b *Switchboard) FollowFeeds(ctx context.Context, inbox kefu.InboxID, urls []string) error {
	return b.update(ctx, func(c *change) error {
		for _, u := range urls {
			if err := c.FollowFeed(inbox, u); err != nil {
				return err
			}
		}
		known, err := c.Feeds(inbox)
		if err != nil {
			return err
		}
		for _, f := range known {
			if slices.Contains(urls, f.URL) {
				continue
			}
			if err := c.feedWell(f); err != nil {
				return err
			}
		}
		return nil
	})
}

// DueFeeds lists the feeds among urls that are to be read now.
func (b *Switchboard) DueFeeds(ctx context.Context, inbox kefu.InboxID, urls []string) (due []store.NewsFeed, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		due, err = tx.DueFeeds(inbox)
		due = slices.DeleteFunc(due, func(f store.NewsFeed) bool { return !slices.Contains(urls, f.URL) })
		return err
	})
	return due, err
}

// TakeFeed stores what was read of a feed and announces what is new in it, in one transaction: whatever is killed, each item is announced
// once. It tells how many were.
func (b *Switchboard) TakeFeed(ctx context.Context, r FeedReading) (announced int, err error) {
	err = b.update(ctx, func(c *change) error {
		announced = 0
		f, err := c.LockFeed(r.Inbox, r.URL)
		if errors.Is(err, sqldb.ErrNoRows) {
			return nil // it was forgotten meanwhile
		}
		if err != nil {
			return err
		}
		f.CheckedAt, f.DueAt = c.Now, c.Now.Add(feedEvery)
		if r.Failed != "" {
			return c.feedFailed(f, r.Failed)
		}
		if err := c.feedWell(f); err != nil {
			return err
		}
		f.Failures, f.Error, f.WellAt = 0, "", c.Now
		if r.Unchanged {
			return c.SaveFeed(f)
		}
		announced, err = c.feedNews(f, r)
		return err
	})
	return announced, err
}

// feedFailed puts a feed off, longer each time, and says so when it was for a day.
func (c *change) feedFailed(f store.NewsFeed, why string) error {
	f.Failures, f.Error = f.Failures+1, kefu.Excerpt(why, 300)
	f.DueAt = c.Now.Add(min(feedEvery<<min(f.Failures-1, 10), feedRest))
	if err := c.SaveFeed(f); err != nil || c.Now.Sub(f.WellAt) < feedDown {
		return err
	}
	detail, err := json.Marshal(map[string]any{"inbox_id": f.InboxID, "host": feedHost(f.URL), "failures": f.Failures, "since": f.WellAt, "error": f.Error})
	if err != nil {
		return err
	}
	c.wake[bus.Events] = true
	_, err = c.RaiseAlert(kefu.Alert{Kind: kefu.AlertFeedDown, Subject: feedSubject(f), Severity: kefu.SeverityWarning, Detail: detail,
		Summary: fmt.Sprintf("the feed of %s, whose news inbox %s announces, cannot be read: %s", feedHost(f.URL), f.InboxID, f.Error)})
	return err
}

// feedWell ends the alert on a feed, if there is one.
func (c *change) feedWell(f store.NewsFeed) error {
	cleared, err := c.ClearAlert(kefu.AlertFeedDown, feedSubject(f))
	if cleared {
		c.wake[bus.Events] = true
	}
	return err
}

// feedNews announces the oldest of what a feed has that is not known yet, and remembers it.
func (c *change) feedNews(f store.NewsFeed, r FeedReading) (announced int, err error) {
	kept, err := c.FeedItems(f)
	if err != nil {
		return 0, err
	}
	fresh, remember := sift(c.Now, f.Begun, kept, r.Items)
	f.Begun, f.ETag, f.Modified = true, r.ETag, r.Modified
	if len(fresh) > feedAtOnce {
		fresh = fresh[:feedAtOnce]
		f.ETag, f.Modified = "", "" // the rest must be read again
	}
	for _, i := range fresh {
		a := store.Announcement{ID: ident.New("ann"), Title: i.Title, Content: i.Content, URL: i.URL, CreatedBy: feedAuthor, CreatedAt: c.Now}
		if err := c.InsertAnnouncement(a, []kefu.InboxID{f.InboxID}); err != nil {
			return 0, err
		}
		remember = append(remember, store.FeedItem{Key: i.Key, Likeness: i.Likeness, AnnouncementID: a.ID, SeenAt: c.Now})
	}
	if err := c.SaveFeedItems(f, remember); err != nil {
		return 0, err
	}
	if err := c.PruneFeedItems(f, c.Now.Add(-feedItemKept)); err != nil {
		return 0, err
	}
	if len(fresh) > 0 {
		c.wake[bus.Deliveries] = true
	}
	return len(fresh), c.SaveFeed(f)
}

// sift tells what of a feed is to be announced, and what is only to be remembered: what was there when the feed was read first, what is
// known but for its id, and what was not noted for long.
func sift(now time.Time, begun bool, kept []store.FeedItem, items []FeedItem) (fresh []FeedItem, remember []store.FeedItem) {
	known, alike := make(map[string]time.Time, len(kept)), make(map[string]bool, len(kept))
	for _, k := range kept {
		known[k.Key] = k.SeenAt
		if k.Likeness != "" && now.Sub(k.SeenAt) < feedAlike {
			alike[k.Likeness] = true
		}
	}
	for _, i := range items {
		seen, old := known[i.Key]
		switch {
		case old && now.Sub(seen) < feedTouch:
			continue
		case old, !begun, alike[i.Likeness]:
			remember = append(remember, store.FeedItem{Key: i.Key, Likeness: i.Likeness, SeenAt: now})
		default:
			fresh = append(fresh, i)
		}
		known[i.Key] = now
		if i.Likeness != "" {
			alike[i.Likeness] = true
		}
	}
	return fresh, remember
}

// ForgetFeeds forgets the feeds that no settings have named for a month. It may be called at any time.
func (b *Switchboard) ForgetFeeds(ctx context.Context) error {
	return b.update(ctx, func(c *change) error {
		old, err := c.ForgottenFeeds(c.Now.Add(-feedForget))
		if err != nil {
			return err
		}
		for _, f := range old {
			if err := c.feedWell(f); err != nil {
				return err
			}
			if err := c.DropFeed(f); err != nil {
				return err
			}
		}
		return nil
	})
}

// feedHost is what of a feed's address may be shown: the rest may hold a key.
func feedHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "?"
	}
	return u.Host
}

// feedSubject tells the feeds of an inbox apart without their addresses.
func feedSubject(f store.NewsFeed) string {
	sum := sha256.Sum256([]byte(f.URL))
	return string(f.InboxID) + "/" + feedHost(f.URL) + "/" + hex.EncodeToString(sum[:4])
}
