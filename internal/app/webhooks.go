package app

import (
	"context"
	"fmt"

	"kefu/internal/webhook"
)

// openWebhooks makes the rules of outgoing webhooks. What endpoints subscribe to may mean more to this version than to the last.
func (a *App) openWebhooks(ctx context.Context) error {
	a.webhooks = newWebhooks(a.cfg, keys{a.box, a.vault}, webhook.Options{Store: a.store, Bus: a.signals, Log: a.Log, Version: a.Version})
	a.later(a.webhooks.Close)
	if err := a.webhooks.Resubscribe(ctx); err != nil {
		return fmt.Errorf("bring the subscriptions of webhooks up to date: %w", err)
	}
	return nil
}
