package discord

import (
	"context"

	api "kefu/internal/discord"
)

const (
	cmdHelp     = "helpme"
	optQuestion = "question"
)

// helpCommand is /helpme.
func helpCommand() api.ApplicationCommand {
	cmd := command(cmdHelp, option(api.OptionString, optQuestion, "opt_question"))
	cmd.NameLocalizations = chinese("name_" + cmdHelp)
	return cmd
}

// help opens the talk with a member who asks for it.
func (l *listener) help(ctx context.Context, r memberRequest) {
	l.tell(ctx, r, r.l.say("no_answer"))
}
