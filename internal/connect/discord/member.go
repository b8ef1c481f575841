package discord

import (
	"context"

	api "kefu/internal/discord"
)

// memberCommands are the slash commands of customers.
func memberCommands() []api.ApplicationCommand { return nil }

// memberAsks tells whether an interaction is a customer's: a command of theirs, or a button or form that customers are shown.
func (c *Connector) memberAsks(i api.Interaction) bool { return false }

// memberInteraction answers a customer within Discord's 3 seconds, then does the work in order.
func (l *listener) memberInteraction(ctx context.Context, i api.Interaction) error { return nil }
