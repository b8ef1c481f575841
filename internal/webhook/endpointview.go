package webhook

import (
	"time"

	"kefu"
)

// Endpoint is an endpoint as the API shows it. What it keeps to itself is named and not shown.
type Endpoint struct {
	ID              kefu.EndpointID      `json:"id" doc:"Id of the endpoint." example:"whe_06c0000000000000000000000g"`
	Name            string               `json:"name" doc:"What people call it."`
	URL             string               `json:"url" doc:"Where events are sent."`
	Description     string               `json:"description" doc:"What it is for."`
	Events          []string             `json:"events" doc:"Event types that it wants: exact words, message.* or *."`
	Enabled         bool                 `json:"enabled" doc:"Whether it is sent anything."`
	DisabledReason  string               `json:"disabled_reason" doc:"Why Kefu disabled it by itself; empty when it did not."`
	Authentication  Authentication       `json:"authentication" doc:"How Kefu shows the receiver who it is, besides the signature."`
	Headers         []HeaderName         `json:"headers" doc:"Headers of its own that are sent with every request; their values are not shown."`
	TimestampFormat kefu.TimestampFormat `json:"timestamp_format" doc:"How times are written in what it is sent."`
	Schedule        kefu.RetrySchedule   `json:"schedule" doc:"When what failed is tried again."`
	Timeout         int                  `json:"timeout" doc:"Seconds that an attempt may take in all."`
	MaxInFlight     int                  `json:"max_in_flight" doc:"How many requests may be on their way at once."`
	RateLimit       int                  `json:"rate_limit" doc:"The most requests a second; 0 is without limit."`
	Rotation        Rotation             `json:"rotation" doc:"Where the replacing of its signing secret stands."`
	Health          Health               `json:"health" doc:"What its last attempts came to; tests do not count."`
	CreatedBy       string               `json:"created_by" doc:"Who made it."`
	CreatedAt       time.Time            `json:"created_at" doc:"When it was made."`
	UpdatedAt       time.Time            `json:"updated_at" doc:"When it was changed last."`
}

// Authentication is how a receiver is shown who sends, as the API shows it.
type Authentication struct {
	Type     kefu.EndpointAuth `json:"type" doc:"none, basic (a name and a password) or bearer (a token)."`
	Username string            `json:"username" doc:"Name of Basic authentication."`
}

// HeaderName is a header of the operator's own, without its value.
type HeaderName struct {
	Name string `json:"name" doc:"Name of the header."`
}

// Rotation tells where the replacing of a signing secret stands.
type Rotation struct {
	Prepared      bool       `json:"prepared" doc:"Whether another secret is prepared; it signs beside the one in force until it is promoted."`
	PreviousUntil *time.Time `json:"previous_until" doc:"Until when the secret that was replaced last signs as well, or null."`
}

// Health is what the last attempts of an endpoint came to. Its last times are told to the minute, so that the entity tag of an endpoint that
// is used a lot holds for long enough to change it by.
type Health struct {
	FailingSince  *time.Time `json:"failing_since" doc:"Since when there was nothing but failures, or null."`
	Failures      int64      `json:"failures" doc:"Failed attempts since then."`
	LastSuccessAt *time.Time `json:"last_success_at" doc:"When the last attempt arrived, to the minute, or null."`
	LastFailureAt *time.Time `json:"last_failure_at" doc:"When the last attempt failed, to the minute, or null."`
}

// NewEndpoint is an endpoint with a signing secret that was just made.
type NewEndpoint struct {
	Endpoint

	Secret string `json:"secret" doc:"The signing secret. It is shown this once."`
}

// State is what can be read of it later, and what a change of it may ask for by If-Match.
func (n NewEndpoint) State() any { return n.Endpoint }

// show is how an endpoint is shown at a time. One whose secrets cannot be read is shown without what lies among them, so that it can be
// found and deleted.
func (w *Webhooks) show(e kefu.Endpoint, now time.Time) Endpoint {
	t, err := w.Target(e)
	if err != nil {
		w.Log.Error("an endpoint of webhooks cannot be sent anything", "endpoint", e.ID, "error", err)
	}
	return showTarget(t, now)
}

func showTarget(t Target, now time.Time) Endpoint {
	out := Endpoint{ID: t.ID, Name: t.Name, URL: t.URL, Description: t.Description, Events: append([]string{}, t.Events...), Enabled: t.Enabled,
		DisabledReason: t.DisabledWhy, Authentication: Authentication{t.Auth, t.Secrets.Username}, Headers: make([]HeaderName, 0, len(t.Secrets.Headers)),
		TimestampFormat: t.Timestamps, Schedule: t.Schedule, Timeout: int(t.Timeout / time.Second), MaxInFlight: t.MaxInFlight, RateLimit: t.RateLimit,
		Rotation: Rotation{Prepared: t.Secrets.Next != ""},
		Health: Health{orNull(t.Health.FailingSince), t.Health.Failures, orNull(t.Health.LastSuccessAt.Truncate(time.Minute)),
			orNull(t.Health.LastFailureAt.Truncate(time.Minute))},
		CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	for _, h := range t.Secrets.Headers {
		out.Headers = append(out.Headers, HeaderName{h.Name})
	}
	if t.Secrets.Previous != "" && now.Before(t.Secrets.PreviousUntil) {
		out.Rotation.PreviousUntil = orNull(t.Secrets.PreviousUntil)
	}
	return out
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
