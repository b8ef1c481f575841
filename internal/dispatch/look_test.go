package dispatch_test

import (
	"context"
	"errors"
	"log/slog"
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

// readings is a source of truth whose looks are the test's.
type readings func(ctx context.Context, t connector.Thread, emit connector.Emit) error

func (s readings) Look(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	return s(ctx, t, emit)
}
func (readings) Changed(context.Context, time.Time) ([]string, error) { return nil, nil }
func (readings) LookEvery() time.Duration                             { return 0 }

// reader is a store with an inbox that is watched.
type reader struct {
	*switchboard.Switchboard
	t     *testing.T
	store *store.Store
	bus   *bus.Bus
}

func reading(t *testing.T, fn func(t *testing.T, r *reader)) {
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
		r := &reader{t: t, store: s, bus: bus.New()}
		r.Switchboard = switchboard.New(s, r.bus, files{}, nil, slog.New(slog.DiscardHandler), []switchboard.Inbox{{ID: "chat", Channel: "chat"}})
		fn(t, r)
	})
}

func (r *reader) hook() {
	r.t.Helper()
	if _, err := r.Receive(r.t.Context(), "chat", connector.Inbound{Kind: connector.InLook, ThreadID: "t1"}); err != nil {
		r.t.Fatal(err)
	}
}

// watch reads until stop is called, which returns when nothing is read any more.
func (r *reader) watch(look readings) (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	w := &dispatch.Watcher{Inbox: "chat", Watcher: look, Switchboard: r.Switchboard, State: switchboard.State{Store: r.store, Inbox: "chat"}, Store: r.store,
		Bus: r.bus, Node: "n", Log: slog.New(slog.DiscardHandler), Recovered: func(int) {}}
	done := make(chan struct{})
	leave, err := r.store.DB().HoldPresence(ctx, "n")
	if err != nil {
		r.t.Fatal(err)
	}
	go func() { _ = w.Run(ctx); close(done) }()
	return func() { cancel(); <-done; leave() }
}

// next waits until something is told through a channel.
func next[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatal("nothing happens")
	}
	return v
}

// row reads the one look that is stored; nil when there is none.
func (r *reader) row() (l *store.Look) {
	r.t.Helper()
	if err := r.store.View(r.t.Context(), func(tx *store.Tx) error {
		due, err := tx.DueLooks("chat", 10)
		if len(due) > 0 {
			l = &due[0]
		}
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return l
}

// TestALookThatWeEndOurselvesIsDueAtOnce stops the program in the middle of a look: that is no failure of the other side, and who starts next
// does not wait.
func TestALookThatWeEndOurselvesIsDueAtOnce(t *testing.T) {
	reading(t, func(t *testing.T, r *reader) {
		r.hook()
		begun := make(chan struct{})
		stop := r.watch(func(ctx context.Context, _ connector.Thread, _ connector.Emit) error {
			close(begun)
			<-ctx.Done()
			return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, RetryAfter: time.Minute, Err: ctx.Err()}
		})
		next(t, begun)
		stop()
		if l := r.row(); l == nil || l.Tries != 0 {
			t.Errorf("due is %+v", l)
		}
	})
}

// TestAHookThatComesWhileALookIsGivenUpIsRead has somebody write in a thread that could not be read, at that moment.
func TestAHookThatComesWhileALookIsGivenUpIsRead(t *testing.T) {
	reading(t, func(t *testing.T, r *reader) {
		r.hook()
		looks := make(chan struct{}, 10)
		first := true
		defer r.watch(func(context.Context, connector.Thread, connector.Emit) error {
			defer func() { looks <- struct{}{} }()
			if !first {
				return nil
			}
			first = false
			r.hook()
			return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: "not allowed", Err: errors.New("not allowed")}
		})()
		next(t, looks)
		next(t, looks)
	})
}

// TestALookThatGetsOnDoesNotWaitLongerEachTime has a thread be read a piece at a time, with a failure after each.
func TestALookThatGetsOnDoesNotWaitLongerEachTime(t *testing.T) {
	reading(t, func(t *testing.T, r *reader) {
		r.hook()
		l := switchboard.Look{Look: *r.row()}
		l.Tries = 15 // the next wait would be minutes
		if err := r.PutOffLook(t.Context(), "chat", l, 0); err != nil {
			t.Fatal(err)
		}
		looks := make(chan struct{}, 10)
		defer r.watch(func(ctx context.Context, th connector.Thread, emit connector.Emit) error {
			key := time.Now().Format(time.RFC3339Nano)
			if _, err := emit(ctx, connector.Inbound{Kind: connector.InMessage, Key: "m:" + key, ThreadID: th.ExternalID, Content: kefu.Content{Text: key},
				Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}}); err != nil {
				return err
			}
			looks <- struct{}{}
			return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "down"}
		})()
		next(t, looks)
		next(t, looks)
	})
}
