package receiver

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server is one receiver.
type Server struct {
	opt     Options
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	work    sync.WaitGroup
	written atomic.Int64 // bytes of endless answers
	conns   atomic.Int64
	bomb    func() []byte

	mu sync.Mutex
	ledger

	changed chan struct{} // closed at every request when somebody waits
	closed  bool
	addr    string
	http    *http.Server
	cert    *certificate
	faults  map[string]*Fault
}

// New makes a receiver that does not listen yet; see Start.
func New(o Options) *Server {
	s := &Server{opt: o.withDefaults(), ledger: newLedger(), faults: map[string]*Fault{}, bomb: sync.OnceValue(gzipBomb)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Start listens on addr ("127.0.0.1:0" picks a port) and returns when requests are taken.
func (s *Server) Start(addr string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.addr != "" {
		return errors.New("the receiver was started before")
	}
	if s.opt.TLS {
		cert, err := newCertificate(s.opt.Now())
		if err != nil {
			return err
		}
		s.cert = cert
	}
	return s.listen(addr)
}

// listen runs with the lock held.
func (s *Server) listen(addr string) error {
	l, err := new(net.ListenConfig).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	s.http = &http.Server{
		Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				s.conns.Add(1)
			}
		},
	}
	if s.cert != nil {
		l = tls.NewListener(l, s.cert.config())
	}
	srv := s.http
	s.work.Go(func() { _ = srv.Serve(l) })
	return nil
}

// URL is the receiver's address without a path, "http://127.0.0.1:port" or https; "" before Start. Every path is served.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.addr == "":
		return ""
	case s.cert != nil:
		return "https://" + s.addr
	}
	return "http://" + s.addr
}

// CertPEM is the certificate that a client must trust; nil without TLS or before Start.
func (s *Server) CertPEM() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cert == nil {
		return nil
	}
	return s.cert.pem
}

// Conns is how many connections were made to it.
func (s *Server) Conns() int64 { return s.conns.Load() }

// SetDown takes the receiver off the net (connections are refused) or brings it back to the same address. It keeps its ledger.
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
	return s.listen(s.addr)
}

// Close ends listener, connections and goroutines. It is idempotent.
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
	s.work.Wait()
}

// enterWork counts a request that is being served; false when the receiver is closed.
func (s *Server) enterWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.work.Add(1)
	}
	return !s.closed
}

// serve is the receiver's program.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.enterWork() {
		panic(http.ErrAbortHandler)
	}
	defer s.work.Done()
	body, err := s.body(w, r)
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, "body is too large", http.StatusRequestEntityTooLarge)
		}
		return
	}
	req := s.read(r, body)
	fault := s.strike(r.URL.Path)
	if req.Verified != nil && fault.plain() {
		fault.Status, fault.Body = http.StatusUnauthorized, "signature does not fit\n"
	}
	req.Status = fault.status()
	s.enter(&req, req.Verified == nil && (fault.Done || req.Status/100 == 2))
	s.answer(w, r, fault)
}

func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limited := http.MaxBytesReader(w, r.Body, s.opt.MaxBody)
	if r.ContentLength < 0 || r.ContentLength > s.opt.MaxBody {
		return io.ReadAll(limited)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, err
}
