package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"kefu/internal/bus"
	"kefu/internal/dispatch"
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
func (a *App) prepareServices(signals *bus.Bus) {
	relay := dispatch.Relay{Store: a.store, Bus: signals, Log: a.Log, Node: a.node}
	a.services = []service{{"relay", relay.Run}, {"signals", relay.Hear}, {"sender", a.sender.Run}, {"mend", a.sender.Mend}, {"doors", a.serve},
		{"inboxes", a.watchInboxes}}
	for _, in := range a.inboxes {
		if in.can.Listener != nil {
			k := &dispatch.Keeper{Inbox: in.ID, Listener: in.can.Listener, Switchboard: a.board, Store: a.store, Node: a.node, Log: a.Log,
				Recovered: a.metrics.recoveredMessages}
			a.keepers = append(a.keepers, k)
			a.services = append(a.services, service{"connection of " + string(in.ID), k.Run})
		}
		if in.can.Comparer != nil && in.can.Comparer.SweepEvery() > 0 {
			s := &dispatch.Sweeper{Inbox: in.ID, Comparer: in.can.Comparer, Switchboard: a.board, Bus: signals, Log: a.Log, Recovered: a.metrics.recoveredMessages}
			a.services = append(a.services, service{"comparison of " + string(in.ID), s.Run})
		}
	}
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
	for _, s := range a.services {
		group.Go(func() error { return s.run(ctx) })
	}
	a.Log.InfoContext(ctx, "kefu is ready", "address", a.Addr(), "public_url", a.cfg.PublicURL, "database", a.db.Dialect(), "inboxes", len(a.inboxes),
		"version", a.Version, "node", a.node)
	return group.Wait()
}

// watchInboxes ends the services when inboxes were changed through the API, here or on another node.
func (a *App) watchInboxes(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-a.changed:
		return errChanged
	}
}

// inboxesChanged has the inboxes built anew; it does not wait.
func (a *App) inboxesChanged() {
	select {
	case a.changed <- struct{}{}:
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
		if ctx.Err() == nil {
			return ended
		}
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
