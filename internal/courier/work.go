package courier

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

// luck is a random number from 0 to 1.
func luck() float64 { return rand.Float64() }

// send starts as many senders as there is work for.
func (c *Courier) send(ctx context.Context) {
	c.mu.Lock()
	c.rest = time.Time{}
	c.mu.Unlock()
	for {
		t, ok := c.take()
		if !ok {
			return
		}
		c.senders.Go(func() { c.carry(ctx, t) })
	}
}

// carry makes attempts until there is nothing more to take.
func (c *Courier) carry(ctx context.Context, t taken) {
	for ok := true; ok; {
		c.give(t, c.attempt(ctx, t))
		if ctx.Err() != nil {
			return
		}
		t, ok = c.take()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.rest.IsZero() {
		c.wake() // the loop may be waiting for something later than a line's rate
	}
}

// attempt makes one attempt.
func (c *Courier) attempt(ctx context.Context, t taken) *finished {
	j := t.job
	f := &finished{job: j}
	body, err := c.render(ctx, j, t.target)
	switch {
	case errors.Is(err, errLater):
		c.Log.WarnContext(ctx, "a webhook waits: the database does not answer", "delivery_id", webhook.DeliveryID(j.N), "error", err)
		f.result = webhook.Result{Error: webhook.FailStopped}
	case err != nil:
		c.Log.ErrorContext(ctx, "a webhook cannot be written", "endpoint_id", j.EndpointID, "delivery_id", webhook.DeliveryID(j.N), "event", j.EventType,
			"error", err)
		f.result = webhook.Result{Error: webhook.FailPayload, StartedAt: time.Now()}
	default:
		f.body = body
		f.result = c.Post(ctx, webhook.Request{Target: t.target, EventID: string(j.EventID), Type: j.EventType, Delivery: webhook.DeliveryID(j.N),
			Attempt: j.Attempts + 1, Body: body})
	}
	f.ended = time.Now()
	if f.result.Error != webhook.FailStopped {
		c.Attempted(f.result.Error, f.result.Duration, max(f.result.StartedAt.Sub(j.DueAt), 0))
	}
	return f
}

// parcel is an event that one or many deliveries carry. Its payloads are made when they are needed, once for each format.
type parcel struct {
	event kefu.Event

	mu       sync.Mutex
	payloads []wrapped // one, nearly always
}

// wrapped is a payload that was made.
type wrapped struct {
	wrapping
	payload []byte
}

// wrapping is what a payload depends on besides its event.
type wrapping struct {
	format kefu.TimestampFormat
	made   int64 // of links to files, microseconds
}

func (p *parcel) payload(w *webhook.Webhooks, f kefu.TimestampFormat, made time.Time) ([]byte, error) {
	key := wrapping{f, made.UnixMicro()}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, have := range p.payloads {
		if have.wrapping == key {
			return have.payload, nil
		}
	}
	b, err := w.Payload(p.event, f, made)
	if err == nil {
		p.payloads = append(p.payloads, wrapped{key, b})
	}
	return b, err
}

// render gives the body: the one that was sent before if there is one, because every attempt sends the same bytes.
func (c *Courier) render(ctx context.Context, j *job, t webhook.Target) ([]byte, error) {
	if j.Kept {
		body, err := c.kept(ctx, j)
		if err != nil {
			return nil, err
		}
		if body != "" {
			return t.Resigned([]byte(body))
		}
	}
	if j.parcel == nil {
		return nil, errGone
	}
	payload, err := j.parcel.payload(c.Webhooks, t.Timestamps, j.CreatedAt)
	if err != nil {
		return nil, err
	}
	return t.Body(payload)
}

// kept reads what was sent before. If it was erased it is "", and the event is read instead.
func (c *Courier) kept(ctx context.Context, j *job) (body string, err error) {
	err = c.Store.Glance(ctx, func(tx *store.Tx) (err error) {
		if body, err = tx.WebhookBody(j.N); err != nil || body != "" {
			return err
		}
		row, err := tx.EventByN(j.EventN)
		if err == nil {
			j.parcel = &parcel{event: row.Event}
		}
		return err
	})
	switch {
	case errors.Is(err, sqldb.ErrNoRows):
		return "", errGone
	case err != nil:
		return "", fmt.Errorf("%w: %w", errLater, err)
	}
	return body, nil
}
