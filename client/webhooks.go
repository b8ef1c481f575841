package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// Webhook is a URL that Kefu sends signed events to.
type Webhook struct {
	Tagged

	ID              string          `json:"id"`
	Name            string          `json:"name"`
	URL             string          `json:"url"`
	Description     string          `json:"description"`
	Events          []string        `json:"events"` // event types: exact words, message.* or *
	Enabled         bool            `json:"enabled"`
	DisabledReason  string          `json:"disabled_reason"` // why Kefu disabled it by itself
	Authentication  WebhookAuth     `json:"authentication"`
	Headers         []WebhookHeader `json:"headers"`
	TimestampFormat string          `json:"timestamp_format"` // iso8601 or unix
	Schedule        string          `json:"schedule"`         // standard or extended
	Timeout         int             `json:"timeout"`          // seconds, of an attempt
	MaxInFlight     int             `json:"max_in_flight"`    // requests at once
	RateLimit       int             `json:"rate_limit"`       // requests a second; 0 is without limit
	Rotation        WebhookRotation `json:"rotation"`
	Health          WebhookHealth   `json:"health"`
	CreatedBy       string          `json:"created_by"`
	CreatedAt       time.Time       `json:"created_at"`
	UpdatedAt       time.Time       `json:"updated_at"`
	// Secret signs. It is shown once, by Create and Rotate.
	Secret string `json:"secret,omitempty"`
}

// WebhookAuth is how Kefu shows a receiver who it is, besides the signature. Password and Token are written only, and never shown.
type WebhookAuth struct {
	Type     string `json:"type"` // none, basic or bearer
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Token    string `json:"token,omitempty"`
}

// WebhookHeader is sent with every request. Value is written only, and never shown; without it the one there is stays.
type WebhookHeader struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

// WebhookRotation is where the replacing of a secret stands.
type WebhookRotation struct {
	Prepared      bool       `json:"prepared"`       // another secret signs as well until it is promoted
	PreviousUntil *time.Time `json:"previous_until"` // until when the one before signs as well
}

// WebhookHealth is what the last attempts came to; tests do not count.
type WebhookHealth struct {
	FailingSince  *time.Time `json:"failing_since"` // since when there was nothing but failures
	Failures      int64      `json:"failures"`      // attempts since then
	LastSuccessAt *time.Time `json:"last_success_at"`
	LastFailureAt *time.Time `json:"last_failure_at"`
}

// NewWebhook is what a webhook is made of. Numbers that are 0 and words that are empty are the server's.
type NewWebhook struct {
	Name            string          `json:"name"`
	URL             string          `json:"url"`
	Description     string          `json:"description,omitempty"`
	Events          []string        `json:"events"`
	Enabled         *bool           `json:"enabled,omitempty"` // nil is true
	Authentication  *WebhookAuth    `json:"authentication,omitempty"`
	Headers         []WebhookHeader `json:"headers,omitempty"`
	TimestampFormat string          `json:"timestamp_format,omitempty"`
	Schedule        string          `json:"schedule,omitempty"`
	Timeout         int             `json:"timeout,omitempty"` // seconds
	MaxInFlight     int             `json:"max_in_flight,omitempty"`
	RateLimit       int             `json:"rate_limit,omitempty"`
	Secret          string          `json:"secret,omitempty"` // without it one is made
}

// WebhookChange is what changes; absent members stay.
type WebhookChange struct {
	Name            Opt[string]          `json:"name,omitzero"`
	URL             Opt[string]          `json:"url,omitzero"` // on another host it needs the credentials and header values again
	Description     Opt[string]          `json:"description,omitzero"`
	Events          Opt[[]string]        `json:"events,omitzero"`
	Enabled         Opt[bool]            `json:"enabled,omitzero"` // true forgets the failures of one that Kefu disabled
	Authentication  Opt[WebhookAuth]     `json:"authentication,omitzero"`
	Headers         Opt[[]WebhookHeader] `json:"headers,omitzero"` // all of them
	TimestampFormat Opt[string]          `json:"timestamp_format,omitzero"`
	Schedule        Opt[string]          `json:"schedule,omitzero"`
	Timeout         Opt[int]             `json:"timeout,omitzero"` // seconds
	MaxInFlight     Opt[int]             `json:"max_in_flight,omitzero"`
	RateLimit       Opt[int]             `json:"rate_limit,omitzero"`
}

// WebhookEventType is a type of event that webhooks tell.
type WebhookEventType struct {
	Event       string          `json:"event"`
	Description string          `json:"description"`
	Example     json.RawMessage `json:"example"` // a body as a receiver gets it
	Schema      json.RawMessage `json:"schema"`  // the JSON Schema of the body
}

// Webhooks are the URLs that Kefu sends signed events to.
type Webhooks struct{ c *Client }

// Create makes a webhook. Its secret is in the answer, and never again.
func (s Webhooks) Create(ctx context.Context, in NewWebhook) (*Webhook, error) {
	return post[Webhook](ctx, s.c, "/webhooks", in)
}

// Get reads one.
func (s Webhooks) Get(ctx context.Context, id string) (*Webhook, error) {
	return get[Webhook](ctx, s.c, at("/webhooks", id), nil)
}

// List walks all webhooks, oldest first.
func (s Webhooks) List(ctx context.Context) iter.Seq2[Webhook, error] {
	return items[Webhook](ctx, s.c, "/webhooks", nil)
}

// EventTypes walks the types of event that there are.
func (s Webhooks) EventTypes(ctx context.Context) iter.Seq2[WebhookEventType, error] {
	return whole[WebhookEventType](ctx, s.c, "/webhooks/event-types", nil)
}

// Update changes the members that are present.
func (s Webhooks) Update(ctx context.Context, id string, ch WebhookChange, opts ...CallOption) (*Webhook, error) {
	return put[Webhook](ctx, s.c, at("/webhooks", id), ch, opts)
}

// Delete removes a webhook. Its log stays for as long as any.
func (s Webhooks) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/webhooks", id), opts)
}

// Rotate prepares another secret, which signs beside the one in force until it is promoted; "" has one made. It is in the answer, and never
// again.
func (s Webhooks) Rotate(ctx context.Context, id, secret string) (*Webhook, error) {
	in := struct {
		Secret string `json:"secret,omitempty"`
	}{secret}
	return post[Webhook](ctx, s.c, at("/webhooks", id, "rotate"), in)
}

// Promote puts the prepared secret in force. The one before signs beside it for another day.
func (s Webhooks) Promote(ctx context.Context, id string) (*Webhook, error) {
	return post[Webhook](ctx, s.c, at("/webhooks", id, "promote"), nil)
}

// Test sends webhook.test at once, one attempt, and tells what it came to.
func (s Webhooks) Test(ctx context.Context, id string) (*WebhookLog, error) {
	return post[WebhookLog](ctx, s.c, at("/webhooks", id, "test"), nil)
}

// Replay sends many events again, little by little. One runs at a time for each webhook.
func (s Webhooks) Replay(ctx context.Context, id string, in NewWebhookReplay) (*WebhookReplay, error) {
	return post[WebhookReplay](ctx, s.c, at("/webhooks", id, "replay"), in)
}
