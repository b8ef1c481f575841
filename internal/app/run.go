package app

import (
	"context"
	"errors"
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
	a.services = []service{{"relay", relay.Run}, {"signals", relay.Hear}, {"sender", a.sender.Run}, {"mend", a.sender.Mend}, {"doors", a.serve}}
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
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range a.services {
		group.Go(func() error { return s.run(ctx) })
	}
	a.Log.InfoContext(ctx, "kefu is ready", "address", a.Addr(), "public_url", a.cfg.PublicURL, "database", a.db.Dialect(), "inboxes", len(a.inboxes),
		"version", a.Version, "node", a.node)
	err := group.Wait()
	a.Log.Info("kefu has stopped")
	return err
}

// serve answers requests until ctx ends.
func (a *App) serve(ctx context.Context) error {
	srv := &http.Server{Handler: a.handler, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader}
	failed := make(chan error, 1)
	go func() {
		if a.cfg.TLS.Cert != "" {
			failed <- srv.ServeTLS(a.listener, a.cfg.TLS.Cert, a.cfg.TLS.Key)
			return
		}
		failed <- srv.Serve(a.listener)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := srv.Shutdown(stopping)
	if serveErr := <-failed; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
