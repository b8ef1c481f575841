package safehttp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

var (
	// ErrTooLarge is the error of an answer that is longer than the client takes.
	ErrTooLarge = errors.New("answer is too large")
	// ErrURL is the error of a URL that cannot be called.
	ErrURL = errors.New("URL cannot be used")
)

// Transport sends requests one by one, and keeps connections until it is told to let go of those that idle.
type Transport interface {
	http.RoundTripper
	// CloseIdleConnections closes what is not in use; the transport stays usable.
	CloseIdleConnections()
}

// transport puts the limits that http.Transport does not have around it.
type transport struct {
	inner     *http.Transport
	maxBody   int64
	userAgent string
	guarded   bool
}

// RoundTrip is http.RoundTripper's.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.check(req.URL); err != nil {
		if req.Body != nil {
			req.Body.Close() // a RoundTripper must, also when it fails
		}
		return nil, err
	}
	if t.userAgent != "" && req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", t.userAgent)
	}
	resp, err := t.inner.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	// A connection that was asked to become a WebSocket is no answer with an end, and its body must stay writable.
	if resp.StatusCode == http.StatusSwitchingProtocols && req.Header.Get("Upgrade") != "" {
		return resp, nil
	}
	resp.Body = &capped{ReadCloser: resp.Body, max: t.maxBody, left: t.maxBody}
	return resp, nil
}

// CloseIdleConnections is what http.Client's looks for.
func (t *transport) CloseIdleConnections() { t.inner.CloseIdleConnections() }

func (t *transport) check(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%w: it must begin with http:// or https://", ErrURL)
	case u.Hostname() == "":
		return fmt.Errorf("%w: it has no host", ErrURL)
	case t.guarded && u.User != nil:
		return fmt.Errorf("%w: it holds a user name; put credentials into their own fields", ErrURL)
	}
	return nil
}

// capped is a body that fails, rather than ends, when it is longer than it may be: a cut answer must not look whole.
type capped struct {
	io.ReadCloser
	max, left int64
	err       error
}

func (c *capped) Read(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	// One byte more than is left tells an answer that fits exactly from one that goes on.
	if int64(len(p))-1 > c.left {
		p = p[:c.left+1]
	}
	n, err := c.ReadCloser.Read(p)
	if int64(n) > c.left {
		n, err = int(c.left), fmt.Errorf("%w: over %d bytes", ErrTooLarge, c.max)
	}
	c.left -= int64(n)
	c.err = err
	return n, err
}
