package discord

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// DefaultBaseURL is Discord itself.
const DefaultBaseURL = "https://discord.com/api/v10"

// Options say how a Client talks. Only Token is needed.
type Options struct {
	// BaseURL is the root of the API with its version; DefaultBaseURL if empty.
	BaseURL string
	Token   Token
	// HTTP carries the requests; redirects are never followed. A client of our own if nil.
	HTTP *http.Client
	// Log hears of limits and refusals, never of content. Nothing is logged if nil.
	Log *slog.Logger
	// UserAgent is "DiscordBot (URL, version)"; Discord blocks anything else.
	UserAgent string
	// Timeout bounds one call, 15 s if 0; an upload has four times as long.
	Timeout time.Duration
	// GlobalRate is how many calls a second the bot may make in all, 50 if 0.
	GlobalRate int
	// NoPacing sends without waiting for buckets and the global rate. A 429 is still obeyed. For benchmarks.
	NoPacing bool
	// Now and Sleep are the clock; the real one if nil.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

func (o Options) withDefaults() Options {
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: newTransport()}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.UserAgent == "" {
		o.UserAgent = "DiscordBot (https://example.invalid/kefu, 1)"
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.GlobalRate <= 0 {
		o.GlobalRate = 50
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

// newTransport keeps more idle connections to the one host than the default two, which would dial anew under load.
func newTransport() *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second}
	t.MaxIdleConnsPerHost = 64
	return t
}

// sleep waits d, or until ctx ends, whose error it then gives.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
