package discord

import (
	"context"
	"encoding/json"
	"strings"

	api "kefu/internal/discord"
)

// directCommandKey remembers what was registered for direct messages: its digest, and the id that Discord gave it.
const directCommandKey = "direct_command"

// registerDirect makes Discord list /helpme in direct messages too, where a server's commands are not, or takes it away where members
// are no customers any more. It is done only when something has changed.
func (c *Connector) registerDirect(ctx context.Context, app string) {
	cmd := helpCommand()
	cmd.Contexts = []api.CommandContext{api.ContextBotDM}
	text, err := json.Marshal(cmd)
	if err != nil {
		c.log.ErrorContext(ctx, "discord: commands cannot be written", "err", err)
		return
	}
	want := digest(32, app, string(text))
	known, err := c.deps.State.Load(ctx, directCommandKey)
	have, id, _ := strings.Cut(known, ":")
	switch {
	case !c.set.community.on && id != "":
		err = untilSure(ctx, func() error { return c.api.DeleteCommand(ctx, app, id) })
		if err == nil || api.Code(err) == api.CodeUnknownCommand {
			c.remember(ctx, directCommandKey, "")
		}
	case !c.set.community.on, err == nil && have == want:
	default:
		c.listDirect(ctx, app, cmd, want)
	}
}

func (c *Connector) listDirect(ctx context.Context, app string, cmd api.ApplicationCommand, want string) {
	var made api.ApplicationCommand
	err := untilSure(ctx, func() (err error) {
		made, err = c.api.CreateCommand(ctx, app, cmd)
		return err
	})
	if err != nil {
		c.log.ErrorContext(ctx, "discord: /helpme not registered for direct messages", "err", err)
		return
	}
	c.remember(ctx, directCommandKey, want+":"+made.ID)
}
