package knowledge

import (
	"context"
	"errors"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Options are what the rules are built from.
type Options struct {
	Store *store.Store
	Bus   *bus.Bus
	Box   store.Sealer
	// Writer writes answers; nil is none, and the bot says excerpts.
	Writer *Writer
}

// Knowledge is the rules of the knowledge base.
type Knowledge struct {
	Options

	index  *index
	reader reader
}

// New makes the rules. They hold nothing until the first question.
func New(o Options) *Knowledge { return &Knowledge{Options: o, index: newIndex(), reader: newReader()} }

// Warm reads all articles, so that the first question need not wait for it.
func (k *Knowledge) Warm(ctx context.Context) error {
	return k.index.follow(ctx, k.Store)
}

// goneFor is how long it is remembered which articles were deleted. Who held them longer without a question reads everything anew.
const goneFor = 24 * time.Hour

// Prune forgets which articles were deleted long ago, at most limit of them, and tells how many.
func (k *Knowledge) Prune(ctx context.Context, limit int) (n int64, err error) {
	err = k.Store.Update(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.ForgetArticles(tx.Now.Add(-goneFor), limit)
		return err
	})
	return n, err
}

// look reads on one snapshot.
func look[T any](ctx context.Context, k *Knowledge, fn func(*store.Tx) (T, error)) (out T, err error) {
	err = k.Store.View(ctx, func(tx *store.Tx) (err error) {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// do runs a change that somebody asked for, once for its Idempotency-Key. What it returns is what every repetition gets.
func do[T any](ctx context.Context, k *Knowledge, ask kefu.Ask, fn func(*store.Tx) (T, error)) (out T, err error) {
	err = k.Store.Update(ctx, func(tx *store.Tx) (err error) {
		out, err = store.Once(tx, k.Box, ask, func() (T, error) { return fn(tx) })
		return err
	})
	if err == nil {
		k.Bus.Signal(bus.Events)
	}
	return out, err
}

// said gives the answer that an Idempotency-Key has already, so that nothing is asked twice for it.
func said[T any](ctx context.Context, k *Knowledge, ask kefu.Ask) (out T, done bool, err error) {
	err = k.Store.Update(ctx, func(tx *store.Tx) error {
		out, err = store.Once(tx, k.Box, ask, func() (T, error) { return out, errNotYet })
		return err
	})
	if errors.Is(err, errNotYet) {
		return out, false, nil
	}
	return out, err == nil, err
}

// errNotYet takes back a transaction that was only to see whether there is an answer.
var errNotYet = errors.New("it was not said yet")

// found turns "no row" into NotFound: the same words for what is not there and for what the caller may not see.
func found(err error, what string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return kefu.Errorf(kefu.KindNotFound, "no %s with this id", what)
	}
	return err
}

// mayWrite tells whether the caller sees what is not published.
func mayWrite(by kefu.Caller) bool { return by.May("articles:write") }

// taken says that a unique member belongs to another one.
func taken(what, field, value string) error {
	return &kefu.Error{Kind: kefu.KindConflict, Msg: "another " + what + " has this " + field,
		Faults: []kefu.Fault{{Field: field, Msg: `"` + kefu.Excerpt(value, 100) + `" is taken`}}}
}
