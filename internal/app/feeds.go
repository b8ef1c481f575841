package app

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"kefu/internal/feed"
	"kefu/internal/store"
)

// feedServices list what reads the feeds that inboxes announce.
func (a *App) feedServices() []service {
	all := []service{{"forgotten feeds", a.forgetFeeds}}
	for _, in := range a.inboxes {
		if !in.announces() || in.can.Feeder == nil || len(in.can.Feeder.Feeds()) == 0 {
			continue
		}
		f := &feed.Follower{Inbox: in.ID, URLs: in.can.Feeder.Feeds(), Board: a.board, Store: a.store, Log: a.Log, Node: a.node,
			Client: feed.Client(a.cfg.Egress.Allow, userAgent+a.Version)}
		a.later(f.Client.CloseIdleConnections)
		all = append(all, service{"feeds of " + string(in.ID), f.Run})
	}
	return all
}

// forgetFeeds forgets now and then the feeds that nobody has followed for long.
func (a *App) forgetFeeds(ctx context.Context) error {
	every(ctx, time.Hour, func(ctx context.Context) {
		if err := a.board.ForgetFeeds(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "feeds that nobody follows cannot be forgotten now", "error", err)
		}
	})
	return nil
}

// examineFeeds tells which feeds could not be read when the running program tried last.
func (a *App) examineFeeds(ctx context.Context) []Finding {
	if a.store == nil {
		return nil // the database is not there yet, or not of this version
	}
	var ill []store.NewsFeed
	err := a.store.View(ctx, func(tx *store.Tx) (err error) {
		ill, err = tx.IllFeeds()
		return err
	})
	if err != nil {
		return []Finding{fail("feeds", "read", err.Error(), "check the database")}
	}
	found := make([]Finding, 0, len(ill))
	for _, f := range ill {
		host := "?"
		if u, err := url.Parse(f.URL); err == nil { // the path may hold a key
			host = u.Host
		}
		found = append(found, warn(string(f.InboxID), "feed", fmt.Sprintf("the feed of %s could not be read %d times, since %s: %s", host, f.Failures,
			f.WellAt.Format(time.RFC3339), f.Error), "open its address in a browser; if it has moved, change community.feeds; it is tried again every hour"))
	}
	return found
}
