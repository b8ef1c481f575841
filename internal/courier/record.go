package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

const (
	// recordBatch bounds the results that are recorded in one commit.
	recordBatch = 512
	// recordEnough results are recorded at once; fewer wait for company, for recordRest at most.
	recordEnough = 256
	recordRest   = 5 * time.Millisecond
	// successEvery is how exactly an endpoint's last success is kept: a write for each would be one for each delivery.
	successEvery = 10 * time.Second
)

// toll is what the results of one commit make of an endpoint.
type toll struct {
	id       kefu.EndpointID
	results  []*finished
	before   kefu.EndpointHealth // as far as it is remembered
	after    kefu.EndpointHealth
	disabled bool
}

// record writes down the results that wait: all of a batch in one commit. What cannot be recorded now stays.
func (c *Courier) record(ctx context.Context) {
	for ctx.Err() == nil {
		batch := c.gather()
		if len(batch) == 0 {
			return
		}
		tolls := c.tolls(batch)
		for _, f := range batch {
			f.waited = time.Since(f.ended)
		}
		err := c.Store.Update(ctx, func(tx *store.Tx) error { return c.write(tx, batch, tolls) })
		if err != nil {
			c.giveBack(batch)
			if ctx.Err() == nil {
				c.Log.WarnContext(ctx, "results of webhooks wait: the database does not take them now", "results", len(batch), "error", err)
				sleep(ctx, lookAnyway)
			}
			return
		}
		c.settle(ctx, batch, tolls)
	}
}

// gather takes a batch of results and judges them.
func (c *Courier) gather() []*finished {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.done), recordBatch)
	batch := make([]*finished, 0, n)
	for _, f := range c.done[:n] {
		l := c.line(f.EndpointID)
		if f.result.Error == webhook.FailStopped {
			delete(l.known, f.N) // it is still queued in the table
			continue
		}
		f.judge(l.target.Schedule, c.Luck)
		batch = append(batch, f)
	}
	c.done = append(c.done[:0:0], c.done[n:]...)
	return batch
}

// giveBack keeps results for another time, before those that came since.
func (c *Courier) giveBack(batch []*finished) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(batch, c.done...)
}

// judge says what becomes of the delivery.
func (f *finished) judge(schedule kefu.RetrySchedule, luck func() float64) {
	if f.result.OK() {
		f.state = kefu.DeliveryDelivered
		return
	}
	pause, again := webhook.Pause(schedule, f.number(), f.result.RetryAfter, luck())
	if !again || f.result.Error == webhook.FailPayload {
		f.state = kefu.DeliveryFailed
		return
	}
	f.state, f.pause = kefu.DeliveryQueued, pause
}

// number is the attempt's own.
func (f *finished) number() int { return f.Attempts + 1 }

// tolls groups results by endpoint, in the order in which their rows are locked.
func (c *Courier) tolls(batch []*finished) []*toll {
	c.mu.Lock()
	defer c.mu.Unlock()
	byID := map[kefu.EndpointID]*toll{}
	for _, f := range batch {
		t := byID[f.EndpointID]
		if t == nil {
			t = &toll{id: f.EndpointID, before: c.line(f.EndpointID).health}
			byID[f.EndpointID] = t
		}
		t.results = append(t.results, f)
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b *toll) int { return strings.Compare(string(a.id), string(b.id)) })
}

// write puts a batch into a transaction.
func (c *Courier) write(tx *store.Tx, batch []*finished, tolls []*toll) error {
	b := tx.Batch()
	tries := make([]kefu.WebhookAttempt, 0, len(batch))
	arrived := map[int][]int64{}
	for _, f := range batch {
		tries = append(tries, kefu.WebhookAttempt{DeliveryN: f.N, No: f.number(), StartedAt: f.result.StartedAt, Duration: f.result.Duration,
			Status: f.result.Status, Error: f.result.Error, Answer: f.result.Answer, Address: f.result.Address})
		if f.state == kefu.DeliveryDelivered {
			arrived[f.result.Status] = append(arrived[f.result.Status], f.N)
			continue
		}
		d, data := f.after()
		// Counted from before the transaction's time was taken, the pause can become longer by that, and never shorter.
		b.FinishWebhook(d, max(f.pause-f.waited, 0), data)
	}
	b.InsertWebhookAttempts(tries)
	for _, status := range slices.Sorted(maps.Keys(arrived)) {
		b.ArriveWebhooks(status, arrived[status])
	}
	if _, err := b.Run(); err != nil {
		return err
	}
	for _, t := range tolls {
		if err := c.charge(tx, t); err != nil {
			return err
		}
	}
	return nil
}

// after is the delivery as it is now, with what was sent if that is not kept already, and the event's data that it was made from.
func (f *finished) after() (d kefu.WebhookDelivery, data string) {
	d = f.WebhookDelivery
	d.State, d.Attempts, d.Status, d.Error = f.state, f.number(), f.result.Status, f.result.Error
	if f.parcel != nil {
		d.Body, data = string(f.body), string(f.parcel.event.Data)
	}
	return d, data
}

// charge brings the health of an endpoint up to date and acts on it.
func (c *Courier) charge(tx *store.Tx, t *toll) error {
	t.after, t.disabled = t.before, false
	failures := 0
	for _, f := range t.results {
		if !f.result.OK() {
			failures++
		}
	}
	if failures == 0 {
		return c.credit(tx, t)
	}
	e, err := tx.LockEndpoint(t.id)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil // it was deleted, and its log with it
	}
	if err != nil {
		return err
	}
	var last *finished // the last one that was given up and that no success has followed
	t.after = e.Health
	for _, f := range t.results {
		switch {
		case f.result.OK():
			t.after, last = webhook.Arrived(t.after, tx.Now), nil
		default:
			t.after = webhook.Failed(t.after, tx.Now)
			if f.state == kefu.DeliveryFailed {
				last = f
			}
		}
	}
	if err := c.act(tx, t, e, last); err != nil {
		return err
	}
	return tx.SetEndpointHealth(t.id, t.after)
}

