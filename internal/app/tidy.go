package app

import (
	"context"
	"time"

	"kefu/internal/alert"
)

const (
	purgeEvery = time.Minute
	pruneBatch = 1000
	day        = 24 * time.Hour
)

// tidy deletes what nobody can use any more, until ctx ends.
func (a *App) tidy(ctx context.Context) error {
	alerts := &alert.Alerts{Store: a.store}
	every(ctx, purgeEvery, func(ctx context.Context) {
		if err := a.auth.Purge(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "what has expired cannot be deleted now", "error", err)
		}
		if err := a.board.DropFiles(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "files of erased messages cannot be deleted now", "error", err)
		}
		a.prune(ctx, "events", func(ctx context.Context) (int64, error) {
			return a.board.PruneEvents(ctx, a.now().Add(-time.Duration(a.cfg.Webhooks.PayloadDays)*day), pruneBatch)
		})
		a.prune(ctx, "webhook deliveries", func(ctx context.Context) (int64, error) {
			return a.webhooks.Prune(ctx, time.Duration(a.cfg.Webhooks.AttemptDays)*day, pruneBatch)
		})
		a.prune(ctx, "deleted articles", func(ctx context.Context) (int64, error) { return a.knowing.Prune(ctx, pruneBatch) })
		a.prune(ctx, "alerts", func(ctx context.Context) (int64, error) { return alerts.Prune(ctx, pruneBatch) })
	})
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
	defer cancel()
	if err := a.auth.Purge(stopping); err != nil {
		a.Log.WarnContext(stopping, "what has expired could not be deleted at the end; it is at the next start", "error", err)
	}
	return nil
}

// prune deletes in batches what is older than it is kept. What fails is left to the next time.
func (a *App) prune(ctx context.Context, what string, batch func(context.Context) (int64, error)) {
	for n := int64(pruneBatch); n >= pruneBatch && ctx.Err() == nil; {
		var err error
		if n, err = batch(ctx); err != nil {
			if ctx.Err() == nil {
				a.Log.WarnContext(ctx, "what is no longer kept cannot be deleted now", "what", what, "error", err)
			}
			return
		}
	}
}
