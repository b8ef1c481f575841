package discord

import (
	"context"
	"strings"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// press hands on what a member pressed under a message of the bot: that it helped or did not, or that they want a person.
func (l *listener) press(ctx context.Context, r memberRequest) {
	if owner, theirs := l.customerOf(r.i.GuildID, r.i.ChannelID, r.i.Actor().ID); !theirs || owner != r.i.Actor().ID {
		l.tell(ctx, r, r.l.say("not_yours"))
		return
	}
	if !l.hold(ctx, r) {
		return
	}
	l.c.hears(ctx, r)
	cmd := pressedCommand(r)
	var res connector.Result
	err := errLaneEnded
	l.inLane(ctx, r.i.ChannelID, func() {
		res, err = l.ask(ctx, connector.Inbound{
			Kind: connector.InCommand, Key: "i:" + r.i.ID, ThreadID: r.i.ChannelID, Sender: r.sender(), Command: cmd,
			OccurredAt: api.SnowflakeTime(r.i.ID),
		})
	})
	if err != nil {
		l.c.log.WarnContext(ctx, "discord: a member's button was not carried out", "command", r.name, "err", err)
		l.fill(ctx, r, r.l.say("no_answer"))
		return
	}
	l.fill(ctx, r, pressedWords(r, cmd, res), pressedRows(r, cmd, res)...)
	l.takeButtons(ctx, r.i.Message)
}

// pressedCommand reads "kefu:m:helped:msg_…:yes" and "kefu:m:person:".
func pressedCommand(r memberRequest) *connector.Command {
	cmd := &connector.Command{Name: r.name, Args: map[string]string{}}
	if r.name == connector.CmdHelped {
		cmd.Args["message"], cmd.Args["answer"], _ = strings.Cut(r.arg, ":")
	}
	return cmd
}

func pressedWords(r memberRequest, cmd *connector.Command, res connector.Result) string {
	v := res.View
	if v == nil {
		v = &connector.View{}
	}
	switch {
	case v.Refused != "":
		return refusedMember(r.l, v)
	case cmd.Name == connector.CmdHelped && cmd.Args["answer"] == "yes":
		return r.l.say("helped_yes")
	case cmd.Name == connector.CmdHelped:
		return r.l.say("helped_no")
	case v.Ticket.Number == 0:
		return r.l.say("person_asked")
	}
	parts := []string{r.l.say("person_number", v.Ticket.Number)}
	if v.Position > 0 {
		parts = append(parts, r.l.say("person_position", v.Position))
	}
	if !v.OpensAt.IsZero() {
		parts = append(parts, r.l.say("person_opens", v.OpensAt.Unix(), v.OpensAt.Unix()))
	}
	return joined(parts)
}

// pressedRows still offers a person to whom an answer did not help: the buttons under it are taken away.
func pressedRows(r memberRequest, cmd *connector.Command, res connector.Result) []api.Component {
	if cmd.Args["answer"] != "no" || res.View != nil && res.View.Refused != "" {
		return nil
	}
	return []api.Component{api.Row(api.Button(api.ButtonPrimary, memberID(connector.CmdPerson, ""), r.l.say("button_person")))}
}

// takeButtons takes away what members can press under a message, so that nobody presses it twice; links stay.
func (l *listener) takeButtons(ctx context.Context, m *api.Message) {
	if m == nil || m.Flags&api.MessageEphemeral != 0 {
		return
	}
	rows := withoutButtons(m.Components)
	err := untilSure(ctx, func() error {
		_, err := l.c.api.EditMessage(ctx, m.ChannelID, m.ID, api.MessageEdit{Components: &rows})
		return err
	})
	if err != nil && !vanished(err) && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: pressed buttons not taken away", "err", err)
	}
}

func withoutButtons(list []api.Component) []api.Component {
	left := []api.Component{}
	for _, c := range list {
		if strings.HasPrefix(c.CustomID, memberPrefix) {
			continue
		}
		if c.Type == api.ComponentActionRow {
			if c.Components = withoutButtons(c.Components); len(c.Components) == 0 {
				continue
			}
		}
		left = append(left, c)
	}
	return left
}
