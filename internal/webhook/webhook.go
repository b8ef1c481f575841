package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/vault"
)

// Options are what the rules are built from.
type Options struct {
	Store *store.Store
	Bus   *bus.Bus
	Box   store.Sealer
	Log   *slog.Logger
	// Files makes links to attachments.
	Files *vault.Vault
	// AllowHTTP lets endpoints have http addresses, and Allow opens networks besides public ones: the operator's words, not a user's.
	AllowHTTP bool
	Allow     []netip.Prefix
	// Resolve tells what a name means when an endpoint is saved; nil asks the system's resolver.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	// Version is told to receivers: User-Agent: Kefu/VERSION.
	Version string
}

// Webhooks is the rules of outgoing webhooks.
type Webhooks struct {
	Options

	poster *Poster
}

// New makes the rules. Close frees the connections that they hold.
func New(o Options) *Webhooks {
	return &Webhooks{Options: o, poster: NewPoster(o.Allow, o.Version)}
}

// Close lets go of idle connections.
func (w *Webhooks) Close() { w.poster.Close() }

// look reads on one snapshot.
func look[T any](ctx context.Context, w *Webhooks, fn func(*store.Tx) (T, error)) (out T, err error) {
	err = w.Store.View(ctx, func(tx *store.Tx) (err error) {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// update runs fn in one transaction, and has the courier look after it.
func update[T any](ctx context.Context, w *Webhooks, fn func(*store.Tx) (T, error)) (out T, err error) {
	err = w.Store.Update(ctx, func(tx *store.Tx) (err error) {
		out, err = fn(tx)
		return err
	})
	if err == nil {
		w.Bus.Signal(bus.Webhooks)
		w.Bus.Signal(bus.Events)
	}
	return out, err
}

// do runs a change that somebody asked for, once for its Idempotency-Key. What it returns is what every repetition gets, sealed where it
// is stored.
func do[T any](ctx context.Context, w *Webhooks, ask kefu.Ask, fn func(*store.Tx) (T, error)) (T, error) {
	return update(ctx, w, func(tx *store.Tx) (T, error) {
		return store.Once(tx, w.Box, ask, func() (T, error) { return fn(tx) })
	})
}

// found turns "no row" into NotFound.
func found(err error, what string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return kefu.Errorf(kefu.KindNotFound, "no %s with this id", what)
	}
	return err
}

// mayUse refuses whoever may not see everything: an endpoint is told of every conversation.
func mayUse(by kefu.Caller) error {
	if by.Bound || by.Kind == kefu.CallerContact {
		return kefu.Errorf(kefu.KindForbidden, "a credential that is bound to inboxes or teams cannot use webhooks: they tell of every conversation")
	}
	return nil
}
