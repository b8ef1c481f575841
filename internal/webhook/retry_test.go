package webhook_test

import (
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/webhook"
)

func TestARetryIsAnotherDeliveryOfTheSameEvent(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*")
		for _, state := range []kefu.DeliveryState{kefu.DeliveryFailed, kefu.DeliverySkipped, kefu.DeliveryDelivered} {
			old := r.ended(e.ID, state, "message.sent")[0]
			once := ask()
			once.Key, once.Fingerprint = "k"+string(state), "f"
			made, err := r.Retry(t.Context(), once, webhook.DeliveryID(old.N))
			if err != nil {
				t.Fatal(err)
			}
			if made.EventID != old.EventID || made.ID == webhook.DeliveryID(old.N) || made.Cause != kefu.CauseRetry || made.State != kefu.DeliveryQueued ||
				made.Attempts != 0 || made.DueAt == nil || made.DueAt.After(made.CreatedAt) {
				t.Errorf("%s: %+v", state, made)
			}
			if again, err := r.Retry(t.Context(), once, webhook.DeliveryID(old.N)); err != nil || again.ID != made.ID {
				t.Errorf("the same key: %+v, %v", again, err)
			}
			_, err = r.Retry(t.Context(), ask(), webhook.DeliveryID(old.N))
			if wantKind(t, "twice", err, kefu.KindConflict); !strings.Contains(err.Error(), made.ID) {
				t.Errorf("the one that waits is not named: %v", err)
			}
		}
	})
}

func TestWhatCannotBeSentAgainSaysWhy(t *testing.T) {
	eachReachable(t, func(t *testing.T, r *rig) {
		e, off, gone := r.hook(somewhere, "message.*"), r.hook(somewhere, "message.*"), r.hook(somewhere, "message.*")
		lost := r.ended(e.ID, kefu.DeliveryFailed, "message.sent")[0]
		r.forgetEvents()
		r.happen("message.sent")
		for _, id := range []kefu.EndpointID{off.ID, gone.ID} {
			r.finish(r.deliveries(id), is(kefu.DeliveryFailed))
		}
		last := func(id kefu.EndpointID) string { all := r.deliveries(id); return webhook.DeliveryID(all[len(all)-1].N) }
		tested, err := r.Test(t.Context(), ask(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		waits := webhook.DeliveryID(r.deliveries(e.ID)[1].N)
		if _, err := r.UpdateEndpoint(t.Context(), ask(), off.ID, webhook.EndpointChange{Enabled: kefu.Some(false)}); err != nil {
			t.Fatal(err)
		}
		if err := r.DeleteEndpoint(t.Context(), ask(), gone.ID); err != nil {
			t.Fatal(err)
		}
		cases := map[string]string{waits: "still queued", webhook.DeliveryID(lost.N): "no longer kept", last(off.ID): "disabled", last(gone.ID): "deleted",
			tested.ID: "test the endpoint again"}
		ids := []string{}
		for id, words := range cases {
			ids = append(ids, id)
			_, err := r.Retry(t.Context(), ask(), id)
			if wantKind(t, words, err, kefu.KindConflict); err != nil && !strings.Contains(err.Error(), words) {
				t.Errorf("%v, want words with %q", err, words)
			}
		}
		many, err := r.RetryMany(t.Context(), ask(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, result := range many.Items {
			if result.DeliveryID != nil || result.Error == nil || !strings.Contains(*result.Error, cases[result.ID]) {
				t.Errorf("%+v", result)
			}
		}
	})
}

func TestASelectionIsSentAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		one, other := r.hook(somewhere, "message.*"), r.hook(somewhere, "message.*")
		first := r.ended(one.ID, kefu.DeliveryFailed, "message.sent", "message.received")
		r.finish(r.deliveries(other.ID), is(kefu.DeliveryFailed))
		second := r.deliveries(other.ID)
		id := func(d kefu.WebhookDelivery) string { return webhook.DeliveryID(d.N) }
		ids := []string{id(second[1]), id(first[0]), "whd_99", id(first[0]), id(first[1])}
		once := ask()
		once.Key, once.Fingerprint = "k", "f"
		got, err := r.RetryMany(t.Context(), once, ids)
		if err != nil || len(got.Items) != len(ids) {
			t.Fatal(got, err)
		}
		for i, result := range got.Items {
			if result.ID != ids[i] || (result.DeliveryID == nil) != (ids[i] == "whd_99") || (result.Error == nil) == (ids[i] == "whd_99") {
				t.Errorf("%d: %+v", i, result)
			}
		}
		if *got.Items[1].DeliveryID != *got.Items[3].DeliveryID {
			t.Error("an id that was given twice was sent twice")
		}
		if again, err := r.RetryMany(t.Context(), once, ids); err != nil || *again.Items[0].DeliveryID != *got.Items[0].DeliveryID {
			t.Errorf("the same key: %+v, %v", again, err)
		}
		if made := len(r.deliveries(one.ID)) + len(r.deliveries(other.ID)) - 4; made != 3 {
			t.Errorf("%d were made, want 3", made)
		}
		for _, n := range []int{0, 201} {
			_, err := r.RetryMany(t.Context(), ask(), slices.Repeat([]string{"whd_1"}, n))
			wantKind(t, "too few or too many", err, kefu.KindInvalid)
		}
	})
}
