package discord

import (
	"cmp"
	"fmt"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	maxListed = 80   // characters of a title in a list
	maxStory  = 1500 // of a description
)

// staffAnswer words what became of a command of staff. An answer that is too long for Discord ends at a line.
func staffAnswer(l lang, r request, v *connector.View, edit *api.MessageEdit) {
	switch r.name {
	case connector.CmdTicketList:
		*edit.Content = ticketList(l, v)
	case connector.CmdTicketShow:
		edit.Embeds = &[]api.Embed{ticketCard(l, v)}
	case connector.CmdTicketAssign:
		to := cmp.Or(v.Owner, v.Teams[v.Ticket.TeamID])
		if r.args[optTeam] != "" {
			to = v.Teams[v.Ticket.TeamID]
		}
		*edit.Content = l.say("ticket_given", v.Ticket.Number, escape(to))
	case connector.CmdTicketStatus:
		*edit.Content = l.say("ticket_moved", v.Ticket.Number, l.say(stage(v.Ticket.Status)))
	case connector.CmdTicketLink:
		*edit.Content = linked(l, v)
	case connector.CmdBlock:
		*edit.Content = l.say("blocked", escape(v.Customer.Name))
	case connector.CmdUnblock:
		*edit.Content = l.say("unblocked", escape(v.Customer.Name))
	}
}

func linked(l lang, v *connector.View) string {
	if v.Ticket.DuplicateOf == "" || len(v.Tickets) == 0 {
		return l.say("ticket_unlinked", v.Ticket.Number)
	}
	return l.say("ticket_linked", v.Ticket.Number, v.Tickets[0].Number)
}

// staffRefusal says why a command of staff was not carried out; "" when the words for ticket channels do.
func staffRefusal(l lang, r request, v *connector.View) string {
	switch v.Refused {
	case connector.RefusedStep:
		return l.say("refused_step", v.Ticket.Number, l.say(stage(v.Ticket.Status)), nextStages(l, v.Ticket.Status))
	case connector.RefusedNotFound:
		switch {
		case r.name == connector.CmdCanned:
			return l.say("refused_canned")
		case r.name == connector.CmdTicketLink && r.args[optOf] != "":
			return l.say("refused_tickets", escape(r.args[optNumber]), escape(r.args[optOf]))
		case wideStaff(r.name) && r.args[optNumber] != "":
			return l.say("refused_ticket", escape(r.args[optNumber]))
		case r.name == connector.CmdTransfer && r.args["agent_id"] == "":
			return l.say("refused_whom")
		}
	case connector.RefusedInvalid:
		switch r.name {
		case connector.CmdTransfer:
			return l.say("refused_whom")
		case connector.CmdTicketAssign:
			return l.say("refused_who")
		case connector.CmdTicketLink:
			return l.say("refused_itself")
		case connector.CmdCanned:
			return l.say("refused_long")
		}
	}
	return ""
}

func nextStages(l lang, s kefu.TicketStatus) string {
	var names []string
	for _, next := range s.Next() {
		names = append(names, l.say(stage(next)))
	}
	return strings.Join(names, l.say("comma"))
}

// transferred says who has a conversation now that was given away in its channel.
func transferred(l lang, r request, v *connector.View) string {
	switch {
	case r.args["agent_id"] != "":
		return l.say("transferred", escape(cmp.Or(v.Owner, r.args["agent_name"])))
	case r.args[optTeam] != "":
		return l.say("transferred_team")
	}
	return l.say("transferred_desk")
}

func ticketList(l lang, v *connector.View) string {
	if len(v.Tickets) == 0 {
		return l.say("tickets_none")
	}
	lines := make([]string, 0, len(v.Tickets))
	for _, t := range v.Tickets {
		line := fmt.Sprintf("**#%d** %s · %s · %s", t.Number, l.say(stage(t.Status)), escape(cut(t.Title, maxListed)), holder(l, v, t))
		if id := v.Threads[t.ConversationID]; snowflake(id) {
			line += " · <#" + id + ">"
		}
		lines = append(lines, line)
	}
	return whole(lines, api.MaxContent)
}

// holder names who has a ticket: an agent, else whoever an outside system names, else a team's queue.
func holder(l lang, v *connector.View, t kefu.Ticket) string {
	name := cmp.Or(v.Names[t.AssigneeID], t.Handler)
	if team := v.Teams[t.TeamID]; name == "" && team != "" {
		return l.say("in_queue", escape(team))
	}
	if name == "" {
		return l.say("nobody")
	}
	return escape(name)
}

// whole joins as many lines as have room, and says that there are more.
func whole(lines []string, room int) string {
	var b strings.Builder
	for i, line := range lines {
		line = cut(line, room/2)
		if width(b.String())+width(line)+2 > room {
			b.WriteString("…")
			break
		}
		b.WriteString(line)
		if i < len(lines)-1 {
			b.WriteString("\n")
		}
	}
	return b.String()
}
