package stream

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/ident"
	"kefu/internal/switchboard"
)

// Handler serves GET /ws.
func (h *Hub) Handler() http.Handler { return http.HandlerFunc(h.open) }

// open makes a line of a request. Whoever is refused gets a plain answer.
func (h *Hub) open(w http.ResponseWriter, r *http.Request) {
	if err := h.admit(r); err != nil {
		h.o.Refuse(w, r, err)
		return
	}
	caller, err := h.o.Auth.Authenticate(r.Context(), auth.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header, Address: h.o.Client(r),
		Token: r.URL.Query().Get("token")})
	if err != nil {
		// Guessing at this door has the limit that it has at the other.
		if _, limited := h.o.Auth.Allow(r.Context(), kefu.Caller{}, h.o.Client(r)); limited != nil {
			err = limited
		}
		h.o.Refuse(w, r, err)
		return
	}
	c := newConn(h, ident.New("wsc"), rights{caller: caller})
	if err := h.register(r.Context(), c); err != nil {
		h.o.Refuse(w, r, err)
		return
	}
	if err := c.prepare(r.Context()); err != nil {
		h.forget(c)
		h.o.Refuse(w, r, err)
		return
	}
	if err := c.upgrade(w, r); err != nil {
		h.o.Log.InfoContext(r.Context(), "a request did not become a line", "error", err)
		h.forget(c)
	}
}

// admit looks at what needs no credentials: that a line is asked for, by a program or by a page that may.
func (h *Hub) admit(r *http.Request) error {
	if !asks(r.Header, "Connection", "upgrade") || !asks(r.Header, "Upgrade", "websocket") {
		return kefu.Errorf(kefu.KindMalformed, "this address speaks WebSocket: ask for an upgrade")
	}
	origin := r.Header.Get("Origin")
	if origin == "" || h.welcome(origin, r.Host) {
		return nil
	}
	return kefu.Errorf(kefu.KindForbidden, "pages of this origin may not connect: have it added to the origins that may")
}

func asks(h http.Header, name, token string) bool {
	return slices.ContainsFunc(h.Values(name), func(v string) bool {
		return slices.ContainsFunc(strings.Split(v, ","), func(t string) bool { return strings.EqualFold(strings.TrimSpace(t), token) })
	})
}

func (h *Hub) welcome(origin, host string) bool {
	from, err := url.Parse(origin)
	if err != nil || from.Host == "" {
		return false
	}
	if strings.EqualFold(from.Host, host) {
		return true
	}
	return slices.ContainsFunc(append([]string{h.o.PublicURL}, h.o.Origins...), func(allowed string) bool {
		if allowed == "*" {
			return true
		}
		u, err := url.Parse(allowed)
		return err == nil && u.Host != "" && strings.EqualFold(u.Scheme, from.Scheme) && strings.EqualFold(u.Host, from.Host)
	})
}

// prepare reads the rights of a registered connection and notes an agent's presence. The rights are read after registering: a change of
// them from now on is met on the connection's way.
func (c *conn) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, verbTime)
	defer cancel()
	defer context.AfterFunc(c.hub.life, cancel)()
	c.refresh(ctx)
	if err := c.refused(); err != nil {
		return err
	}
	caller := c.rights.Load().caller
	if caller.Kind != kefu.CallerAgent {
		return nil
	}
	return c.hub.o.Board.Connect(ctx, switchboard.Socket{ID: c.id, AgentID: kefu.AgentID(caller.ID)}, c.hub.o.Node)
}

// refused says why a connection ends that has not begun.
func (c *conn) refused() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.end == nil:
		return nil
	case c.end.code == closeExpired:
		return kefu.Errorf(kefu.KindUnauthorized, "the credential has expired or was revoked just now: log in again")
	}
	return kefu.Errorf(kefu.KindUnavailable, "no line can be opened now: come back in a moment")
}

// upgrade takes the line over from the HTTP server, or answers why not.
func (c *conn) upgrade(w http.ResponseWriter, r *http.Request) error {
	line := &taken{ResponseWriter: w}
	// The origin was judged already. Compression would cost each connection more memory than everything else together.
	ws, err := websocket.Accept(line, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled,
		OnPingReceived: c.alive})
	if err != nil {
		return err
	}
	c.opened(ws, line.conn)
	time.AfterFunc(c.hub.o.Limits.Grace, c.settle)
	// The server's own goroutine ends here: its stack has grown by now, and a fresh one is small.
	go c.read()
	return nil
}

// taken lets us know the connection below: a goodbye that is not answered ends by tearing it.
type taken struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack takes the connection over from the server.
func (t *taken) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.conn = conn
	return conn, rw, err
}
