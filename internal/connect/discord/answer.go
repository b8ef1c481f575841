package discord

import (
	"cmp"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// maxOrders is how many orders one answer shows: Discord takes 6,000 characters in all.
const maxOrders = 2

// answer words what became of a command, for the person who asked.
func answer(l lang, r request, res connector.Result) api.MessageEdit {
	v := res.View
	if v == nil {
		v = &connector.View{}
		if res.Ignored != "" && !res.Duplicate {
			v.Refused = res.Ignored
		}
	}
	edit := api.MessageEdit{Content: new(string)}
	switch {
	case v.Refused != "":
		*edit.Content = cmp.Or(staffRefusal(l, r, v), refusal(l, r.name, v))
		if v.Refused == connector.RefusedOwner {
			edit.Components = &[]api.Component{takeOverRow(l)}
		}
	case res.Duplicate:
		*edit.Content = l.say("already")
	case res.Private && (r.name == connector.CmdReply || r.name == connector.CmdCanned):
		*edit.Content = l.say("kept_private")
		edit.Components = &[]api.Component{takeOverRow(l)}
	case r.name == connector.CmdOrder:
		orders(l, v, &edit)
	case wideStaff(r.name):
		staffAnswer(l, r, v, &edit)
	default:
		*edit.Content = done(l, r, v)
	}
	return edit
}

func refusal(l lang, name string, v *connector.View) string {
	switch v.Refused {
	case connector.RefusedTaken:
		return l.say("refused_taken", escape(cmp.Or(v.Owner, "?")))
	case connector.RefusedClosed:
		return l.say("refused_closed")
	case connector.RefusedOpen:
		return l.say("refused_open")
	case connector.RefusedUnknown:
		return l.say("not_known")
	case connector.RefusedEmpty:
		return l.say("refused_empty")
	case connector.RefusedFinal:
		return l.say("refused_final")
	case connector.RefusedOwner:
		return l.say("refused_owner")
	case connector.RefusedNotFound:
		if name == connector.CmdTransfer {
			return l.say("refused_agent")
		}
		return l.say("refused_missing")
	}
	return l.say("refused_other", v.Refused)
}

// done words a command that was carried out.
func done(l lang, r request, v *connector.View) string {
	switch r.name {
	case connector.CmdReply, connector.CmdCanned:
		return l.say("sent")
	case connector.CmdNote:
		return l.say("noted")
	case connector.CmdClaim:
		return l.say("claimed")
	case connector.CmdTransfer:
		return transferred(l, r, v)
	case connector.CmdClose:
		return l.say("closing")
	case connector.CmdKeepOpen:
		return l.say("kept_open")
	case connector.CmdReopen:
		return l.say("reopening")
	case connector.CmdRetry:
		return l.say("retried")
	case connector.CmdTakeOver:
		return l.say("taken_over")
	case connector.CmdTranscript:
		return transcriptWords(l, v)
	case connector.CmdContact:
		return contactWords(l, v.Customer)
	}
	return statusWords(l, v)
}

func transcriptWords(l lang, v *connector.View) string {
	if len(v.Transcript) == 0 {
		return l.say("transcript_none")
	}
	lines := []string{l.say("transcript_at")}
	for _, link := range v.Transcript {
		lines = append(lines, "<"+link+">")
	}
	return cut(strings.Join(lines, "\n"), api.MaxContent)
}

func contactWords(l lang, who kefu.Contact) string {
	lines := []string{"**" + l.say("contact") + "**"}
	for _, row := range []struct {
		label word
		value string
	}{{"customer", who.Name}, {"email", who.Email}, {"phone", who.Phone}} {
		lines = append(lines, l.say(row.label)+": "+cmp.Or(escape(strings.TrimSpace(row.value)), l.say("unset")))
	}
	return cut(strings.Join(lines, "\n"), api.MaxContent)
}

func statusWords(l lang, v *connector.View) string {
	status := string(v.Conversation.Status)
	if v.Conversation.Status == kefu.StatusClosed {
		status = "closed_" // "closed" words the notice
	}
	lines := []string{l.say("status_of", v.Ticket.Number, l.term(status))}
	if v.Owner == "" {
		lines = append(lines, l.say("status_nobody"))
	} else {
		lines = append(lines, l.say("status_owner", escape(v.Owner)))
	}
	if v.Conversation.Priority != "" {
		lines = append(lines, l.say("status_priority", l.term(string(v.Conversation.Priority))))
	}
	lines = append(lines, l.say("status_waiting", v.Waiting, v.Failed))
	return cut(strings.Join(lines, "\n"), api.MaxContent)
}

func orders(l lang, v *connector.View, edit *api.MessageEdit) {
	switch {
	case v.OrderErr != "":
		*edit.Content = cut(l.say("order_error", escape(v.OrderErr)), api.MaxContent)
		return
	case len(v.Orders) == 0:
		*edit.Content = l.say("orders_empty")
		return
	case len(v.Orders) > maxOrders:
		*edit.Content = l.say("order_more", len(v.Orders)-maxOrders)
	}
	embeds := make([]api.Embed, 0, maxOrders)
	for _, o := range v.Orders[:min(len(v.Orders), maxOrders)] {
		embeds = append(embeds, orderEmbed(l, o))
	}
	edit.Embeds = &embeds
}
