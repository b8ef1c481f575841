package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testToken = "s3cret-t0ken"

// testContext ends before the test's own time does, so that a hang fails with a stack that says where.
func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// gateway is a gateway whose n-th connection runs the n-th script.
type gateway struct {
	t       *testing.T
	url     string
	scripts []func(*peer)

	mu     sync.Mutex
	asked  int // GET /gateway/bot
	peers  []*peer
	limits SessionStartLimit
	status int // of GET /gateway/bot
}

func newGateway(t *testing.T, scripts ...func(*peer)) *gateway {
	g := &gateway{t: t, scripts: scripts, limits: SessionStartLimit{Total: 1000, Remaining: 1000, MaxConcurrency: 1}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v10/gateway/bot", g.bot)
	mux.HandleFunc("/main/", g.connect)
	mux.HandleFunc("/resume/", g.connect)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	g.url = srv.URL
	return g
}

func (g *gateway) ws(path string) string { return strings.Replace(g.url, "http", "ws", 1) + path }

func (g *gateway) bot(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	if g.status != 0 {
		w.WriteHeader(g.status)
		fmt.Fprint(w, `{"message":"401: Unauthorized","code":0}`)
		return
	}
	json.NewEncoder(w).Encode(GatewayBot{URL: g.ws("/main/"), Shards: 1, SessionStartLimit: g.limits})
}

func (g *gateway) connect(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		g.t.Errorf("accept: %v", err)
		return
	}
	defer ws.CloseNow()
	g.mu.Lock()
	n := len(g.peers)
	p := &peer{g: g, t: g.t, n: n, ws: ws, path: r.URL.Path, query: r.URL.RawQuery, ack: true}
	g.peers = append(g.peers, p)
	g.mu.Unlock()
	if n >= len(g.scripts) {
		g.t.Errorf("connection %d was not expected", n)
		return
	}
	g.scripts[n](p)
}

func (g *gateway) connections() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.peers)
}

// peer is the gateway's end of one connection.
type peer struct {
	g           *gateway
	t           *testing.T
	n           int
	ws          *websocket.Conn
	path, query string
	ack         bool

	mu    sync.Mutex
	beats []string // the data of the heartbeats
}

// context does not end with the test's, which is cancelled before the Session has said goodbye.
func (p *peer) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 10*time.Second)
}

func (p *peer) send(op Op, seq int64, name string, d any) {
	b, err := json.Marshal(d)
	if err != nil {
		p.t.Errorf("marshal: %v", err)
	}
	m := Payload{Op: op, D: b, T: name}
	if seq > 0 {
		m.S = &seq
	}
	b, _ = json.Marshal(m)
	ctx, cancel := p.context()
	defer cancel()
	_ = p.ws.Write(ctx, websocket.MessageText, b) // the other end may have gone, which is for it to judge
}

func (p *peer) hello(interval time.Duration) {
	p.send(OpHello, 0, "", Hello{HeartbeatInterval: interval.Milliseconds()})
}

// receive gives the next payload that is no heartbeat; those it answers if ack is set.
func (p *peer) receive() (Payload, error) {
	ctx, cancel := p.context()
	defer cancel()
	for {
		_, b, err := p.ws.Read(ctx)
		if err != nil {
			return Payload{}, err
		}
		var m Payload
		if err := json.Unmarshal(b, &m); err != nil {
			return Payload{}, err
		}
		if m.Op != OpHeartbeat {
			return m, nil
		}
		p.mu.Lock()
		p.beats = append(p.beats, string(m.D))
		p.mu.Unlock()
		if p.ack {
			p.send(OpHeartbeatACK, 0, "", nil)
		}
	}
}

func (p *peer) expect(op Op, d any) {
	m, err := p.receive()
	if err != nil {
		p.t.Errorf("connection %d: waiting for op %d: %v", p.n, op, err)
		return
	}
	if m.Op != op {
		p.t.Errorf("connection %d: got op %d, want %d", p.n, m.Op, op)
		return
	}
	if err := json.Unmarshal(m.D, d); err != nil {
		p.t.Errorf("connection %d: data of op %d: %v", p.n, op, err)
	}
}

