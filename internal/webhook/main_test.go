package webhook_test

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/vault"
	"kefu/internal/webhook"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// rig is the rules on a real store, with a clock that can be moved on SQLite, and a log that is kept.
type rig struct {
	*webhook.Webhooks

	t      testing.TB
	store  *store.Store
	log    *journal
	resolv *resolver
	mu     sync.Mutex
	ahead  time.Duration
}

// each runs fn on each engine.
func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	storetest.Each(t, func(t *testing.T, url string) { fn(t, newRig(t, url)) })
}

// newRig makes the rules; edit changes what they are built from.
func newRig(t testing.TB, url string, edit ...func(*webhook.Options)) *rig {
	t.Helper()
	r := &rig{t: t, log: &journal{}, resolv: &resolver{names: map[string][]netip.Addr{}}}
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{Clock: r.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	r.store = store.New(db)
	if _, err := r.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	key := []byte(strings.Repeat("k", 32))
	box, err := secret.NewBox(secret.Derive(key, "sealed"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := vault.New(t.TempDir(), key, "https://kefu.example", 0)
	if err != nil {
		t.Fatal(err)
	}
	o := webhook.Options{Store: r.store, Bus: bus.New(), Box: box, Log: slog.New(slog.NewTextHandler(r.log, nil)), Files: files, Version: "test",
		Resolve: r.resolv.resolve}
	for _, e := range edit {
		e(&o)
	}
	r.Webhooks = webhook.New(o)
	t.Cleanup(r.Close)
	return r
}

// now is the clock of SQLite. PostgreSQL's is the database's own.
func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.ahead)
}

// later moves the clock of SQLite.
func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead += d
}

// ask is what the command line asks with.
func ask() kefu.Ask { return kefu.Ask{Caller: kefu.SystemCaller("test")} }

// change runs fn in a transaction.
func (r *rig) change(fn func(*store.Tx) error) {
	r.t.Helper()
	if err := r.store.Update(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// read runs fn on a snapshot.
func (r *rig) read(fn func(*store.Tx) error) {
	r.t.Helper()
	if err := r.store.View(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// journal keeps what was logged.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// resolver knows what it was told, and no other name.
type resolver struct {
	names map[string][]netip.Addr
	asked []string
}

func (r *resolver) resolve(_ context.Context, host string) ([]netip.Addr, error) {
	r.asked = append(r.asked, host)
	if addrs, ok := r.names[host]; ok {
		return addrs, nil
	}
	return nil, errors.New("no such host")
}
