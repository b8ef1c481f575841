package demo

import (
	"context"
	"sync"
	"time"
)

// maxKept bounds what the timeline remembers for the table at the end.
const maxKept = 1000

// timeline prints crossings in the order in which they began: what Kefu does because of a call never stands above the call.
type timeline struct {
	p       *printer
	started time.Time

	mu      sync.Mutex
	waiting []*entry
	kept    []crossing
	settled chan struct{} // closed and taken away when nothing is on its way any more
}

// entry is the place of one crossing.
type entry struct {
	at   time.Time
	done bool
	c    crossing
}

func newTimeline(p *printer) *timeline { return &timeline{p: p, started: time.Now()} }

// begin takes the place of a crossing that is on its way. end or drop must follow.
func (t *timeline) begin() *entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := &entry{at: time.Now()}
	t.waiting = append(t.waiting, e)
	return e
}

// end says what the crossing was.
func (t *timeline) end(e *entry, c crossing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.at = e.at
	e.c, e.done = c, true
	t.advance()
}

// drop gives the place of a crossing up that never ended; of one that has, it does nothing.
func (t *timeline) drop(e *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.done = true
	t.advance()
}

// note shows what needs no answer.
func (t *timeline) note(c crossing) { t.end(t.begin(), c) }

// advance prints what nothing earlier holds up, with the lock held.
func (t *timeline) advance() {
	for len(t.waiting) > 0 && t.waiting[0].done {
		c := t.waiting[0].c
		t.waiting = t.waiting[1:]
		if c.call == "" {
			continue
		}
		if len(t.kept) < maxKept {
			t.kept = append(t.kept, c)
		}
		t.p.crossing(c, c.at.Sub(t.started))
	}
	if len(t.waiting) == 0 && t.settled != nil {
		close(t.settled)
		t.settled = nil
	}
}

// settle waits until nothing is on its way.
func (t *timeline) settle(ctx context.Context) error {
	t.mu.Lock()
	if len(t.waiting) == 0 {
		t.mu.Unlock()
		return nil
	}
	if t.settled == nil {
		t.settled = make(chan struct{})
	}
	settled := t.settled
	t.mu.Unlock()
	select {
	case <-settled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// print writes between crossings, never inside one.
func (t *timeline) print(fn func(*printer)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fn(t.p)
}

// count tells how many crossings match.
func (t *timeline) count(match func(crossing) bool) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, c := range t.kept {
		if match(c) {
			n++
		}
	}
	return n
}
