package chatwoot

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// FaultKind says what goes wrong with a request.
type FaultKind string

// What a request can suffer.
const (
	FaultLimit  FaultKind = "limit"   // 429 as a page; like all answers with Retry-After when RetryAfter is set
	FaultError  FaultKind = "error"   // Status (500) with a JSON body
	FaultHTML   FaultKind = "html"    // Status (502) with a proxy's page
	FaultSlow   FaultKind = "slow"    // everything after Delay; nothing when the client has left
	FaultCut    FaultKind = "cut"     // done, and the connection is closed without an answer
	FaultLate   FaultKind = "late"    // done, and not answered for Delay: then the connection is closed
	FaultCutOff FaultKind = "cut-off" // closed before anything is done
	FaultHuge   FaultKind = "huge"    // 200 with a JSON text of 11 MiB
	FaultRaw    FaultKind = "raw"     // Status (200) with Body as it is
	FaultAfter  FaultKind = "after"   // answered as ever, after Do was done: what somebody did between two requests
)

// Fault is armed with Inject. Of several that match, the one armed first fires.
type Fault struct {
	Kind       FaultKind
	Method     string         // "" is every method
	Path       *regexp.Regexp // matched against the path below the prefix; nil is every path
	Skip       int            // this many that match pass first
	Count      int            // fires this often; 0 until removed
	Status     int
	RetryAfter time.Duration
	Delay      time.Duration
	Body       string
	Do         func() // may call the server's methods
}

// HookFault is armed with InjectHook.
type HookFault struct {
	Event     string // "" is every event
	To        string // "" is every address
	Skip      int
	Count     int           // 0 until removed
	Drop      bool          // is never sent
	Duplicate bool          // is sent twice, with one delivery id
	Hold      bool          // waits until the next hook was sent: the two change places; also ReleaseHooks sends it
	Delay     time.Duration // is sent so much later; those that follow wait
	Early     bool          // is sent, and answered, before the request that caused it is answered
}

// Inject arms a fault, and gives what disarms it.
func (s *Server) Inject(f Fault) (remove func()) { return s.faults.arm(f, f.Skip, f.Count) }

// InjectHook arms a fault of hooks, and gives what disarms it.
func (s *Server) InjectHook(f HookFault) (remove func()) {
	return s.hooks.faults.arm(f, f.Skip, f.Count)
}

// ClearFaults disarms everything. A hook that is held stays so until the next.
func (s *Server) ClearFaults() {
	s.faults.clear()
	s.hooks.faults.clear()
}

type armed[F any] struct {
	fault       F
	skip, count int
	endless     bool
}

// faultList is what is armed. The zero value is ready.
type faultList[F any] struct {
	mu   sync.Mutex
	list []*armed[F]
}

func (l *faultList[F]) arm(f F, skip, count int) func() {
	a := &armed[F]{f, skip, count, count == 0}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, a)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.list = slices.DeleteFunc(l.list, func(x *armed[F]) bool { return x == a })
	}
}

func (l *faultList[F]) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = nil
}

// fire takes the first that matches.
func (l *faultList[F]) fire(match func(F) bool) (F, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, a := range l.list {
		if !match(a.fault) {
			continue
		}
		if a.skip > 0 {
			a.skip--
			continue
		}
		if a.count--; a.count <= 0 && !a.endless {
			l.list = slices.Delete(l.list, i, i+1)
		}
		return a.fault, true
	}
	var none F
	return none, false
}

// faulty puts the faults before the server.
func (s *Server) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := s.faults.fire(func(f Fault) bool {
			return (f.Method == "" || f.Method == r.Method) && (f.Path == nil || f.Path.MatchString(r.URL.Path))
		})
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		switch f.Kind {
		case FaultSlow:
			select {
			case <-time.After(f.Delay):
				next.ServeHTTP(w, r)
			case <-r.Context().Done():
			}
		case FaultAfter:
			if f.Do != nil {
				f.Do()
			}
			next.ServeHTTP(w, r)
		case FaultCut:
			next.ServeHTTP(nowhere{http.Header{}}, r)
			panic(http.ErrAbortHandler)
		case FaultLate:
			next.ServeHTTP(nowhere{http.Header{}}, r)
			select {
			case <-time.After(f.Delay):
			case <-r.Context().Done():
			}
			panic(http.ErrAbortHandler)
		case FaultCutOff:
			panic(http.ErrAbortHandler)
		default:
			f.answer(w)
		}
	})
}

// nowhere is an answer that is lost.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header         { return n.h }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

func (f Fault) answer(w http.ResponseWriter) {
	status, kind, body := cmp.Or(f.Status, 500), "application/json", `{"status":500,"error":"Internal Server Error"}`
	switch f.Kind {
	case FaultLimit:
		status, kind, body = 429, "text/plain", "Retry later\n"
	case FaultHTML:
		status, kind, body = cmp.Or(f.Status, 502), "text/html", "<html><title>502 Bad Gateway</title></html>\n"
	case FaultHuge:
		status, body = 200, `"`+string(slices.Repeat([]byte("x"), 11<<20))+`"`
	case FaultRaw:
		status, body = cmp.Or(f.Status, 200), f.Body
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // the client may be gone
}
