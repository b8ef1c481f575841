package discord

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const maxCard = 4000 // characters of an embed's text, under Discord's 4,096

// ticketCard shows all of a ticket with the end of its history. Its own text is cut first: how it stands and what was done must be seen.
func ticketCard(l lang, v *connector.View) api.Embed {
	t := v.Ticket
	lines := []string{"**" + l.say(stage(t.Status)) + "** · " + l.say("status_priority", l.term(string(cmp.Or(t.Priority, kefu.PriorityMedium))))}
	if text := strings.TrimSpace(t.Description); text != "" {
		lines = append(lines, cut(quote(cut(text, maxStory)), maxStory), "")
	}
	for _, row := range rowsAbout(l, v) {
		if row[1] != "" {
			lines = append(lines, row[0]+l.say("colon")+row[1])
		}
	}
	if len(v.History) > 0 {
		lines = append(lines, "", "**"+l.say("ticket_history")+"**")
	}
	for _, ch := range v.History {
		lines = append(lines, step(l, v, ch))
	}
	title := l.say("ticket_n", t.Number) + " · " + t.Title
	return api.Embed{Title: cut(title, maxTitle), Description: whole(lines, maxCard), Color: colourSystem}
}

// rowsAbout are the members of a ticket in words: what is not there is "".
func rowsAbout(l lang, v *connector.View) [][2]string {
	t := v.Ticket
	channel := ""
	if id := v.Threads[t.ConversationID]; snowflake(id) {
		channel = "<#" + id + ">"
	}
	var same []string
	for _, other := range v.Tickets {
		if other.DuplicateOf == t.ID {
			same = append(same, fmt.Sprintf("#%d", other.Number))
		}
	}
	return [][2]string{
		{l.say("customer"), escape(v.Customer.Name)},
		{l.say("field_assignee_id"), holder(l, v, t)},
		{l.say("field_team_id"), escape(v.Teams[t.TeamID])},
		{l.say("field_category"), escape(t.Category)},
		{l.say("field_external_id"), escape(t.ExternalID)},
		{l.say("field_due_at"), stamp(t.DueAt, "F")},
		{l.say("field_duplicate_of"), numberOfSame(v, string(t.DuplicateOf))},
		{l.say("same_as_this"), strings.Join(same, " ")},
		{l.say("made_at"), stamp(t.CreatedAt, "f")},
		{l.say("changed_at"), stamp(t.UpdatedAt, "R")},
		{l.say("channel"), channel},
	}
}

// stamp is a time that each reader sees by their own clock; "" for none.
func stamp(t time.Time, style string) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("<t:%d:%s>", t.Unix(), style)
}

// numberOfSame gives the number of a ticket that the view names.
func numberOfSame(v *connector.View, id string) string {
	i := slices.IndexFunc(v.Tickets, func(t kefu.Ticket) bool { return string(t.ID) == id })
	if i < 0 || id == "" {
		return ""
	}
	return "#" + strconv.FormatInt(v.Tickets[i].Number, 10)
}

// step is one change of a ticket in words: when, who, and what became what. Texts are not repeated.
func step(l lang, v *connector.View, ch kefu.TicketChange) string {
	head := fmt.Sprintf("%s %s · %s", stamp(ch.At, "R"), escape(cmp.Or(ch.By.Name, l.say("somebody"))), memberOf(l, ch.Field))
	if ch.Field == "description" || ch.Field == "custom_fields" {
		return head
	}
	return head + l.say("colon") + value(l, v, ch.Field, ch.From) + " → " + value(l, v, ch.Field, ch.To)
}

// memberOf names a member of a ticket.
func memberOf(l lang, name string) string {
	if w := word("field_" + name); w.in() != ([languages]string{}) {
		return l.say(w)
	}
	return name
}

// value words what a member of a ticket is; one that is not known any more is a sign.
func value(l lang, v *connector.View, name, s string) string {
	switch name {
	case "status":
		if w := stage(kefu.TicketStatus(s)); w.in() != ([languages]string{}) {
			return l.say(w)
		}
	case "priority":
		return l.term(s)
	case "assignee_id":
		s = v.Names[kefu.AgentID(s)]
	case "team_id":
		s = v.Teams[kefu.TeamID(s)]
	case "duplicate_of":
		return cmp.Or(numberOfSame(v, s), "–")
	case "due_at":
		at, err := time.Parse(time.RFC3339Nano, s)
		if err == nil {
			return stamp(at, "f")
		}
	}
	return cmp.Or(escape(cut(s, maxListed)), "–")
}
