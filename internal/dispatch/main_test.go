package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// patience is how long a test waits for something that should happen at once.
const patience = 20 * time.Second

// remote is a desk and a shop in memory, with a script of failures. It is a connector, not a store: what it has is what arrived.
type remote struct {
	mu      sync.Mutex
	changed chan struct{}
	threads map[string][]string
	opened  []connector.Opening
	marks   []string
	status  []string
	sends   int
	script  []func(out connector.Outbound) error // consumed by Send
	hold    chan struct{}                        // Send waits for it when set
	unsure  int
	// beforeMark runs at the beginning of Mark, outside the lock.
	beforeMark func()
}

func newRemote() *remote {
	return &remote{changed: make(chan struct{}), threads: map[string][]string{}}
}

// touch wakes who waits for a change. The lock is held.
func (r *remote) touch() {
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *remote) Send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	r.mu.Lock()
	hold := r.hold
	r.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return connector.Receipt{}, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.touch()
	r.sends++
	receipt := connector.Receipt{Parts: []connector.Part{{ExternalID: string(out.DeliveryID), Fingerprint: out.Message.Content.Text}}}
	if out.Unsure {
		r.unsure++
		if slices.Contains(r.threads[out.Thread.ExternalID], out.Message.Content.Text) {
			receipt.Found = true
			return receipt, nil
		}
	}
	if len(r.script) > 0 {
		next := r.script[0]
		r.script = r.script[1:]
		if err := next(out); err != nil {
			return connector.Receipt{}, err
		}
	}
	if _, ok := r.threads[out.Thread.ExternalID]; !ok {
		return connector.Receipt{}, &connector.SendError{Class: connector.Gone, Scope: connector.ScopeThread, Reason: "no such thread"}
	}
	r.threads[out.Thread.ExternalID] = append(r.threads[out.Thread.ExternalID], out.Message.Content.Text)
	return receipt, nil
}

func (r *remote) Open(_ context.Context, o connector.Opening) (connector.Thread, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.touch()
	r.opened = append(r.opened, o)
	id := fmt.Sprintf("c%d", len(r.opened))
	r.threads[id] = nil
	for _, m := range o.History {
		r.threads[id] = append(r.threads[id], m.Content.Text)
	}
	return connector.Thread{ExternalID: id, Name: o.Name}, nil
}

func (r *remote) SendStatus(_ context.Context, t connector.Thread, s connector.StatusChange) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.touch()
	r.status = append(r.status, fmt.Sprintf("%s %s %d", t.ExternalID, s.Kind, len(s.Transcript)))
	return nil
}

func (r *remote) Mark(_ context.Context, m connector.Mark) error {
	if r.beforeMark != nil {
		r.beforeMark()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.touch()
	r.marks = append(r.marks, fmt.Sprintf("%s:%s", m.ExternalID, m.State))
	return nil
}

func (r *remote) fail(errs ...error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, err := range errs {
		r.script = append(r.script, func(connector.Outbound) error { return err })
	}
}

// wait waits until what the remote has satisfies ok, or says what it had instead.
func (r *remote) wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		r.mu.Lock()
		if ok() {
			r.mu.Unlock()
			return
		}
		changed := r.changed
		have := fmt.Sprintf("threads %v, status %v, marks %v, opened %d", r.threads, r.status, r.marks, len(r.opened))
		r.mu.Unlock()
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waited for %s; there is %s", what, have)
		}
	}
}

func (r *remote) has(t *testing.T, thread, want string) {
	t.Helper()
	r.wait(t, thread+" = "+want, func() bool { return strings.Join(r.threads[thread], " ") == want })
}

type files struct{}

func (files) Keep(_ context.Context, r io.Reader, name string) (kefu.Attachment, error) {
	_, err := io.Copy(io.Discard, r)
	return kefu.Attachment{Name: name, SHA256: "x"}, err
}
func (files) Uploaded(string) (kefu.Attachment, bool) { return kefu.Attachment{}, false }
func (files) Link(kefu.Attachment) string             { return "https://kefu.example/files/x" }

