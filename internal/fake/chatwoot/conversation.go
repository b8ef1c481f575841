package chatwoot

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const conversationsPage = 25

func (c *call) conversation() *conversation { return c.s.w.conversation(c.id()) }

// in gives a handler the conversation that it is about.
func in(c *call, do func(*conversation) answer) answer {
	if v := c.conversation(); v != nil {
		return do(v)
	}
	return notFound()
}

func (s *Server) showConversation(c *call) answer {
	return in(c, func(v *conversation) answer { return ok(v.json(&s.w, s.o.Account)) })
}

func (s *Server) createConversation(c *call) answer {
	inbox, source := c.number("inbox_id"), c.text("source_id")
	i := slices.IndexFunc(s.w.contacts, func(k *contact) bool {
		if source == "" {
			return k.id == c.number("contact_id") && k.sources[inbox] != ""
		}
		for in, have := range k.sources {
			if have == source && (inbox == 0 || inbox == in) {
				inbox = in
				return true
			}
		}
		return false
	})
	if i < 0 {
		return notFound()
	}
	v := s.begin(s.w.contacts[i], inbox)
	if status := c.text("status"); status != "" {
		v.status = status
	}
	v.custom, v.extra = c.object("custom_attributes"), c.object("additional_attributes")
	v.assignee, v.team = byID(s.w.agents, c.number("assignee_id")), byID(s.w.teams, c.number("team_id"))
	s.hooks.conversation("conversation_created", v, nil)
	return ok(v.json(&s.w, s.o.Account))
}

// begin makes a conversation; a bot in the inbox has it first.
func (s *Server) begin(k *contact, inbox int64) *conversation {
	now := s.o.Now()
	v := &conversation{id: int64(len(s.w.conversations) + 1), contact: k, inbox: inbox, source: k.sources[inbox], status: "open",
		labels: []string{}, custom: object{}, extra: object{}, created: now, active: now}
	if s.w.inboxBot[inbox] != 0 {
		v.status = "pending"
	}
	s.w.conversations = append(s.w.conversations, v)
	return v
}

func (s *Server) listConversations(c *call) answer {
	q := c.URL.Query()
	status := q.Get("status")
	if status == "" {
		status = "open"
	}
	inbox, _ := strconv.ParseInt(q.Get("inbox_id"), 10, 64)
	return s.conversationPage(c, "data", func(v *conversation) bool {
		return (status == "all" || v.status == status) && (inbox == 0 || v.inbox == inbox) &&
			!slices.ContainsFunc(q["labels[]"], func(l string) bool { return !slices.Contains(v.labels, l) })
	})
}

// filterConversations knows equal_to, on the status, the inbox and custom attributes, all joined by AND.
func (s *Server) filterConversations(c *call) answer {
	conditions, _ := c.in["payload"].([]any)
	return s.conversationPage(c, "", func(v *conversation) bool {
		for _, x := range conditions {
			one, _ := x.(object)
			values, _ := one["values"].([]any)
			if !slices.ContainsFunc(values, func(want any) bool { return v.attribute(one["attribute_key"]) == text(want) }) {
				return false
			}
		}
		return true
	})
}

