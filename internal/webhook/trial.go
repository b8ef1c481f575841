package webhook

import (
	"context"
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

const (
	// testWords is what a test says.
	testWords = "This is a test of your webhook endpoint."
	// recordTime bounds the recording of what a test came to, after whoever asked for it may have gone.
	recordTime = 10 * time.Second
	// staleTrial is after how long a test whose outcome nobody recorded is given up.
	staleTrial = 2 * time.Minute
)

// Test sends webhook.test to an endpoint: at once, a single time. It tells what that came to; one that is disabled is tested as well. It is logged, and
// outside of the endpoint's health. It blocks for at most the endpoint's timeout.
func (w *Webhooks) Test(ctx context.Context, ask kefu.Ask, id kefu.EndpointID) (WebhookLog, error) {
	if err := mayUse(ask.Caller); err != nil {
		return WebhookLog{}, err
	}
	t, err := w.beginTrial(ctx, ask, id)
	if err != nil {
		return WebhookLog{}, err
	}
	if t.fresh {
		d := t.delivery
		result := w.Post(ctx, Request{Target: t.target, EventID: string(d.EventID), Type: d.EventType, Delivery: DeliveryID(d.N), Attempt: 1,
			Body: []byte(d.Body)})
		if err := w.endTrial(ctx, d, result); err != nil {
			return WebhookLog{}, err
		}
	}
	return w.Delivery(context.WithoutCancel(ctx), ask.Caller, DeliveryID(t.delivery.N))
}

// trial is a test that was begun: now, or by an earlier request with the same key, whose outcome it shares.
type trial struct {
	delivery kefu.WebhookDelivery
	target   Target
	fresh    bool
}

// beginTrial stores what is about to be sent.
func (w *Webhooks) beginTrial(ctx context.Context, ask kefu.Ask, id kefu.EndpointID) (t trial, err error) {
	err = w.Store.Update(ctx, func(tx *store.Tx) error {
		t = trial{}
		n, err := store.Once(tx, w.Box, ask, func() (n int64, err error) {
			if t.target, err = w.lockTarget(tx, ask, id); err != nil {
				return 0, err
			}
			t.fresh = true
			if t.delivery, err = w.testOf(t.target, tx.Now); err != nil {
				return 0, err
			}
			if n, err = tx.InsertWebhookDelivery(t.delivery); err != nil {
				return 0, err
			}
			return n, tx.Audit(ask.Caller, "endpoint.tested", string(id), map[string]any{"delivery_id": DeliveryID(n)})
		})
		t.delivery.N = n
		return err
	})
	return t, err
}

// testOf writes the test of an endpoint.
func (w *Webhooks) testOf(t Target, now time.Time) (kefu.WebhookDelivery, error) {
	d := kefu.WebhookDelivery{EndpointID: t.ID, EventID: kefu.EventID(ident.New("evt")), EventType: EventTest, OccurredAt: now, Cause: kefu.CauseTest,
		State: kefu.DeliverySending, DueAt: now}
	data, err := json.Marshal(struct {
		Message    string          `json:"message"`
		EndpointID kefu.EndpointID `json:"endpoint_id"`
	}{testWords, t.ID})
	if err != nil {
		return d, err
	}
	payload, err := w.Payload(kefu.Event{ID: d.EventID, Type: d.EventType, Data: data, OccurredAt: now}, t.Timestamps, now)
	if err != nil {
		return d, err
	}
	body, err := t.Body(payload)
	d.Body = string(body)
	return d, err
}

// endTrial records what a test came to. Whoever hung up meanwhile finds it in the log.
func (w *Webhooks) endTrial(ctx context.Context, d kefu.WebhookDelivery, r Result) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	d.State, d.Status, d.Error = kefu.DeliveryDelivered, r.Status, r.Error
	if !r.OK() {
		d.State = kefu.DeliveryFailed
	}
	return w.Store.Update(ctx, func(tx *store.Tx) error {
		b := tx.Batch()
		b.InsertWebhookAttempt(kefu.WebhookAttempt{DeliveryN: d.N, No: 1, StartedAt: r.StartedAt, Duration: r.Duration, Status: r.Status, Error: r.Error,
			Answer: r.Answer, Address: r.Address})
		b.FinishTrial(d)
		_, err := b.Run()
		return err
	})
}
