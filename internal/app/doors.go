package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kefu"
	"kefu/internal/alert"
	"kefu/internal/api"
	"kefu/internal/auth"
	"kefu/internal/connector"
	"kefu/internal/stream"
)

// openAuth makes what knows who asks. On a database in which nobody can log in it makes an admin, whose password the log tells this once.
func (a *App) openAuth(ctx context.Context) error {
	key, err := secretKey(a.cfg)
	if err != nil {
		return err
	}
	a.auth, err = auth.New(auth.Options{Store: a.store, Box: a.box, Key: key, PublicURL: a.cfg.PublicURL, Log: a.Log, Now: a.Clock, Bus: a.signals})
	if err != nil {
		return err
	}
	email, password, made, err := a.auth.EnsureAdmin(ctx)
	if err != nil {
		return fmt.Errorf("make the first admin: %w", err)
	}
	if made {
		debug.FreeOSMemory() // hashing a password takes more memory than the program does at rest
		a.Log.WarnContext(ctx, "the first admin was made: note the password, it is not shown again, and change it (kefu agent passwd)",
			"email", email, "password", password)
	}
	return nil
}

// openDoors makes the handler of all routes.
func (a *App) openDoors() {
	edge := api.NewEdge(a.Log, a.cfg.TrustedProxies)
	a.hub = stream.New(stream.Options{Board: a.board, Auth: a.auth, Bus: a.signals, Log: a.Log, Node: a.node, PublicURL: a.cfg.PublicURL,
		Client: edge.Client, Refuse: edge.Refuse, Now: a.Clock})
	fallback, _ := a.cfg.DefaultInbox("wordpress")
	flex, _ := a.cfg.DefaultInbox("twilio")
	a.handler = api.New(api.Options{Log: a.Log, Hooks: a.hooks(), Default: fallback, DefaultFlex: flex, TrustedProxies: a.cfg.TrustedProxies, Receive: a.receive,
		Ready: a.ready, Metrics: promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}), Files: a.vault.Handler(), Observe: a.metrics.hook,
		Board: a.board, Auth: a.auth, Accounts: a.auth, Webhooks: a.webhooks, Alerts: &alert.Alerts{Store: a.store},
		Knowledge: a.knowing,
		PublicURL: a.cfg.PublicURL, Version: a.Version,
		Socket: a.hub.Handler(), Stopping: a.stopping})
}

func (a *App) hooks() []api.Hook {
	var hooks []api.Hook
	for _, in := range a.inboxes {
		if in.can.Receiver != nil {
			hooks = append(hooks, api.Hook{Inbox: in.ID, Receiver: in.can.Receiver})
		}
	}
	return hooks
}

const snoozeEvery = 10 * time.Second

// wakeSnoozed opens snoozed conversations whose time has come, until ctx ends.
func (a *App) wakeSnoozed(ctx context.Context) error {
	every(ctx, snoozeEvery, func(ctx context.Context) {
		if _, _, err := a.board.OpenSnoozed(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "snoozed conversations cannot be opened now", "error", err)
		}
	})
	return nil
}

// every calls fn at once and then again after each rest, until ctx ends.
func every(ctx context.Context, rest time.Duration, fn func(context.Context)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		fn(ctx)
		timer.Reset(rest)
	}
}

// receive takes in what a hook brought. Who asks for the bot's answer is told what became of it, if that takes no longer than a hook may.
func (a *App) receive(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	res, err := a.board.Receive(ctx, inbox, in)
	if err != nil || in.Kind != connector.InAsk {
		return res, err
	}
	return a.board.AwaitAnswer(ctx, res)
}
