package webhook_test

import (
	"slices"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

const month = 30 * 24 * time.Hour

// prune forgets one batch. A negative time has everything be too old: only the clock of SQLite can be moved.
func (r *rig) prune(keep time.Duration, batch int) int64 {
	r.t.Helper()
	n, err := r.Prune(r.t.Context(), keep, batch)
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func TestWhatIsOldIsForgottenInBatches(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*")
		first := r.happen("message.sent")[0] // stays queued, however old
		waits := r.deliveries(e.ID)[0]
		r.happen(slices.Repeat([]string{"message.sent"}, 5)...)
		r.finish(r.deliveries(e.ID)[1:], is(kefu.DeliveryDelivered))
		if n := r.prune(month, 2); n != 0 {
			t.Errorf("%d were forgotten that are new", n)
		}
		for _, want := range []int64{2, 2, 1, 0} {
			if n := r.prune(-time.Hour, 2); n != want {
				t.Errorf("%d were forgotten, want %d", n, want)
			}
		}
		left := r.deliveries(e.ID)
		if len(left) != 1 || left[0].N != waits.N || left[0].EventID != first.ID {
			t.Errorf("left: %v", tell(left))
		}
		r.read(func(tx *store.Tx) error {
			for n := waits.N; n < waits.N+10; n++ {
				if all, err := tx.WebhookAttempts(n); err != nil || len(all) > 0 {
					t.Errorf("attempts of %d are left: %v, %v", n, all, err)
				}
			}
			return nil
		})
	})
}

// TestWhatIsYoungStays is about the border itself.
func TestWhatIsYoungStays(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	e := r.hook(somewhere, "message.*")
	r.ended(e.ID, kefu.DeliveryFailed, "message.sent", "message.sent")
	r.later(month - time.Minute)
	r.ended(e.ID, kefu.DeliveryFailed, "message.received")
	if n := r.prune(month, 100); n != 0 {
		t.Errorf("%d were forgotten a minute too early", n)
	}
	r.later(2 * time.Minute)
	if n := r.prune(month, 100); n != 2 {
		t.Errorf("%d were forgotten, want 2", n)
	}
	if got := tell(r.deliveries(e.ID)); !slices.Equal(got, []string{"message.received failed (event)"}) {
		t.Error(got)
	}
}

func TestADeletedEndpointGoesWithItsLog(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e, stays := r.hook(somewhere, "message.*"), r.hook(somewhere, "ticket.created")
		r.ended(e.ID, kefu.DeliveryFailed, "message.sent")
		r.replay(e.ID, webhook.ReplayRequest{})
		if err := r.DeleteEndpoint(t.Context(), ask(), e.ID); err != nil {
			t.Fatal(err)
		}
		r.run()
		there := func(id kefu.EndpointID) bool {
			err := r.store.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Endpoint(id); return err })
			return err == nil
		}
		r.prune(month, 100)
		if !there(e.ID) {
			t.Error("the endpoint went before its log")
		}
		r.prune(-time.Hour, 100)
		if there(e.ID) || !there(stays.ID) {
			t.Errorf("deleted: %v, another: %v", there(e.ID), there(stays.ID))
		}
		list, err := r.Replays(t.Context(), ask().Caller, "", kefu.Paging{})
		if err != nil || len(list.Items) != 0 {
			t.Errorf("replays are left: %+v, %v", list.Items, err)
		}
	})
}
