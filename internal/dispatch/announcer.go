package dispatch

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

const (
	announceLook  = 30 * time.Second // how often the announcer looks without a signal
	announceLease = 2 * time.Minute  // how long a post is its taker's; longer than sendTimeout
	announceRest  = 5 * time.Second  // first pause after a failure; doubles
	announceTries = 12               // with the longest pause between them: a day and more
	announceMost  = 2 * time.Hour    // longest pause
	announceBatch = 10
)

// Announcer posts the announcements of one inbox, each once. Several processes may run it: who takes a post has it for a while.
type Announcer struct {
	Inbox     kefu.InboxID
	Announcer connector.Announcer
	Store     *store.Store
	Bus       *bus.Bus
	Log       *slog.Logger
	// Rest is the first pause after a failure, which doubles; 0 is five seconds.
	Rest time.Duration
}

// Run posts what is due until ctx ends.
func (a *Announcer) Run(ctx context.Context) error {
	return a.Bus.Work(ctx, bus.Deliveries, func(ctx context.Context) time.Duration {
		if err := a.work(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "announcements wait", "inbox", a.Inbox, "error", err)
		}
		return min(announceLook, cmp.Or(a.Rest, announceLook))
	})
}

// work posts all that is due now.
func (a *Announcer) work(ctx context.Context) error {
	for ctx.Err() == nil {
		var due []store.Post
		err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
			due, err = tx.DuePosts(a.Inbox, announceBatch)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, p := range due {
			if err := a.post(ctx, p); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (a *Announcer) post(ctx context.Context, p store.Post) error {
	var what store.Announcement
	mine := false
	err := a.Store.Update(ctx, func(tx *store.Tx) (err error) {
		if mine, err = tx.TakePost(p, tx.Now.Add(announceLease)); err != nil || !mine {
			return err
		}
		what, err = tx.Announcement(p.AnnouncementID)
		return err
	})
	if err != nil || !mine {
		return err
	}
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	// A first attempt of which nothing is known may have posted: from the second one on it is looked for.
	receipt, failed := a.Announcer.Announce(sending, connector.Announcement{ID: what.ID, Title: what.Title, Content: what.Content, URL: what.URL,
		Unsure: p.Attempts > 0})
	p.Attempts++
	return a.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		return tx.FinishPost(a.judge(ctx, tx.Now, p, receipt, failed))
	})
}

// judge says what becomes of a post.
func (a *Announcer) judge(ctx context.Context, now time.Time, p store.Post, receipt connector.Receipt, failed error) store.Post {
	if failed == nil {
		p.State, p.Reason = kefu.DeliveryDelivered, ""
		if len(receipt.Parts) > 0 {
			p.ExternalID = receipt.Parts[0].ExternalID
		}
		a.Log.InfoContext(ctx, "announced", "announcement", p.AnnouncementID, "inbox", a.Inbox, "external_id", p.ExternalID)
		return p
	}
	e := connector.Failure(failed)
	p.Reason = e.Reason
	if e.Class == connector.Permanent || e.Class == connector.Gone || p.Attempts >= announceTries {
		p.State = kefu.DeliveryFailed
		a.Log.WarnContext(ctx, "an announcement could not be posted", "announcement", p.AnnouncementID, "inbox", a.Inbox, "error", failed)
		return p
	}
	p.State = kefu.DeliveryQueued
	p.DueAt = now.Add(max(min(cmp.Or(a.Rest, announceRest)<<p.Attempts, announceMost), e.RetryAfter))
	return p
}
