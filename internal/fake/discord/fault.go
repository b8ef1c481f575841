package discord

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// FaultKind says what goes wrong with a REST request.
type FaultKind int

// What a REST request can suffer. "Before" faults have no effect on the guild;
// "After" faults have the whole effect and lose the answer.
const (
	FaultDelay       FaultKind = iota // effect and answer after Delay; none when the client gave up before
	FaultDelayAfter                   // effect at once, answer after Delay
	FaultLimitJSON                    // 429 as JSON, scope user (or Scope)
	FaultLimitHTML                    // 429 as Cloudflare's HTML page
	FaultLimitGlobal                  // 429 as JSON with global: true
	FaultErrorJSON                    // Status (default 500) with a JSON body of Code and Message
	FaultErrorHTML                    // Status (default 502) with an HTML body
	FaultResetBefore                  // connection reset, nothing done
	FaultResetAfter                   // done, then connection reset
	FaultDropAfter                    // done, then connection closed without an answer
)

// faultNames are the kinds' names on the control page and in records.
var faultNames = []string{"delay", "delay-after", "limit-json", "limit-html", "limit-global",
	"error-json", "error-html", "reset-before", "reset-after", "drop-after"}

// String is the kind's name, e.g. "limit-html".
func (k FaultKind) String() string {
	if k < 0 || int(k) >= len(faultNames) {
		return "unknown"
	}
	return faultNames[k]
}

// Fault is armed with Server.Inject and fires on matching REST requests. Of
// several armed faults that match, the one armed first fires.
type Fault struct {
	Kind   FaultKind
	Method string         // "" = every method
	Path   *regexp.Regexp // matched against the path without /api/v10; nil = every path
	Skip   int            // this many matching requests pass first
	Count  int            // fires this often, then is gone; 0 = until removed

	Delay      time.Duration // waited before anything else; with FaultDelayAfter before the answer
	RetryAfter time.Duration // of the 429 kinds; default 1 s
	Scope      string        // of FaultLimitJSON: user (default), shared
	Status     int           // of the error kinds
	Code       int           // of FaultErrorJSON: Discord's code
	Message    string        // of FaultErrorJSON
	Errors     FormErrors    // of FaultErrorJSON: what is wrong with the form
}

// FormErrors is the errors object of a form error, by dotted path.
type FormErrors map[string]FormError

// FormError is one code and its words.
type FormError struct{ Code, Message string }

// tree is the errors as Discord nests them; nil for none.
func (e FormErrors) tree() map[string]any {
	if len(e) == 0 {
		return nil
	}
	f := newForm()
	for path, x := range e {
		f.add(path, x.Code, x.Message)
	}
	return *f.tree
}

// before says whether the fault's answer replaces the effect.
func (f Fault) before() bool { return f.Kind >= FaultLimitJSON && f.Kind <= FaultErrorHTML }

// after says whether the effect happens and the answer is lost.
func (f Fault) after() bool { return f.Kind == FaultResetAfter || f.Kind == FaultDropAfter }

// answer is the wrong answer of a fault that replaces the effect.
func (f Fault) answer(h http.Header, method, template string) answer {
	limit := &apiError{status: 429, retryAfter: cmp.Or(f.RetryAfter, time.Second), scope: f.Scope}
	switch f.Kind {
	case FaultLimitJSON:
		bucketHeaders(h, bucketName(method, template), 5, 0, limit.retryAfter, time.Now())
		return errorAnswer(limit, h)
	case FaultLimitGlobal:
		limit.global = true
		return errorAnswer(limit, h)
	case FaultLimitHTML:
		if f.RetryAfter > 0 {
			h.Set("Retry-After", seconds(f.RetryAfter))
		}
		return htmlAnswer(429, h, cloudflarePage)
	case FaultErrorHTML:
		return htmlAnswer(cmp.Or(f.Status, 502), h, "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>\n")
	default:
		status := cmp.Or(f.Status, 500)
		return errorAnswer(&apiError{status: status, code: f.Code, message: cmp.Or(f.Message, "500: Internal Server Error"), tree: f.Errors.tree()}, h)
	}
}

// armed is a fault and how much of it is left.
type armed[F any] struct {
	fault       F
	skip, count int
	endless     bool
}

// faults holds what is armed. The zero value is ready.
type faults struct {
	armed atomic.Int32 // how many of both kinds, so that a server without faults takes no lock

	mu       sync.Mutex
	requests []*armed[Fault]
	gateway  []*armed[GatewayFault]
}

func (f *faults) rest(method, path string) (Fault, bool) {
	if f.armed.Load() == 0 {
		return Fault{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.recount()
	return fire(&f.requests, func(x Fault) bool {
		return (x.Method == "" || x.Method == method) && (x.Path == nil || x.Path.MatchString(path))
	})
}

// on finds and spends a gateway fault of this kind.
func (f *faults) on(kind GatewayFaultKind, event string) (GatewayFault, bool) {
	if f.armed.Load() == 0 {
		return GatewayFault{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.recount()
	return fire(&f.gateway, func(x GatewayFault) bool {
		return x.Kind == kind && (x.Event == "" || x.Event == event)
	})
}

func (f *faults) recount() { f.armed.Store(int32(len(f.requests) + len(f.gateway))) }

// fire returns the first armed fault that matches and has no matches to skip
// any more, and takes it away when it is spent.
func fire[F any](list *[]*armed[F], match func(F) bool) (F, bool) {
	for i, a := range *list {
		if !match(a.fault) {
			continue
		}
		if a.skip > 0 {
			a.skip--
			continue
		}
		if a.count--; a.count <= 0 && !a.endless {
			*list = slices.Delete(*list, i, i+1)
		}
		return a.fault, true
	}
	var none F
	return none, false
}

// arm adds to a list of f and returns what takes it away again.
func arm[F any](f *faults, list *[]*armed[F], fault F, skip, count int) (remove func()) {
	a := &armed[F]{fault: fault, skip: skip, count: count, endless: count == 0}
	f.mu.Lock()
	defer f.mu.Unlock()
	*list = append(*list, a)
	f.recount()
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		*list = slices.DeleteFunc(*list, func(x *armed[F]) bool { return x == a })
		f.recount()
	}
}
