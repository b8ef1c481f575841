package twilio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server is one fake Twilio with one account.
type Server struct {
	opt     Options
	handler http.Handler
	rec     recorder
	faults  faults
	out     outbox
	base    atomic.Pointer[string]

	mu sync.Mutex // guards w
	w  world

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	life   sync.Mutex // guards closed, srv and adding to wg
	closed bool
	srv    *http.Server
	wg     sync.WaitGroup
}

// New makes a server that does not listen yet; see Start and Handler.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{opt: o, rec: recorder{size: o.RequestRing}, w: newWorld()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.handler = s.tracked(s.mux())
	return s
}

// Start listens on addr ("127.0.0.1:0" picks a port) and returns when requests are taken. It may be called once.
func (s *Server) Start(addr string) error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.closed || s.srv != nil {
		return errors.New("fake twilio: start a new server, this one was started or closed before")
	}
	l, err := new(net.ListenConfig).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("fake twilio: listen on %q: %w", addr, err)
	}
	base := "http://" + l.Addr().String()
	s.base.Store(&base)
	s.srv = &http.Server{Handler: s.handler, ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() { _ = s.srv.Serve(l) })
	return nil
}

// URL is the server's root, the base address of all services; the list of control calls is there. It is empty before Start (or, with
// Handler alone, before the first request).
func (s *Server) URL() string {
	if p := s.base.Load(); p != nil {
		return *p
	}
	return ""
}

// Handler serves everything Start would; URL is then taken from the first request's host.
func (s *Server) Handler() http.Handler { return s.handler }

// Options gives the settings with their defaults: the ids and secrets that are accepted.
func (s *Server) Options() Options { return s.opt }

// Close ends listener and goroutines and waits for them. It is idempotent.
func (s *Server) Close() error {
	s.life.Lock()
	first := !s.closed
	s.closed = true
	srv := s.srv
	s.life.Unlock()
	s.cancel()
	var err error
	if first && srv != nil {
		err = srv.Close()
	}
	s.wg.Wait()
	s.opt.Client.CloseIdleConnections()
	return err
}

// background runs f unless the server is closed; Close waits for it.
func (s *Server) background(f func()) bool {
	s.life.Lock()
	defer s.life.Unlock()
	if s.closed {
		return false
	}
	s.wg.Go(f)
	return true
}

// tracked lets Close wait for every request.
func (s *Server) tracked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.life.Lock()
		if s.closed {
			s.life.Unlock()
			http.Error(w, "fake twilio is closed", http.StatusServiceUnavailable)
			return
		}
		s.wg.Add(1)
		s.life.Unlock()
		defer s.wg.Done()
		if s.base.Load() == nil {
			base := "http://" + r.Host
			s.base.CompareAndSwap(nil, &base)
		}
		next.ServeHTTP(w, r)
	})
}

// pause waits for d, or less when the request or the server ends first.
func (s *Server) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}
