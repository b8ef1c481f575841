package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
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
type List[T any] struct {
	Items []T `json:"items"`
	// NextCursor asks for the next page; "" when this was the last.
	NextCursor string `json:"next_cursor,omitempty"`
}

// Paging asks for at most Limit items after Cursor. Limit is 1 to 200; 0 is 50.
type Paging struct {
	Cursor string
	Limit  int
}

// place is what a cursor holds: the last item's time and id.
type place struct {
	At int64  `json:"k"`
	ID string `json:"i"`
}

func (p Paging) limit() int {
	const usual, most = 50, 200
	if p.Limit <= 0 {
		return usual
	}
	return min(p.Limit, most)
}

// page asks for one row more than is shown, to know whether there are more.
func (p Paging) page() (store.Page, error) {
	page := store.Page{Limit: p.limit() + 1}
	if p.Cursor == "" {
		return page, nil
	}
	var at place
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil || at.ID == "" {
		var f kefu.Faults
		f.Add("cursor", "is not one that a list gave: leave it out to begin again")
		return page, f.Err("the page cannot be found")
	}
	page.At, page.ID = time.UnixMicro(at.At), at.ID
	return page, nil
}

func cursor(at time.Time, id string) (string, error) {
	raw, err := json.Marshal(place{at.UnixMicro(), id})
	return base64.RawURLEncoding.EncodeToString(raw), err
}
