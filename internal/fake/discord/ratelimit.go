package discord

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// RateLimits is what the fake enforces and tells in X-RateLimit headers. The
// zero value enforces nothing and sends no headers.
type RateLimits struct {
	Rules  []RateRule
	Global int // requests per second over all routes; 0 = none
}

// RateRule limits one route per major parameter (channel, guild or webhook).
// The first rule that matches counts.
type RateRule struct {
	Method string // "" = every method
	Route  string // as in the route table, e.g. "/channels/{channel}/messages"; "" = every route
	Limit  int
	Per    time.Duration
}

// RealisticLimits are the limits that bots observe on the real service.
func RealisticLimits() RateLimits {
	const message = "/channels/{channel}/messages/{message}"
	return RateLimits{Global: 50, Rules: []RateRule{
		{"POST", "/channels/{channel}/messages", 5, 5 * time.Second},
		{"PATCH", message, 5, 5 * time.Second},
		{"DELETE", message, 5, time.Second},
		{"PUT", message + "/reactions/{emoji}/@me", 1, 250 * time.Millisecond},
		{"DELETE", message + "/reactions/{emoji}/{user}", 1, 250 * time.Millisecond},
		{"", "", 10, 5 * time.Second},
	}}
}

// maxWindows bounds the limiter's memory; over it, finished windows are dropped.
const maxWindows = 4096

// limiter counts requests in fixed windows, as Discord's headers suggest.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	limits  RateLimits
	windows map[string]*window
}

type window struct {
	ends time.Time
	used int
}

func newLimiter(o Options) *limiter {
	return &limiter{now: o.Now, limits: o.RateLimits, windows: map[string]*window{}}
}

func (l *limiter) set(r RateLimits) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limits, l.windows = r, map[string]*window{}
}

// take counts a request, writes the headers, and returns the 429 if it is too many.
func (l *limiter) take(r *http.Request, template string, h http.Header) *apiError {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	// Interaction answers are not bound to the global limit.
	if l.limits.Global > 0 && !strings.HasPrefix(template, "/interactions/") && !strings.HasPrefix(template, "/webhooks/") {
		if wait := l.count("global", l.limits.Global, time.Second, now); wait > 0 {
			return &apiError{status: 429, retryAfter: wait, global: true}
		}
	}
	for _, rule := range l.limits.Rules {
		if (rule.Method != "" && rule.Method != r.Method) || (rule.Route != "" && rule.Route != template) {
			continue
		}
		return l.takeRule(rule, r, template, h, now)
	}
	return nil
}

func (l *limiter) takeRule(rule RateRule, r *http.Request, template string, h http.Header, now time.Time) *apiError {
	name := bucketName(r.Method, template)
	key := name + major(r)
	wait := l.count(key, rule.Limit, rule.Per, now)
	w := l.windows[key]
	bucketHeaders(h, name, rule.Limit, max(rule.Limit-w.used, 0), w.ends.Sub(now), now)
	if wait == 0 {
		return nil
	}
	return &apiError{status: 429, retryAfter: wait}
}

// count takes one from the window; 0 says that it had one.
func (l *limiter) count(key string, limit int, per time.Duration, now time.Time) time.Duration {
	w := l.windows[key]
	if w == nil || !now.Before(w.ends) {
		if len(l.windows) >= maxWindows {
			maps.DeleteFunc(l.windows, func(_ string, w *window) bool { return !now.Before(w.ends) })
		}
		w = &window{ends: now.Add(per)}
		l.windows[key] = w
	}
	if w.used >= limit {
		return w.ends.Sub(now)
	}
	w.used++
	return 0
}

// bucketName is the opaque X-RateLimit-Bucket of a route.
func bucketName(method, template string) string {
	sum := sha256.Sum256([]byte(method + " " + template))
	return hex.EncodeToString(sum[:16])
}

// major is the path parameter that a bucket is kept per.
func major(r *http.Request) string {
	for _, name := range []string{"channel", "guild", "token"} {
		if v := r.PathValue(name); v != "" {
			return "/" + v
		}
	}
	return ""
}

func bucketHeaders(h http.Header, name string, limit, remaining int, resetAfter time.Duration, now time.Time) {
	h.Set("X-RateLimit-Bucket", name)
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	h.Set("X-RateLimit-Reset-After", seconds(resetAfter))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(now.Add(resetAfter).UnixMilli())/1000, 'f', 3, 64))
}
