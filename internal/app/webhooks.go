package app

import (
	"context"

	"kefu/internal/webhook"
)

// openWebhooks makes the rules of outgoing webhooks.
func (a *App) openWebhooks(context.Context) error {
	a.webhooks = webhook.New(webhook.Options{Store: a.store, Bus: a.signals, Box: a.box, Log: a.Log, Files: a.vault,
		AllowHTTP: a.cfg.Webhooks.AllowHTTP, Allow: a.cfg.Egress.Allow, Version: a.Version})
	a.later(a.webhooks.Close)
	return nil
}
