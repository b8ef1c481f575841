package discord

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// formLimit is how long the rules may take to say what is asked: the window must open within Discord's 3 seconds.
const formLimit = 2 * time.Second

// askInteraction answers members who fill in a form or pick a choice. It tells whether the request was one of these.
func (l *listener) askInteraction(ctx context.Context, r memberRequest) (handled bool) {
	if r.name != pressFill && r.name != pressPick {
		return false
	}
	q := questionOf(r)
	if !l.asks(r, q.thread) {
		l.tell(ctx, r, r.l.say("not_yours"))
		return true
	}
	switch {
	case r.name == pressPick:
		l.takePick(ctx, r, q)
	case r.i.Type == api.InteractionModalSubmit:
		l.takeForm(ctx, r, q)
	default:
		l.openForm(ctx, r, q)
	}
	return true
}

// question is what a button, a menu or a window belongs to.
type question struct {
	message kefu.MessageID
	option  int    // what was picked, from 0; -1 when it is a form, or cannot be told
	thread  string // of the rules: the channel, or a report's own
}

// questionOf reads "kefu:m:fill:msg_…:thread" and "kefu:m:pick:msg_…:n:thread".
func questionOf(r memberRequest) question {
	id, rest, _ := strings.Cut(r.arg, ":")
	q := question{message: kefu.MessageID(id), option: -1, thread: rest}
	if r.name == pressPick {
		var n string
		n, q.thread, _ = strings.Cut(rest, ":")
		if n == "" && len(r.i.Data.Values) > 0 {
			n = r.i.Data.Values[0]
		}
		if at, err := strconv.Atoi(n); err == nil {
			q.option = at
		}
	}
	if q.thread == "" {
		q.thread = r.i.ChannelID
	}
	return q
}

// asks tells whether it is this member who is asked.
func (l *listener) asks(r memberRequest, thread string) bool {
	if owner, ok := reporter(thread); ok {
		return owner == r.i.Actor().ID
	}
	owner, theirs := l.customerOf(r.i.GuildID, r.i.ChannelID, r.i.Actor().ID)
	return theirs && owner == r.i.Actor().ID
}

// formIn asks the rules what a message asks; nil when it asks nothing any more.
func (l *listener) formIn(ctx context.Context, r memberRequest, q question) (*kefu.Form, error) {
	res, err := l.ask(ctx, connector.Inbound{
		Kind: connector.InCommand, ThreadID: q.thread, Sender: r.sender(), OccurredAt: api.SnowflakeTime(r.i.ID),
		Command: &connector.Command{Name: connector.CmdForm, Args: map[string]string{"message": string(q.message)}},
	})
	if err != nil || res.View == nil {
		return nil, err
	}
	return res.View.Form, nil
}

// openForm opens the window of a form. What was typed before and refused stands in it again.
func (l *listener) openForm(ctx context.Context, r memberRequest, q question) {
	soon, cancel := context.WithTimeout(ctx, formLimit)
	defer cancel()
	f, err := l.formIn(soon, r, q)
	switch {
	case err != nil:
		l.c.log.WarnContext(ctx, "discord: form not opened", "err", err)
		l.tell(ctx, r, r.l.say("no_answer"))
	case f == nil || len(f.Fields) == 0 || len(f.Fields) > maxFormFields:
		l.tell(ctx, r, r.l.say("worn_out"))
	default:
		l.show(ctx, r, formModal(r.l, r.arg, *f, typedBefore(r.i.Message)))
	}
}

// takeForm hands in what was filled in, and thanks; what is refused is given back with what is wrong.
func (l *listener) takeForm(ctx context.Context, r memberRequest, q question) {
	if !l.hold(ctx, r) {
		return
	}
	names, values := filledIn(r.i.Data)
	res, err := l.handIn(ctx, r, q, kefu.ContentForm, values)
	switch {
	case err != nil:
		l.c.log.WarnContext(ctx, "discord: a member's form not taken", "err", err)
		l.returnForm(ctx, r, q, r.l.say("no_answer"), names, values)
	case refusedOf(res) != "":
		l.returnForm(ctx, r, q, formRefusal(r.l, res), names, values)
	default:
		l.fill(ctx, r, r.l.say("filled"))
		l.changeButtons(ctx, r.i.Message, refill(r.l))
	}
}

// handIn hands an answer to the rules, after what was written before it.
func (l *listener) handIn(ctx context.Context, r memberRequest, q question, kind kefu.ContentType, values map[string]string) (res connector.Result, err error) {
	l.c.hears(ctx, r)
	err = errLaneEnded
	l.inLane(ctx, r.i.ChannelID, func() {
		res, err = l.ask(ctx, connector.Inbound{
			Kind: connector.InMessage, Key: "i:" + r.i.ID, ThreadID: q.thread, Sender: r.sender(), Filled: values,
			Content: kefu.Content{Type: kind, Answer: &kefu.Answer{MessageID: q.message}}, OccurredAt: api.SnowflakeTime(r.i.ID),
		})
	})
	return res, err
}

// takePick hands in what was picked. Then nothing more can be pressed there, and the message shows which it was.
func (l *listener) takePick(ctx context.Context, r memberRequest, q question) {
	if !l.first(ctx, r, api.InteractionResponse{Type: api.CallbackDeferUpdate}) {
		return
	}
	f, err := l.formIn(ctx, r, q)
	if err == nil && (f == nil || len(f.Fields) != 1 || q.option < 0 || q.option >= len(f.Fields[0].Options)) {
		l.aside(ctx, r, r.l.say("worn_out"))
		return
	}
	var res connector.Result
	if err == nil {
		field := f.Fields[0]
		res, err = l.handIn(ctx, r, q, kefu.ContentChoice, map[string]string{field.Name: field.Options[q.option].Value})
	}
	switch {
	case err != nil:
		l.c.log.WarnContext(ctx, "discord: a member's choice not taken", "err", err)
		l.aside(ctx, r, r.l.say("no_answer"))
	case refusedOf(res) != "":
		l.aside(ctx, r, formRefusal(r.l, res))
	case r.i.Message != nil:
		rows := changed(r.i.Message.Components, picked(q))
		l.finish(ctx, request{i: r.i, name: r.name}, api.MessageEdit{Components: &rows})
	}
}

// formRefusal says why an answer was not taken, field by field where the rules say so.
func formRefusal(l lang, res connector.Result) string {
	if res.View == nil || len(res.View.Faults) == 0 {
		return reportRefusal(l, res)
	}
	lines := []string{l.say("filled_wrong")}
	for _, f := range res.View.Faults {
		label := clean(f.Label)
		if label == "" {
			label = clean(f.Name)
		}
		lines = append(lines, l.say("fault_of", escape(cut(label, maxShort)), card.Fault(f.Fault, l.String())))
	}
	return strings.Join(lines, "\n")
}
