package chatwoot

import (
	"errors"
	"slices"
)

// What the methods that act for people say.
var (
	ErrNoConversation = errors.New("fake chatwoot: there is no such conversation")
	ErrNoContact      = errors.New("fake chatwoot: there is no such contact")
)

// act does something as the server's own people do it, and sends the hooks.
func (s *Server) act(do func() error) error {
	s.mu.Lock()
	err := do()
	pending := s.hooks.take()
	s.mu.Unlock()
	s.hooks.send(pending)
	return err
}

func (s *Server) within(id int64, do func(*conversation)) error {
	return s.act(func() error {
		v := s.w.conversation(id)
		if v == nil {
			return ErrNoConversation
		}
		do(v)
		return nil
	})
}

// AddContact makes a contact that is known in both inboxes, and gives its id.
func (s *Server) AddContact(name, identifier string) (id int64) {
	_ = s.act(func() error {
		k := &contact{id: s.w.next(), members: object{"name": name, "identifier": identifier}, custom: object{}, extra: object{}, sources: map[int64]string{}, created: s.o.Now()}
		s.w.contacts = append(s.w.contacts, k)
		s.link(k, APIInbox, "")
		s.link(k, WebInbox, "")
		s.hooks.add("contact_created", k.json(&s.w))
		id = k.id
		return nil
	})
	return id
}

// StartConversation makes a contact's conversation in an inbox, and gives its id.
func (s *Server) StartConversation(contactID, inbox int64) (id int64, err error) {
	err = s.act(func() error {
		k := s.w.contact(contactID)
		if k == nil || k.sources[inbox] == "" {
			return ErrNoContact
		}
		v := s.begin(k, inbox)
		s.hooks.conversation("conversation_created", v, nil)
		id = v.id
		return nil
	})
	return id, err
}

// CustomerWrites adds a message of the customer, and gives its id.
func (s *Server) CustomerWrites(conversationID int64, words string) (id int64, err error) {
	err = s.within(conversationID, func(v *conversation) {
		m := &message{content: words, kind: "incoming", contentType: "text", attributes: object{}, sender: v.contact.json(&s.w)}
		s.append(v, m)
		id = m.id
	})
	return id, err
}

// AgentWrites adds a message of an agent, or a private note, and gives its id.
func (s *Server) AgentWrites(conversationID, agent int64, words string, private bool) (id int64, err error) {
	err = s.within(conversationID, func(v *conversation) {
		m := &message{content: words, kind: "outgoing", private: private, contentType: "text", attributes: object{}, sender: byID(s.w.agents, agent)}
		s.append(v, m)
		id = m.id
	})
	return id, err
}

// AgentSetsStatus moves a conversation as an agent does.
func (s *Server) AgentSetsStatus(conversationID int64, status string) error {
	return s.within(conversationID, func(v *conversation) {
		before := v.status
		v.status = status
		s.changed("conversation_status_changed", v, "status", before, status)
	})
}

// AgentSetsLabels replaces the labels of a conversation as an agent does.
func (s *Server) AgentSetsLabels(conversationID int64, labels ...string) error {
	return s.within(conversationID, func(v *conversation) {
		before := v.labels
		v.labels = append([]string{}, labels...)
		s.hooks.conversation("conversation_updated", v, []object{{"label_list": object{"previous_value": before, "current_value": v.labels}}})
	})
}

// CustomerSubmits fills a form: the values come with the event message_updated.
func (s *Server) CustomerSubmits(conversationID, messageID int64, values map[string]string) error {
	return s.within(conversationID, func(v *conversation) {
		i := slices.IndexFunc(v.messages, func(m *message) bool { return m.id == messageID })
		if i < 0 {
			return
		}
		list := []object{}
		for name, value := range values {
			list = append(list, object{"name": name, "value": value})
		}
		v.messages[i].attributes["submitted_values"] = list
		s.hooks.message("message_updated", v, v.messages[i])
	})
}
