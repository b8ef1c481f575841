package discord

import (
	"cmp"
	"fmt"
	"strings"

	"kefu"
	api "kefu/internal/discord"
)

// Categories of the tickets that reports make.
const (
	categoryBug     = "bug"
	categoryFeature = "feature"
)

// maxSheetText leaves the board readable; the whole text is in the case.
const maxSheetText = 1500

// sheetEmbed shows a ticket to everybody: what it is, how it stands, and who told it. Nothing of the talk about it.
func sheetEmbed(l lang, s sheet) api.Embed {
	status, colour := standing(l, s)
	who := cmp.Or(escape(cut(oneLine(s.customer.Name), maxShort)), l.say("board_member"))
	return api.Embed{
		Title:       heading(s.ticket.Number, categorySign(s.ticket.Category)+s.ticket.Title),
		Description: sheetText(s.text),
		Color:       colour,
		Fields: []api.EmbedField{
			{Name: l.say("board_status"), Value: status, Inline: true},
			{Name: l.say("board_priority"), Value: escape(l.term(string(cmp.Or(s.ticket.Priority, kefu.PriorityMedium)))), Inline: true},
			{Name: l.say("board_author"), Value: who, Inline: true},
		},
		Footer: &api.EmbedFooter{Text: boardMark(s.link)},
	}
}

func sheetText(text string) string {
	chunks := api.SplitMessage(quote(kefu.Excerpt(strings.TrimSpace(text), maxSheetText)), api.MaxContent-1)
	switch len(chunks) {
	case 0:
		return ""
	case 1:
		return chunks[0]
	}
	return chunks[0] + "…"
}

// plainHeading names a forum post, where nothing is formatted.
func plainHeading(t kefu.Ticket) string {
	return strings.TrimSpace(fmt.Sprintf("#%d %s%s", t.Number, categorySign(t.Category), oneLine(t.Title)))
}

func categorySign(category string) string {
	switch category {
	case categoryBug:
		return "🐛 "
	case categoryFeature:
		return "💡 "
	}
	return ""
}

// standing words how a ticket stands, with the colour of it.
func standing(l lang, s sheet) (words string, colour int) {
	if s.ticket.DuplicateOf != "" {
		if s.first != "" {
			return l.say("board_duplicate_n", escape(s.first)), colourBot
		}
		return l.say("board_duplicate"), colourBot
	}
	switch s.ticket.Status {
	case kefu.TicketPending:
		return l.say("board_pending"), colourNote
	case kefu.TicketProcessing:
		return l.say("board_processing"), colourCustomer
	case kefu.TicketResolved:
		return l.say("board_resolved"), colourAgent
	case kefu.TicketClosed:
		return l.say("board_closed"), colourSystem
	}
	return cmp.Or(escape(string(s.ticket.Status)), "–"), colourSystem
}
