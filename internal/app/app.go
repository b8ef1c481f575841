package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/config"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/ident"
	"kefu/internal/knowledge"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/stream"
	"kefu/internal/switchboard"
	"kefu/internal/vault"
	"kefu/internal/webhook"
)

// Options are what an App is built from besides its configuration.
type Options struct {
	Version   string
	Log       *slog.Logger
	Factories []connector.Factory
	// Capacity is how many deliveries of one inbox may be in flight at once; 0 is the default.
	Capacity int
	// Clock is what "now" is read from where it is stored or compared; nil is time.Now. Waits do not depend on it, and on PostgreSQL the
	// database's clock counts.
	Clock func() time.Time
	// NoPacing switches off our own politeness towards remotes; what their answers ask for still holds.
	NoPacing bool
}

// App is the assembled program.
type App struct {
	Options
	cfg      *config.Config
	node     string
	db       *sqldb.DB
	store    *store.Store
	board    *switchboard.Switchboard
	vault    *vault.Vault
	box      *secret.Box
	signals  *bus.Bus
	registry *connector.Registry
	inboxes  []*inbox
	keepers  []*dispatch.Keeper
	sender   *dispatch.Dispatcher
	metrics  *metrics
	auth     *auth.Auth
	webhooks *webhook.Webhooks
	knowing  *knowledge.Knowledge
	hub      *stream.Hub
	stopping chan struct{} // closed when the services stop
	handler  http.Handler
	port     *port
	services []service
	changed  chan struct{} // inboxes were changed through the API: build them anew
	cleanup  []func()
	// assembled is what of cleanup was there before the inboxes were built.
	assembled int
}

// New builds everything and opens the database and the port, so that what is wrong is said before anything runs. It migrates the schema.
// Close must be called, also after Run.
func New(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	a := &App{Options: o, cfg: cfg, node: ident.New("node"), metrics: newMetrics(o.Version), changed: make(chan struct{}, 1), signals: bus.New()}
	for _, step := range []func(context.Context) error{a.openDatabase, a.openVault, a.openAuth, a.openWebhooks, a.openKnowledge, a.assemble, a.openPort} {
		if err := step(ctx); err != nil {
			a.Close()
			return nil, err
		}
	}
	return a, nil
}

// assemble builds everything that depends on which inboxes there are. It is called again when they change.
func (a *App) assemble(ctx context.Context) error {
	a.assembled, a.stopping = len(a.cleanup), make(chan struct{})
	a.inboxes, a.keepers, a.services = nil, nil, nil
	if err := a.buildInboxes(ctx); err != nil {
		return err
	}
	return a.build(ctx)
}

// openDatabase opens, claims and migrates the database.
func (a *App) openDatabase(ctx context.Context) (err error) {
	a.db, err = sqldb.Open(ctx, a.cfg.Database.Reveal(), sqldb.Options{Log: a.Log, Clock: a.Clock})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	a.later(func() { _ = a.db.Close() })
	release, err := a.db.Exclusive()
	if err != nil {
		return err
	}
	a.later(release)
	a.store = store.New(a.db)
	if _, err = a.store.Migrate(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	a.metrics.watch(a.store)
	leave, err := a.db.HoldPresence(ctx, a.node)
	if err != nil {
		return fmt.Errorf("say that this node is alive: %w", err)
	}
	a.later(leave)
	return nil
}

func (a *App) openVault(context.Context) error {
	k, err := openKeys(a.cfg)
	a.box, a.vault = k.box, k.vault
	return err
}

// build makes the rules, the movers and the doors.
func (a *App) build(ctx context.Context) error {
	known := make([]switchboard.Inbox, 0, len(a.inboxes))
	targets := make([]dispatch.Target, 0, len(a.inboxes))
	for _, in := range a.inboxes {
		known = append(known, in.rules(a.desks(in.ID)))
		targets = append(targets, in.target(a.Capacity))
	}
	a.board = switchboard.New(a.store, a.signals, transcripts{vault: a.vault, now: a.now}, a.box, a.Log, known)
	a.board.Offer(channels{a}, func() { a.inboxesChanged(ctx) })
	for _, in := range a.inboxes {
		in.directory.Switchboard = a.board
	}
	a.sender = dispatch.New(dispatch.Options{Store: a.store, Switchboard: a.board, Bus: a.signals, Log: a.Log, Targets: targets, Node: a.node,
		Observe: a.metrics.attempt})
	if err := a.saveInboxes(ctx); err != nil {
		return err
	}
	a.openDoors()
	a.prepareServices()
	return nil
}

func (a *App) saveInboxes(ctx context.Context) error {
	return a.store.Update(ctx, func(tx *store.Tx) error {
		for _, in := range a.inboxes {
			if in.made {
				continue
			}
			if err := tx.SaveInbox(in.ID, in.Channel, in.Name, true); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) openPort(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (another program may use the port: set listen or KEFU_LISTEN)", a.cfg.Listen, err)
	}
	a.port = newPort(listener)
	return nil
}

// Addr is the address that the doors are open on.
func (a *App) Addr() string { return a.port.Addr().String() }

// Threads lists the threads of an inbox that are in use.
func (a *App) Threads(ctx context.Context, id kefu.InboxID) ([]connector.Thread, error) {
	return a.board.Threads(ctx, id)
}

func (a *App) later(fn func()) { a.cleanup = append(a.cleanup, fn) }

// Close frees what New has taken, in the opposite order. Safe to call twice.
func (a *App) Close() {
	if a.port != nil {
		if err := a.port.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			a.Log.Warn("closing the port", "error", err)
		}
	}
	a.free(0)
}

// free undoes what was taken since there were that many.
func (a *App) free(down int) {
	for len(a.cleanup) > down {
		last := len(a.cleanup) - 1
		fn := a.cleanup[last]
		a.cleanup = a.cleanup[:last]
		fn()
	}
}

// headerTime, idleTime and hookTime bound how long a connection may be slow.
const (
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 64 << 10
)
