package discord

import (
	"context"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// memberPrefix begins the custom ids of everything that members press and fill in.
	memberPrefix = customPrefix + "m:"
	// membersAtOnce bounds the members who are being answered; beyond it the gateway waits.
	membersAtOnce = 256
)

// memberRequest is what a member of the server asked for by a command, a button or a form.
type memberRequest struct {
	i         api.Interaction
	l         lang   // the member's own
	name, arg string // of "kefu:m:name:arg", or the command's name
}

// memberCommands are the slash commands of customers.
func memberCommands() []api.ApplicationCommand {
	return append([]api.ApplicationCommand{helpCommand()}, reportCommands()...)
}

// memberAsks tells whether an interaction is a customer's: a command of theirs, or a button or form that customers are shown.
func (c *Connector) memberAsks(i api.Interaction) bool {
	switch {
	case !c.set.community.on:
		return false
	case i.Type == api.InteractionCommand:
		return slices.ContainsFunc(memberCommands(), func(cmd api.ApplicationCommand) bool { return cmd.Name == i.Data.Name })
	case i.Type == api.InteractionComponent, i.Type == api.InteractionModalSubmit:
		return strings.HasPrefix(i.Data.CustomID, memberPrefix)
	}
	return false
}

// memberID makes the custom id of something that members press or fill in: "kefu:m:person:", "kefu:m:rate:rtg_…:5".
func memberID(name, arg string) string { return memberPrefix + name + ":" + arg }

func parseMember(i api.Interaction) memberRequest {
	r := memberRequest{i: i, l: memberLang(i.Locale), name: i.Data.Name}
	if rest, ok := strings.CutPrefix(i.Data.CustomID, memberPrefix); ok {
		r.name, r.arg, _ = strings.Cut(rest, ":")
	}
	return r
}

// memberLang is the language of a member: everybody but readers of Chinese is answered in English.
func memberLang(locale string) lang {
	switch {
	case locale == zhCN.String():
		return zhCN
	case strings.HasPrefix(locale, "zh"):
		return zhTW
	}
	return english
}

// locale is the language as the rest of Kefu names it.
func (l lang) locale() kefu.Locale { return kefu.Locale(l.String()) }

// sender is the member as a customer.
func (r memberRequest) sender() connector.Sender {
	s := sender(r.i.Actor(), r.i.Member)
	s.Kind, s.Locale = kefu.AuthorContact, r.l.locale()
	return s
}

// memberInteraction answers a customer within Discord's 3 seconds, then does the work in order.
func (l *listener) memberInteraction(ctx context.Context, i api.Interaction) error {
	select {
	case l.members <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.work.Go(func() {
		defer func() { <-l.members }()
		ctx, cancel := context.WithTimeout(l.ctx, lateAfter)
		defer cancel()
		l.serve(ctx, parseMember(i))
	})
	return nil
}

// serve does what the member asked for. Each of these gives the first answer before anything that can take long.
func (l *listener) serve(ctx context.Context, r memberRequest) {
	if r.i.Type == api.InteractionCommand || r.name == askRoom {
		if words := l.c.unwelcome(r.l, r.i.Actor(), r.i.Member); words != "" {
			l.tell(ctx, r, words)
			return
		}
	}
	if l.boardInteraction(ctx, r) || l.askInteraction(ctx, r) {
		return
	}
	switch r.name {
	case cmdHelp:
		l.help(ctx, r)
	case askRoom:
		l.room(ctx, r)
	case connector.CmdPerson, connector.CmdHelped:
		l.press(ctx, r)
	default:
		l.tell(ctx, r, r.l.say("worn_out"))
	}
}

// tell answers at once, to the member only.
func (l *listener) tell(ctx context.Context, r memberRequest, text string) {
	m := api.MessageSend{Content: cut(text, api.MaxContent), Flags: api.MessageEphemeral}
	l.first(ctx, r, api.InteractionResponse{Type: api.CallbackMessage, Message: &m})
}

// show opens a form.
func (l *listener) show(ctx context.Context, r memberRequest, form api.Modal) {
	l.first(ctx, r, api.InteractionResponse{Type: api.CallbackModal, Modal: &form})
}

// hold promises an answer to the member only; fill gives it. It reports whether the member may know of it: else nothing is to be done.
func (l *listener) hold(ctx context.Context, r memberRequest) bool {
	return l.first(ctx, r, api.InteractionResponse{Type: api.CallbackDeferMessage, Message: &api.MessageSend{Flags: api.MessageEphemeral}})
}

// first gives the first answer. It reports whether the member may have got it.
func (l *listener) first(ctx context.Context, r memberRequest, first api.InteractionResponse) bool {
	ctx, cancel := context.WithTimeout(ctx, api.InteractionDeadline)
	defer cancel()
	err := l.callback(ctx, request{i: r.i}, first)
	if err != nil {
		l.c.log.WarnContext(ctx, "discord: member not answered in time", "command", r.name, "err", err)
	}
	return err == nil || api.MayHaveHappened(err)
}

// fill gives the answer that was promised, or changes it. It blocks until Discord has it, or will never have it.
func (l *listener) fill(ctx context.Context, r memberRequest, text string, rows ...api.Component) {
	text = cut(text, api.MaxContent)
	if rows == nil {
		rows = []api.Component{}
	}
	l.finish(ctx, request{i: r.i, name: r.name}, api.MessageEdit{Content: &text, Components: &rows, Embeds: &[]api.Embed{}})
}

// inLane does work in a channel's lane and waits for it. It must not be called in a lane.
func (l *listener) inLane(ctx context.Context, channel string, job func()) {
	done := make(chan struct{})
	if l.lanes.add(ctx, channel, func() { defer close(done); job() }) == nil {
		<-done
	}
}
