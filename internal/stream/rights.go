package stream

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"kefu"
)

const (
	reasonExpired = "the credential has expired or was revoked: log in again"
	reasonLater   = "your rights cannot be read now: come back with since"
)

const (
	// refreshTries is how often rights are read before the connection is given up; refreshRest is the pause between two.
	refreshTries = 3
	refreshRest  = 100 * time.Millisecond
)

// recheck reads the connection's rights anew without a sign that they changed: when they cannot be read now, they stay.
func (c *conn) recheck(ctx context.Context) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if err := c.readRights(ctx); err != nil && isOver(err) {
		c.close(closing{closeExpired, reasonExpired}, false)
	}
}

// refresh reads the connection's rights anew because they changed. A connection whose rights have ended, or cannot be read, is closed: nothing
// more is sent.
func (c *conn) refresh(ctx context.Context) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.ending() {
		return
	}
	var err error
	for try := range refreshTries {
		if try > 0 && !rest(ctx, refreshRest) {
			break
		}
		if err = c.readRights(ctx); err == nil {
			return
		}
		if isOver(err) {
			c.close(closing{closeExpired, reasonExpired}, false)
			return
		}
	}
	c.hub.o.Log.WarnContext(ctx, "a connection is closed: its rights cannot be read", "caller", c.rights.Load().caller.ID, "error", err)
	c.close(closing{websocket.StatusTryAgainLater, reasonLater}, false)
}

func (c *conn) readRights(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, verbTime)
	defer cancel()
	before := c.rights.Load().caller
	caller, err := c.hub.o.Auth.Again(ctx, before)
	if err != nil {
		return err
	}
	caller.Address = before.Address
	sight, err := c.hub.o.Board.SightOf(ctx, caller)
	if err != nil {
		return err
	}
	c.rights.Store(&rights{caller: caller, sight: sight})
	return nil
}

// isOver tells whether an error means that the caller is nobody any more, in contrast to one that cannot be read now.
func isOver(err error) bool {
	switch kefu.KindOf(err) {
	case kefu.KindUnauthorized, kefu.KindForbidden, kefu.KindNotFound:
		return true
	default:
		return false
	}
}

// rest waits; false when ctx ended.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
