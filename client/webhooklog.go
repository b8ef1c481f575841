package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"time"
)

// WebhookDelivery is one event to one webhook, until it is final.
type WebhookDelivery struct {
	Tagged

	ID         string     `json:"id"` // as in X-Webhook-Delivery
	EndpointID string     `json:"endpoint_id"`
	EventID    string     `json:"event_id"` // as in webhook-id: the same in every attempt, retry and replay
	Event      string     `json:"event"`
	Cause      string     `json:"cause"` // event, retry, replay or test
	State      string     `json:"state"` // queued, sending, delivered, failed or skipped
	Attempts   int        `json:"attempts"`
	DueAt      *time.Time `json:"due_at"` // of the next attempt
	Status     *int       `json:"status"` // of the last answer
	Error      string     `json:"error"`  // class of the last failure, "" when it arrived
	CreatedAt  time.Time  `json:"created_at"`
	DoneAt     *time.Time `json:"done_at"`
}

// WebhookLog is a delivery with all that is known of it.
type WebhookLog struct {
	WebhookDelivery

	AttemptLog []WebhookAttempt `json:"attempt_log"` // the first one first
	Payload    json.RawMessage  `json:"payload"`     // without the signature; null when the event is no longer kept
}

// WebhookAttempt is one try.
type WebhookAttempt struct {
	No         int       `json:"no"` // 1 is the first
	StartedAt  time.Time `json:"started_at"`
	DurationMS int64     `json:"duration_ms"`
	Status     *int      `json:"status"`  // of the answer
	Error      string    `json:"error"`   // class of the failure, "" when it arrived
	Answer     string    `json:"answer"`  // its beginning
	Address    string    `json:"address"` // IP and port, "" when there was no connection
}

// WebhookDeliveryFilter narrows a list; empty members do not.
type WebhookDeliveryFilter struct {
	EndpointID string
	State      string
	Event      string // a type
	EventID    string
	Cause      string
	Since      time.Time
	Until      time.Time
}

func (f WebhookDeliveryFilter) query() url.Values {
	return url.Values(filter{}.text("endpoint_id", f.EndpointID).text("state", f.State).text("event", f.Event).text("event_id", f.EventID).
		text("cause", f.Cause).time("since", f.Since).time("until", f.Until))
}

// WebhookRetry is what became of one of many that were to be sent again.
type WebhookRetry struct {
	ID         string  `json:"id"`
	DeliveryID *string `json:"delivery_id"` // the new one
	Error      *string `json:"error"`       // why there is none
}

// WebhookDeliveries are the log of what was sent to webhooks.
type WebhookDeliveries struct{ c *Client }

// Get reads one, with every attempt and what is sent.
func (s WebhookDeliveries) Get(ctx context.Context, id string) (*WebhookLog, error) {
	return get[WebhookLog](ctx, s.c, at("/webhook-deliveries", id), nil)
}

// List walks those that the filter keeps, newest first.
func (s WebhookDeliveries) List(ctx context.Context, f WebhookDeliveryFilter) iter.Seq2[WebhookDelivery, error] {
	return items[WebhookDelivery](ctx, s.c, "/webhook-deliveries", f.query())
}

// Retry sends an event again: a new delivery with a schedule of its own.
func (s WebhookDeliveries) Retry(ctx context.Context, id string) (*WebhookDelivery, error) {
	return post[WebhookDelivery](ctx, s.c, at("/webhook-deliveries", id, "retry"), nil)
}

// RetryMany is Retry for up to 200. What cannot be sent again says why, and holds up no other.
func (s WebhookDeliveries) RetryMany(ctx context.Context, ids []string) ([]WebhookRetry, error) {
	out, err := post[page[WebhookRetry]](ctx, s.c, "/webhook-deliveries/retry", map[string][]string{"ids": ids})
	if err != nil {
		return nil, err
	}
	return out.Items, nil
}

// WebhookReplay sends one webhook many events again.
type WebhookReplay struct {
	Tagged

	ID         string     `json:"id"`
	EndpointID string     `json:"endpoint_id"`
	Events     []string   `json:"events"`
	Status     string     `json:"status"` // of each event's latest delivery: failed, skipped, delivered or any
	Since      *time.Time `json:"since"`
	Until      *time.Time `json:"until"`
	PerSecond  int        `json:"per_second"`
	State      string     `json:"state"` // running, done or cancelled
	Made       int64      `json:"made"`  // deliveries so far
	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	DoneAt     *time.Time `json:"done_at"`
}

// NewWebhookReplay says what is to be sent again.
type NewWebhookReplay struct {
	Events    []string  `json:"events,omitempty"` // those that the webhook wants, without it
	Status    string    `json:"status,omitempty"` // failed without it
	Since     time.Time `json:"since,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	PerSecond int       `json:"per_second,omitempty"` // 50 without it
}

// WebhookReplays are the replays of webhooks; Webhooks.Replay begins one.
type WebhookReplays struct{ c *Client }

// Get reads one.
func (s WebhookReplays) Get(ctx context.Context, id string) (*WebhookReplay, error) {
	return get[WebhookReplay](ctx, s.c, at("/webhook-replays", id), nil)
}

// List walks the replays of a webhook, newest first; "" is of all of them.
func (s WebhookReplays) List(ctx context.Context, webhook string) iter.Seq2[WebhookReplay, error] {
	return items[WebhookReplay](ctx, s.c, "/webhook-replays", url.Values(filter{}.text("endpoint_id", webhook)))
}

// Cancel ends one. What it has made is sent all the same.
func (s WebhookReplays) Cancel(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/webhook-replays", id), opts)
}
