package feed

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

const (
	lookEvery = 15 * time.Second // how often it is looked whether a feed is due
	atOnce    = 4                // feeds that are read at the same time: one that hangs does not hold up the others
	leaseName = "feeds of "
)

// Follower reads the feeds of one inbox, and hands what it has read to the rules.
type Follower struct {
	Inbox  kefu.InboxID
	URLs   []string
	Board  *switchboard.Switchboard
	Store  *store.Store
	Client *http.Client
	Log    *slog.Logger
	// Node names this process in the lease. On SQLite there is one process, and no lease.
	Node string
	// Look is how often it is looked whether a feed is due; 0 is every 15 seconds.
	Look time.Duration
}

// Run reads what is due until ctx ends, for as long as this node has the lease.
func (f *Follower) Run(ctx context.Context) error {
	store.Lease{Store: f.Store, Name: leaseName + string(f.Inbox), Node: f.Node, Log: f.Log}.Keep(ctx, f.work)
	return nil
}

func (f *Follower) work(ctx context.Context) {
	followed := false
	for ctx.Err() == nil {
		if !followed {
			followed = f.follow(ctx)
		}
		if followed {
			f.round(ctx)
		}
		sleep(ctx, cmp.Or(f.Look, lookEvery))
	}
}

// follow says which feeds there are.
func (f *Follower) follow(ctx context.Context) bool {
	if err := f.Board.FollowFeeds(ctx, f.Inbox, f.URLs); err != nil {
		f.wait(ctx, err)
		return false
	}
	return true
}

// round reads what is due.
func (f *Follower) round(ctx context.Context) {
	due, err := f.Board.DueFeeds(ctx, f.Inbox, f.URLs)
	if err != nil {
		f.wait(ctx, err)
		return
	}
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, d := range due {
		all.Go(func() error { f.one(ctx, d); return nil })
	}
	_ = all.Wait() // none of them fails: what went wrong with a feed is stored with it
}

func (f *Follower) one(ctx context.Context, d store.NewsFeed) {
	if ctx.Err() != nil {
		return
	}
	r := f.read(ctx, d)
	if ctx.Err() != nil {
		return // it is we who ended the reading
	}
	if r.Failed != "" {
		f.Log.WarnContext(ctx, "a feed could not be read", "inbox", f.Inbox, "host", host(d.URL), "error", r.Failed, "failures", d.Failures+1)
	}
	n, err := f.Board.TakeFeed(ctx, r)
	switch {
	case err != nil && ctx.Err() == nil:
		f.wait(ctx, err)
	case n > 0:
		f.Log.InfoContext(ctx, "a feed has news", "inbox", f.Inbox, "host", host(d.URL), "announced", n)
	}
}

func (f *Follower) read(ctx context.Context, d store.NewsFeed) switchboard.FeedReading {
	r := switchboard.FeedReading{Inbox: f.Inbox, URL: d.URL}
	doc, err := fetch(ctx, f.Client, d.URL, d.ETag, d.Modified)
	if err == nil && !doc.unchanged {
		r.ETag, r.Modified = doc.etag, doc.modified
		r.Items, err = parse(doc)
	}
	if err != nil {
		r.Failed = err.Error()
	}
	r.Unchanged = doc.unchanged
	return r
}

func (f *Follower) wait(ctx context.Context, err error) {
	if ctx.Err() == nil {
		f.Log.WarnContext(ctx, "feeds wait: the database does not answer", "inbox", f.Inbox, "error", err)
	}
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
