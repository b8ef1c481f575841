package discord

import (
	"net/http"
	"strconv"
	"time"
)

// unknownWait is how long to wait for a window whose end is not known yet: an answer that is under way will tell.
const unknownWait = 50 * time.Millisecond

// bucket counts one limit for one channel or guild. The limiter's lock guards it.
type bucket struct {
	limit     int // calls per window; 0: not known
	remaining int
	reset     time.Time // end of the window; zero: not known
	held      time.Time // until when a 429 holds it
	scope     Scope     // of what holds it
	inflight  int
	used      time.Time
}

// wait says how long a call must wait; 0 if it may go.
func (b *bucket) wait(now time.Time, paced bool) time.Duration {
	if now.Before(b.held) {
		return b.held.Sub(now)
	}
	b.scope = ScopeRoute
	if !paced || b.limit == 0 {
		return 0
	}
	if !b.reset.IsZero() && !now.Before(b.reset) || b.reset.IsZero() && b.inflight == 0 {
		b.remaining, b.reset = max(b.remaining, b.limit), time.Time{}
	}
	switch {
	case b.remaining > 0:
		return 0
	case b.reset.IsZero():
		return unknownWait
	}
	return b.reset.Sub(now)
}

// take counts a call that is sent now.
func (b *bucket) take(now time.Time) {
	b.used = now
	b.inflight++
	b.remaining = max(b.remaining-1, 0)
}

// restore counts a call back of which nothing was heard.
func (b *bucket) restore() {
	b.remaining = min(b.remaining+1, b.limit)
}

// update takes over what an answer says. Within a window our own count, which knows of calls that are under way, and the answer's,
// which may be old, both hold: the lower one wins. In a window that is new to us the answer may not know of the others under way.
func (b *bucket) update(h limits, others int, now time.Time) {
	if h.limit <= 0 {
		return
	}
	left := max(h.remaining-others, 0)
	if b.limit > 0 && (b.reset.IsZero() || now.Before(b.reset)) {
		left = min(h.remaining, b.remaining)
	}
	b.limit, b.remaining, b.reset = h.limit, left, now.Add(h.resetAfter)
}

// idle says whether forgetting the bucket loses nothing.
func (b *bucket) idle(now time.Time) bool {
	return b.inflight == 0 && !now.Before(b.reset) && !now.Before(b.held)
}

// limits are the rate limit headers of an answer; limit is 0 if there are none.
type limits struct {
	limit, remaining int
	resetAfter       time.Duration
}

func readLimits(h http.Header) limits {
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	if err != nil {
		return limits{}
	}
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil {
		return limits{}
	}
	after, ok := seconds(h.Get("X-RateLimit-Reset-After"))
	if !ok {
		return limits{}
	}
	return limits{limit, remaining, after}
}
