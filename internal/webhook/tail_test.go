package webhook_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// logbook makes deliveries and attempts, and remembers them.
type logbook struct {
	*rig

	luck    *rand.Rand
	waiting []kefu.WebhookDelivery
	want    []string // what a tail must have told in the end
}

// insert stores a delivery that is queued.
func insert(tx *store.Tx, e kefu.EndpointID) (d kefu.WebhookDelivery, err error) {
	d = kefu.WebhookDelivery{EndpointID: e, EventID: "evt_x", EventType: "message.sent", OccurredAt: tx.Now, Cause: kefu.CauseEvent,
		State: kefu.DeliveryQueued, DueAt: tx.Now}
	d.N, err = tx.InsertWebhookDelivery(d)
	return d, err
}

// make stores some deliveries, to one of two endpoints.
func (l *logbook) make() {
	l.change(func(tx *store.Tx) error {
		for range 1 + l.luck.IntN(3) {
			d, err := insert(tx, []kefu.EndpointID{"whe_a", "whe_b"}[l.luck.IntN(2)])
			if err != nil {
				return err
			}
			l.waiting = append(l.waiting, d)
		}
		return nil
	})
}

// try makes an attempt of one that waits: it fails and waits on, or is final.
func (l *logbook) try() {
	if len(l.waiting) == 0 {
		return
	}
	at := l.luck.IntN(len(l.waiting))
	d := &l.waiting[at]
	a := kefu.WebhookAttempt{DeliveryN: d.N, No: d.Attempts + 1, StartedAt: l.now(), Duration: 3 * time.Millisecond, Status: 500, Error: webhook.FailStatus}
	d.Attempts, d.Status, d.Error = a.No, a.Status, a.Error
	switch l.luck.IntN(3) {
	case 0:
		a.Status, a.Error = 204, ""
		d.State, d.Status, d.Error = kefu.DeliveryDelivered, 204, ""
	case 1:
		d.State = kefu.DeliveryFailed
	}
	l.want = append(l.want, fmt.Sprintf("%s %s %d %d %s %s", d.EndpointID, webhook.DeliveryID(d.N), a.No, a.Status, a.Error, d.State))
	l.change(func(tx *store.Tx) error {
		b := tx.Batch()
		b.InsertWebhookAttempt(a)
		b.FinishWebhook(*d, time.Second, "")
		_, err := b.Run()
		return err
	})
	if d.State.Final() {
		l.waiting = slices.Delete(l.waiting, at, at+1)
	}
}

// skip ends everything that waits for an endpoint.
func (l *logbook) skip() {
	l.change(func(tx *store.Tx) error {
		_, err := tx.SkipWebhooks("whe_a", 1000)
		return err
	})
	l.waiting = slices.DeleteFunc(l.waiting, func(d kefu.WebhookDelivery) bool {
		if d.EndpointID == "whe_a" {
			l.want = append(l.want, fmt.Sprintf("whe_a %s 0 0 %s skipped", webhook.DeliveryID(d.N), d.Error))
		}
		return d.EndpointID == "whe_a"
	})
}

// told is what of the lines must be there: attempts, and ends. That something begins to wait is told only when it is seen in time.
func told(lines []webhook.TailLine) (all []string) {
	for _, l := range lines {
		if l.Attempt > 0 || l.State != kefu.DeliveryQueued {
			all = append(all, fmt.Sprintf("%s %s %d %d %s %s", l.EndpointID, l.DeliveryID, l.Attempt, l.Status, l.Error, l.State))
		}
	}
	return all
}

// TestTailMissesNothing: whatever happens between two looks, each attempt is told once.
func TestTailMissesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		l := &logbook{rig: r, luck: rand.New(rand.NewPCG(1, 2))}
		for range 30 {
			l.make()
			l.try()
		}
		tail, lines, err := r.Tail(t.Context(), ask().Caller, webhook.TailQuery{Last: 100000})
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			switch l.luck.IntN(20) {
			default:
				l.try()
			case 0, 1, 2, 3, 4:
				l.make()
			case 5:
				l.skip()
			case 6, 7, 8:
				more, err := tail.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, more...)
			}
		}
		more, err := tail.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := told(append(lines, more...))
		slices.Sort(got)
		slices.Sort(l.want)
		if d := cmp.Diff(l.want, got); d != "" {
			t.Error(d)
		}
		if again, err := tail.Next(t.Context()); err != nil || len(again) > 0 {
			t.Errorf("nothing happened, and it tells %v, %v", again, err)
		}
	})
}

// TestTailFindsWhatIsCommittedLate: numbers are given before a commit, so a lower one may come after a higher one.
func TestTailFindsWhatIsCommittedLate(t *testing.T) {
	r := newRig(t, storetest.Postgres(t))
	tail, _, err := r.Tail(t.Context(), ask().Caller, webhook.TailQuery{})
	if err != nil {
		t.Fatal(err)
	}
	inserted, commit, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- r.store.Update(t.Context(), func(tx *store.Tx) error {
			_, err := insert(tx, "whe_late")
			close(inserted)
			<-commit
			return err
		})
	}()
	<-inserted
	r.change(func(tx *store.Tx) error {
		_, err := insert(tx, "whe_early")
		return err
	})
	wantNext(t, tail, "whe_early")
	close(commit)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantNext(t, tail, "whe_late")
	wantNext(t, tail)
}

func wantNext(t *testing.T, tail *webhook.Tail, want ...string) {
	t.Helper()
	lines, err := tail.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, string(l.EndpointID))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestTailFilters: one endpoint, failures only, and so many lines of what was before, the newest of them.
func TestTailFilters(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		l := &logbook{rig: r, luck: rand.New(rand.NewPCG(3, 4))}
		r.change(func(tx *store.Tx) error {
			return tx.InsertEndpoint(kefu.Endpoint{ID: "whe_a", Auth: kefu.AuthNone, Schedule: kefu.ScheduleStandard})
		})
		for range 50 {
			l.make()
			l.try()
		}
		_, all, err := r.Tail(t.Context(), ask().Caller, webhook.TailQuery{EndpointID: "whe_a", Failed: true, Last: 100000})
		if err != nil || len(all) < 7 {
			t.Fatalf("%d lines, %v", len(all), err)
		}
		for _, line := range all {
			if line.EndpointID != "whe_a" || line.Error == "" {
				t.Errorf("%+v", line)
			}
		}
		_, some, err := r.Tail(t.Context(), ask().Caller, webhook.TailQuery{EndpointID: "whe_a", Failed: true, Last: 7})
		if d := cmp.Diff(told(all[len(all)-7:]), told(some)); d != "" || err != nil {
			t.Errorf("the last seven: %s %v", d, err)
		}
		if _, _, err := r.Tail(t.Context(), ask().Caller, webhook.TailQuery{EndpointID: "whe_nobody"}); kefu.KindOf(err) != kefu.KindNotFound {
			t.Errorf("an endpoint that is not there: %v", err)
		}
	})
}
