package chatwoot

import (
	"slices"
	"strings"
	"time"
)

// Say adds a message of an agent to the customer, with files if there are any, and gives its id.
func (s *Server) Say(conversationID, agent int64, words string, files ...File) (id int64, err error) {
	return s.agentSends(conversationID, agent, message{content: words}, files)
}

// Note adds a private note of an agent, and gives its id.
func (s *Server) Note(conversationID, agent int64, words string, files ...File) (id int64, err error) {
	return s.agentSends(conversationID, agent, message{content: words, private: true}, files)
}

// SendForm adds a message of a content type with its items: "form", "input_select", "cards", and gives its id.
func (s *Server) SendForm(conversationID, agent int64, words, contentType string, items ...map[string]any) (id int64, err error) {
	list := make([]any, len(items))
	for i, one := range items {
		list[i] = one
	}
	return s.agentSends(conversationID, agent, message{content: words, contentType: contentType, attributes: object{"items": list}}, nil)
}

func (s *Server) agentSends(conversationID, agent int64, m message, files []File) (id int64, err error) {
	err = s.within(conversationID, func(v *conversation) {
		m.kind, m.sender = "outgoing", byID(s.w.agents, agent)
		id = s.write(v, &m, files)
	})
	return id, err
}

// AgentWrites is Say, or Note if it is private.
func (s *Server) AgentWrites(conversationID, agent int64, words string, private bool) (id int64, err error) {
	if private {
		return s.Note(conversationID, agent, words)
	}
	return s.Say(conversationID, agent, words)
}

// Assign gives a conversation to an agent, 0 to nobody, as by did it.
func (s *Server) Assign(conversationID, by, agent int64) error {
	return s.within(conversationID, func(v *conversation) { s.setAssignee(v, byID(s.w.agents, agent), s.name(by)) })
}

// Resolve ends a conversation.
func (s *Server) Resolve(conversationID, by int64) error {
	return s.within(conversationID, func(v *conversation) { s.setStatus(v, "resolved", 0, s.name(by)) })
}

// Reopen opens a conversation.
func (s *Server) Reopen(conversationID, by int64) error {
	return s.within(conversationID, func(v *conversation) { s.setStatus(v, "open", 0, s.name(by)) })
}

// Snooze puts a conversation to sleep; the zero time sleeps until the customer writes.
func (s *Server) Snooze(conversationID, by int64, until time.Time) error {
	when := int64(0)
	if !until.IsZero() {
		when = until.Unix()
	}
	return s.within(conversationID, func(v *conversation) { s.setStatus(v, "snoozed", when, s.name(by)) })
}

// AgentSetsStatus moves a conversation by the word: open, resolved, pending, snoozed.
func (s *Server) AgentSetsStatus(conversationID int64, status string) error {
	return s.within(conversationID, func(v *conversation) { s.setStatus(v, status, 0, s.name(Agent)) })
}

// Priority says how urgent a conversation is: urgent, high, medium, low; "" is none.
func (s *Server) Priority(conversationID, by int64, priority string) error {
	var p any
	if priority != "" {
		p = priority
	}
	return s.within(conversationID, func(v *conversation) { s.setPriority(v, p, s.name(by)) })
}

// Label adds labels and keeps the others.
func (s *Server) Label(conversationID, by int64, labels ...string) error {
	return s.within(conversationID, func(v *conversation) { s.replaceLabels(v, slices.Concat(v.labels, labels), s.name(by)) })
}

// Unlabel removes labels and keeps the others.
func (s *Server) Unlabel(conversationID, by int64, labels ...string) error {
	return s.within(conversationID, func(v *conversation) {
		rest := slices.DeleteFunc(slices.Clone(v.labels), func(l string) bool { return slices.Contains(labels, l) })
		s.replaceLabels(v, rest, s.name(by))
	})
}

// AgentSetsLabels replaces the labels of a conversation.
func (s *Server) AgentSetsLabels(conversationID int64, labels ...string) error {
	return s.within(conversationID, func(v *conversation) { s.replaceLabels(v, labels, s.name(Agent)) })
}

// SetAttribute sets a custom attribute of a conversation as an agent does; an empty value removes it.
func (s *Server) SetAttribute(conversationID int64, name, value string) error {
	return s.within(conversationID, func(v *conversation) {
		fresh := clone(v.custom)
		if fresh[name] = value; value == "" {
			delete(fresh, name)
		}
		s.replaceAttributes(v, fresh)
	})
}

func (s *Server) name(agent int64) string {
	name, _ := byID(s.w.agents, agent)["name"].(string)
	return name
}

// activity writes what was done into the conversation. No hook tells of it.
func (s *Server) activity(v *conversation, words ...string) {
	if s.o.Quiet || words[0] == "" {
		return
	}
	m := &message{id: s.w.next(), content: strings.Join(words, ""), kind: "activity", contentType: "text", attributes: object{}, created: s.o.Now()}
	v.messages = append(v.messages, m)
	v.touch(m.created)
}
