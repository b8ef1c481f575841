package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// maxSeen bounds one body; the largest there is are files for Discord.
const maxSeen = 32 << 20

// tap stands on an edge, hands every call on and shows it. It changes nothing but the address that calls seem to come from, and says so
// in X-Forwarded-For as any proxy does.
type tap struct {
	shown func(method, path string) bool
	make  func(*exchange) crossing
	line  *timeline

	listener net.Listener
	proxy    *httputil.ReverseProxy
	server   *http.Server
	work     sync.WaitGroup
}

// seen is a call on its way, in the context of its request.
type seen struct {
	exchange
	entry *entry
}

type seenKey struct{}

// open begins to listen; nothing is answered before serve.
func (t *tap) open(ctx context.Context, address string) (err error) {
	t.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	return err
}

// url is the tap's address for those on this machine.
func (t *tap) url() string {
	_, port, _ := net.SplitHostPort(t.listener.Addr().String())
	return "http://" + net.JoinHostPort("127.0.0.1", port)
}

// serve hands calls on to target until close.
func (t *tap) serve(target string) error {
	to, err := url.Parse(target)
	if err != nil {
		return err
	}
	t.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.SetXForwarded()
		},
		Transport:      &http.Transport{DisableCompression: true, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 32},
		ModifyResponse: t.answered,
		ErrorHandler:   t.unanswered,
	}
	t.server = &http.Server{Handler: http.HandlerFunc(t.pass), ReadHeaderTimeout: 10 * time.Second}
	t.work.Go(func() { _ = t.server.Serve(t.listener) })
	return nil
}

// close ends the tap, and the calls that are passing through it.
func (t *tap) close() {
	if t.server == nil {
		if t.listener != nil {
			_ = t.listener.Close()
		}
		return
	}
	_ = t.server.Close()
	t.work.Wait()
	if idle, ok := t.proxy.Transport.(*http.Transport); ok {
		idle.CloseIdleConnections()
	}
}

func (t *tap) pass(w http.ResponseWriter, r *http.Request) {
	if !t.shown(r.Method, r.URL.Path) {
		t.proxy.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSeen))
	if err != nil {
		panic(http.ErrAbortHandler) // the caller went away, or sends what nobody here sends
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s := &seen{entry: t.line.begin(), exchange: exchange{
		method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, contentType: r.Header.Get("Content-Type"), sent: body,
	}}
	defer t.line.drop(s.entry)
	t.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), seenKey{}, s)))
}

// answered shows the call before its answer is handed on, so that what the answer leads to comes after it.
func (t *tap) answered(res *http.Response) error {
	s, ok := res.Request.Context().Value(seenKey{}).(*seen)
	if !ok {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxSeen+1))
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if len(body) > maxSeen {
		return errors.New("the answer is too large to be shown")
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	s.status, s.received = res.StatusCode, body
	t.line.end(s.entry, t.make(&s.exchange))
	return nil
}

// unanswered shows a call that was cut, and cuts it for the caller too.
func (t *tap) unanswered(_ http.ResponseWriter, r *http.Request, _ error) {
	if s, ok := r.Context().Value(seenKey{}).(*seen); ok {
		t.line.end(s.entry, t.make(&s.exchange))
	}
	panic(http.ErrAbortHandler)
}
