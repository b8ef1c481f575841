package safehttp

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// tunnel passes bytes on to a server, until it is frozen: then what is connected hangs, as behind a firewall that has forgotten it, and what
// connects later passes.
type tunnel struct {
	mu     sync.Mutex
	frozen chan struct{}
}

func (u *tunnel) freeze() {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.frozen)
	u.frozen = make(chan struct{})
}

// pass copies what comes, and drops it when the tunnel was frozen since it was dug.
func pass(to io.Writer, from io.Reader, frozen <-chan struct{}) {
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		select {
		case <-frozen:
		default:
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
	}
}

func (u *tunnel) dig(t *testing.T, to string) (addr string) {
	t.Helper()
	return raw(t, func(near net.Conn) {
		far, err := new(net.Dialer).DialContext(t.Context(), "tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		u.mu.Lock()
		frozen := u.frozen
		u.mu.Unlock()
		var back sync.WaitGroup
		back.Go(func() { pass(near, far, frozen) })
		pass(far, near, frozen)
		_ = far.Close()
		back.Wait()
	})
}

func TestDeadHTTP2ConnectionIsGivenUp(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("%s, not HTTP/2", r.Proto)
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	u := &tunnel{frozen: make(chan struct{})}
	url := "https" + u.dig(t, s.Listener.Addr().String())[len("http"):]
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	tr := newTransport(Options{RootCAs: roots}, nil)
	t.Cleanup(tr.CloseIdleConnections)
	if tr.inner.HTTP2.SendPingTimeout <= 0 || tr.inner.HTTP2.PingTimeout <= 0 {
		t.Fatal("silent connections are never asked")
	}
	tr.inner.HTTP2.SendPingTimeout, tr.inner.HTTP2.PingTimeout = 50*time.Millisecond, 50*time.Millisecond
	ask := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
		resp, err := tr.RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	u.freeze()
	if err := ask(); err == nil {
		t.Fatal("an answer came through a frozen connection")
	}
	deadline := time.Now().Add(5 * time.Second)
	for err := ask(); err != nil; err = ask() {
		if errors.Is(err, context.DeadlineExceeded) && time.Now().After(deadline) {
			t.Fatalf("the dead connection is used for ever: %v", err)
		}
	}
}
