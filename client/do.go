package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	apiPath    = "/api/v1"
	maxAnswer  = 64 << 20         // bytes of one answer
	longestNap = 30 * time.Second // whoever is asked to wait longer is told so by the error
)

// request is one call, as often as it is tried.
type request struct {
	method      string
	path        string // escaped, below the base address
	query       url.Values
	body        []byte
	contentType string
	key         string // Idempotency-Key
	ifMatch     string
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// CallOption changes one call.
type CallOption func(*request)

// IfMatch makes a change only if the thing is still as it was when it was read: give the ETag of that. A lost race is an error that
// IsChanged knows.
func IfMatch(etag string) CallOption { return func(r *request) { r.ifMatch = etag } }

type keyOfContext struct{}

// WithIdempotencyKey gives the next POST under ctx a key of yours, so that a repetition by another process, or after a crash, is still the
// same call for 24 hours. Without it every call makes its own. Use such a context for one call.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyOfContext{}, key)
}

// do sends a request until it is answered for good.
func (c *Client) do(ctx context.Context, r request, opts ...CallOption) (answer, error) {
	for _, opt := range opts {
		opt(&r)
	}
	if r.method == http.MethodPost {
		r.key, _ = ctx.Value(keyOfContext{}).(string)
		if r.key == "" {
			r.key = rand.Text()
		}
	}
	renewed := false
	for try := 1; ; try++ {
		a, shown, err := c.once(ctx, r)
		if err == nil {
			return a, nil
		}
		if IsUnauthorized(err) && !renewed && shown != "" && c.credential.renew(shown) {
			renewed = true
			continue
		}
		if try >= c.tries || ctx.Err() != nil || !r.again(err) {
			return a, err
		}
		if napErr := c.nap(ctx, try, err); napErr != nil {
			return a, err
		}
	}
}

// again tells whether an error may pass, and the request may be sent twice.
func (r request) again(err error) bool {
	if e := new(Error); errors.As(err, &e) {
		switch e.Status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return e.RetryAfter <= longestNap // nothing was kept
		case http.StatusBadGateway, http.StatusGatewayTimeout:
			return r.ifMatch == ""
		}
		return false
	}
	var unsent *unsentError
	// A change that met its If-Match and whose answer was lost would meet it no more, and look like a lost race.
	return !errors.As(err, &unsent) && r.ifMatch == ""
}

// unsentError is a fault of this side: the same request would meet it again.
type unsentError struct{ error }

func (e *unsentError) Unwrap() error { return e.error }

// nap waits before the next try: as long as the server asked for, else twice as long each time, with jitter.
func (c *Client) nap(ctx context.Context, try int, err error) error {
	d := jittered(c.pause, try, longestNap)
	if e := new(Error); errors.As(err, &e) && e.RetryAfter > 0 {
		d = e.RetryAfter + d/2
	}
	return sleep(ctx, d)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// jittered is between half and all of first, doubled for each try before; never over most.
func jittered(first time.Duration, try int, most time.Duration) time.Duration {
	d := min(first<<min(try-1, 20), most)
	return d/2 + mathrand.N(d/2+1)
}

// once tries once; shown is the Authorization that the server saw.
func (c *Client) once(ctx context.Context, r request) (a answer, shown string, err error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return a, "", &unsentError{err}
	}
	if err := c.credential.apply(ctx, req, r.body); err != nil {
		return a, "", err
	}
	a, err = c.send(req)
	return a, req.Header.Get("Authorization"), err
}

func (c *Client) request(ctx context.Context, r request) (*http.Request, error) {
	target := c.base.String() + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("kefu: %w", err)
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", "application/json")
	for name, value := range map[string]string{"Content-Type": r.contentType, "Idempotency-Key": r.key, "If-Match": r.ifMatch} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

func (c *Client) send(req *http.Request) (answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("kefu: %w", err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(a.body) > maxAnswer {
		return a, &unsentError{errors.New("kefu: the answer is too long: ask for fewer items")}
	}
	if err != nil {
		return a, fmt.Errorf("kefu: the answer broke off: %w", err)
	}
	if a.status < 200 || a.status > 299 {
		return a, refusal(a.status, a.header, a.body)
	}
	return a, nil
}

// tagged is what a thing that is read one by one knows of itself.
type tagged interface{ tag(etag string) }

// Tagged holds the version of a thing that was read, made or changed by itself. Items of lists have none.
type Tagged struct {
	// ETag is for IfMatch.
	ETag string `json:"-"`
}

func (t *Tagged) tag(etag string) { t.ETag = etag }

// call sends in as JSON, unless it is nil, and reads the answer.
func call[T any](ctx context.Context, c *Client, method, path string, in any, opts []CallOption) (*T, error) {
	r := request{method: method, path: apiPath + path}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("kefu: %w", err)
		}
		r.body, r.contentType = body, "application/json"
	}
	a, err := c.do(ctx, r, opts...)
	if err != nil {
		return nil, err
	}
	return decode[T](a)
}

func decode[T any](a answer) (*T, error) {
	out := new(T)
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, out); err != nil {
			return nil, fmt.Errorf("kefu: the answer cannot be read: %w", err)
		}
	}
	if t, ok := any(out).(tagged); ok {
		t.tag(a.header.Get("ETag"))
	}
	return out, nil
}

func get[T any](ctx context.Context, c *Client, path string, query url.Values) (*T, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: apiPath + path, query: query})
	if err != nil {
		return nil, err
	}
	return decode[T](a)
}

func post[T any](ctx context.Context, c *Client, path string, in any) (*T, error) {
	return call[T](ctx, c, http.MethodPost, path, in, nil)
}

func put[T any](ctx context.Context, c *Client, path string, in any, opts []CallOption) (*T, error) {
	return call[T](ctx, c, http.MethodPut, path, in, opts)
}

func remove(ctx context.Context, c *Client, path string, opts []CallOption) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: apiPath + path}, opts...)
	return err
}

// at is a path with one thing's id in it.
func at(collection, id string, more ...string) string {
	return strings.Join(append([]string{collection, url.PathEscape(id)}, more...), "/")
}
