package app

import (
	"errors"
	"net"
	"testing"
)

func testPort(t *testing.T) *port {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newPort(l)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func dial(t *testing.T, p *port) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestPortOutlivesItsDoors: who connects while no server stands at the port is served by the next one.
func TestPortOutlivesItsDoors(t *testing.T) {
	p := testPort(t)
	first := p.door()
	dial(t, p)
	served, err := first.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = served.Close()
	_ = first.Close()
	if _, err := first.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed door: %v", err)
	}
	waiting := dial(t, p)
	served, err = p.door().Accept()
	if err != nil {
		t.Fatal(err)
	}
	if served.RemoteAddr().String() != waiting.LocalAddr().String() {
		t.Errorf("served %v, want %v", served.RemoteAddr(), waiting.LocalAddr())
	}
	_ = served.Close()
}

func TestClosedPortClosesItsDoors(t *testing.T) {
	p := testPort(t)
	d := p.door()
	ended := make(chan error, 1)
	go func() {
		_, err := d.Accept()
		ended <- err
	}()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the door of a closed port: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}
