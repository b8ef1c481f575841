package dispatch_test

import (
	"context"
	"errors"
	"log/slog"
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

// source is a shop that can be asked, or not.
type source struct {
	mu    sync.Mutex
	down  bool
	asked int
	texts []string
}

func (s *source) SweepEvery() time.Duration { return time.Hour }

func (s *source) Snapshot(context.Context, connector.Thread) (connector.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.down {
		return connector.Snapshot{}, &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeInbox, Reason: "down", Err: errors.New("down")}
	}
	snap := connector.Snapshot{Title: "t"}
	for _, text := range s.texts {
		snap.Messages = append(snap.Messages, customer("33", text))
	}
	return snap, nil
}

func customer(ticket, text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: ticket, Fingerprint: "f|" + text, Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}}
}

// sweeping runs fn with rules on both engines whose shop can be compared.
func sweeping(t *testing.T, fn func(t *testing.T, r *rig, src *source, signals *bus.Bus)) {
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
		signals := bus.New()
		r := &rig{t: t, store: s, bus: signals, Switchboard: switchboard.New(s, signals, files{}, nil, slog.New(slog.DiscardHandler),
			[]switchboard.Inbox{{ID: "shop", Channel: "shop", SweepEvery: time.Hour}})}
		fn(t, r, &source{}, signals)
	})
}

func (r *rig) sweep(src *source) (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	s := &dispatch.Sweeper{Inbox: "shop", Comparer: src, Switchboard: r.Switchboard, Bus: r.bus, Log: slog.New(slog.DiscardHandler), Recovered: func(int) {}}
	go func() {
		defer close(done)
		_ = s.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (r *rig) stored(conv kefu.ConversationID) (texts []string) {
	r.t.Helper()
	err := r.store.View(r.t.Context(), func(tx *store.Tx) error {
		texts = nil
		messages, err := tx.Messages(conv, 0, 100)
		for _, m := range messages {
			texts = append(texts, m.Content.Text)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return texts
}

func TestWhatWasMissedArrivesAtTheStart(t *testing.T) {
	sweeping(t, func(t *testing.T, r *rig, src *source, _ *bus.Bus) {
		first := customer("33", "a")
		first.Kind = connector.InOpen
		res := r.take("shop", first)
		src.texts = []string{"a", "b"}
		defer r.sweep(src)()
		r.until("b is recovered", func() bool { return len(r.stored(res.ConversationID)) == 2 })
	})
}

func TestASiteThatIsDownIsLeftAloneAndHoldsUpNoNewTicket(t *testing.T) {
	sweeping(t, func(t *testing.T, r *rig, src *source, _ *bus.Bus) {
		src.down = true
		one := r.take("shop", customer("33", "one"))
		defer r.sweep(src)()
		r.until("the first is let in", func() bool { return len(r.stored(one.ConversationID)) == 1 })
		asked := func() int {
			src.mu.Lock()
			defer src.mu.Unlock()
			return src.asked
		}
		before := asked()
		two := r.take("shop", customer("34", "two"))
		r.until("the second is let in", func() bool { return len(r.stored(two.ConversationID)) == 1 })
		if asked() != before {
			t.Errorf("the site was asked %d times more while it rests", asked()-before)
		}
	})
}

// listener says when it holds the connection.
type listener struct {
	name string
	held chan string
}

func (l listener) Listen(ctx context.Context, _ connector.Emit) error {
	l.held <- l.name
	<-ctx.Done()
	return ctx.Err()
}

func TestOneNodeHoldsAConnectionAndAnotherTakesOver(t *testing.T) {
	sweeping(t, func(t *testing.T, r *rig, _ *source, _ *bus.Bus) {
		held := make(chan string, 4)
		begin := func(node string) (stop func()) {
			ctx, cancel := context.WithCancel(t.Context())
			leave, err := r.store.DB().HoldPresence(ctx, node)
			if err != nil {
				t.Fatal(err)
			}
			k := &dispatch.Keeper{Inbox: "guild", Listener: listener{node, held}, Switchboard: r.Switchboard, Store: r.store, Node: node,
				Log: slog.New(slog.DiscardHandler)}
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = k.Run(ctx)
			}()
			return func() {
				cancel()
				<-done
				leave()
			}
		}
		stop := begin("n1")
		if got := <-held; got != "n1" {
			t.Fatalf("%s holds it", got)
		}
		other := begin("n2")
		defer other()
		if len(held) != 0 {
			t.Fatalf("%s holds it beside n1", <-held)
		}
		began := time.Now()
		stop()
		if got := <-held; got != "n2" || time.Since(began) > 15*time.Second {
			t.Errorf("%s took over after %s", got, time.Since(began))
		}
	})
}
