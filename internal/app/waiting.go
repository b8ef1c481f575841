package app

import (
	"context"
	"time"

	"kefu/internal/bus"
)

// waitingLook is how often those who wait for a person are looked after; a signal comes with each new one.
const waitingLook = time.Second

// callWaiting calls the next desk for customers who have waited long enough, until ctx ends.
func (a *App) callWaiting(ctx context.Context) error {
	return a.signals.Work(ctx, bus.Waiting, func(ctx context.Context) time.Duration {
		if _, err := a.board.CallWaiting(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "those who wait for a person cannot be looked after now", "error", err)
		}
		return waitingLook
	})
}
