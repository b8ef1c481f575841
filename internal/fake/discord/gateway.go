package discord

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// The gateway's addresses: resuming has its own, so that a bot which forgets
// resume_gateway_url is found out.
const (
	gatewayPath = "/gateway"
	resumePath  = "/gateway/resume"
)

// Gateway operation codes.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opVoice     = 4
	opResume    = 6
	opReconnect = 7
	opMembers   = 8
	opInvalid   = 9
	opHello     = 10
	opACK       = 11
)

// conn is one gateway connection. Everything but ws, wake and deflate is
// guarded by Server.mu; deflate belongs to the writer.
type conn struct {
	s      *Server
	ws     *websocket.Conn
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{}
	info   *Connection

	sess    *session
	cursor  int64   // next sequence number to send
	outbox  []frame // what is no event, sent after the events
	silent  bool
	beat    *time.Timer // fires when heartbeats stay away
	ready   *time.Timer // a late READY
	window  time.Time   // start of the minute in which commands are counted
	counted int

	deflate *zlib.Writer
	packed  bytes.Buffer
}

// frame is an operation that is no dispatch, or the end of the connection.
type frame struct {
	op   int
	d    any
	code int // close with this code
	cut  bool
}

// push queues a frame; the caller holds Server.mu.
func (c *conn) push(f frame) {
	c.outbox = append(c.outbox, f)
	c.kick()
}

func (c *conn) kick() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (s *Server) gatewayURL(*call) (reply, error) {
	return ok(map[string]any{"url": s.wsURL(gatewayPath)})
}

func (s *Server) wsURL(path string) string {
	return "ws" + strings.TrimPrefix(s.URL(), "http") + path
}

func (s *Server) gatewayBot(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(map[string]any{"url": s.wsURL(gatewayPath), "shards": 1, "session_start_limit": map[string]any{
		"total": 1000, "remaining": s.w.starts.remaining,
		"reset_after": s.w.starts.resetAfter.Milliseconds(), "max_concurrency": 1,
	}})
}

// serveGateway holds one connection until it ends.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	if _, hit := s.faults.on(GatewayRefuse, ""); hit {
		http.Error(w, "upstream connect error", http.StatusServiceUnavailable)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	ws.SetReadLimit(64 << 10)
	c := s.open(ws, r)
	defer c.close()
	s.wg.Go(c.write)
	c.read()
}

// open registers a connection and greets it.
func (s *Server) open(ws *websocket.Conn, r *http.Request) *conn {
	q := r.URL.Query()
	c := &conn{s: s, ws: ws, wake: make(chan struct{}, 1)}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	if q.Get("compress") == "zlib-stream" {
		c.deflate = zlib.NewWriter(&c.packed)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.info = &Connection{At: s.w.now(), Path: strings.TrimSuffix(r.URL.Path, "/"), Version: "v" + cmp.Or(q.Get("v"), "9"),
		Compress: c.deflate != nil, Open: true}
	s.w.connections = append(s.w.connections[max(0, len(s.w.connections)-999):], c.info)
	s.w.conns[c] = struct{}{}
	if v, _ := strconv.Atoi(cmp.Or(q.Get("v"), "9")); v != 9 && v != 10 {
		c.push(frame{code: 4012})
	} else if _, hit := s.faults.on(GatewayNoHello, ""); !hit {
		c.push(frame{op: opHello, d: map[string]any{"heartbeat_interval": s.opt.HeartbeatInterval.Milliseconds(), "_trace": []string{"fake"}}})
		c.beat = time.AfterFunc(c.patience(), c.late)
	}
	s.w.announce()
	return c
}

// patience is how long heartbeats may stay away.
func (c *conn) patience() time.Duration { return 2*c.s.opt.HeartbeatInterval + 2*time.Second }

// late ends a connection whose heartbeats stayed away.
func (c *conn) late() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.info.Open {
		c.s.w.violate("heartbeat", "no heartbeat for "+c.patience().String())
		c.push(frame{code: 4009})
	}
}

// read takes the bot's operations until the connection ends.
func (c *conn) read() {
	for {
		_, raw, err := c.ws.Read(c.ctx)
		if err != nil {
			c.ended(int(websocket.CloseStatus(err)))
			return
		}
		c.s.mu.Lock()
		c.handle(raw)
		c.s.mu.Unlock()
	}
}

// ended notes how the connection ended. A bot that says goodbye (1000, 1001)
// gives up its session; every other end keeps it for RESUME.
func (c *conn) ended(code int) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.info.Code == 0 {
		c.info.Code = max(code, 0)
	}
	if c.sess != nil && (code == 1000 || code == 1001) {
		delete(c.s.w.sessions, c.sess.id)
	}
}

// close frees what the connection holds.
func (c *conn) close() {
	c.cancel()
	_ = c.ws.CloseNow()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, t := range []*time.Timer{c.beat, c.ready} {
		if t != nil {
			t.Stop()
		}
	}
	if c.sess != nil {
		c.sess.conn, c.sess.lostAt = nil, c.s.w.now()
	}
	c.info.Open = false
	delete(c.s.w.conns, c)
	c.s.w.announce()
}

// write sends events in order, then frames, whenever it is woken.
// flush sends one batch and says whether there was anything to send.
// send writes one payload, as a part of the zlib stream when the bot asked for it.
// closeReason are Discord's words for a close code.
