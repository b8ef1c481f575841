package discord

import (
	"maps"
	"net/http"
	"sync"
	"time"
)

// Discord bans an address for 10,000 refused requests in 10 minutes; this client stops at half of that.
const (
	invalidMax    = 5000
	invalidWindow = 10 * time.Minute
	invalidSlots  = 60
	invalidSlot   = invalidWindow / invalidSlots
)

// refusalsMax is how often in a row a route may answer 401 or 403 before it is left alone; maxRefusedRoutes bounds the memory.
const (
	refusalsMax      = 3
	maxRefusedRoutes = 1024
)

// guard keeps the bot from being banned: it counts refused requests and remembers routes that refuse. It is safe for concurrent use.
type guard struct {
	now func() time.Time

	mu      sync.Mutex
	slots   [invalidSlots]int
	at      int64 // the number of the newest slot since the beginning of time
	refused map[route]refusal
}

type refusal struct {
	times int
	err   RefusedError
}

func newGuard(now func() time.Time) *guard {
	return &guard{now: now, refused: map[route]refusal{}}
}

// admit says whether the call may be made: nil, *BrakeError or *RefusedError.
func (g *guard) admit(r route) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f, ok := g.refused[r]; ok && f.times >= refusalsMax {
		return &f.err
	}
	if n := g.count(); n >= invalidMax {
		return &BrakeError{Invalid: n, RetryAfter: g.falls()}
	}
	return nil
}

// note learns from an answer; a is nil if there was none.
func (g *guard) note(r route, a *answer) {
	if a == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if a.invalid() {
		g.count()
		g.slots[g.at%invalidSlots]++
	}
	switch {
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		g.refuse(r, a.apiErr)
	case a.status != http.StatusTooManyRequests && a.status < 500:
		delete(g.refused, r)
	}
}

func (g *guard) refuse(r route, e *APIError) {
	f, ok := g.refused[r]
	if !ok && len(g.refused) >= maxRefusedRoutes {
		return // such a crowd is for the brake
	}
	f.times++
	f.err = RefusedError{Route: r.String(), Status: e.Status, Code: e.Code, Message: e.Message}
	g.refused[r] = f
}

// reset lets all routes be called again. The brake stays: the other side has not forgotten.
func (g *guard) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.refused)
}

// resetOf is reset for the routes of one channel.
func (g *guard) resetOf(channelID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.DeleteFunc(g.refused, func(r route, _ refusal) bool { return r.major == channelID })
}

// count drops the slots that are older than the window and gives the sum of the rest.
func (g *guard) count() int {
	at := g.now().UnixNano() / int64(invalidSlot)
	for range min(max(at-g.at, 0), invalidSlots) {
		g.at++
		g.slots[g.at%invalidSlots] = 0
	}
	g.at = max(g.at, at)
	sum := 0
	for _, n := range g.slots {
		sum += n
	}
	return sum
}

// falls gives how long it takes until the oldest slot that counts something leaves the window.
func (g *guard) falls() time.Duration {
	for age := int64(invalidSlots - 1); age > 0; age-- {
		slot := g.at - age
		if slot >= 0 && g.slots[slot%invalidSlots] > 0 {
			end := time.Unix(0, (slot+invalidSlots)*int64(invalidSlot))
			return max(end.Sub(g.now()), time.Second)
		}
	}
	return invalidWindow
}

// invalid says whether Discord counts the answer towards a ban. A shared 429 is not the bot's own doing.
func (a *answer) invalid() bool {
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusTooManyRequests:
		return a.apiErr.Scope != ScopeChannel
	}
	return false
}