// credit notes successes: at once when something was wrong before, else now and then.
func (c *Courier) credit(tx *store.Tx, t *toll) error {
	mended := !t.before.FailingSince.IsZero()
	if !mended && tx.Now.Sub(t.before.LastSuccessAt) < successEvery {
		return nil
	}
	t.after = webhook.Arrived(t.before, tx.Now)
	if mended {
		if _, err := tx.ClearAlert(kefu.AlertWebhookFailing, string(t.id)); err != nil {
			return err
		}
	}
	return tx.SetEndpointHealth(t.id, t.after)
}

// act raises what the health calls for, and disables an endpoint that is given up.
func (c *Courier) act(tx *store.Tx, t *toll, e kefu.Endpoint, last *finished) error {
	if t.after.FailingSince.IsZero() {
		_, err := tx.ClearAlert(kefu.AlertWebhookFailing, string(t.id))
		return err
	}
	if !e.Enabled || !e.DeletedAt.IsZero() {
		return nil
	}
	verdict := webhook.Judge(t.after, tx.Now)
	switch since := t.after.FailingSince.UTC().Format(time.RFC3339); {
	case verdict == webhook.VerdictDisable:
		return c.disable(tx, t, e, fmt.Sprintf("nothing but failures since %s: %d of them", since, t.after.Failures))
	case last != nil && last.result.Gone():
		return c.disable(tx, t, e, "the receiver answered 410 Gone until the last attempt")
	case verdict == webhook.VerdictWarn:
		t.after.WarnedAt = tx.Now
		return raise(tx, t, kefu.SeverityCritical, fmt.Sprintf("webhooks to %q have failed since %s: the endpoint is disabled when that lasts 24 hours", e.Name, since),
			last)
	}
	if last == nil {
		return nil
	}
	severity := kefu.SeverityWarning
	if !t.after.WarnedAt.IsZero() {
		severity = kefu.SeverityCritical
	}
	return raise(tx, t, severity, fmt.Sprintf("webhooks to %q are given up after %d attempts: %s", e.Name, last.number(), cause(last.result)), last)
}

// disable switches an endpoint off until a person enables it.
func (c *Courier) disable(tx *store.Tx, t *toll, e kefu.Endpoint, why string) error {
	e.Enabled, e.DisabledWhy, t.disabled = false, why, true
	if err := tx.UpdateEndpoint(e); err != nil {
		return err
	}
	if err := tx.Subscribe(e.ID, nil); err != nil {
		return err
	}
	_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookDisabled, Subject: string(e.ID), Severity: kefu.SeverityCritical,
		Summary: fmt.Sprintf("the endpoint %q was disabled: %s; mend the receiver, enable it and replay", e.Name, why), Detail: detail(t, nil)})
	return err
}

func raise(tx *store.Tx, t *toll, s kefu.Severity, summary string, last *finished) error {
	_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookFailing, Subject: string(t.id), Severity: s, Summary: summary, Detail: detail(t, last)})
	return err
}

// detail is the figures of an alert.
func detail(t *toll, last *finished) json.RawMessage {
	d := map[string]any{"endpoint_id": t.id, "failing_since": t.after.FailingSince.UTC(), "failures": t.after.Failures}
	if last != nil {
		d["delivery_id"], d["event"], d["error"], d["status"] = webhook.DeliveryID(last.N), last.EventType, last.result.Error, last.result.Status
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil
	}
	return raw
}

// cause says in words why an attempt failed.
func cause(r webhook.Result) string {
	if r.Status != 0 {
		return fmt.Sprintf("%s (%d)", r.Error, r.Status)
	}
	return r.Error
}

// settle brings the lines up to date with what was recorded, and tells of it.
func (c *Courier) settle(ctx context.Context, batch []*finished, tolls []*toll) {
	c.mu.Lock()
	for _, f := range batch {
		delete(c.line(f.EndpointID).known, f.N)
		if at := f.ended.Add(f.pause); f.state == kefu.DeliveryQueued && (c.next.IsZero() || at.Before(c.next)) {
			c.next = at
		}
	}
	for _, t := range tolls {
		c.line(t.id).health = t.after
	}
	c.mu.Unlock()
	for _, f := range batch {
		if f.state.Final() {
			c.Final(f.state)
		}
		if f.state == kefu.DeliveryFailed {
			c.Log.WarnContext(ctx, "a webhook was given up", "endpoint_id", f.EndpointID, "delivery_id", webhook.DeliveryID(f.N), "event_id", f.EventID,
				"event", f.EventType, "attempts", f.number(), "error", f.result.Error, "status", f.result.Status)
		}
	}
	for _, t := range tolls {
		if t.disabled {
			c.Log.ErrorContext(ctx, "an endpoint was disabled by itself: mend the receiver, enable it and replay", "endpoint_id", t.id,
				"failing_since", t.after.FailingSince, "failures", t.after.Failures)
			c.Bus.Signal(bus.Webhooks)
		}
	}
	if slices.ContainsFunc(tolls, func(t *toll) bool { return t.after != t.before }) {
		c.Bus.Signal(bus.Events) // alerts are events
	}
}
