package discord

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// Client makes REST calls for one bot. It is safe for concurrent use; make one per bot, because limits are counted in it.
//
// Every method makes one request at most (CurrentMember may make two), waits 250 ms at most for a limit, ends when ctx does, and fails
// with *APIError, *RateLimitedError, *BrakeError or *RefusedError. Reads, edits, deletes and puts may be repeated at will; a create
// that failed with APIError.Sent may have been done, so look first.
type Client struct {
	o      Options
	http   *http.Client
	limits *limiter
	guard  *guard

	mu   sync.Mutex
	self string // the bot's user id, once known
}

// New makes a Client. It sends nothing.
func New(o Options) *Client {
	o = o.withDefaults()
	h := *o.HTTP
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{o: o, http: &h, limits: newLimiter(o), guard: newGuard(o.Now)}
}

// Reset lets routes that were left alone after repeated refusals be called again: for when something has changed that may have mended it.
func (c *Client) Reset() { c.guard.reset() }

// ResetChannel is Reset for the calls about one channel: for when a person has opened their direct messages.
func (c *Client) ResetChannel(channelID string) { c.guard.resetOf(channelID) }

// Close lets idle connections go. The Client may be used afterwards.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// do makes one call: it passes guard and limits, sends, and tells both what came of it.
func (c *Client) do(ctx context.Context, k call, out any) error {
	r := k.route
	if err := c.guard.admit(r); err != nil {
		return err
	}
	p, err := c.limits.enter(ctx, r)
	if err != nil {
		return err
	}
	res, err := c.send(ctx, k, out)
	c.limits.leave(p, res)
	c.guard.note(r, res)
	return c.explain(r, res, err)
}

// explain turns the answer into the error that the caller sees.
func (c *Client) explain(r route, res *answer, err error) error {
	if err != nil || res.apiErr == nil {
		return err
	}
	e := res.apiErr
	if e.Status != http.StatusTooManyRequests {
		return e
	}
	c.o.Log.Warn("discord limit reached", "route", r.String(), "scope", e.Scope, "retry_after", e.RetryAfter)
	return &RateLimitedError{RetryAfter: e.RetryAfter, Scope: r.held(e.Scope), Bucket: r.String(), API: e}
}

// call is one request to be made. Its body is JSON of body, or multipart if there are files.
type call struct {
	route route
	path  string
	body  any
	files []File
}

// asAPIError gives err as an *APIError if it is or wraps one.
func asAPIError(err error) (*APIError, bool) {
	var e *APIError
	return e, errors.As(err, &e)
}

// Code gives the code Discord gave with err, 0 if there is none.
func Code(err error) int {
	if e, ok := asAPIError(err); ok {
		return e.Code
	}
	var r *RefusedError
	if errors.As(err, &r) {
		return r.Code
	}
	return 0
}

// MayHaveHappened says whether the call that gave err may have taken effect all the same.
func MayHaveHappened(err error) bool {
	e, ok := asAPIError(err)
	return ok && e.Sent
}
