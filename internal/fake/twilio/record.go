package twilio

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is a call that was made, as it arrived.
type Request struct {
	At     time.Time
	Method string
	Path   string
	Query  string
	Header http.Header
	Body   []byte
	Status int       // 0 if the connection was cut
	Fault  FaultKind // what was made to go wrong, "" if nothing
}

// SentHook is a webhook that was sent.
type SentHook struct {
	At     time.Time
	URL    string
	Event  string
	Body   string
	Status int    // what was answered, 0 if nothing
	Error  string // why nothing was answered
}

// recorder keeps the last requests, hooks and violations.
type recorder struct {
	size int

	mu         sync.Mutex
	requests   []Request
	hooks      []SentHook
	violations []string
}

// keep appends and drops the oldest beyond size.
func keep[T any](list []T, x T, size int) []T {
	if len(list) >= size {
		list = slices.Delete(list, 0, len(list)-size+1)
	}
	return append(list, x)
}

func (r *recorder) request(q Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = keep(r.requests, q, r.size)
}

func (r *recorder) hook(h SentHook) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hooks = keep(r.hooks, h, r.size)
}

// Requests are the calls so far, oldest first.
func (s *Server) Requests() []Request {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	return slices.Clone(s.rec.requests)
}

// SentHooks are the webhooks so far, in the order in which they were answered or given up.
func (s *Server) SentHooks() []SentHook {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	return slices.Clone(s.rec.hooks)
}

// Violations are calls that no program should make.
func (s *Server) Violations() []string {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	return slices.Clone(s.rec.violations)
}

func (s *Server) violate(what string) {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	s.rec.violations = keep(s.rec.violations, what, s.rec.size)
}
