package receiver

import (
	"context"
	"slices"
)

// ledger is what a Server remembers. It is used with the Server's lock held.
type ledger struct {
	count    int64
	rejected int64
	ring     []Request
	unique   int64
	// young and old are the ids of events that were taken: when young is full it becomes old, and what was old is forgotten.
	young, old map[string]struct{}
}

// taken tells whether an event's work was done.
func (l *ledger) taken(id string) bool {
	if _, known := l.young[id]; known {
		return true
	}
	_, known := l.old[id]
	return known
}

func (l *ledger) take(id string, limit int) {
	if len(l.young) >= limit {
		l.young, l.old = make(map[string]struct{}, limit), l.young
	}
	l.young[id] = struct{}{}
	l.unique++
}

// enter writes a request down, and takes its event when that is to be done and was not.
func (s *Server) enter(req *Request, take bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	req.N = s.count
	if req.Verified != nil {
		s.rejected++
	}
	if take && !s.taken(req.ID) {
		s.take(req.ID, s.opt.MaxIDs)
		req.Taken = true
		if s.opt.Take != nil {
			s.opt.Take(req.Event)
		}
	}
	if s.opt.MaxRequests > 0 {
		s.keep(*req)
	}
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

func (s *Server) keep(req Request) {
	if len(s.ring) < s.opt.MaxRequests {
		s.ring = append(s.ring, req)
		return
	}
	s.ring[int(req.N-1)%len(s.ring)] = req
}

// Requests lists those that are kept, in the order in which they came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	all := slices.Clone(s.ring)
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b Request) int { return int(a.N - b.N) })
	return all
}

// ByID lists the kept requests with a webhook-id, in the order in which they came.
func (s *Server) ByID(id string) []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return r.ID != id })
}

// Count is how many requests came, kept or not.
func (s *Server) Count() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Rejected is how many requests had a signature that does not fit.
func (s *Server) Rejected() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rejected
}

// Unique is how many events were taken, each counted once.
func (s *Server) Unique() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unique
}

// Took tells whether the event with a webhook-id was taken.
func (s *Server) Took(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken(id)
}

// Forget forgets every request and id. Faults stay.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger = newLedger()
}

func newLedger() ledger { return ledger{young: map[string]struct{}{}} }

// Wait returns when cond is true, or with the context's error. Cond is asked again after every request and runs outside locks, so it may
// call any method.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
