package discord

import (
	"context"

	api "kefu/internal/discord"
)

// reportCommands are the slash commands by which members report bugs and ask for features.
func reportCommands() []api.ApplicationCommand { return nil }

// boardInteraction answers members about reports, and about what Kefu sent them: reply forms and ratings. It tells whether the request
// was one of these.
func (l *listener) boardInteraction(ctx context.Context, r memberRequest) (handled bool) { return false }