// closed reads on until the other end closes, and gives its code.
func (p *peer) closed() websocket.StatusCode {
	for {
		if _, err := p.receive(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func (p *peer) heartbeats() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.beats...)
}

// identify takes the connection to READY.
func (p *peer) identify(interval time.Duration) Identify {
	var id Identify
	p.hello(interval)
	p.expect(OpIdentify, &id)
	p.ready()
	return id
}

func (p *peer) ready() {
	p.send(OpDispatch, 1, EventReady, Ready{
		Version: 10, User: User{ID: "7", Username: "kefu", Bot: true},
		SessionID: fmt.Sprintf("session-%d", p.n), ResumeGatewayURL: p.g.ws("/resume/"),
	})
}

// resume takes the connection to the RESUME that it expects.
func (p *peer) resume(interval time.Duration) Resume {
	var r Resume
	p.hello(interval)
	p.expect(OpResume, &r)
	return r
}

// say sends a MESSAGE_CREATE whose id is seq.
func (p *peer) say(seq int64) {
	p.send(OpDispatch, seq, EventMessageCreate, Message{ID: fmt.Sprint(seq)})
}

// recorder is a Handler that tells what it was given, one line each.
type recorder struct {
	told chan string
	take func(ctx context.Context, id string) error // of a message; nil takes all
}

func newRecorder() *recorder { return &recorder{told: make(chan string, 4096)} }

// hold lets no message through before the channel is closed.
func (r *recorder) hold() (release chan struct{}) {
	release = make(chan struct{})
	r.take = func(ctx context.Context, _ string) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	return release
}

func (r *recorder) Ready(_ context.Context, ready Ready, resumed bool) {
	r.told <- fmt.Sprintf("ready %s resumed=%t", ready.SessionID, resumed)
}

func (r *recorder) Dispatch(ctx context.Context, event string, data json.RawMessage) error {
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	if r.take != nil {
		if err := r.take(ctx, m.ID); err != nil {
			return err
		}
	}
	r.told <- "message " + m.ID
	return nil
}

func (r *recorder) want(t *testing.T, lines ...string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for i, want := range lines {
		select {
		case got := <-r.told:
			if got != want {
				t.Fatalf("line %d: got %q, want %q", i, got, want)
			}
		case <-deadline:
			t.Fatalf("line %d: %q did not come", i, want)
		}
	}
}

// fastTiming has no waits but those that a test sets.
func fastTiming() Timing {
	return Timing{
		Dial: 5 * time.Second, Hello: 5 * time.Second, Close: 100 * time.Millisecond, IdentifyGap: time.Nanosecond,
		Backoff:   func(int) time.Duration { return time.Millisecond },
		Invalid:   func() time.Duration { return time.Millisecond },
		FirstBeat: func() float64 { return 1 },
	}
}

// running is a Session under test.
type running struct {
	*Session
	h      *recorder
	cancel context.CancelFunc
	done   chan error
}

func (g *gateway) run(h *recorder, tm Timing) *running {
	c := New(Options{BaseURL: g.url + "/api/v10", Token: testToken})
	g.t.Cleanup(c.Close)
	s := NewSession(SessionOptions{Client: c, Intents: IntentGuilds | IntentMessageContent, Timing: tm})
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Session: s, h: h, cancel: cancel, done: make(chan error, 1)}
	go func() { r.done <- s.Run(ctx, h) }()
	g.t.Cleanup(cancel)
	return r
}

// stop ends the session and gives what Run gave.
func (r *running) stop(t *testing.T) error {
	t.Helper()
	r.cancel()
	return r.wait(t)
}

func (r *running) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("Run did not return")
		return nil
	}
}
