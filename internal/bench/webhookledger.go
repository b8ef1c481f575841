package main

import (
	"slices"
	"sync"
	"time"
)

// arrival is one request that the receiver verified.
type arrival struct {
	Endpoint int    `json:"endpoint"`
	Event    string `json:"event"`
	Message  string `json:"message,omitempty"` // its message_id, for events that the bench did not make itself
	Attempt  int    `json:"attempt"`
	At       int64  `json:"at"`      // unix nanoseconds of the first byte
	Ended    int64  `json:"ended"`   // and of the answer
	Refused  bool   `json:"refused"` // answered 500, because the point wants that
}

// hookArrivals is what a receiver tells in numbers.
type hookArrivals struct {
	Taken   int    `json:"taken"`   // verified and answered 200, each event of each endpoint once
	Doubled int    `json:"doubled"` // and once more
	Refused int    `json:"refused"`
	Bad     int    `json:"bad"` // not verified: the point does not count
	Why     string `json:"why,omitempty"`
}

// hookKey is what may be taken once.
type hookKey struct {
	endpoint int
	event    string
}

// hookLedger notes what arrived at the receiver. Safe for concurrent use.
type hookLedger struct {
	detailed bool // keep each arrival, not only the numbers
	refuse   int  // of the events that are new to an endpoint, one in so many is refused; 0 refuses none

	mu   sync.Mutex
	seen map[hookKey]bool // true when it was taken
	news map[int]int      // events by endpoint
	sum  hookArrivals
	all  []arrival
}

func newHookLedger(detailed bool, refuse int) *hookLedger {
	return &hookLedger{detailed: detailed, refuse: refuse, seen: map[hookKey]bool{}, news: map[int]int{}}
}

// judge notes a request that was verified, and tells whether to refuse it.
func (l *hookLedger) judge(a arrival) (refused bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := hookKey{a.Endpoint, a.Event}
	taken, known := l.seen[k]
	if !known {
		l.news[a.Endpoint]++
		a.Refused = l.refuse > 0 && l.news[a.Endpoint]%l.refuse == 0
	}
	l.seen[k] = !a.Refused
	switch {
	case a.Refused:
		l.sum.Refused++
	case taken:
		l.sum.Doubled++
	default:
		l.sum.Taken++
	}
	if l.detailed {
		a.Ended = time.Now().UnixNano() // before the answer: nobody can know of it earlier
		l.all = append(l.all, a)
	}
	return a.Refused
}

// bad notes a request that did not verify.
func (l *hookLedger) bad(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sum.Bad++; l.sum.Why == "" {
		l.sum.Why = err.Error()
	}
}

func (l *hookLedger) report() hookArrivals {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum
}

func (l *hookLedger) arrivals() []arrival {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}
