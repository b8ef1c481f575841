package wordpress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is one fake site.
type Server struct {
	opt    Options
	hooks  *http.Client
	ctx    context.Context // ends with Close; pushes that nobody waits for run under it
	cancel context.CancelFunc
	pushes sync.WaitGroup
	mux    http.Handler

	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change
	closed  bool
	addr    string
	http    *http.Server
	site    site
	conf    conf
	faults  []*armed[Fault]
	hookBad []*armed[HookFault]
	held    *push // the hook that HookReorder keeps back
}

// conf is what can be switched while the server runs.
type conf struct {
	user, password string
	hookURL        string
	hookSecret     string
	plugin, escape bool
	echo           bool
	recording      bool
}

// New makes a site that does not listen yet; see Start and Handler.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{opt: o, changed: make(chan struct{}), site: newSite()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.conf = conf{
		user: o.Username, password: o.Password, hookURL: o.HookURL, hookSecret: o.HookSecret,
		plugin: o.Plugin, escape: o.EscapeJSON, echo: o.Echo, recording: o.LedgerSize > 0,
	}
	s.hooks = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.mux = s.routes()
	return s
}

// Start listens on addr ("127.0.0.1:0" picks a port) and returns when requests are taken.
func (s *Server) Start(addr string) error {
	l, err := new(net.ListenConfig).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.http != nil {
		return errors.Join(errors.New("the fake site was started before"), l.Close())
	}
	s.addr = l.Addr().String()
	s.serve(l)
	return nil
}

// serve runs with the lock held.
func (s *Server) serve(l net.Listener) {
	srv := &http.Server{Handler: s.mux, ReadHeaderTimeout: 10 * time.Second}
	s.http = srv
	s.pushes.Go(func() { _ = srv.Serve(l) })
}

// URL is the site's address, "http://127.0.0.1:port"; the page to try things by hand is there. "" before Start.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.addr == "" {
		return ""
	}
	return "http://" + s.addr
}

// Handler serves everything that Start would.
func (s *Server) Handler() http.Handler { return s.mux }

// SetDown takes the site off the net (connections are refused) or brings it back to the same address. It keeps its tickets.
func (s *Server) SetDown(down bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.addr == "" || down == (s.http == nil) {
		return nil
	}
	if down {
		err := s.http.Close()
		s.http = nil
		return err
	}
	l, err := new(net.ListenConfig).Listen(s.ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	s.serve(l)
	return nil
}

// Close ends listener, pushes and goroutines. It is idempotent.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	srv := s.http
	s.http = nil
	s.mu.Unlock()
	s.cancel()
	if srv != nil {
		_ = srv.Close()
	}
	s.pushes.Wait()
	s.hooks.CloseIdleConnections()
}

// change runs fn under the lock and wakes whoever waits.
func (s *Server) change(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
	close(s.changed)
	s.changed = make(chan struct{})
}

// WaitFor returns when cond is true, or with the context's error. Cond is asked again after every change in the site and runs outside
// locks, so it may call any method.
func (s *Server) WaitFor(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
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
