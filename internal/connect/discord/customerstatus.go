package discord

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const mostStars = 5

// tellCustomer says in the customer's own language what happened to the conversation. Nothing is archived or deleted for it.
// Idempotent under s.Unsure.
func (c *Connector) tellCustomer(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	l := c.customerLanguage(ctx, s.Customer)
	if tellingOf(l, t, s) == "" {
		return nil
	}
	return c.inRoom(ctx, t.ExternalID, func(room string) error {
		return c.notice(ctx, room, string(s.DeliveryID), s.Unsure, before(s.At), telling(l, t, s))
	})
}

// telling is the notice of a change, with what can be pressed below it.
func telling(l lang, t connector.Thread, s connector.StatusChange) post {
	p := words(tellingOf(l, t, s), colourSystem)
	if s.Kind == connector.StatusClosed && s.Rating != "" {
		p.pieces[0].embed.Description += "\n\n" + l.say("rate_ask")
		p.rows = append(p.rows, starButtons(s.Rating))
	}
	if _, ok := reporter(t.ExternalID); ok {
		p.pieces[0].embed.Title = heading(numberOf(t, s), cmp.Or(s.Ticket.Title, t.Name))
		p.rows = append(p.rows, api.Row(answerButton(l, t.ExternalID)))
	}
	return p
}

// tellingOf words a change; "" for what is no customer's business.
func tellingOf(l lang, t connector.Thread, s connector.StatusChange) string {
	about := l.say("case_bare")
	if n := numberOf(t, s); n > 0 {
		about = l.say("case_n", n)
	}
	switch s.Kind {
	case connector.StatusHanded:
		return handedWords(l, about, s)
	case connector.StatusAssigned:
		return assignedWords(l, s)
	case connector.StatusClosed:
		return closedWords(l, about, s)
	case connector.StatusReopened:
		return l.say("told_reopened", about)
	case connector.StatusWaiting, connector.StatusBoard:
	}
	return ""
}

func handedWords(l lang, about string, s connector.StatusChange) string {
	lines := []string{l.say("told_first", about)}
	if !s.First {
		lines = []string{l.say("told_handed", about)}
		if s.Left != "" {
			lines = append(lines, l.say("told_left", escape(cut(oneLine(s.Left), maxAuthor))))
		}
	}
	switch {
	case !s.OpensAt.IsZero(): // each reader sees the time of where they are
		lines = append(lines, l.say("told_closed_at", s.OpensAt.Unix(), s.OpensAt.Unix()))
	case s.Position == 1:
		lines = append(lines, l.say("told_next"))
	case s.Position > 1:
		lines = append(lines, l.say("told_before", s.Position-1))
	}
	return strings.Join(lines, "\n")
}

func assignedWords(l lang, s connector.StatusChange) string {
	var lines []string
	if s.Left != "" && s.Left != s.To {
		lines = append(lines, l.say("told_left", escape(cut(oneLine(s.Left), maxAuthor))))
	}
	if s.To == "" {
		return strings.Join(append(lines, l.say("told_nobody")), "\n")
	}
	return strings.Join(append(lines, l.say("told_joined", escape(cut(oneLine(s.To), maxAuthor)))), "\n")
}

// closedWords says who closed the conversation, in their own words where those are not the customer's own, and why.
func closedWords(l lang, about string, s connector.StatusChange) string {
	text := l.say("told_closed", about)
	switch {
	case s.By.Kind == kefu.AuthorContact:
		text = l.say("told_closed_me", about)
	case s.By.Kind == kefu.AuthorAgent && s.By.Name != "":
		text = l.say("told_closed_by", about, escape(cut(oneLine(s.By.Name), maxAuthor)))
	case s.ClosedBy != "":
		text = l.say("told_closed_by", about, escape(cut(oneLine(s.ClosedBy), maxAuthor)))
	}
	if reason := strings.TrimSpace(s.Reason); reason != "" {
		text += "\n" + l.say("closed_reason", cut(quote(reason), maxFieldValue))
	}
	return text
}

// starButtons ask for a rating.
func starButtons(rating kefu.RatingID) api.Component {
	stars := make([]api.Component, 0, mostStars)
	for n := 1; n <= mostStars; n++ {
		stars = append(stars, api.Button(api.ButtonSecondary, memberID(connector.CmdRate, fmt.Sprintf("%s:%d", rating, n)), fmt.Sprintf("%d ⭐", n)))
	}
	return api.Row(stars...)
}
