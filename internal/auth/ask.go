package auth

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

// tx is one transaction of auth with its time.
type tx struct {
	*store.Tx

	now time.Time
}

func (a *Auth) tx(t *store.Tx) *tx {
	if a.Now != nil {
		return &tx{t, a.Now().UTC().Truncate(time.Microsecond)}
	}
	return &tx{t, t.Now}
}

func look[T any](ctx context.Context, a *Auth, fn func(*tx) (T, error)) (out T, err error) {
	err = a.Store.View(ctx, func(t *store.Tx) (err error) {
		out, err = fn(a.tx(t))
		return err
	})
	return out, err
}

// glance reads what need not agree with anything else: it costs PostgreSQL one round trip where look costs three.
func glance[T any](ctx context.Context, a *Auth, fn func(*tx) (T, error)) (out T, err error) {
	err = a.Store.Glance(ctx, func(t *store.Tx) (err error) {
		out, err = fn(a.tx(t))
		return err
	})
	return out, err
}

// update runs fn in one transaction and wakes whoever waits for events after it.
func update[T any](ctx context.Context, a *Auth, fn func(*tx) (T, error)) (out T, err error) {
	err = a.Store.Update(ctx, func(t *store.Tx) (err error) {
		out, err = fn(a.tx(t))
		return err
	})
	if err == nil && a.Bus != nil {
		a.Bus.Signal(bus.Events)
	}
	return out, notStored(err)
}

// do runs a change that somebody asked for, once for its Idempotency-Key. What it returns is what every repetition gets, sealed where it
// is stored, since some of it is shown once.
func do[T any](ctx context.Context, a *Auth, ask kefu.Ask, fn func(*tx) (T, error)) (T, error) {
	return update(ctx, a, func(t *tx) (T, error) {
		return store.Once(t.Tx, a.Box, ask, func() (T, error) { return fn(t) })
	})
}

// List is one page of a list (contracts: api).
type List[T any] = kefu.List[T]

// Paging asks for a page of a list.
type Paging = kefu.Paging
