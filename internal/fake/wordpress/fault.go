package wordpress

import (
	"cmp"
	"net/http"
	"strconv"
	"time"
)

// FaultKind says what goes wrong with a REST request.
type FaultKind int

// What a REST request can suffer. "Before" faults have no effect on the site; "After" faults have the whole effect.
const (
	FaultDelay       FaultKind = iota // effect and answer after Delay
	FaultDelayAfter                   // effect at once, answer after Delay
	FaultLimitJSON                    // 429 as JSON, Retry-After in seconds
	FaultLimitDate                    // 429 as JSON, Retry-After as a date
	FaultLimitHTML                    // 429 as a proxy's HTML page
	FaultErrorHTML                    // Status (default 500) as WordPress's "critical error" page, nothing done
	FaultErrorAfter                   // done, then the same page: PHP died while it answered
	FaultErrorJSON                    // Status (default 500) as a WordPress error of Code and Message
	FaultHTML                         // 200 with a PHP error as HTML, nothing done
	FaultHTMLAfter                    // done, then 200 with a PHP error as HTML
	FaultResetBefore                  // connection reset, nothing done
	FaultResetAfter                   // done, then connection reset
	FaultDropAfter                    // done, then connection closed without an answer
	FaultCutAfter                     // done, then half an answer
)

// The routes that a fault can name.
const (
	RouteIndex       = "index"
	RouteUpdate      = "ticket/update"
	RouteClose       = "ticket/close"
	RouteGet         = "ticket/get"
	RouteChannelName = "ticket/channel_name"
	RouteOrder       = "order/details"
	RouteMe          = "users/me"
)

// Fault is armed with Inject and fires on matching REST requests.
type Fault struct {
	Kind  FaultKind
	Route string // one of the Route constants; "" = every route
	After int    // this many matching requests pass first
	Count int    // fires this often, then is gone; 0 = until removed

	Delay      time.Duration // waited before anything else, with every kind
	RetryAfter time.Duration // of the 429 kinds, whole seconds; 0 = no header
	Status     int           // of the error kinds
	Code       string        // of FaultErrorJSON; default "internal_error"
	Message    string        // of FaultErrorJSON
}

// Inject arms a fault and returns what disarms it. The fault armed first fires first.
func (s *Server) Inject(f Fault) (remove func()) {
	return arm(s, &s.faults, &armed[Fault]{fault: f, route: f.Route, after: f.After, count: f.Count})
}

// ClearFaults disarms every fault, of hooks too. A hook that was held back for its successor is pushed.
func (s *Server) ClearFaults() {
	var held *push
	s.change(func() { s.faults, s.hookBad = nil, nil; held, s.held = s.held, nil })
	if held != nil {
		s.spawn(func() { s.deliver(s.ctx, *held) })
	}
}

// before answers for faults that have no effect on the site; false when the request is to be carried out.
func (f *Fault) before(w http.ResponseWriter) bool {
	switch f.Kind {
	case FaultLimitJSON, FaultLimitDate, FaultLimitHTML:
		f.limit(w)
	case FaultErrorHTML:
		page(w, cmp.Or(f.Status, http.StatusInternalServerError), criticalError)
	case FaultErrorJSON:
		status := cmp.Or(f.Status, http.StatusInternalServerError)
		writeJSON(w, status, wpError(cmp.Or(f.Code, "internal_error"), cmp.Or(f.Message, "Something went wrong."), status), false)
	case FaultHTML:
		page(w, http.StatusOK, phpError)
	case FaultResetBefore:
		cut(w, true)
	default:
		return false
	}
	return true
}

func (f *Fault) limit(w http.ResponseWriter) {
	if seconds := int(f.RetryAfter / time.Second); seconds > 0 {
		value := strconv.Itoa(seconds)
		if f.Kind == FaultLimitDate {
			value = time.Now().Add(f.RetryAfter).UTC().Format(http.TimeFormat)
		}
		w.Header().Set("Retry-After", value)
	}
	if f.Kind == FaultLimitHTML {
		page(w, http.StatusTooManyRequests, "<h1>Too Many Requests</h1>")
		return
	}
	writeJSON(w, http.StatusTooManyRequests, wpError("rate_limited", "Too many requests.", http.StatusTooManyRequests), false)
}

// after spoils the answer of a request that was carried out; false when the answer is to be given.
func (f *Fault) after(w http.ResponseWriter, wait func(time.Duration) bool) bool {
	switch f.Kind {
	case FaultDelayAfter:
		return !wait(f.Delay)
	case FaultErrorAfter:
		page(w, cmp.Or(f.Status, http.StatusInternalServerError), criticalError)
	case FaultHTMLAfter:
		page(w, http.StatusOK, phpError)
	case FaultResetAfter:
		cut(w, true)
	case FaultDropAfter:
		cut(w, false)
	case FaultCutAfter:
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.Header().Set("Content-Length", "200")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte(`{"succ`))
		_ = http.NewResponseController(w).Flush()
		cut(w, false)
	default:
		return false
	}
	return true
}

const (
	criticalError = "<p>There has been a critical error on this website.</p><p><a href=\"https://wordpress.org/documentation/article/faq-troubleshooting/\">Learn more about troubleshooting WordPress.</a></p>"
	phpError      = "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function ds_notify() in /var/www/html/wp-content/plugins/dragonshop/api.php:88"
)
