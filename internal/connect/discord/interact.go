package discord

import (
	"context"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// lateAfter is when an answer is given up: the token is good for 15 minutes, and an answer after that long helps nobody.
const lateAfter = 12 * time.Minute

// request is what a person asked for by a command, a button or a form.
type request struct {
	i     api.Interaction
	l     lang // the person's own
	name  string
	args  map[string]string
	text  string
	files []api.Attachment
	// form opens a form instead of doing anything; ask wants to be sure first.
	form, ask bool
}

// interaction answers within Discord's 3 seconds, then does the work in the channel's lane. What is not ours is left alone.
func (l *listener) interaction(ctx context.Context, i api.Interaction) error {
	switch {
	case l.c.memberAsks(i):
		return l.memberInteraction(ctx, i)
	case staffAsks(i):
		return l.staffInteraction(ctx, i)
	}
	r, ok := parseRequest(i)
	if !ok {
		return nil
	}
	select {
	case l.firsts <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.work.Go(func() {
		defer func() { <-l.firsts }()
		l.open(r)
	})
	return nil
}

func parseRequest(i api.Interaction) (request, bool) {
	r := request{i: i, l: langOf(i.Locale), args: map[string]string{}}
	d := i.Data
	switch i.Type {
	case api.InteractionCommand:
		return r.fromCommand(), slices.ContainsFunc(talkCommands(), func(c api.ApplicationCommand) bool { return c.Name == d.Name })
	case api.InteractionComponent:
		name, arg, ok := parseCustomID(d.CustomID)
		return r.fromButton(name, arg), ok
	case api.InteractionModalSubmit:
		name, _, ok := parseCustomID(d.CustomID)
		return r.fromForm(name), ok
	}
	return r, false
}

func (r request) fromCommand() request {
	d := r.i.Data
	r.name, r.text = d.Name, d.Option(optText)
	switch r.name {
	case connector.CmdReply, connector.CmdNote:
		r.files = chosen(d, d.Option(optFile))
		r.form = strings.TrimSpace(r.text) == "" && len(r.files) == 0
	case connector.CmdTransfer:
		r.args["agent_id"] = d.Option(optMember)
		r.args["agent_name"] = memberName(d.Resolved, r.args["agent_id"])
		r.args[optTeam], r.args[optDesk] = d.Option(optTeam), d.Option(optDesk)
	case connector.CmdCanned:
		r.args[optShortcut] = d.Option(optShortcut)
	case connector.CmdClose:
		r.args["reason"] = d.Option(optReason)
	}
	return r
}

func (r request) fromButton(name, arg string) request {
	r.name = name
	switch name {
	case connector.CmdReply, connector.CmdNote:
		r.form = true
	case askClose:
		r.name, r.ask = connector.CmdClose, true
	case connector.CmdRetry:
		r.args["delivery"] = arg
	}
	return r
}

func (r request) fromForm(name string) request {
	r.name = name
	text, _ := r.i.Data.Field(optText)
	r.text = text.Value
	files, _ := r.i.Data.Field(optFile)
	r.files = chosen(r.i.Data, files.Values...)
	return r
}

// chosen gives the uploads that ids stand for, in their order.
func chosen(d api.InteractionData, ids ...string) []api.Attachment {
	if d.Resolved == nil {
		return nil
	}
	var files []api.Attachment
	for _, id := range ids {
		if a, ok := d.Resolved.Attachments[id]; ok {
			files = append(files, a)
		}
	}
	return files
}

func memberName(r *api.ResolvedValues, id string) string {
	if r == nil {
		return ""
	}
	if m, ok := r.Members[id]; ok && m.Nick != "" {
		return m.Nick
	}
	u := r.Users[id]
	return u.DisplayName()
}

// open gives the first answer, and puts the work that is left into the channel's lane.
func (l *listener) open(r request) {
	ctx, cancel := context.WithTimeout(l.ctx, api.InteractionDeadline)
	defer cancel()
	first, done := l.c.firstAnswer(r)
	err := l.callback(ctx, r, first)
	if err != nil {
		l.c.log.Warn("discord: interaction not answered in time", "command", r.name, "err", err)
	}
	if done || err != nil && !api.MayHaveHappened(err) {
		return // nothing that the person knows of has begun
	}
	_ = l.lanes.add(l.ctx, r.i.ChannelID, func() { l.carryOut(r) })
}

// callback answers once more when the first try certainly did not arrive.
func (l *listener) callback(ctx context.Context, r request, first api.InteractionResponse) error {
	err := l.c.api.InteractionCallback(ctx, r.i.ID, r.i.Token, first)
	if err != nil && statusOf(err) == 0 && !api.MayHaveHappened(err) {
		err = l.c.api.InteractionCallback(ctx, r.i.ID, r.i.Token, first)
	}
	return err
}

// firstAnswer is what can be said at once; done tells that nothing is left to do.
func (c *Connector) firstAnswer(r request) (first api.InteractionResponse, done bool) {
	private := func(m api.MessageSend) api.InteractionResponse {
		m.Flags = api.MessageEphemeral
		return api.InteractionResponse{Type: api.CallbackMessage, Message: &m}
	}
	switch {
	case !c.mayAsk(r.name, r.i.Member):
		return private(api.MessageSend{Content: r.l.say("not_agent")}), true
	case r.form:
		return api.InteractionResponse{Type: api.CallbackModal, Modal: replyForm(r.l, r.name)}, true
	case r.ask:
		return private(api.MessageSend{Content: r.l.say("close_question"), Components: []api.Component{api.Row(
			api.Button(api.ButtonDanger, customID(connector.CmdClose, ""), r.l.say("button_close_now")),
			api.Button(api.ButtonSecondary, customID(connector.CmdKeepOpen, ""), r.l.say("button_keep")),
		)}}), true
	case !carried(r.name):
		return private(api.MessageSend{Content: r.l.say("worn_out")}), true
	}
	return api.InteractionResponse{Type: api.CallbackDeferMessage, Message: &api.MessageSend{Flags: api.MessageEphemeral}}, false
}

// carried tells whether the rules know the command; a button of another time may ask for what is not there any more.
func carried(name string) bool {
	switch name {
	case connector.CmdReply, connector.CmdNote, connector.CmdClaim, connector.CmdTransfer, connector.CmdClose, connector.CmdKeepOpen,
		connector.CmdReopen, connector.CmdOrder, connector.CmdTranscript, connector.CmdStatus, connector.CmdRetry, connector.CmdTakeOver,
		connector.CmdContact, connector.CmdCanned:
		return true
	}
	return wideStaff(name)
}

// carryOut hands the command to the rules, once, and sends the answer on its way; the lane does not wait for Discord.
func (l *listener) carryOut(r request) {
	made := api.SnowflakeTime(r.i.ID)
	if l.c.deps.Now().Sub(made) > lateAfter {
		return
	}
	ctx, cancel := context.WithTimeout(l.ctx, lateAfter)
	files, remarks := l.c.copies(ctx, r.files)
	text, _ := kefu.CleanText(strings.TrimSpace(r.text))
	if text != "" {
		r.args["text"] = text
	}
	who := sender(r.i.Actor(), r.i.Member)
	who.Locale = r.l.locale()
	res, err := l.ask(ctx, connector.Inbound{
		Kind: connector.InCommand, Key: "i:" + r.i.ID, ThreadID: r.i.ChannelID, Sender: who,
		Content: said(text, files), Note: r.name == connector.CmdNote, Notes: remarks,
		Command: &connector.Command{Name: r.name, Args: r.args}, OccurredAt: made,
	})
	edit := api.MessageEdit{Content: new(string)}
	if err != nil {
		l.c.log.WarnContext(ctx, "discord: command not carried out", "command", r.name, "err", err)
		*edit.Content = r.l.say("no_answer")
	} else {
		edit = answer(r.l, r, res)
	}
	select {
	case l.answers <- struct{}{}:
	case <-ctx.Done():
		cancel()
		return
	}
	l.work.Go(func() {
		defer cancel()
		defer func() { <-l.answers }()
		l.finish(ctx, r, edit)
	})
}

// ask tries three times: a person is waiting, and can press again.
func (l *listener) ask(ctx context.Context, in connector.Inbound) (res connector.Result, err error) {
	for try := range 3 {
		if try > 0 && !rest(ctx, time.Duration(try)*300*time.Millisecond) {
			return res, err
		}
		res, err = l.emit(ctx, in)
		if err == nil || refusedForGood(err) {
			return res, err
		}
	}
	return res, err
}

// finish fills in the deferred answer. Filling in twice does no harm, so that a lost answer is tried again.
func (l *listener) finish(ctx context.Context, r request, edit api.MessageEdit) {
	err := untilSure(ctx, func() error {
		_, err := l.c.api.EditOriginalResponse(ctx, r.i.ApplicationID, r.i.Token, edit)
		return err
	})
	if err != nil && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: answer to a command not delivered", "command", r.name, "err", err)
	}
}

// untilSure repeats a call that may be repeated, while Discord is out of reach, a few times; a refusal is final.
func untilSure(ctx context.Context, call func() error) error {
	var err error
	for try := range 5 {
		if try > 0 && !rest(ctx, time.Duration(try)*500*time.Millisecond) {
			return err
		}
		err = patiently(ctx, call)
		if status := statusOf(err); err == nil || status >= 400 && status < 500 {
			return err
		}
	}
	return err
}
