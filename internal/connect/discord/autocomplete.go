package discord

import (
	"context"
	"time"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	maxChoices = 25
	maxChoice  = 100
	// findLimit is how long the rules may look for what fits; the rest of Discord's 3 seconds is for the answer.
	findLimit = 2 * time.Second
)

// suggest offers what the option that is being typed may be: one question to the rules, and nothing when they do not answer in time. It
// does not wait in a lane, and asks nothing of Discord.
func (l *listener) suggest(i api.Interaction) {
	ctx, cancel := context.WithTimeout(l.ctx, api.InteractionDeadline)
	defer cancel()
	offer := api.InteractionResponse{Type: api.CallbackAutocomplete, Choices: []api.CommandChoice{}}
	if in, ok := l.c.question(i); ok {
		offer.Choices = l.fits(ctx, in)
	}
	if err := l.c.api.InteractionCallback(ctx, i.ID, i.Token, offer); err != nil && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: nothing offered for an option", "command", i.Data.Name, "err", err)
	}
}

// question is what the rules are asked, if the member may know the answer. In a ticket channel the rules look whether it is one.
func (c *Connector) question(i api.Interaction) (connector.Inbound, bool) {
	typed, ok := focused(i.Data.Options)
	name, thread := i.Data.Name, i.ChannelID
	if name == cmdTicket {
		name, thread = connector.CmdTicketAssign, ""
	}
	what := map[string]string{optShortcut: "canned", optTeam: "team", optDesk: "desk"}[typed.Name]
	if !ok || what == "" || !c.mayAsk(name, i.Member) {
		return connector.Inbound{}, false
	}
	who := sender(i.Actor(), i.Member)
	who.Locale = langOf(i.Locale).locale()
	return connector.Inbound{
		Kind: connector.InCommand, ThreadID: thread, Sender: who, OccurredAt: api.SnowflakeTime(i.ID),
		Command: &connector.Command{Name: connector.CmdFind, Args: map[string]string{"what": what, "q": typed.Text()}},
	}, true
}

// focused finds the option that is being typed.
func focused(options []api.CommandValue) (api.CommandValue, bool) {
	for _, o := range options {
		if o.Focused {
			return o, true
		}
		if inner, ok := focused(o.Options); ok {
			return inner, true
		}
	}
	return api.CommandValue{}, false
}

func (l *listener) fits(ctx context.Context, in connector.Inbound) []api.CommandChoice {
	ctx, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	list := []api.CommandChoice{}
	res, err := l.emit(ctx, in)
	if err != nil {
		l.c.log.WarnContext(ctx, "discord: options not looked up", "err", err)
		return list
	}
	if res.View == nil {
		return list
	}
	for _, ch := range res.View.Choices[:min(len(res.View.Choices), maxChoices)] {
		if ch.Label != "" && ch.Value != "" && width(ch.Value) <= maxChoice {
			list = append(list, api.CommandChoice{Name: cut(ch.Label, maxChoice), Value: ch.Value})
		}
	}
	return list
}
