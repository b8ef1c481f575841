package dispatch_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/store"
)

// square is a community in memory: what it has is what was posted. script says what becomes of the answers.
type square struct {
	mu     sync.Mutex
	posted []string
	script []error
	looked int
}

func (s *square) Announces() bool { return true }

func (s *square) Announce(_ context.Context, a connector.Announcement) (connector.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Unsure {
		s.looked++
	}
	if !a.Unsure || !slices.Contains(s.posted, a.ID) {
		s.posted = append(s.posted, a.ID)
	}
	if len(s.script) > 0 {
		err := s.script[0]
		s.script = s.script[1:]
		return connector.Receipt{}, err
	}
	return connector.Receipt{Parts: []connector.Part{{ExternalID: "x-" + a.ID}}}, nil
}

// TestAnnouncementIsPostedOnce: two nodes, and an answer that was lost.
func TestAnnouncementIsPostedOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		place := &square{script: []error{&connector.SendError{Class: connector.Uncertain, Reason: "the answer was lost"}}}
		r.announce("ann_1")
		stop := r.announcers(place, 2)
		defer stop()
		r.until("the post", func() bool { return r.posts("ann_1")[0].State == kefu.DeliveryDelivered })
		p := r.posts("ann_1")[0]
		if len(place.posted) != 1 || place.looked != 1 || p.Attempts != 2 || p.ExternalID != "x-ann_1" || p.Reason != "" {
			t.Errorf("posted %q, looked %d, %+v", place.posted, place.looked, p)
		}
	})
}

func TestAnnouncementThatCannotBePostedFails(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		place := &square{script: []error{&connector.SendError{Class: connector.Permanent, Reason: "may not write there"}}}
		r.announce("ann_1")
		stop := r.announcers(place, 1)
		defer stop()
		r.until("the failure", func() bool { return r.posts("ann_1")[0].State == kefu.DeliveryFailed })
		if p := r.posts("ann_1")[0]; p.Reason != "may not write there" || p.Attempts != 1 {
			t.Errorf("%+v", p)
		}
	})
}

func (r *rig) announce(id string) {
	r.t.Helper()
	err := r.store.Update(r.t.Context(), func(tx *store.Tx) error {
		return tx.InsertAnnouncement(store.Announcement{ID: id, Title: "Sale", Content: "Today"}, []kefu.InboxID{"guild"})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) posts(id string) (posts []store.Post) {
	r.t.Helper()
	err := r.store.View(r.t.Context(), func(tx *store.Tx) (err error) {
		posts, err = tx.Posts(id)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return posts
}

func (r *rig) announcers(place *square, nodes int) (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	var running sync.WaitGroup
	for range nodes {
		a := &dispatch.Announcer{Inbox: "guild", Announcer: place, Store: r.store, Bus: r.bus, Log: slog.New(slog.DiscardHandler), Rest: 5 * time.Millisecond}
		running.Go(func() { _ = a.Run(ctx) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}
