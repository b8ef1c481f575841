package discord

import (
	"context"
	"errors"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	cmdHelp     = "helpme"
	optQuestion = "question"
	maxQuestion = 2000
	// directRetry is how often direct messages that were closed are tried again when their owner asks for help: each refusal counts.
	directRetry = 10 * time.Second
)

// helpCommand is /helpme.
func helpCommand() api.ApplicationCommand {
	most := maxQuestion
	question := option(api.OptionString, optQuestion, "opt_question")
	question.MaxLength = &most
	cmd := command(cmdHelp, question)
	cmd.NameLocalizations = chinese("name_" + cmdHelp)
	return cmd
}

// help opens the talk with a member who asks for it: in their direct messages, or in the private thread that they have.
func (l *listener) help(ctx context.Context, r memberRequest) {
	if !l.hold(ctx, r) {
		return
	}
	l.c.hears(ctx, r)
	question := strings.TrimSpace(r.i.Data.Option(optQuestion))
	l.c.tryAgain("") // the opening of direct messages belongs to no channel
	dm, err := l.c.directRoom(ctx, r.i.Actor().ID)
	if err == nil {
		l.c.tryAgain(dm)
		err = l.meet(ctx, r, talkPlace{channel: dm}, question)
	}
	switch {
	case err == nil:
	case closed(err):
		l.elsewhere(ctx, r, question)
	case api.Code(err) == api.CodeDMTooFast:
		l.fill(ctx, r, r.l.say("dm_too_fast"))
	default:
		l.c.log.WarnContext(ctx, "discord: direct messages not opened", "err", err)
		l.fill(ctx, r, r.l.say("no_answer"))
	}
}

// closed tells whether somebody takes no direct messages from us.
func closed(err error) bool {
	return api.Code(err) == api.CodeCannotDM || api.Code(err) == codeNoMutualGuild
}

// tryAgain lets direct messages be tried again that were closed before, once in a while.
func (c *Connector) tryAgain(dm string) {
	now := c.deps.Now()
	if c.tellNow("dm:"+dm+":"+now.Truncate(directRetry).String(), now) {
		c.api.ResetChannel(dm)
	}
}

// meet begins the talk in a channel, or goes on with it, and tells the member where it is. An error says that nothing could be posted
// there; whatever else went wrong was told.
func (l *listener) meet(ctx context.Context, r memberRequest, at talkPlace, question string) error {
	var words string
	err := errLaneEnded
	l.inLane(ctx, at.channel, func() { words, err = l.begin(ctx, r, at, question) })
	if err == nil {
		l.fill(ctx, r, words)
	}
	return err
}

// errLaneEnded says that the session ended before a channel's turn came.
var errLaneEnded = errors.New("the session has ended")

// begin is meet in the channel's lane.
func (l *listener) begin(ctx context.Context, r memberRequest, at talkPlace, question string) (words string, err error) {
	t, known, err := l.c.deps.Directory.Thread(ctx, at.channel)
	if err != nil {
		return "", err
	}
	open := known && !t.Closed
	if known {
		l.catchUpOn(ctx, at.channel, "")
	}
	posted, err := l.c.post(ctx, at.channel, greeting(r.l, open, question, l.reads || !at.thread), nonce(r.once(), "greeting"))
	if err != nil || question == "" {
		return r.l.say(word(pick(open, "help_open", "help_go")), at.link()), err
	}
	in := asked(r, at.channel, question)
	in.Cursor = posted.ID
	if open {
		in.Kind = connector.InMessage
	}
	words = r.l.say(word(pick(open, "help_added", "help_asked")), at.link())
	res, err := l.ask(ctx, in)
	switch {
	case err != nil:
		words = r.l.say("no_answer")
	case res.View == nil || res.View.Refused == "":
		return words, nil
	default:
		words = refusedMember(r.l, res.View)
	}
	return words, l.c.correctPost(ctx, at.channel, posted.ID, words)
}

// greeting is what Kefu says first.
func greeting(l lang, open bool, question string, reads bool) string {
	parts := []string{l.say(word(pick(open, "greet_open", "greet")))}
	if question == "" {
		parts = append(parts, l.say("greet_ask"))
	} else {
		parts = append(parts, l.say("greet_question"), quoted(quote(question)))
	}
	if !reads {
		parts = append(parts, l.say("member_mention"))
	}
	return joined(parts)
}

// asked is a question that came with a command.
func asked(r memberRequest, channel, question string) connector.Inbound {
	text, _ := kefu.CleanText(question)
	return connector.Inbound{
		Kind: connector.InOpen, Key: "i:" + r.once(), ThreadID: channel, Sender: r.sender(), Title: titleOf(text),
		Content: said(text, nil), OccurredAt: api.SnowflakeTime(r.i.ID),
	}
}

// once names what the member asked for: a question that a button carries is asked once, however often it is pressed.
func (r memberRequest) once() string {
	if r.i.Message != nil {
		return r.i.Message.ID
	}
	return r.i.ID
}

// talkPlace is where a member and Kefu talk.
type talkPlace struct {
	channel string
	thread  bool // a private thread of the server, not direct messages
}

// link leads there.
func (p talkPlace) link() string {
	if p.thread {
		return "<#" + p.channel + ">"
	}
	return "https://discord.com/channels/@me/" + p.channel
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
