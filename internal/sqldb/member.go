package sqldb

import (
	"context"
	"errors"
)

// member is one caller of Update in the committer's hands.
type member struct {
	ctx    context.Context
	fn     func(*Tx) error
	orders chan order // buffered by one: the committer never waits for a caller who is gone
	ran    chan error
	hooks  []func()

	// over is why the function is not to run again: it panicked and its goroutine obeys no more, or it has used up its time. The
	// committer's to read and write.
	over error
}

// order tells a member's goroutine to run its function with tx, or, without a tx, how the matter ended.
type order struct {
	tx  *Tx
	err error
}

// obey runs the caller's side until the outcome is known.
func (m *member) obey() error {
	for o := range m.orders {
		if o.tx == nil {
			if o.err == nil {
				runHooks(m.hooks)
			}
			return o.err
		}
		m.call(o.tx)
	}
	return nil
}

// call runs the function and gives the connection back, whatever the function does: return, panic, or end its goroutine.
func (m *member) call(tx *Tx) {
	err := errAborted
	defer func() {
		err = tx.finish(err)
		m.hooks = tx.hooks
		m.ran <- err
	}()
	err = m.fn(tx)
}

func (m *member) answer(err error) {
	if !errors.Is(err, errAborted) {
		m.orders <- order{err: err}
	}
}
