package webhook

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"sync"
	"time"

	"kefu/internal/safehttp"
)

const (
	// maxConns is more than the courier ever has on their way, so that nobody's time runs out while it waits for a connection.
	maxConns = 1024
	// answerTime is for the body of an answer whose status is known: more is not waited for.
	answerTime = time.Second
)

// Poster makes attempts. Connections are kept and shared by the endpoints of a host.
type Poster struct {
	transport safehttp.Transport
	buffers   sync.Pool // of *[maxAnswer]byte
	// What every request says, made once.
	contentType, userAgent []string
}

// NewPoster makes one whose requests reach public addresses and those of allow.
func NewPoster(allow []netip.Prefix, version string) *Poster {
	return newPoster(safehttp.Options{Allow: allow}, version)
}

func newPoster(o safehttp.Options, version string) *Poster {
	o.Timeout, o.MaxBody, o.MaxConns = longestTimeout*time.Second, maxAnswer, maxConns // the timeout is that of dials
	return &Poster{
		transport:   safehttp.GuardedTransport(o),
		buffers:     sync.Pool{New: func() any { return new([maxAnswer]byte) }},
		contentType: []string{"application/json"},
		userAgent:   []string{"Kefu/" + version},
	}
}

// Close lets go of idle connections.
func (p *Poster) Close() { p.transport.CloseIdleConnections() }

// Request is one attempt to be made.
type Request struct {
	Target   Target
	EventID  string
	Type     string
	Delivery string // id, for the receiver's questions to us
	Attempt  int    // 1 is the first
	Body     []byte // with the member signature in it
}

// Post makes one attempt. It blocks for at most the endpoint's timeout, and never fails otherwise than in its Result. Its Duration is all
// the time it took, so that the pause until the next attempt begins at StartedAt and Duration.
func (p *Poster) Post(ctx context.Context, r Request) Result {
	began := time.Now()
	result := p.exchange(ctx, r, began)
	result.StartedAt, result.Duration = began, time.Since(began)
	return result
}

// exchange sends, and reads the answer. One timer counts the time: to the status first, then to the end of the body.
func (p *Poster) exchange(ctx context.Context, r Request, began time.Time) (result Result) {
	limit := cmp.Or(r.Target.Timeout, defaultTimeout*time.Second)
	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.AfterFunc(limit, cancel)
	defer timer.Stop()

	trace := &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { result.Address = c.Conn.RemoteAddr().String() }}
	req, class := p.request(httptrace.WithClientTrace(limited, trace), r, began)
	if class != "" {
		result.Error = class
		return result
	}
	resp, err := p.transport.RoundTrip(req)
	switch {
	case err == nil:
	case ctx.Err() != nil && !safehttp.IsBlocked(err):
		result.Error = FailStopped
		return result
	case limited.Err() != nil:
		result.Error = FailTimeout
		return result
	default:
		result.Error = failure(err, req.URL.Scheme, result.Address != "")
		return result
	}
	defer resp.Body.Close()
	result.Status, result.Error, result.RetryAfter = resp.StatusCode, refusal(resp), retryAfter(resp.Header, began)
	timer.Reset(min(answerTime, limit-time.Since(began)))
	result.Answer = p.answer(resp)
	return result
}

// refusal is the class of an answer's status: "" for any 2xx.
func refusal(resp *http.Response) string {
	switch {
	case resp.StatusCode/100 == 2:
		return ""
	case resp.StatusCode/100 == 3 && resp.Header.Get("Location") != "":
		return FailRedirect
	}
	return FailStatus
}

// Post makes one attempt. An http address that was saved while those were allowed is refused when they no longer are.
func (w *Webhooks) Post(ctx context.Context, r Request) Result {
	if !w.AllowHTTP && !strings.HasPrefix(strings.ToLower(r.Target.URL), "https:") {
		return Result{Error: FailBlocked, StartedAt: time.Now()}
	}
	return w.poster.Post(ctx, r)
}