func (files) ShortLink(kefu.Attachment) string { return "" }
func (files) UploadID(kefu.Attachment) string  { return "att_x" }
func (files) Delete(string) error              { return nil }

// rig is a database with rules and remotes, on which dispatchers can be started and stopped.
type rig struct {
	*switchboard.Switchboard
	t           *testing.T
	store       *store.Store
	bus         *bus.Bus
	shop, guild *remote
	second      *remote // a desk that no inbox has
	looks       bool
}

func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s := store.New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := &rig{t: t, store: s, bus: bus.New(), shop: newRemote(), guild: newRemote(), second: newRemote(), looks: true}
		r.shop.threads["33"] = nil
		r.Switchboard = switchboard.New(s, r.bus, files{}, nil, slog.New(slog.DiscardHandler), []switchboard.Inbox{
			{ID: "shop", Channel: "shop", Desks: []kefu.InboxID{"guild"}}, {ID: "guild", Channel: "guild", Marks: true, Desk: true},
			{ID: "second", Channel: "guild", Marks: true, Desk: true}})
		fn(t, r)
	})
}

// deskOf is a remote that can do all that a desk can.
func deskOf(r *remote) connector.Connector {
	return struct {
		connector.Connector
		connector.Opener
		connector.StatusSender
		connector.Marker
	}{r, r, r, r}
}

// start runs a dispatcher as a node; the returned function stops it in order.
func (r *rig) start(node string) (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	leave, err := r.store.DB().HoldPresence(ctx, node)
	if err != nil {
		r.t.Fatal(err)
	}
	guild, second := deskOf(r.guild), deskOf(r.second)
	d := dispatch.New(dispatch.Options{Store: r.store, Switchboard: r.Switchboard, Bus: r.bus, Log: slog.New(slog.DiscardHandler), Node: node,
		Targets: []dispatch.Target{
			{Inbox: "shop", Connector: r.shop, Can: connector.Abilities{}, Looks: r.looks},
			{Inbox: "guild", Connector: guild, Can: connector.AbilitiesOf(guild), Looks: true},
			{Inbox: "second", Connector: second, Can: connector.AbilitiesOf(second), Looks: true}}})
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				r.t.Errorf("run: %v", err)
			}
			leave()
		})
	}
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) open(text string) connector.Result {
	r.t.Helper()
	return r.take("shop", connector.Inbound{Kind: connector.InOpen, ThreadID: "33", ThreadName: "#客-33", Title: "t", Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}})
}

func (r *rig) write(text string) connector.Result {
	r.t.Helper()
	return r.take("shop", connector.Inbound{Kind: connector.InMessage, ThreadID: "33", Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}})
}

func (r *rig) answer(channel, text string) connector.Result {
	r.t.Helper()
	return r.take("guild", connector.Inbound{Kind: connector.InMessage, ThreadID: channel, ExternalID: "m-" + text, Key: "m:" + text, Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: "u", Name: "Amy"}})
}

func (r *rig) take(inbox kefu.InboxID, in connector.Inbound) connector.Result {
	r.t.Helper()
	res, err := r.Receive(r.t.Context(), inbox, in)
	if err != nil {
		r.t.Fatal(err)
	}
	return res
}

// state reads what became of a message's only delivery to an inbox.
func (r *rig) delivery(id kefu.MessageID, inbox kefu.InboxID) (found store.Delivery) {
	r.t.Helper()
	err := r.store.View(r.t.Context(), func(tx *store.Tx) error {
		all, err := tx.DeliveriesOf(id)
		for _, d := range all {
			if d.InboxID == inbox && d.Kind == kefu.DeliverMessage {
				found = d
			}
		}
		return err
	})
	if err != nil || found.ID == "" {
		r.t.Fatalf("delivery of %s to %s: %v", id, inbox, err)
	}
	return found
}

// until polls what the database says, with a deadline.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(patience)
	for tick := time.NewTicker(5 * time.Millisecond); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited for %s", what)
		}
	}
}

func class(c connector.Class, s connector.Scope) error {
	return &connector.SendError{Class: c, Scope: s, Reason: "scripted", Err: errors.New("scripted")}
}
