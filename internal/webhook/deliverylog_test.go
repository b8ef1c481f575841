package webhook_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

func TestTheLogTellsWhatBecameOfADelivery(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*")
		d := r.ended(e.ID, kefu.DeliveryFailed, "message.sent")[0]
		got, err := r.Delivery(t.Context(), ask().Caller, webhook.DeliveryID(d.N))
		if err != nil {
			t.Fatal(err)
		}
		if got.EventID != d.EventID || got.EndpointID != e.ID || got.State != kefu.DeliveryFailed || *got.Status != 500 || got.Error != webhook.FailStatus ||
			got.DueAt != nil || got.DoneAt == nil || got.Attempts != 1 || got.Cause != kefu.CauseEvent {
			t.Errorf("%+v", got.WebhookDelivery)
		}
		if len(got.AttemptLog) != 1 || got.AttemptLog[0].No != 1 || *got.AttemptLog[0].Status != 500 || got.AttemptLog[0].Answer != "me: 我的地址" {
			t.Errorf("%+v", got.AttemptLog)
		}
		var sent struct {
			ID, Event string
			Signature *string
			Data      struct{ Content string }
		}
		if err := json.Unmarshal(got.Payload, &sent); err != nil || sent.ID != string(d.EventID) || sent.Event != "message.sent" || sent.Signature != nil ||
			sent.Data.Content != "我的地址" {
			t.Errorf("payload %s, %v", got.Payload, err)
		}
		waits := r.happen("message.sent")[0]
		list, err := r.Deliveries(t.Context(), ask().Caller, webhook.DeliveryQuery{EventID: waits.ID}, kefu.Paging{})
		if err != nil || len(list.Items) != 1 || list.Items[0].DueAt == nil || list.Items[0].Status != nil || list.Items[0].DoneAt != nil {
			t.Errorf("one that waits: %+v, %v", list.Items, err)
		}
	})
}

func TestWhatIsNoLongerKeptIsNull(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*")
		d := r.ended(e.ID, kefu.DeliveryFailed, "message.sent")[0]
		r.forgetEvents()
		got, err := r.Delivery(t.Context(), ask().Caller, webhook.DeliveryID(d.N))
		if err != nil || got.Payload != nil || len(got.AttemptLog) != 1 {
			t.Errorf("%s, %+v, %v", got.Payload, got.AttemptLog, err)
		}
		if raw, err := json.Marshal(got.Payload); err != nil || string(raw) != "null" {
			t.Errorf("%s, %v", raw, err)
		}
	})
}

// forgetEvents has every event grow too old.
func (r *rig) forgetEvents() {
	r.t.Helper()
	r.change(func(tx *store.Tx) error {
		_, err := tx.PruneEvents(tx.Now.Add(time.Hour), 1000)
		return err
	})
}

// TestEveryFilterOfTheLog holds what is listed, page by page, against the same question asked in Go.
func TestEveryFilterOfTheLog(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		one, other := r.hook(somewhere, "message.*"), r.hook(somewhere, "*")
		states := []kefu.DeliveryState{kefu.DeliveryDelivered, kefu.DeliveryFailed, kefu.DeliverySkipped}
		for i := range 6 {
			r.happen("message.sent", "ticket.created", "message.received")
			for _, id := range []kefu.EndpointID{one.ID, other.ID} {
				r.finish(r.deliveries(id), func(d kefu.WebhookDelivery) kefu.DeliveryState { return states[int(d.N)%3] })
			}
			r.later(time.Duration(i) * 10 * time.Minute)
		}
		if _, err := r.Retry(t.Context(), ask(), webhook.DeliveryID(r.deliveries(one.ID)[0].N)); err != nil {
			t.Fatal(err)
		}
		r.happen("message.sent")
		all := slices.Concat(r.deliveries(one.ID), r.deliveries(other.ID))
		slices.SortFunc(all, func(a, b kefu.WebhookDelivery) int { return int(b.N - a.N) })
		since, until := all[len(all)-9].CreatedAt, all[9].CreatedAt
		for _, q := range []webhook.DeliveryQuery{{}, {EndpointID: one.ID}, {State: kefu.DeliveryFailed}, {State: kefu.DeliveryDelivered}, {State: kefu.DeliveryQueued},
			{State: kefu.DeliverySkipped, EndpointID: other.ID}, {Event: "message.sent"}, {Event: "ticket.created", EndpointID: one.ID},
			{EventID: all[3].EventID}, {Cause: kefu.CauseRetry}, {Cause: kefu.CauseEvent, State: kefu.DeliveryFailed}, {Since: since}, {Until: until},
			{Since: since, Until: until, EndpointID: other.ID}, {Since: all[0].CreatedAt.Add(time.Hour)}, {State: kefu.DeliverySending}} {
			var want, got []string
			for _, d := range all {
				if (q.EndpointID == "" || d.EndpointID == q.EndpointID) && (q.State == "" || d.State == q.State) && (q.Event == "" || d.EventType == q.Event) &&
					(q.EventID == "" || d.EventID == q.EventID) && (q.Cause == "" || d.Cause == q.Cause) && !d.CreatedAt.Before(q.Since) &&
					(q.Until.IsZero() || d.CreatedAt.Before(q.Until)) {
					want = append(want, webhook.DeliveryID(d.N))
				}
			}
			for p := (kefu.Paging{Limit: 4}); ; {
				page, err := r.Deliveries(t.Context(), ask().Caller, q, p)
				if err != nil || len(page.Items) > 4 {
					t.Fatal(len(page.Items), err)
				}
				for _, d := range page.Items {
					got = append(got, d.ID)
				}
				if p.Cursor = page.NextCursor; p.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v:\n got %v\nwant %v", q, got, want)
			}
		}
	})
}

func TestTheLogIsForThoseWhoSeeEverything(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*")
		d := webhook.DeliveryID(r.ended(e.ID, kefu.DeliveryFailed, "message.sent")[0].N)
		bound := kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"*:*"}, Bound: true}}
		_, list := r.Deliveries(t.Context(), bound.Caller, webhook.DeliveryQuery{}, kefu.Paging{})
		_, read := r.Delivery(t.Context(), bound.Caller, d)
		_, retry := r.Retry(t.Context(), bound, d)
		_, many := r.RetryMany(t.Context(), bound, []string{d})
		_, replay := r.Replay(t.Context(), bound, e.ID, webhook.ReplayRequest{})
		_, replays := r.Replays(t.Context(), bound.Caller, "", kefu.Paging{})
		_, replayOf := r.ReplayOf(t.Context(), bound.Caller, "whr_1")
		_, test := r.Test(t.Context(), bound, e.ID)
		for what, err := range map[string]error{"list": list, "read": read, "retry": retry, "retry many": many, "replay": replay, "replays": replays,
			"one replay": replayOf, "cancel": r.CancelReplay(t.Context(), bound, "whr_1"), "test": test} {
			wantKind(t, what, err, kefu.KindForbidden)
		}
		if got := tell(r.deliveries(e.ID)); !slices.Equal(got, []string{"message.sent failed (event)"}) {
			t.Error(got)
		}
	})
}

func TestNobodysDelivery(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, id := range []string{"", "whd_1", "whd_x", "1", "nobody", "whd_99999999999999999999"} {
			_, read := r.Delivery(t.Context(), ask().Caller, id)
			_, retry := r.Retry(t.Context(), ask(), id)
			wantKind(t, "read "+id, read, kefu.KindNotFound)
			wantKind(t, "retry "+id, retry, kefu.KindNotFound)
		}
	})
}
