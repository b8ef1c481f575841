package twilio

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind string

// What a call can suffer. FaultCut has the whole effect and loses the answer, FaultHold has it and answers after Delay; FaultSlow has it
// after Delay. FaultReset ends the connection before anything is done.
const (
	FaultLimit FaultKind = "limit" // 429 with Retry-After
	FaultError FaultKind = "error" // Status (default 503) with a body of JSON
	FaultPage  FaultKind = "page"  // Status (default 502) with a page
	FaultSlow  FaultKind = "slow"
	FaultReset FaultKind = "reset"
	FaultHold  FaultKind = "hold"
	FaultCut   FaultKind = "cut"
)

// What a webhook can suffer.
const (
	HookDuplicate    FaultKind = "hook-duplicate" // sent twice
	HookReorder      FaultKind = "hook-reorder"   // sent behind the next one
	HookDrop         FaultKind = "hook-drop"      // never sent
	HookLate         FaultKind = "hook-late"      // sent after Delay, out of its turn
	HookBeforeAnswer FaultKind = "hook-before"    // answered before the call that set it off is
	HookForged       FaultKind = "hook-forged"    // with a signature that does not fit
)

// faultKinds are those of calls, then those of webhooks.
func faultKinds() []FaultKind {
	return []FaultKind{
		FaultLimit, FaultError, FaultPage, FaultSlow, FaultReset, FaultHold, FaultCut,
		HookDuplicate, HookReorder, HookDrop, HookLate, HookBeforeAnswer, HookForged,
	}
}

// Fault is armed with Server.Inject and fires on what matches. Of several that match, the one armed first fires.
type Fault struct {
	Kind   FaultKind
	Method string         // of calls, "" = every method
	Path   *regexp.Regexp // of calls, nil = every path
	Event  string         // of webhooks, "" = every event
	Skip   int            // this many matches pass first
	Count  int            // fires this often, then is gone; 0 = until removed

	Delay      time.Duration
	RetryAfter time.Duration // of FaultLimit (default 1 s), FaultError and FaultPage
	Status     int
	Code       int
}

func (f Fault) instead() bool {
	return f.Kind == FaultLimit || f.Kind == FaultError || f.Kind == FaultPage
}

func (f Fault) ofHook() bool {
	return slices.Index(faultKinds(), f.Kind) > slices.Index(faultKinds(), FaultCut)
}

// answer is what is said instead.
func (f Fault) answer() answer {
	switch f.Kind {
	case FaultLimit:
		return (&refusal{status: http.StatusTooManyRequests, code: 20429, message: "Too Many Requests", retryAfter: cmp.Or(f.RetryAfter, time.Second)}).answer()
	case FaultPage:
		a := answer{
			status: cmp.Or(f.Status, http.StatusBadGateway), header: http.Header{"Content-Type": {"text/html"}},
			body: []byte("<html><head><title>502 Bad Gateway</title></head></html>\n"),
		}
		a.waits(f.RetryAfter)
		return a
	}
	status := cmp.Or(f.Status, http.StatusServiceUnavailable)
	return (&refusal{status: status, code: cmp.Or(f.Code, 20500), message: http.StatusText(status), retryAfter: f.RetryAfter}).answer()
}

// armed is a fault and how much of it is left.
type armed struct {
	Fault
	endless bool
}

// faults holds what is armed. The zero value is ready.
type faults struct {
	mu   sync.Mutex
	list []*armed
}

func (f *faults) rest(method, path string) (Fault, bool) {
	return f.fire(func(x Fault) bool {
		return !x.ofHook() && (x.Method == "" || x.Method == method) && (x.Path == nil || x.Path.MatchString(path))
	})
}

func (f *faults) hook(event string) (Fault, bool) {
	return f.fire(func(x Fault) bool { return x.ofHook() && (x.Event == "" || x.Event == event) })
}

// fire finds and spends the first that matches.
func (f *faults) fire(match func(Fault) bool) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range f.list {
		if !match(a.Fault) {
			continue
		}
		if a.Skip > 0 {
			a.Skip--
			continue
		}
		if a.Count--; a.Count <= 0 && !a.endless {
			f.list = slices.Delete(f.list, i, i+1)
		}
		return a.Fault, true
	}
	return Fault{}, false
}

// Inject arms a fault and returns what disarms it.
func (s *Server) Inject(f Fault) (remove func()) {
	a := &armed{f, f.Count == 0}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, a)
	return func() {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.list = slices.DeleteFunc(s.faults.list, func(x *armed) bool { return x == a })
	}
}

// ClearFaults disarms every fault.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}
