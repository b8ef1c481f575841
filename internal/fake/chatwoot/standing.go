package chatwoot

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// Each of these changes a conversation, writes what the server would write into it, and tells the hooks, if it was a change. by is the
// name of who did it; nobody's name for what the server did itself.

func (s *Server) setStatus(v *conversation, status string, until int64, by string) {
	before, slept := v.status, v.sleeps()
	v.status, v.snoozed = status, until
	if before == status {
		s.changed(v, "snoozed_until", slept, v.sleeps())
		return
	}
	if by != "" {
		words := map[string]string{"open": " reopened the conversation", "resolved": " marked the conversation resolved", "pending": " marked the conversation pending", "snoozed": " snoozed the conversation"}
		s.activity(v, by, words[status])
	}
	v.updated = s.o.Now()
	s.hooks.conversation("conversation_status_changed", v, nil) // which tells nothing of what changed
	s.changed(v, "status", before, status)
}

func (s *Server) setPriority(v *conversation, p any, by string) {
	before := v.priority
	if v.priority = p; before == p {
		return
	}
	words, _ := p.(string)
	if p == nil {
		words = "none"
	}
	s.activity(v, by, " set the priority to ", words)
	s.changed(v, "priority", before, p)
}

func (s *Server) setAssignee(v *conversation, agent object, by string) {
	before := v.assignee["id"]
	if v.assignee = agent; before == agent["id"] {
		return
	}
	if agent == nil {
		s.activity(v, "Conversation unassigned by ", by)
	} else {
		s.activity(v, "Assigned to ", text(agent["name"]), " by ", by)
	}
	s.changed(v, "assignee_id", before, agent["id"])
}

// replaceLabels writes each once, and small or large as it was given: only the titles of the account's own labels are small.
func (s *Server) replaceLabels(v *conversation, labels []string, by string) {
	before := v.labels
	v.labels = []string{}
	for _, l := range labels {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(v.labels, l) {
			v.labels = append(v.labels, l)
		}
	}
	if slices.Equal(before, v.labels) {
		return
	}
	if added := without(v.labels, before); len(added) > 0 {
		s.activity(v, by, " added ", strings.Join(added, ", "))
	}
	if removed := without(before, v.labels); len(removed) > 0 {
		s.activity(v, by, " removed ", strings.Join(removed, ", "))
	}
	v.updated = s.o.Now()
	s.hooks.conversation("conversation_updated", v, []object{{"label_list": object{"previous_value": before, "current_value": v.labels}}})
}

func without(list, some []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(l string) bool { return slices.Contains(some, l) })
}

func (s *Server) replaceAttributes(v *conversation, fresh object) {
	before := v.custom
	if v.custom = fresh; reflect.DeepEqual(before, fresh) {
		return
	}
	v.updated = s.o.Now()
	s.hooks.conversation("conversation_updated", v, []object{{"custom_attributes": object{"previous_value": before, "current_value": fresh}}})
}

// changed tells the hooks of a change, if it was one.
func (s *Server) changed(v *conversation, name string, before, after any) {
	if before == after {
		return
	}
	v.updated = s.o.Now()
	s.hooks.conversation("conversation_updated", v, []object{{name: object{"previous_value": before, "current_value": after}}})
}

// toggleStatus moves to the other side when no status is given, as Chatwoot does. An agent who opens a conversation has it then; an
// administrator or a bot has not.
func (s *Server) toggleStatus(c *call) answer {
	return in(c, func(v *conversation) answer {
		status := c.text("status")
		switch status {
		case "open", "resolved", "pending", "snoozed":
		case "":
			if status = "open"; v.status == "open" {
				status = "resolved"
			}
		default:
			return broken()
		}
		until := int64(0)
		if status == "snoozed" {
			until = v.snoozed
			if given, ok := c.in["snoozed_until"]; ok {
				until = number(given)
			}
		}
		s.setStatus(v, status, until, c.by())
		if status == "open" && c.user["role"] == "agent" {
			s.setAssignee(v, c.user, c.by())
		}
		return ok(object{"payload": object{"success": true, "current_status": v.status, "conversation_id": v.id, "snoozed_until": v.sleeps()}})
	})
}

// togglePriority takes nothing for no priority. The word "none", which Chatwoot's document has, breaks it.
func (s *Server) togglePriority(c *call) answer {
	return in(c, func(v *conversation) answer {
		switch p := c.in["priority"]; p {
		case "urgent", "high", "medium", "low":
			s.setPriority(v, p, c.by())
		case nil, "":
			s.setPriority(v, nil, c.by())
		default:
			return broken()
		}
		return answer{http.StatusOK, empty{}}
	})
}

// setCustomAttributes replaces, as Chatwoot does.
func (s *Server) setCustomAttributes(c *call) answer {
	return in(c, func(v *conversation) answer {
		if words := tooLong("Custom attributes", c.object("custom_attributes")); words != "" {
			return invalid(words)
		}
		s.replaceAttributes(v, c.object("custom_attributes"))
		return ok(object{"custom_attributes": v.custom})
	})
}

// assign answers null for whom it does not know, and the conversation is nobody's.
func (s *Server) assign(c *call) answer {
	return in(c, func(v *conversation) answer {
		if _, given := c.in["assignee_id"]; given {
			s.setAssignee(v, byID(s.w.agents, c.number("assignee_id")), c.by())
			return orNull(v.assignee)
		}
		if _, given := c.in["team_id"]; given {
			before := v.team["id"]
			v.team = byID(s.w.teams, c.number("team_id"))
			s.changed(v, "team_id", before, v.team["id"])
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
		words := make([]string, len(list))
		for i, l := range list {
			words[i] = text(l)
		}
		s.replaceLabels(v, words, c.by())
		return ok(object{"payload": v.labels})
	})
}
