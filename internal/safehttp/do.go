package safehttp

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// Do sends a request with a client of this package, and tells whether the remote could have seen it. When sent is false it certainly
// has not (refused by us, name unknown, connection or TLS failed, cancelled before) and sending again is safe; when sent is true and
// err is not nil, the request may have had its effect. Sent is always true beside an answer, whose body the caller closes.
//
// A request is written at most once, unless its method is GET, HEAD, OPTIONS or TRACE, or it carries an Idempotency-Key header: those
// net/http repeats by itself when a kept connection turns out to be dead. Others are repeated only if not a byte was written, for
// which the body must be one that http.NewRequest knows how to rewind (bytes or strings).
//
// The error names the method and the host; path and query are left out. It blocks for at most the client's Timeout or until the
// request's context ends.
func Do(c *http.Client, req *http.Request) (resp *http.Response, sent bool, err error) {
	var reached atomic.Bool
	repeatable := repeatable(req)
	trace := &httptrace.ClientTrace{
		// A second connection for a request that may not be repeated means that nothing went over the first.
		GetConn: func(string) {
			if !repeatable {
				reached.Store(false)
			}
		},
		// Later hooks would be too late: when the context ends now, the connection may still go on to write what it was given.
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	}
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), trace))
	resp, err = c.Do(req) //nolint:gosec // G704: the client's own guard says where it may go
	if err != nil {
		return nil, reached.Load(), hidePath(err, req)
	}
	return resp, true, nil
}

// repeatable says, on the cautious side, what net/http says of itself.
func repeatable(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return len(req.Header["Idempotency-Key"])+len(req.Header["X-Idempotency-Key"]) > 0
}

func hidePath(err error, req *http.Request) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%s %s: %w", req.Method, req.URL.Host, err)
}
