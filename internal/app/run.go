package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"kefu/internal/courier"
	"kefu/internal/dispatch"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// stopTime is how long requests that are being answered may take when the program stops.
const stopTime = 10 * time.Second

// service is a part that runs until its context ends. An error ends the program.
type service struct {
	name string
	run  func(context.Context) error
}

func (a *App) now() time.Time {
	if a.Clock != nil {
		return a.Clock()
	}
	return time.Now()
}

// prepareServices lists what Run starts.
func (a *App) prepareServices() {
	relay := dispatch.Relay{Store: a.store, Bus: a.signals, Log: a.Log, Node: a.node}
	indexer := dispatch.Indexer{Switchboard: a.board, Bus: a.signals, Log: a.Log}
	sender := courier.New(courier.Options{Store: a.store, Webhooks: a.webhooks, Bus: a.signals, Log: a.Log, Node: a.node,
		Attempted: a.metrics.webhookAttempt, Final: a.metrics.webhookFinal})
	a.services = []service{{"relay", relay.Run}, {"webhooks", sender.Run}, {"replays", sender.Replay}, {"search index", indexer.Run}, {"signals", relay.Hear}, {"sender", a.sender.Run}, {"mend", a.sender.Mend}, {"doors", a.serve},
		{"inboxes", a.watchInboxes}, {"sockets", a.hub.Run}, {"tidy", a.tidy}, {"snoozed", a.wakeSnoozed}, {"waiting", a.callWaiting}, {"knowledge", a.readKnowledge}, {"bot", a.answerer().Run}}
	for _, in := range a.inboxes {
		if in.can.Listener != nil {
			k := &dispatch.Keeper{Inbox: in.ID, Listener: in.can.Listener, Switchboard: a.board, Store: a.store, Node: a.node, Log: a.Log,
				Recovered: a.metrics.recoveredMessages}
			a.keepers = append(a.keepers, k)
			a.services = append(a.services, service{"connection of " + string(in.ID), k.Run})
		}
		if in.announces() {
			n := &dispatch.Announcer{Inbox: in.ID, Announcer: in.can.Announcer, Store: a.store, Bus: a.signals, Log: a.Log}
			a.services = append(a.services, service{"announcements of " + string(in.ID), n.Run})
		}
		if in.can.Watcher != nil {
			w := &dispatch.Watcher{Inbox: in.ID, Watcher: in.can.Watcher, Switchboard: a.board, State: switchboard.State{Store: a.store, Inbox: in.ID}, Store: a.store,
				Bus: a.signals, Node: a.node, Log: a.Log, Desks: a.watchedDesks(in.ID), Recovered: a.metrics.recoveredMessages}
			a.services = append(a.services, service{"looks at " + string(in.ID), w.Run})
		}
		if in.can.Comparer != nil && in.can.Comparer.SweepEvery() > 0 {
			s := &dispatch.Sweeper{Inbox: in.ID, Comparer: in.can.Comparer, Switchboard: a.board, Bus: a.signals, Log: a.Log, Recovered: a.metrics.recoveredMessages}
			a.services = append(a.services, service{"comparison of " + string(in.ID), s.Run})
		}
	}
	a.services = append(a.services, a.feedServices()...)
	a.services = append(a.services, service{"alerts", a.watcher().Run})
}

// Run serves until ctx ends, then stops taking, finishes what is in flight (10 s) and returns nil. It returns early with an error when a
// part fails without which there is no program.
func (a *App) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { _ = a.port.Close() })() // what comes now is refused, not left waiting
	err := a.runOnce(ctx)
	for errors.Is(err, errChanged) {
		a.Log.InfoContext(ctx, "inboxes have changed: connecting anew")
		a.free(a.assembled)
		if err = a.assemble(ctx); err == nil {
			err = a.runOnce(ctx)
		}
	}
	a.Log.Info("kefu has stopped")
	return err
}

// errChanged ends the services so that they are built anew.
var errChanged = errors.New("inboxes have changed")

func (a *App) runOnce(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	stopping := a.stopping
	defer context.AfterFunc(ctx, func() { close(stopping) })()
	for _, s := range a.services {
		group.Go(func() error { return s.run(ctx) })
	}
	a.Log.InfoContext(ctx, "kefu is ready", "address", a.Addr(), "public_url", a.cfg.PublicURL, "database", a.db.Dialect(), "inboxes", len(a.inboxes),
		"version", a.Version, "node", a.node)
	return group.Wait()
}

// inboxChannel carries to the other nodes that inboxes were changed.
const inboxChannel = "kefu_inboxes"

// watchInboxes ends the services when inboxes were changed through the API, here or on another node.
func (a *App) watchInboxes(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	heard := make(chan struct{}, 1)
	go func() {
		_ = a.db.Listen(ctx, inboxChannel, func(node string) {
			if node != "" && node != a.node {
				wake(heard)
			}
		})
	}()
	select {
	case <-ctx.Done():
		return nil
	case <-a.changed:
	case <-heard:
	}
	return errChanged
}

// inboxesChanged has the inboxes built anew, on every node; it does not wait for that.
func (a *App) inboxesChanged(ctx context.Context) {
	wake(a.changed)
	err := a.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.Notify(inboxChannel, a.node) })
	if err != nil {
		a.Log.WarnContext(ctx, "other nodes were not told that inboxes have changed: restart them", "error", err)
	}
}

func wake(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// serve answers requests until ctx ends.
func (a *App) serve(ctx context.Context) error {
	srv := &http.Server{Handler: a.handler, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader}
	door := a.port.door()
	failed := make(chan error, 1)
	go func() {
		if a.cfg.TLS.Cert != "" {
			failed <- srv.ServeTLS(door, a.cfg.TLS.Cert, a.cfg.TLS.Key)
			return
		}
		failed <- srv.Serve(door)
	}()
	var ended error
	select {
	case ended = <-failed:
		if !errors.Is(ended, net.ErrClosed) {
			return ended
		}
		<-ctx.Done() // only the end of the program closes the port
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := srv.Shutdown(stopping)
	if ended == nil {
		ended = <-failed
	}
	if !errors.Is(ended, http.ErrServerClosed) && !errors.Is(ended, net.ErrClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
