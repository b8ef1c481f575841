package chatwoot

import (
	"cmp"
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
	k, inbox, refused := s.place(c)
	if refused.status != 0 {
		return refused
	}
	custom, extra := c.object("custom_attributes"), c.object("additional_attributes")
	if words := cmp.Or(tooLong("Additional attributes", extra), tooLong("Custom attributes", custom)); words != "" {
		return invalid(words)
	}
	status := c.text("status")
	if !slices.Contains([]string{"", "open", "resolved", "pending", "snoozed"}, status) {
		return broken()
	}
	v := s.begin(k, inbox)
	if status != "" && v.status == "open" {
		v.status = status
	}
	v.source = cmp.Or(c.text("source_id"), v.source)
	v.custom, v.extra = custom, extra
	v.assignee, v.team = byID(s.w.agents, c.number("assignee_id")), byID(s.w.teams, c.number("team_id"))
	s.hooks.conversation("conversation_created", v, nil)
	return ok(v.json(&s.w, s.o.Account))
}

// place finds whom a new conversation is with, and where. With an inbox and a contact the source is made if it is not there, and refused if
// it is another contact's; without them it must be there.
func (s *Server) place(c *call) (*contact, int64, answer) {
	inbox, source := c.number("inbox_id"), c.text("source_id")
	k := s.w.contact(c.number("contact_id"))
	switch {
	case inbox != 0 && s.w.inboxOf(inbox) == nil, c.number("contact_id") != 0 && k == nil:
		return nil, 0, notFound()
	case inbox != 0 && k != nil:
		if owner := s.w.owner(inbox, source); owner != nil && owner != k {
			return nil, 0, refuse(http.StatusUnprocessableEntity, "source_id should be unique")
		}
		if k.sources[inbox] == "" {
			s.link(k, inbox, source)
		}
		return k, inbox, answer{}
	}
	for _, in := range s.w.inboxes {
		if owner := s.w.owner(number(in["id"]), source); owner != nil {
			return owner, number(in["id"]), answer{}
		}
	}
	return nil, 0, notFound()
}

// owner is the contact that a source names in an inbox.
func (w *world) owner(inbox int64, source string) *contact {
	i := slices.IndexFunc(w.contacts, func(k *contact) bool { return source != "" && k.sources[inbox] == source })
	if i < 0 {
		return nil
	}
	return w.contacts[i]
}

// begin makes a conversation; a bot in the inbox has it first, and a contact who is blocked never opens one.
func (s *Server) begin(k *contact, inbox int64) *conversation {
	now := s.o.Now()
	s.w.lastTalk++
	v := &conversation{id: s.w.lastTalk, contact: k, inbox: inbox, source: k.sources[inbox], status: "open",
		labels: []string{}, custom: object{}, extra: object{}, created: now, active: now, updated: now}
	switch {
	case k.members["blocked"] == true:
		v.status = "resolved"
	case s.w.inboxBot[inbox] != 0:
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
	within, _ := strconv.ParseInt(q.Get("updated_within"), 10, 64)
	since := s.o.Now().Add(-time.Duration(within) * time.Second)
	return s.conversationPage(c, "data", func(v *conversation) bool {
		return (status == "all" || v.status == status) && (inbox == 0 || v.inbox == inbox) && (within == 0 || v.updated.After(since)) &&
			(len(q["labels[]"]) == 0 || slices.ContainsFunc(q["labels[]"], func(l string) bool { return slices.Contains(v.labels, l) }))
	})
}

// filterConversations knows equal_to, on the status, the inbox and custom attributes that are defined, all joined by AND.
func (s *Server) filterConversations(c *call) answer {
	conditions, _ := c.in["payload"].([]any)
	for _, x := range conditions {
		one, _ := x.(object)
		if key := text(one["attribute_key"]); key != "status" && key != "inbox_id" && !s.w.defined("conversation_attribute", key) {
			return refuse(http.StatusUnprocessableEntity, "Invalid attribute key - ["+key+"]. The key should be one of [status,inbox_id] or a custom attribute defined in the account.")
		}
	}
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

// conversationPage gives them by their last activity, the newest first, page by page; a list by updated_within is one page.
func (s *Server) conversationPage(c *call, wrapper string, match func(*conversation) bool) answer {
	found := []object{}
	for _, v := range s.w.byActivity() {
		if match(v) {
			found = append(found, v.json(&s.w, s.o.Account))
		}
	}
	payload := pageOf(c, found, conversationsPage)
	if c.URL.Query().Has("updated_within") {
		payload = found
	}
	body := object{"meta": object{"all_count": len(found)}, "payload": payload}
	if wrapper != "" {
		return ok(object{wrapper: body})
	}
	return ok(body)
}

func (w *world) byActivity() []*conversation {
	list := slices.Clone(w.conversations)
	slices.SortFunc(list, func(a, b *conversation) int { return cmp.Or(b.active.Compare(a.active), cmp.Compare(b.id, a.id)) })
	return list
}

// listContactConversations gives a contact's last 20.
func (s *Server) listContactConversations(c *call) answer {
	return about(c, func(k *contact) answer {
		found := []object{}
		for _, v := range s.w.byActivity() {
			if v.contact == k && len(found) < 20 {
				found = append(found, v.json(&s.w, s.o.Account))
			}
		}
		return ok(object{"payload": found})
	})
}

func pageOf(c *call, all []object, size int) []object {
	page, err := strconv.Atoi(c.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	from := min((page-1)*size, len(all))
	return all[from:min(from+size, len(all))]
}

func (s *Server) toggleTyping(c *call) answer {
	return in(c, func(v *conversation) answer {
		if word := c.text("typing_status"); word == "on" || word == "off" {
			s.hooks.typing("conversation_typing_"+word, v, c.who(), c.in["is_private"] == true)
		}
		return answer{http.StatusOK, empty{}}
	})
}

func (v *conversation) touch(now time.Time) { v.active, v.updated = now, now }
