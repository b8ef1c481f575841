package webhook

import (
	"context"
	"time"

	"kefu/internal/store"
)

// Prune forgets at most batch of the oldest deliveries that were final for longer than keepAttempts, with their attempts, and tells how many
// those were: fewer than batch says that nothing is left. It also ends tests that were broken off, and removes deleted endpoints of which
// the log says nothing any more. It may run anywhere, and while others send.
func (w *Webhooks) Prune(ctx context.Context, keepAttempts time.Duration, batch int) (n int64, err error) {
	err = w.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.FailTrials(tx.Now.Add(-staleTrial), FailStopped); err != nil {
			return err
		}
		before := tx.Now.Add(-keepAttempts)
		if n, err = tx.PruneWebhooks(before, batch); err != nil {
			return err
		}
		if _, err := tx.PruneReplays(before); err != nil {
			return err
		}
		_, err := tx.ForgetEndpoints()
		return err
	})
	return n, err
}
