package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/dispatch"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// patience is how long a test waits for something that should happen at once.
const patience = 20 * time.Second

// people are the callers of the tests, by token. Who is taken off the list is nobody any more.
type people struct {
	mu   sync.Mutex
	have map[string]kefu.Caller
	down bool // nothing can be read now
}

func (p *people) fail(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *people) put(c kefu.Caller) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.have[c.ID] = c
}

func (p *people) fire(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.have, id)
}

func (p *people) Authenticate(_ context.Context, r auth.Request) (kefu.Caller, error) {
	id, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		id = r.Token
	}
	return p.Again(context.Background(), kefu.Caller{ID: id})
}

func (p *people) Allow(context.Context, kefu.Caller, netip.Addr) (auth.Limit, error) {
	return auth.Limit{}, nil
}

func (p *people) Again(_ context.Context, c kefu.Caller) (kefu.Caller, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return kefu.Caller{}, kefu.Errorf(kefu.KindUnavailable, "not now")
	}
	now, ok := p.have[c.ID]
	if !ok {
		return kefu.Caller{}, kefu.Errorf(kefu.KindUnauthorized, "nobody is called %q", c.ID)
	}
	return now, nil
}

// files has none: these tests are about frames.
type files struct{ switchboard.Vault }

func (files) Link(kefu.Attachment) string { return "" }

type plainBox struct{}

func (plainBox) Seal(plain, _ string) (string, error)  { return plain, nil }
func (plainBox) Open(sealed, _ string) (string, error) { return sealed, nil }

// refuse names the kind of an error; its status is the other door's.
func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("X-Kind", string(kefu.KindOf(err)))
	w.WriteHeader(http.StatusTeapot)
}

// rig is a hub on a real store behind a real server, with the relay that places events.
type rig struct {
	t *testing.T
	*switchboard.Switchboard
	store  *store.Store
	people *people
	hub    *Hub
	server *httptest.Server
	stop   func()
}

func each(t *testing.T, fn func(t *testing.T, r *rig), limits ...func(*Limits)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) { fn(t, newRig(t, url, limits...)) })
}

func newRig(t *testing.T, url string, limits ...func(*Limits)) *rig {
	t.Helper()
	return newNode(t, url, nil, limits...)
}

// newNode starts one process on a database; who is nil makes an own list of people.
func newNode(t *testing.T, url string, who *people, limits ...func(*Limits)) *rig {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(db)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if who == nil {
		who = &people{have: map[string]kefu.Caller{}}
	}
	node := ident.New("node")
	leave, err := db.HoldPresence(t.Context(), node)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	signals := bus.New()
	board := switchboard.New(s, signals, files{}, plainBox{}, log, []switchboard.Inbox{{ID: "api", Channel: "api", Name: "API"}})
	o := Options{Board: board, Auth: who, Bus: signals, Log: log, Node: node, PublicURL: "https://kefu.example", Origins: []string{"https://shop.example"}}
	o.Client, o.Refuse = func(*http.Request) netip.Addr { return netip.Addr{} }, refuse
	o.Limits.Grace, o.Limits.Look = 50*time.Millisecond, 200*time.Millisecond
	for _, limit := range limits {
		limit(&o.Limits)
	}
	r := &rig{t: t, Switchboard: board, store: s, people: who, hub: New(o)}
	mux := http.NewServeMux()
	mux.Handle("GET /ws", r.hub.Handler())
	r.server = httptest.NewServer(mux)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	relay := dispatch.Relay{Store: s, Bus: signals, Log: log, Node: node}
	for _, run := range []func(context.Context) error{r.hub.Run, relay.Run, relay.Hear} {
		running.Go(func() { _ = run(ctx) })
	}
	r.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		r.server.Close()
		leave()
		_ = db.Close()
	})
	t.Cleanup(r.stop)
	return r
}

var system = kefu.Ask{Caller: kefu.SystemCaller("test")}

// agent hires somebody with a role.
func (r *rig) agent(name string, role kefu.Role, teams ...kefu.TeamID) kefu.Caller {
	r.t.Helper()
	a, err := r.CreateAgent(r.t.Context(), system, switchboard.AgentChange{Name: kefu.Some(name), Email: kefu.Some(name + "@example.com"),
		Role: kefu.Some(role), TeamIDs: kefu.Some(teams)})
	if err != nil {
		r.t.Fatal(err)
	}
	c := kefu.Caller{Kind: kefu.CallerAgent, ID: string(a.ID), Name: name, Role: role, Scopes: auth.ScopesOf(role), Credential: "ses_" + name}
	r.people.put(c)
	return c
}

