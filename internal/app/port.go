package app

import (
	"net"
	"sync"
)

// port is the listening socket. It outlives the servers on it, so that nobody is refused while the inboxes are built anew: what connects
// meanwhile waits.
type port struct {
	net.Listener
	accepted chan accepted
	closed   chan struct{}
	once     sync.Once
}

type accepted struct {
	conn net.Conn
	err  error
}

func newPort(l net.Listener) *port {
	p := &port{Listener: l, accepted: make(chan accepted), closed: make(chan struct{})}
	go p.accept()
	return p
}

func (p *port) accept() {
	for {
		conn, err := p.Listener.Accept()
		select {
		case p.accepted <- accepted{conn, err}:
		case <-p.closed:
			if conn != nil {
				_ = conn.Close()
			}
			return
		}
		if err != nil {
			return
		}
	}
}

// Close ends the socket and every door on it. Safe to call twice.
func (p *port) Close() (err error) {
	p.once.Do(func() {
		close(p.closed)
		err = p.Listener.Close()
	})
	return err
}

// door is one server's turn on the port.
func (p *port) door() net.Listener { return &door{port: p, shut: make(chan struct{})} }

type door struct {
	*port
	shut chan struct{}
	once sync.Once
}

// Accept gives the next connection; net.ErrClosed when the door or the port is closed.
func (d *door) Accept() (net.Conn, error) {
	select {
	case <-d.shut:
		return nil, net.ErrClosed
	default:
	}
	select {
	case a := <-d.accepted:
		return a.conn, a.err
	case <-d.shut:
	case <-d.closed:
	}
	return nil, net.ErrClosed
}

// Close ends this door only.
func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return nil
}
