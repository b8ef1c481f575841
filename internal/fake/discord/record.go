package discord

import (
	"bytes"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// maxRecordedBody bounds what is kept of one body.
const maxRecordedBody = 256 << 10

// recorder keeps the last requests, and counts the invalid ones.
type recorder struct {
	on  atomic.Bool
	cap int
	now func() time.Time

	mu      sync.Mutex
	ring    []Request
	next    int         // where the oldest is, once the ring is full
	invalid []time.Time // 401, 403 and 429 of the last ten minutes
}

func newRecorder(ring int, now func() time.Time) *recorder {
	r := &recorder{cap: max(ring, 0), now: now}
	r.on.Store(ring > 0)
	return r
}

// add keeps a request; c has the parts of a multipart body.
func (r *recorder) add(q Request, c *call, raw []byte) {
	if !r.on.Load() {
		return
	}
	q.Body = bytes.Clone(raw[:min(len(raw), maxRecordedBody)])
	if len(c.files) > 0 || len(c.body) != len(raw) {
		q.PayloadJSON = bytes.Clone(c.body[:min(len(c.body), maxRecordedBody)])
	}
	for _, f := range c.files {
		q.Files = append(q.Files, f.Name)
	}
	q.Header = c.r.Header.Clone()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ring) < r.cap {
		r.ring = append(r.ring, q)
		return
	}
	r.ring[r.next] = q
	r.next = (r.next + 1) % r.cap
}

func (r *recorder) all() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Concat(r.ring[r.next:], r.ring[:r.next])
}

func (r *recorder) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring, r.next = nil, 0
}

// count notes an answer if it is one of those that lead to a ban; a 429 for a
// limit shared with others does not.
func (r *recorder) count(a answer) {
	switch {
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
	case a.status == http.StatusTooManyRequests && a.header.Get("X-RateLimit-Scope") != "shared":
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.invalid = append(r.invalid, r.now())
}

// invalidCount is how many such answers the last ten minutes saw.
func (r *recorder) invalidCount() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := r.now().Add(-10 * time.Minute)
	gone := 0
	for gone < len(r.invalid) && r.invalid[gone].Before(since) {
		gone++
	}
	r.invalid = slices.Delete(r.invalid, 0, gone)
	return len(r.invalid)
}
