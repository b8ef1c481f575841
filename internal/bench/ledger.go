package main

import (
	"slices"
	"sync"
	"time"
)

// ledger notes which messages reached the fake Discord, and when. Safe for concurrent use.
type ledger struct {
	mu        sync.Mutex
	seen      map[stamp]struct{}
	newest    map[int]int64 // by ticket
	latencies []time.Duration
	last      int64
	doubled   int
	displaced int
}

// arrivals is what a ledger tells.
type arrivals struct {
	Received  int           `json:"received"`
	Doubled   int           `json:"doubled"`
	Displaced int           `json:"displaced"` // came after a later message of its ticket
	P50       time.Duration `json:"p50"`       // from the sending of the hook to here
	P99       time.Duration `json:"p99"`
	Max       time.Duration `json:"max"`
	Last      int64         `json:"last"` // unix nanoseconds
}

func newLedger() *ledger {
	l := &ledger{}
	l.reset()
	return l
}

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen, l.newest, l.latencies = map[stamp]struct{}{}, map[int]int64{}, nil
	l.last, l.doubled, l.displaced = 0, 0, 0
}

// note takes an arrival, and tells whether it is the first of its message.
func (l *ledger) note(s stamp, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, twice := l.seen[s]; twice {
		l.doubled++
		return false
	}
	l.seen[s] = struct{}{}
	if s.sent < l.newest[s.ticket] {
		l.displaced++
	}
	l.newest[s.ticket] = max(l.newest[s.ticket], s.sent)
	l.last = max(l.last, at.UnixNano())
	l.latencies = append(l.latencies, time.Duration(at.UnixNano()-s.sent))
	return true
}

func (l *ledger) report() arrivals {
	l.mu.Lock()
	defer l.mu.Unlock()
	sorted := slices.Sorted(slices.Values(l.latencies))
	return arrivals{Received: len(sorted), Doubled: l.doubled, Displaced: l.displaced, Last: l.last,
		P50: quantile(sorted, 0.5), P99: quantile(sorted, 0.99), Max: quantile(sorted, 1)}
}

// count is cheap, for those who wait.
func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seen)
}

// quantile reads a sorted list; 0 of an empty one.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))]
}