func (r *rig) team(name string) kefu.TeamID {
	r.t.Helper()
	team, err := r.CreateTeam(r.t.Context(), system, switchboard.TeamChange{Name: kefu.Some(name)})
	if err != nil {
		r.t.Fatal(err)
	}
	return team.ID
}

// talk begins a conversation with a new contact, who is a caller as well.
func (r *rig) talk(name string, in switchboard.NewConversation) (switchboard.Conversation, kefu.Caller) {
	r.t.Helper()
	in.Contact = &switchboard.NewPerson{Name: name, ExternalID: name}
	in.Subject = name
	conv, err := r.StartConversation(r.t.Context(), system, in)
	if err != nil {
		r.t.Fatal(err)
	}
	c := kefu.Caller{Kind: kefu.CallerContact, ID: string(conv.ContactID), Name: name, Scopes: auth.ContactScopes(), Credential: "ses_" + name}
	r.people.put(c)
	return conv, c
}

func (r *rig) say(by kefu.Caller, conv kefu.ConversationID, text string) switchboard.Message {
	r.t.Helper()
	m, err := r.Send(r.t.Context(), kefu.Ask{Caller: by}, switchboard.NewMessage{ConversationID: conv, Content: text})
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// frame is a frame of ours as a client reads it.
type frame struct {
	Type, Action, ID string
	Timestamp        int64
	Position         *int64
	Data             map[string]any
	Error            *struct {
		Code, Detail string
		Errors       []kefu.Fault
	}
	raw string
}

func (f frame) text() string {
	s, _ := f.Data["content"].(string)
	return s
}

// client is one open line.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func (r *rig) url(query string) string {
	return "ws" + strings.TrimPrefix(r.server.URL, "http") + "/ws" + query
}

func (r *rig) dial(by kefu.Caller) *client {
	r.t.Helper()
	h := http.Header{"Authorization": {"Bearer " + by.ID}}
	ws, _, err := websocket.Dial(r.t.Context(), r.url(""), &websocket.DialOptions{HTTPHeader: h}) //nolint:bodyclose // Dial says it need not be
	if err != nil {
		r.t.Fatalf("%s cannot connect: %v", by.Name, err)
	}
	ws.SetReadLimit(1 << 20)
	r.t.Cleanup(func() { _ = ws.CloseNow() })
	return &client{r.t, ws}
}

func (c *client) send(raw string) {
	c.t.Helper()
	if err := c.ws.Write(c.t.Context(), websocket.MessageText, []byte(raw)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) sendf(format string, args ...any) {
	c.t.Helper()
	c.send(fmt.Sprintf(format, args...))
}

func (c *client) next() (frame, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, raw, err := c.ws.Read(ctx)
	f := frame{raw: string(raw)}
	if err == nil {
		err = json.Unmarshal(raw, &f)
	}
	return f, err
}

func (c *client) read() frame {
	c.t.Helper()
	f, err := c.next()
	if err != nil {
		c.t.Fatalf("no frame: %v", err)
	}
	return f
}

// until reads up to a frame of a type and action, and returns it.
func (c *client) until(kind, action string) frame {
	c.t.Helper()
	for {
		f := c.read()
		if f.Type == kind && f.Action == action {
			return f
		}
		if f.Type == typeError {
			c.t.Fatalf("refused: %s", f.raw)
		}
	}
}

// texts reads messages up to one that says last, and lists what they say.
func (c *client) texts(last string) (said []string) {
	c.t.Helper()
	for {
		f := c.until(typeMessage, "new")
		said = append(said, f.text())
		if f.text() == last {
			return said
		}
	}
}

// subscribed subscribes and waits for the answer.
func (c *client) subscribed(data string) *client {
	c.t.Helper()
	c.send(`{"type":"subscribe","id":"sub","data":` + data + `}`)
	for f := c.read(); f.Type != typeAck || f.ID != "sub"; f = c.read() {
		if f.Type == typeError {
			c.t.Fatalf("refused: %s", f.raw)
		}
	}
	return c
}

// live waits until the connection is among the live ones.
func (c *client) live(r *rig) *client {
	c.t.Helper()
	c.subscribed(`{}`)
	eventually(c.t, func() bool {
		r.hub.mu.Lock()
		defer r.hub.mu.Unlock()
		for other := range r.hub.conns {
			if !other.live {
				return false
			}
		}
		return true
	})
	return c
}

// closed reads until the line is closed and tells the code.
func (c *client) closed() websocket.StatusCode {
	c.t.Helper()
	for {
		if _, err := c.next(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}
