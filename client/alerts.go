package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Alert is a notice to the operator: something is wrong from RaisedAt until ClearedAt.
type Alert struct {
	Tagged

	ID        string         `json:"id"`
	Kind      string         `json:"kind"`     // remote_down, queue_age, webhook_failing, …
	Subject   string         `json:"subject"`  // the id of what it is about
	Severity  string         `json:"severity"` // warning or critical
	Summary   string         `json:"summary"`  // one line for people
	Detail    map[string]any `json:"detail"`   // figures of when it was raised; they depend on Kind
	Count     int64          `json:"count"`    // how often it was raised while it was open
	RaisedAt  time.Time      `json:"raised_at"`
	UpdatedAt time.Time      `json:"updated_at"`
	ClearedAt *time.Time     `json:"cleared_at"`
}

// Alerts are what is wrong, or was. As it happens: the events alert.raised and alert.cleared.
type Alerts struct{ c *Client }

// Get reads one.
func (s Alerts) Get(ctx context.Context, id string) (*Alert, error) {
	return get[Alert](ctx, s.c, at("/alerts", id), nil)
}

// List walks alerts, newest first: those that are open, cleared, or all of them; "" is open.
func (s Alerts) List(ctx context.Context, state string) iter.Seq2[Alert, error] {
	return items[Alert](ctx, s.c, "/alerts", url.Values(filter{}.text("state", state)))
}