func (v *conversation) attribute(key any) string {
	switch key {
	case "status":
		return v.status
	case "inbox_id":
		return strconv.FormatInt(v.inbox, 10)
	}
	name, _ := key.(string)
	return text(v.custom[name])
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func (s *Server) conversationPage(c *call, wrapper string, match func(*conversation) bool) answer {
	found := []object{}
	for _, v := range slices.Backward(s.w.conversations) {
		if match(v) {
			found = append(found, v.json(&s.w, s.o.Account))
		}
	}
	body := object{"meta": object{"all_count": len(found)}, "payload": pageOf(c, found, conversationsPage)}
	if wrapper != "" {
		return ok(object{wrapper: body})
	}
	return ok(body)
}

func pageOf(c *call, all []object, size int) []object {
	page, err := strconv.Atoi(c.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	from := min((page-1)*size, len(all))
	return all[from:min(from+size, len(all))]
}

// toggleStatus moves to the other side when no status is given, as Chatwoot does.
func (s *Server) toggleStatus(c *call) answer {
	return in(c, func(v *conversation) answer {
		status, before := c.text("status"), v.status
		switch status {
		case "open", "resolved", "pending", "snoozed":
		case "":
			if status = "open"; before == "open" {
				status = "resolved"
			}
		default:
			return invalid("'" + status + "' is not a valid status")
		}
		v.status, v.snoozed = status, nil
		if status == "snoozed" {
			v.snoozed = c.in["snoozed_until"]
		}
		s.changed("conversation_status_changed", v, "status", before, status)
		return ok(object{"meta": object{}, "payload": object{"success": true, "current_status": v.status, "conversation_id": v.id}})
	})
}

// changed tells the hooks of a change, if it was one.
func (s *Server) changed(event string, v *conversation, name string, before, after any) {
	if before == after {
		return
	}
	s.hooks.conversation(event, v, []object{{name: object{"previous_value": before, "current_value": after}}})
}

func (s *Server) togglePriority(c *call) answer {
	return in(c, func(v *conversation) answer {
		before := v.priority
		switch p := c.text("priority"); p {
		case "urgent", "high", "medium", "low":
			v.priority = p
		case "none", "":
			v.priority = nil
		default:
			return invalid("'" + p + "' is not a valid priority")
		}
		s.changed("conversation_updated", v, "priority", before, v.priority)
		return answer{http.StatusOK, empty{}}
	})
}

func (s *Server) toggleTyping(c *call) answer {
	return in(c, func(v *conversation) answer {
		if word := c.text("typing_status"); word == "on" || word == "off" {
			s.hooks.add("conversation_typing_"+word, object{"conversation": v.hook(&s.w), "user": s.w.agents[0], "is_private": c.in["is_private"] == true})
		}
		return answer{http.StatusOK, empty{}}
	})
}

// setCustomAttributes replaces, as Chatwoot does.
func (s *Server) setCustomAttributes(c *call) answer {
	return in(c, func(v *conversation) answer {
		v.custom = maps.Clone(c.object("custom_attributes"))
		s.hooks.conversation("conversation_updated", v, []object{})
		return ok(object{"custom_attributes": v.custom})
	})
}

// assign answers null for whom it does not know, and the conversation is nobody's.
func (s *Server) assign(c *call) answer {
	return in(c, func(v *conversation) answer {
		if _, given := c.in["assignee_id"]; given {
			before := v.assignee["id"]
			v.assignee = byID(s.w.agents, c.number("assignee_id"))
			s.changed("conversation_updated", v, "assignee_id", before, v.assignee["id"])
			return orNull(v.assignee)
		}
		if _, given := c.in["team_id"]; given {
			before := v.team["id"]
			v.team = byID(s.w.teams, c.number("team_id"))
			s.changed("conversation_updated", v, "team_id", before, v.team["id"])
			return orNull(v.team)
		}
		return ok(nil)
	})
}

func orNull(o object) answer {
	if o == nil {
		return ok(nil)
	}
	return ok(o)
}

func (s *Server) listLabels(c *call) answer {
	return in(c, func(v *conversation) answer { return ok(object{"payload": v.labels}) })
}

// setLabels replaces, as Chatwoot does.
func (s *Server) setLabels(c *call) answer {
	return in(c, func(v *conversation) answer {
		list, isList := c.in["labels"].([]any)
		if !isList {
			return invalid("labels must be a list")
		}
		before := v.labels
		v.labels = []string{}
		for _, l := range list {
			if word := text(l); word != "" && !slices.Contains(v.labels, word) {
				v.labels = append(v.labels, word)
			}
		}
		s.hooks.conversation("conversation_updated", v, []object{{"label_list": object{"previous_value": before, "current_value": v.labels}}})
		return ok(object{"payload": v.labels})
	})
}

func (v *conversation) touch(now time.Time) { v.active = now }
