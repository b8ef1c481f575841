package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
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
	// successEvery is how exactly an endpoint's last success is kept: a write for each would be one for each delivery.
	successEvery = 10 * time.Second
)

// verdict is what an attempt makes of its delivery.
type verdict struct {
	finished
	next   kefu.WebhookDelivery // as it is from now on
	pause  time.Duration        // until the next attempt, from the end of this one
	waited time.Duration        // of the pause, before it was recorded
}

// toll is what the results of one commit make of an endpoint.
type toll struct {
	id       kefu.EndpointID
	results  []verdict
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
		for i, v := range batch {
			batch[i].waited = time.Since(v.ended)
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
func (c *Courier) gather() []verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.done), recordBatch)
	batch := make([]verdict, 0, n)
	for _, f := range c.done[:n] {
		l := c.line(f.EndpointID)
		if f.result.Error == webhook.FailStopped {
			delete(l.known, f.N) // it is still queued in the table
			continue
		}
		batch = append(batch, judge(f, l.target.Schedule, c.Luck))
	}
	c.done = append(c.done[:0:0], c.done[n:]...)
	return batch
}

// giveBack keeps results for another time, before those that came since.
func (c *Courier) giveBack(batch []verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	back := make([]finished, 0, len(batch)+len(c.done))
	for _, v := range batch {
		back = append(back, v.finished)
	}
	c.done = append(back, c.done...)
}

// judge says what becomes of a delivery after an attempt.
func judge(f finished, schedule kefu.RetrySchedule, luck func() float64) verdict {
	v := verdict{finished: f, next: f.WebhookDelivery}
	d := &v.next
	d.Attempts++
	d.Status, d.Error = f.result.Status, f.result.Error
	if f.result.OK() {
		d.State, d.Body = kefu.DeliveryDelivered, ""
		return v
	}
	pause, again := webhook.Pause(schedule, d.Attempts, f.result.RetryAfter, luck())
	if !again || f.result.Error == webhook.FailPayload {
		d.State, d.Body = kefu.DeliveryFailed, ""
		return v
	}
	d.Body, v.pause = string(f.body), pause
	return v
}

// tolls groups results by endpoint.
func (c *Courier) tolls(batch []verdict) []*toll {
	c.mu.Lock()
	defer c.mu.Unlock()
	byID := map[kefu.EndpointID]*toll{}
	var all []*toll
	for _, v := range batch {
		t := byID[v.EndpointID]
		if t == nil {
			t = &toll{id: v.EndpointID, before: c.line(v.EndpointID).health}
			byID[v.EndpointID], all = t, append(all, t)
		}
		t.results = append(t.results, v)
	}
	return all
}

// write puts a batch into a transaction.
func (c *Courier) write(tx *store.Tx, batch []verdict, tolls []*toll) error {
	b := tx.Batch()
	tries := make([]kefu.WebhookAttempt, 0, len(batch))
	arrived := map[int][]int64{}
	for _, v := range batch {
		tries = append(tries, kefu.WebhookAttempt{DeliveryN: v.N, No: v.next.Attempts, StartedAt: v.result.StartedAt, Duration: v.result.Duration,
			Status: v.result.Status, Error: v.result.Error, Answer: v.result.Answer, Address: v.result.Address})
		if v.next.State == kefu.DeliveryDelivered {
			arrived[v.next.Status] = append(arrived[v.next.Status], v.N)
			continue
		}
		// Counted from before the transaction's time was taken, the pause can become longer by that, and never shorter.
		b.FinishWebhook(v.next, max(v.pause-v.waited, 0))
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

// charge brings the health of an endpoint up to date and acts on it.
func (c *Courier) charge(tx *store.Tx, t *toll) error {
	t.after, t.disabled = t.before, false
	failures := 0
	for _, v := range t.results {
		if !v.result.OK() {
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
	var last *verdict // the last one that was given up and that no success has followed
	t.after = e.Health
	for i, v := range t.results {
		switch {
		case v.result.OK():
			t.after, last = webhook.Arrived(t.after, tx.Now), nil
		default:
			t.after = webhook.Failed(t.after, tx.Now)
			if v.next.State == kefu.DeliveryFailed {
				last = &t.results[i]
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
func (c *Courier) act(tx *store.Tx, t *toll, e kefu.Endpoint, last *verdict) error {
	if t.after.FailingSince.IsZero() {
		_, err := tx.ClearAlert(kefu.AlertWebhookFailing, string(t.id))
		return err
	}
	if !e.Enabled || !e.DeletedAt.IsZero() {
		return nil
	}
	why := ""
	switch webhook.Judge(t.after, tx.Now) {
	case webhook.VerdictDisable:
		why = fmt.Sprintf("nothing but failures since %s: %d of them", t.after.FailingSince.UTC().Format(time.RFC3339), t.after.Failures)
	case webhook.VerdictWarn:
		t.after.WarnedAt = tx.Now
		return raise(tx, t, kefu.SeverityCritical, fmt.Sprintf("webhooks to %q have failed since %s: the endpoint is disabled when that lasts 24 hours",
			e.Name, t.after.FailingSince.UTC().Format(time.RFC3339)), last)
	case webhook.VerdictNone:
	}
	if why == "" && last != nil && last.result.Gone() {
		why = "the receiver answered 410 Gone until the last attempt"
	}
	if why != "" {
		return c.disable(tx, t, e, why)
	}
	if last == nil {
		return nil
	}
	severity := kefu.SeverityWarning
	if !t.after.WarnedAt.IsZero() {
		severity = kefu.SeverityCritical
	}
	return raise(tx, t, severity, fmt.Sprintf("webhooks to %q are given up after %d attempts: %s", e.Name, last.next.Attempts, cause(last.result)), last)
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

func raise(tx *store.Tx, t *toll, s kefu.Severity, summary string, last *verdict) error {
	_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookFailing, Subject: string(t.id), Severity: s, Summary: summary, Detail: detail(t, last)})
	return err
}

// detail is the figures of an alert.
func detail(t *toll, last *verdict) json.RawMessage {
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
func (c *Courier) settle(ctx context.Context, batch []verdict, tolls []*toll) {
	c.mu.Lock()
	for _, v := range batch {
		delete(c.line(v.EndpointID).known, v.N)
		if at := v.ended.Add(v.pause); v.next.State == kefu.DeliveryQueued && (c.next.IsZero() || at.Before(c.next)) {
			c.next = at
		}
	}
	for _, t := range tolls {
		c.line(t.id).health = t.after
	}
	c.mu.Unlock()
	for _, v := range batch {
		if v.next.State.Final() {
			c.Final(v.next.State)
		}
		if v.next.State == kefu.DeliveryFailed {
			c.Log.WarnContext(ctx, "a webhook was given up", "endpoint_id", v.EndpointID, "delivery_id", webhook.DeliveryID(v.N), "event_id", v.EventID,
				"event", v.EventType, "attempts", v.next.Attempts, "error", v.result.Error, "status", v.result.Status)
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
