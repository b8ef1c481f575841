package stream

import (
	"context"
	"time"

	"kefu/internal/switchboard"
)

// leaveBatch bounds how many lines are forgotten in one transaction.
const leaveBatch = 200

// keepPresence has the store forget lines that ended, here or on nodes that died, and ends what agents said over them when its time has
// come, until ctx ends.
func (h *Hub) keepPresence(ctx context.Context) {
	ticks := time.NewTicker(min(time.Second, h.o.Limits.Linger/4))
	defer ticks.Stop()
	var mended time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		h.flushLeft(ctx)
		if _, err := h.o.Board.EndStatuses(ctx); err != nil && ctx.Err() == nil {
			h.o.Log.WarnContext(ctx, "agents who are gone cannot be made offline now", "error", err)
		}
		if now := h.o.Now(); now.Sub(mended) >= mendEvery(h.o.Limits.Linger) {
			mended = now
			h.mend(ctx)
		}
	}
}

// mendEvery is how often is looked for lines of dead nodes.
func mendEvery(linger time.Duration) time.Duration { return min(5*time.Second, linger/2) }

// flushLeft has the store forget lines that ended. What fails is tried again.
func (h *Hub) flushLeft(ctx context.Context) {
	h.leaving.Lock()
	left := h.left
	h.left = nil
	h.leaving.Unlock()
	for len(left) > 0 {
		n := min(len(left), leaveBatch)
		if err := h.disconnect(ctx, left[:n]); err != nil {
			h.leaving.Lock()
			h.left = append(left, h.left...)
			h.leaving.Unlock()
			h.o.Log.WarnContext(ctx, "connections that ended cannot be forgotten now", "error", err)
			return
		}
		left = left[n:]
	}
}

func (h *Hub) disconnect(ctx context.Context, gone []switchboard.Socket) error {
	ctx, cancel := context.WithTimeout(ctx, verbTime)
	defer cancel()
	return h.o.Board.Disconnect(ctx, gone, h.o.Limits.Linger)
}

// mend forgets the lines of nodes that are no longer alive.
func (h *Hub) mend(ctx context.Context) {
	gone, err := h.o.Board.Abandoned(ctx, h.o.Node)
	if err == nil && len(gone) > 0 {
		err = h.disconnect(ctx, gone)
	}
	if err != nil && ctx.Err() == nil {
		h.o.Log.WarnContext(ctx, "connections of nodes that died cannot be forgotten now", "error", err)
	}
}
