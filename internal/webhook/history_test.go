package webhook_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

// eachReachable is each with rules that may send to this machine.
func eachReachable(t *testing.T, fn func(t *testing.T, r *rig)) {
	each(t, func(t *testing.T, r *rig) {
		o := r.Options
		o.AllowHTTP, o.Allow = true, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		r.Webhooks = webhook.New(o)
		t.Cleanup(r.Close)
		fn(t, r)
	})
}

// hook makes an endpoint that wants some events.
func (r *rig) hook(url string, words ...string) webhook.NewEndpoint {
	r.t.Helper()
	e, err := r.CreateEndpoint(r.t.Context(), ask(), webhook.EndpointChange{Name: kefu.Some("shop"), URL: kefu.Some(url), Events: kefu.Some(words)})
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

const somewhere = "https://hooks.example.com/"

// happen writes events, one of each type, and has the deliveries made that they call for.
func (r *rig) happen(types ...string) (events []kefu.Event) {
	r.t.Helper()
	r.change(func(tx *store.Tx) error {
		events = nil
		for _, word := range types {
			e := kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: word, Data: json.RawMessage(`{"message_id":"msg_1","content":"我的地址"}`), OccurredAt: tx.Now}
			if err := tx.AppendEvent(e); err != nil {
				return err
			}
			events = append(events, e)
		}
		_, _, err := tx.PlaceEvents(len(types))
		return err
	})
	return events
}

// deliveries lists all of an endpoint, oldest first.
func (r *rig) deliveries(id kefu.EndpointID) (all []kefu.WebhookDelivery) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) {
		all, err = tx.WebhookDeliveries(store.WebhookFilter{EndpointID: id, Limit: 100000})
		slices.Reverse(all)
		return err
	})
	return all
}

// finish ends deliveries, as the courier does after the last attempt of each.
func (r *rig) finish(all []kefu.WebhookDelivery, end func(kefu.WebhookDelivery) kefu.DeliveryState) {
	r.t.Helper()
	r.change(func(tx *store.Tx) error {
		b := tx.Batch()
		for _, d := range all {
			if d.State != kefu.DeliveryQueued {
				continue
			}
			d.State, d.Attempts, d.Status = end(d), 1, 200
			if d.State == kefu.DeliveryFailed {
				d.Status, d.Error = 500, webhook.FailStatus
			}
			b.InsertWebhookAttempt(kefu.WebhookAttempt{DeliveryN: d.N, No: 1, StartedAt: tx.Now, Status: d.Status, Error: d.Error, Answer: "me: 我的地址"})
			b.FinishWebhook(d, 0, "")
		}
		_, err := b.Run()
		return err
	})
}

// is ends every delivery alike.
func is(state kefu.DeliveryState) func(kefu.WebhookDelivery) kefu.DeliveryState {
	return func(kefu.WebhookDelivery) kefu.DeliveryState { return state }
}

// ended makes events and ends their deliveries to an endpoint; it returns those.
func (r *rig) ended(id kefu.EndpointID, state kefu.DeliveryState, types ...string) []kefu.WebhookDelivery {
	r.t.Helper()
	r.happen(types...)
	r.finish(r.deliveries(id), is(state))
	all := r.deliveries(id)
	return all[len(all)-len(types):]
}

func wantKind(t *testing.T, what string, err error, want kefu.ErrKind) {
	t.Helper()
	if got := kefu.KindOf(err); got != want {
		t.Errorf("%s: %q (%v), want %q", what, got, err, want)
	}
}

// tell writes deliveries for people: "message.sent failed (event)".
func tell(all []kefu.WebhookDelivery) (lines []string) {
	for _, d := range all {
		lines = append(lines, fmt.Sprintf("%s %s (%s)", d.EventType, d.State, d.Cause))
	}
	return lines
}
