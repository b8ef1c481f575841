package auth

import (
	"context"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"github.com/throttled/throttled/v2"

	"kefu"
)

// Limits of requests, by the generic cell rate algorithm: so many a minute, and so many more at once. They are kept in memory: a restart
// begins anew, and each of several nodes counts what comes to it.
const (
	KeyPerMinute, KeyBurst         = 600, 200 // of a program: each API key, OAuth2 client or signing key
	UserPerMinute, UserBurst       = 600, 200 // of an agent
	ContactPerMinute, ContactBurst = 120, 60  // of a contact's visitor address
	OpenPerMinute, OpenBurst       = 120, 60  // of a visitor address without credentials
	LoginPerMinute, LoginBurst     = 10, 10   // tries to log in to one account
	TriesPerMinute, TriesBurst     = 30, 30   // tries to log in, or to get a token, from one address
)

// maxCounted is how many callers a limit remembers; beyond it, those who are well within it are forgotten first.
const maxCounted = 100_000

type limits struct{ key, user, contact, open, account, tries *limiter }

type limiter struct {
	name   string
	gcra   *throttled.GCRARateLimiterCtx
	window time.Duration
}

func newLimits(now func() time.Time) (*limits, error) {
	if now == nil {
		now = time.Now
	}
	var failed error
	limit := func(name string, perMinute, burst int) *limiter {
		g, err := throttled.NewGCRARateLimiterCtx(newCounts(now, maxCounted), throttled.RateQuota{MaxRate: throttled.PerMin(perMinute), MaxBurst: burst - 1})
		if err != nil {
			failed = err
			return nil
		}
		g.SetMaxCASAttemptsLimit(1000)
		return &limiter{name: name, gcra: g, window: time.Duration(burst) * time.Minute / time.Duration(perMinute)}
	}
	return &limits{key: limit("key", KeyPerMinute, KeyBurst), user: limit("user", UserPerMinute, UserBurst),
		contact: limit("contact", ContactPerMinute, ContactBurst), open: limit("address", OpenPerMinute, OpenBurst),
		account: limit("login", LoginPerMinute, LoginBurst), tries: limit("tries", TriesPerMinute, TriesBurst)}, failed
}

func (l *limits) allow(ctx context.Context, c kefu.Caller, visitor netip.Addr) (Limit, error) {
	switch c.Kind {
	case kefu.CallerSystem:
		return Limit{}, nil
	case kefu.CallerClient:
		return l.key.take(ctx, c.ID)
	case kefu.CallerAgent:
		return l.user.take(ctx, c.ID)
	case kefu.CallerContact:
		return l.contact.take(ctx, c.ID+" "+network(visitor))
	}
	return l.open.take(ctx, network(visitor))
}

// network is what counts of an address: an IPv6 subscriber has a whole /64 to come from.
func network(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

func (l *limiter) take(ctx context.Context, who string) (Limit, error) {
	over, r, err := l.gcra.RateLimitCtx(ctx, who, 1)
	if err != nil {
		return Limit{}, err
	}
	out := Limit{Name: l.name, Limit: r.Limit, Remaining: r.Remaining, Window: l.window, Reset: r.ResetAfter}
	if !over {
		return out, nil
	}
	out.RetryAfter = max(r.RetryAfter, 0)
	return out, kefu.Errorf(kefu.KindRateLimited, "too many requests: try again in %s", out.RetryAfter.Round(time.Second)+time.Second)
}

// counts keeps one number for each caller, in a bounded map per shard.
type counts struct {
	now    func() time.Time
	seed   maphash.Seed
	most   int // of a shard
	shards [16]shard
}

type shard struct {
	mu sync.Mutex
	m  map[string]int64
}

func newCounts(now func() time.Time, most int) *counts {
	c := &counts{now: now, seed: maphash.MakeSeed()}
	c.most = max(1, most/len(c.shards))
	return c
}

func (c *counts) shard(key string) *shard {
	return &c.shards[maphash.String(c.seed, key)%uint64(len(c.shards))]
}

// GetWithTime gives a caller's number, or -1, and the time.
func (c *counts) GetWithTime(_ context.Context, key string) (int64, time.Time, error) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.m[key]; ok {
		return v, c.now(), nil
	}
	return -1, c.now(), nil
}

// SetIfNotExistsWithTTL begins to count a caller.
func (c *counts) SetIfNotExistsWithTTL(_ context.Context, key string, value int64, _ time.Duration) (bool, error) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.m[key]; ok {
		return false, nil
	}
	if s.m == nil {
		s.m = make(map[string]int64)
	}
	if len(s.m) >= c.most {
		s.forget(c.now().UnixNano())
	}
	s.m[key] = value
	return true, nil
}

// CompareAndSwapWithTTL moves a caller's number on.
func (c *counts) CompareAndSwapWithTTL(_ context.Context, key string, old, value int64, _ time.Duration) (bool, error) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if have, ok := s.m[key]; !ok || have != old {
		return false, nil
	}
	s.m[key] = value
	return true, nil
}

// forget makes room: whoever has nothing to wait for is as good as new. When all of them wait, the one with the least to lose goes.
func (s *shard) forget(now int64) {
	least, at := "", int64(0)
	full := len(s.m)
	for k, v := range s.m {
		if v <= now {
			delete(s.m, k)
			continue
		}
		if least == "" || v < at {
			least, at = k, v
		}
	}
	if len(s.m) == full {
		delete(s.m, least)
	}
}
