package switchboard

import (
	"context"
	"errors"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// do runs a verb that somebody asked for through an open door: in one transaction, once for its Idempotency-Key. What it returns is what
// every repetition gets, so T holds the whole answer and survives being written as JSON.
func do[T any](ctx context.Context, b *Switchboard, ask kefu.Ask, fn func(*change) (T, error)) (out T, err error) {
	err = b.update(ctx, func(c *change) (err error) {
		out, err = store.Once(c.Tx, b.box, ask, func() (T, error) { return fn(c) })
		return err
	})
	return out, err
}

// look reads on one snapshot for a caller, with what the caller may see.
func look[T any](ctx context.Context, b *Switchboard, by kefu.Caller, fn func(*store.Tx, kefu.Sight) (T, error)) (out T, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		sight, err := tx.Sight(by)
		if err != nil {
			return err
		}
		out, err = fn(tx, sight)
		return err
	})
	return out, err
}

// found turns "no row" into NotFound: the same words for what is not there and for what the caller may not see.
func found(err error, what string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return kefu.Errorf(kefu.KindNotFound, "no %s with this id", what)
	}
	return err
}

// List is one page of a list (contracts: api).
type List[T any] = kefu.List[T]

// Paging asks for a page of a list.
type Paging = kefu.Paging

// place is what a cursor holds.
type place = kefu.Place
