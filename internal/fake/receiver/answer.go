package receiver

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/tls"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	bombSize     = 50 << 20
	endlessBytes = 1 << 30
	half         = 100 // bytes that an answer promises and does not give
)

// answer does what the fault says.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, f Fault) {
	if f.Delay > 0 && !s.pause(r, f.Delay) {
		return
	}
	switch {
	case f.Silence:
		s.untilLeft(r)
	case f.Garbage:
		s.raw(w, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail.example ESMTP ready\r\n\r\n") })
	case f.EndlessHeaders:
		s.raw(w, s.endless)
	case f.DripHeaders:
		s.raw(w, func(c net.Conn) { s.drip(c, "HTTP/1.1 200 OK\r\nX-Drip: ", f.every()) })
	case f.Reset && f.Status == 0:
		s.raw(w, reset)
	case f.interim():
		s.raw(w, func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 "+strconv.Itoa(f.Status)+" Interim\r\n\r\n")
			s.untilClosed(c)
		})
	default:
		s.write(w, r, f)
	}
}

func (f Fault) every() time.Duration { return cmp.Or(f.Every, time.Second) }

func (f Fault) interim() bool {
	return f.Status >= 100 && f.Status < 200 && f.Status != http.StatusSwitchingProtocols
}

// write gives a status, and a body that is perhaps spoilt.
func (s *Server) write(w http.ResponseWriter, r *http.Request, f Fault) {
	maps.Copy(w.Header(), f.Header)
	if f.Redirect != "" {
		w.Header().Set("Location", f.Redirect)
	}
	if f.Reset || f.StallAfterStatus {
		w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)+half))
	}
	if f.GzipBomb {
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.WriteHeader(f.status())
	_, _ = io.WriteString(w, f.Body)
	switch flush := http.NewResponseController(w).Flush; {
	case f.GzipBomb:
		n, _ := w.Write(s.bomb())
		s.written.Add(int64(n))
	case f.Reset:
		_ = flush()
		s.raw(w, reset)
	case f.StallAfterStatus:
		_ = flush()
		s.untilLeft(r)
	case f.DripBody:
		for flush() == nil && s.pause(r, f.every()) {
			n, _ := io.WriteString(w, ".")
			s.written.Add(int64(n))
		}
		panic(http.ErrAbortHandler) // else the answer would be whole to a client that is just about to leave
	}
}

// Written is how many bytes of endless, dripping and packed answers the receiver got rid of.
func (s *Server) Written() int64 { return s.written.Load() }

// raw gives a fault the connection to its own.
func (s *Server) raw(w http.ResponseWriter, talk func(net.Conn)) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer c.Close()
	talk(c)
}

// reset ends a connection in the middle of nothing.
func reset(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func (s *Server) endless(c net.Conn) {
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
	block := []byte(strings.Repeat("X-Endless: "+strings.Repeat("x", 51)+"\r\n", 512))
	stop := closeWith(s, c)
	defer stop()
	for sent := 0; sent < endlessBytes; sent += len(block) {
		n, err := c.Write(block)
		s.written.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// drip writes a byte at a time, and pads without end.
func (s *Server) drip(c net.Conn, text string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for at := 0; ; at++ {
		b := "x"
		if at < len(text) {
			b = text[at : at+1]
		}
		n, err := io.WriteString(c, b)
		s.written.Add(int64(n))
		if err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
	}
}

// untilClosed reads until the client goes away.
func (s *Server) untilClosed(c net.Conn) {
	stop := closeWith(s, c)
	defer stop()
	_, _ = io.Copy(io.Discard, c)
}

// closeWith closes a connection when the receiver closes.
func closeWith(s *Server, c net.Conn) (stop func()) {
	done := make(chan struct{})
	s.work.Go(func() {
		select {
		case <-s.ctx.Done():
			_ = c.Close()
		case <-done:
		}
	})
	return func() { close(done) }
}

// untilLeft waits for the client to leave.
func (s *Server) untilLeft(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
}

// pause is false when the client left meanwhile.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	return false
}

// gzipBomb packs a part once: what was packed one after the other unpacks to all of it.
func gzipBomb() []byte {
	const part = 1 << 20
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(make([]byte, part))
	_ = z.Close()
	return bytes.Repeat(packed.Bytes(), bombSize/part)
}
