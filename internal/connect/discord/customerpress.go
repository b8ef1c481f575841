package discord

import (
	"context"
	"strconv"
	"strings"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// takeAnswer hands in what a member answers to staff about a report. The thread is one of their own, or nothing is done.
func (l *listener) takeAnswer(ctx context.Context, r memberRequest) {
	if user, ok := reporter(r.arg); !ok || user != r.i.Actor().ID {
		l.tell(ctx, r, r.l.say("worn_out"))
		return
	}
	if !l.hold(ctx, r) {
		return
	}
	text := typed(r, fieldText)
	files, notes := l.c.copies(ctx, chosenFiles(r))
	if text == "" && len(files) == 0 {
		l.fill(ctx, r, r.l.say("refused_empty"))
		return
	}
	res, err := l.ask(ctx, connector.Inbound{
		Kind: connector.InMessage, Key: "i:" + r.i.ID, ThreadID: r.arg, Sender: r.sender(), Content: said(text, files), Notes: notes,
		OccurredAt: api.SnowflakeTime(r.i.ID),
	})
	switch {
	case err != nil:
		l.c.log.WarnContext(ctx, "discord: a member's answer not taken", "err", err)
		l.giveBack(ctx, r, r.l.say("no_answer"), "", text)
	case refusedOf(res) != "":
		l.giveBack(ctx, r, reportRefusal(r.l, res), "", text)
	default:
		l.fill(ctx, r, r.l.say("answer_sent"))
	}
}

// takeStars hands in a rating. The stars that count take the place of the buttons.
func (l *listener) takeStars(ctx context.Context, r memberRequest) {
	rating, stars, _ := strings.Cut(r.arg, ":")
	if res, ok := l.rate(ctx, r, map[string]string{"rating": rating, "stars": stars}); ok {
		n, _ := strconv.Atoi(stars)
		l.showStars(ctx, r, rating, n, res)
	}
}

// takeComment hands in a word about a rating.
func (l *listener) takeComment(ctx context.Context, r memberRequest) {
	if res, ok := l.rate(ctx, r, map[string]string{"rating": r.arg, "comment": typed(r, fieldText)}); ok {
		l.showStars(ctx, r, "", shownStars(r.i.Message), res)
		if refusedOf(res) == "" {
			l.aside(ctx, r, r.l.say("rate_thanks"))
		}
	}
}

// rate asks the rules; ok says that they have answered, and that the member's notice may be changed.
func (l *listener) rate(ctx context.Context, r memberRequest, args map[string]string) (res connector.Result, ok bool) {
	if !l.first(ctx, r, api.InteractionResponse{Type: api.CallbackDeferUpdate}) {
		return res, false
	}
	res, err := l.ask(ctx, connector.Inbound{
		Kind: connector.InCommand, Key: "i:" + r.i.ID, ThreadID: r.i.ChannelID, Sender: r.sender(),
		Command: &connector.Command{Name: connector.CmdRate, Args: args}, OccurredAt: api.SnowflakeTime(r.i.ID),
	})
	if err != nil {
		l.c.log.WarnContext(ctx, "discord: rating not taken", "err", err)
		l.aside(ctx, r, r.l.say("no_answer"))
		return res, false
	}
	return res, true
}

// showStars puts the stars that count where the buttons were, with a button for a comment as long as a rating is named.
func (l *listener) showStars(ctx context.Context, r memberRequest, rating string, pressed int, res connector.Result) {
	why := refusedOf(res)
	switch {
	case res.View != nil && res.View.Rating.Stars > 0:
		pressed = res.View.Rating.Stars
	case why != "":
		pressed = shownStars(r.i.Message)
	}
	if why != "" {
		rating = ""
		l.aside(ctx, r, rateRefusal(r.l, why))
	}
	rows := keptRows(r.i.Message)
	if row := starRow(r.l, rating, pressed); len(row) > 0 {
		rows = append([]api.Component{api.Row(row...)}, rows...)
	}
	l.finish(ctx, request{i: r.i, name: r.name}, api.MessageEdit{Components: &rows})
}

func starRow(l lang, rating string, stars int) []api.Component {
	var row []api.Component
	if stars > 0 {
		stars = min(stars, mostStars)
		shown := api.Button(api.ButtonSecondary, memberID(connector.CmdRate, "shown"), strings.Repeat("★", stars)+strings.Repeat("☆", mostStars-stars))
		shown.Disabled = true
		row = append(row, shown)
	}
	if rating != "" {
		row = append(row, api.Button(api.ButtonPrimary, memberID(pressComment, rating), l.say("button_comment")))
	}
	return row
}

// shownStars counts the stars that a notice shows already.
func shownStars(m *api.Message) int {
	if m == nil {
		return 0
	}
	for _, row := range m.Components {
		for _, b := range row.Components {
			if b.CustomID == memberID(connector.CmdRate, "shown") {
				return strings.Count(b.Label, "★")
			}
		}
	}
	return 0
}

// keptRows are the rows of a notice that are not about the rating.
func keptRows(m *api.Message) []api.Component {
	rows := []api.Component{}
	if m == nil {
		return rows
	}
	for _, row := range m.Components {
		if len(row.Components) > 0 && strings.HasPrefix(row.Components[0].CustomID, memberID(pressSay, "")) {
			rows = append(rows, row)
		}
	}
	return rows
}

func rateRefusal(l lang, why string) string {
	switch why {
	case connector.RefusedDone:
		return l.say("rate_done")
	case connector.RefusedExpired:
		return l.say("rate_expired")
	case connector.RefusedNotFound, connector.RefusedUnknown:
		return l.say("rate_missing")
	}
	return l.say("refused_other", escape(why))
}

// aside tells the member something beside what they pressed, for them only.
func (l *listener) aside(ctx context.Context, r memberRequest, text string) {
	m := api.MessageSend{Content: cut(text, api.MaxContent), Flags: api.MessageEphemeral}
	err := patiently(ctx, func() error {
		_, err := l.c.api.CreateFollowup(ctx, r.i.ApplicationID, r.i.Token, m)
		return err
	})
	if err != nil && ctx.Err() == nil {
		l.c.log.WarnContext(ctx, "discord: a member could not be told", "command", r.name, "err", err)
	}
}
