package discord

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// patience is how long a call waits for its limit to open before it gives up.
const patience = 250 * time.Millisecond

// maxBuckets bounds the memory: one bucket is kept per limit and channel.
const maxBuckets = 4096

// limiter knows Discord's limits, learnt from the headers of its answers, and says how long a call must wait. It is safe for
// concurrent use.
type limiter struct {
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
	paced  bool
	global *rate.Limiter // guarded by mu, too, so that a refused call can give its place back

	mu      sync.Mutex
	closed  time.Time           // until when a global 429 holds the bot
	banned  time.Time           // until when a 429 of the proxy holds the address, interactions included
	known   map[string]knownFor // by route without its major id
	buckets map[string]*bucket
}

// knownFor is what all buckets of a route share.
type knownFor struct {
	hash  string
	limit int
}

func newLimiter(o Options) *limiter {
	// A tenth as burst and nine tenths as rate keep any one second, wherever it begins, within the rate.
	burst := max(o.GlobalRate/10, 1)
	return &limiter{
		now: o.Now, sleep: o.Sleep, paced: !o.NoPacing,
		global:  rate.NewLimiter(rate.Limit(max(o.GlobalRate-burst, 1)), burst),
		known:   map[string]knownFor{},
		buckets: map[string]*bucket{},
	}
}

// pass is the place of one call in its bucket; every pass that enter gave must be brought back with leave.
type pass struct {
	route  route
	bucket *bucket
}

// enter waits until the call may be sent, for patience at most and no longer than ctx lasts, or fails with *RateLimitedError at once.
func (l *limiter) enter(ctx context.Context, r route) (pass, error) {
	left := patience
	for {
		if err := ctx.Err(); err != nil {
			return pass{}, unsent(r, err)
		}
		p, wait, scope := l.reserve(r)
		if wait <= 0 {
			return p, nil
		}
		if wait > left || !fits(ctx, l.now(), wait) {
			return pass{}, &RateLimitedError{RetryAfter: wait, Scope: scope, Bucket: r.String()}
		}
		left -= wait
		if err := l.sleep(ctx, wait); err != nil {
			return pass{}, unsent(r, err)
		}
	}
}

// fits says whether ctx lasts longer than wait.
func fits(ctx context.Context, now time.Time, wait time.Duration) bool {
	end, ok := ctx.Deadline()
	return !ok || now.Add(wait).Before(end)
}

// reserve takes a place, or says how long to wait and for what.
func (l *limiter) reserve(r route) (pass, time.Duration, Scope) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if wait := l.closedUntil(r).Sub(now); wait > 0 {
		return pass{}, wait, ScopeGlobal
	}
	b := l.bucketOf(r, now)
	if wait := b.wait(now, l.paced); wait > 0 {
		return pass{}, wait, b.scope
	}
	if wait := l.globalWait(r, now); wait > 0 {
		return pass{}, wait, ScopeGlobal
	}
	b.take(now)
	return pass{r, b}, 0, ""
}

func (l *limiter) closedUntil(r route) time.Time {
	if r.open || l.banned.After(l.closed) {
		return l.banned
	}
	return l.closed
}

// globalWait takes a place in the bot's global rate, or says how long until there is one.
func (l *limiter) globalWait(r route, now time.Time) time.Duration {
	if r.open || !l.paced || l.global.AllowN(now, 1) {
		return 0
	}
	res := l.global.ReserveN(now, 1)
	defer res.CancelAt(now)
	return res.DelayFrom(now)
}

// bucketOf gives the bucket of r, made if need be.
func (l *limiter) bucketOf(r route, now time.Time) *bucket {
	known := l.known[r.class()]
	key := r.bucket(known.hash)
	b, ok := l.buckets[key]
	if !ok {
		if len(l.buckets) >= maxBuckets {
			l.evict(now)
		}
		b = &bucket{limit: known.limit, remaining: known.limit, scope: ScopeRoute}
		l.buckets[key] = b
	}
	b.used = now
	return b
}

// evict drops the buckets that hold nobody up, or, if those are few, whichever come first: forgetting costs a 429 at most.
func (l *limiter) evict(now time.Time) {
	for key, b := range l.buckets {
		if b.idle(now) {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) <= maxBuckets/2 {
			return
		}
		delete(l.buckets, key)
	}
}

// leave gives the place back and learns from the answer; a is nil if there was none.
func (l *limiter) leave(p pass, a *answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	p.bucket.inflight--
	if a == nil {
		p.bucket.restore()
		return
	}
	b := l.learn(p, a.header, now)
	b.update(readLimits(a.header), p.bucket.inflight, now)
	if a.status == http.StatusTooManyRequests {
		l.hold(b, p.route, a.apiErr, now)
	}
}

// learn files the call's bucket under the name that Discord gave it, and gives that bucket. A bucket that is new under its name knows
// nothing yet: what was sent before the name was known is counted elsewhere.
func (l *limiter) learn(p pass, h http.Header, now time.Time) *bucket {
	hash := h.Get("X-RateLimit-Bucket")
	if hash == "" {
		return p.bucket
	}
	l.known[p.route.class()] = knownFor{hash: hash, limit: readLimits(h).limit}
	b := l.bucketOf(p.route, now)
	if b != p.bucket && b.inflight == 0 && b.reset.IsZero() {
		b.limit = 0
	}
	return b
}

// hold obeys a 429 for what it names and nothing else.
func (l *limiter) hold(b *bucket, r route, e *APIError, now time.Time) {
	until := now.Add(e.RetryAfter)
	switch {
	case e.Scope != ScopeGlobal:
		b.held, b.scope = latest(b.held, until), r.held(e.Scope)
	case e.proxied:
		l.banned = latest(l.banned, until)
	default:
		l.closed = latest(l.closed, until)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
