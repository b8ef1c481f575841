package discord

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	cmdBug     = "bug"
	cmdFeature = "new_feature"
)

// reportCommands are the slash commands by which members report bugs and ask for features.
func reportCommands() []api.ApplicationCommand {
	var list []api.ApplicationCommand
	for _, name := range []string{cmdBug, cmdFeature} {
		cmd := command(name)
		cmd.NameLocalizations = chinese(word("name_" + name))
		list = append(list, cmd)
	}
	return list
}

// boardInteraction answers members about reports, and about what Kefu sent them: reply forms and ratings. It tells whether the request
// was one of these.
func (l *listener) boardInteraction(ctx context.Context, r memberRequest) (handled bool) {
	filled := r.i.Type == api.InteractionModalSubmit
	switch {
	case (r.name == cmdBug || r.name == cmdFeature) && !filled:
		l.show(ctx, r, reportForm(r.l, r.name))
	case r.name == cmdBug || r.name == cmdFeature:
		l.takeReport(ctx, r)
	case r.name == connector.CmdRate:
		l.takeStars(ctx, r)
	case r.name == pressComment && !filled:
		l.show(ctx, r, commentForm(r.l, r.arg))
	case r.name == pressComment:
		l.takeComment(ctx, r)
	case r.name == pressSay && !filled:
		l.show(ctx, r, answerForm(r.l, r.arg))
	case r.name == pressSay:
		l.takeAnswer(ctx, r)
	default:
		return false
	}
	return true
}

// takeReport makes a case of a report. What cannot be taken is given back to the member: they have typed it.
func (l *listener) takeReport(ctx context.Context, r memberRequest) {
	if !l.hold(ctx, r) {
		return
	}
	in := l.c.reported(ctx, r)
	res, err := l.ask(ctx, in)
	switch {
	case err != nil:
		l.c.log.WarnContext(ctx, "discord: report not taken", "command", r.name, "err", err)
		l.giveBack(ctx, r, r.l.say("no_answer"), in.Title, in.Content.Text)
	case refusedOf(res) != "":
		l.giveBack(ctx, r, reportRefusal(r.l, res), in.Title, in.Content.Text)
	default:
		l.fill(ctx, r, reportTaken(r.l, res, in.Report.Board))
	}
}

// reported makes what a report says.
func (c *Connector) reported(ctx context.Context, r memberRequest) connector.Inbound {
	files, notes := c.copies(ctx, chosenFiles(r))
	category, board := categoryBug, c.set.community.bugChannel
	if r.name == cmdFeature {
		category, board = categoryFeature, c.set.community.featureChannel
	}
	title, rank := oneLine(typed(r, fieldTitle)), ""
	if f, ok := r.i.Data.Field(fieldRank); ok && len(f.Values) > 0 {
		rank = f.Values[0]
	}
	report := connector.Report{Category: category, Board: board}
	if slices.Contains(ranks(), kefu.Priority(rank)) {
		report.Priority = kefu.Priority(rank)
	}
	return connector.Inbound{
		Kind: connector.InOpen, Key: "i:" + r.i.ID, ThreadID: reportThread(r.i.Actor().ID, r.i.ID), ThreadName: title, Title: title,
		Sender: r.sender(), Content: said(reportText(r.l, r.name, typed(r, fieldText), typed(r, fieldMore), report.Priority), files), Notes: notes,
		Report: &report, OccurredAt: api.SnowflakeTime(r.i.ID),
	}
}

// reportText is what a form says, for people to read.
func reportText(l lang, name, text, more string, rank kefu.Priority) string {
	parts := []string{l.say(word("ask_"+name)) + "\n" + text}
	if more != "" {
		parts = append(parts, l.say(word("more_"+name))+"\n"+more)
	}
	if rank != "" {
		parts = append(parts, l.say("report_rank", l.say(word("rank_"+name)), l.term(string(rank))))
	}
	return strings.Join(parts, "\n\n")
}

func reportTaken(l lang, res connector.Result, board string) string {
	number := res.TicketNumber
	if number == 0 && res.View != nil {
		number = res.View.Ticket.Number
	}
	text := l.say("report_taken", number)
	if board != "" {
		text += "\n" + l.say("report_shown", "<#"+board+">")
	}
	return text
}

// refusedOf gives why the rules took nothing of what they were given; "" when they took it.
func refusedOf(res connector.Result) string {
	if res.View != nil && res.View.Refused != "" {
		return res.View.Refused
	}
	if res.Duplicate {
		return ""
	}
	return res.Ignored
}

func reportRefusal(l lang, res connector.Result) string {
	if res.View != nil && res.View.Refused != "" {
		return refusedMember(l, res.View)
	}
	return l.say("report_refused", escape(cmp.Or(res.Ignored, "?")))
}

// giveBack answers with what the member wrote, all of it: as text, or as a file when it is too long for that.
func (l *listener) giveBack(ctx context.Context, r memberRequest, why, title, text string) {
	content := why + "\n" + r.l.say("report_back")
	whole := strings.TrimSpace(title + "\n\n" + text)
	err := untilSure(ctx, func() error {
		edit := api.MessageEdit{Content: &content}
		if shown := escape(whole); width(shown) <= maxModalText {
			edit.Embeds = &[]api.Embed{{Description: shown, Color: colourNote}}
		} else {
			edit.Files = []api.File{{Name: r.name + ".txt", ContentType: "text/plain; charset=utf-8", Size: int64(len(whole)), Body: strings.NewReader(whole)}}
		}
		_, err := l.c.api.EditOriginalResponse(ctx, r.i.ApplicationID, r.i.Token, edit)
		return err
	})
	if err != nil && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: what a member wrote could not be given back", "command", r.name, "err", err)
	}
}
