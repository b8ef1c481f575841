package discord

import (
	"context"

	api "kefu/internal/discord"
)

// staffCommands are the slash commands of staff that belong to no ticket channel.
func staffCommands() []api.ApplicationCommand { return nil }

// staffAsks tells whether an interaction is one of those, or asks for what an option may be (autocomplete).
func staffAsks(i api.Interaction) bool { return false }

// staffInteraction answers staff within Discord's 3 seconds.
func (l *listener) staffInteraction(ctx context.Context, i api.Interaction) error { return nil }
