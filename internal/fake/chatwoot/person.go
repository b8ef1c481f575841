package chatwoot

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
)

// What the methods that act for people say.
var (
	ErrNoConversation = errors.New("fake chatwoot: there is no such conversation")
	ErrNoContact      = errors.New("fake chatwoot: there is no such contact")
	ErrNoMessage      = errors.New("fake chatwoot: there is no such message")
	ErrUnfilled       = errors.New("fake chatwoot: there is no such form, or a field of it is empty or none of the options")
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

// AddContact makes a contact that is known in every inbox, and gives its id.
func (s *Server) AddContact(name, identifier string) (id int64) {
	_ = s.act(func() error {
		k := &contact{id: s.w.next(), members: object{"name": name, "identifier": identifier}, custom: object{}, extra: object{}, sources: map[int64]string{}, created: s.o.Now()}
		s.w.contacts = append(s.w.contacts, k)
		for _, in := range s.w.inboxes {
			s.link(k, number(in["id"]), "")
		}
		s.hooks.contact("contact_created", k, nil)
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
	return s.CustomerSends(conversationID, words)
}

// CustomerSends is CustomerWrites with files.
func (s *Server) CustomerSends(conversationID int64, words string, files ...File) (id int64, err error) {
	err = s.within(conversationID, func(v *conversation) {
		id = s.write(v, &message{content: words, kind: "incoming", sender: v.contact.sender(&s.w)}, files)
	})
	return id, err
}

// File is one that somebody sends.
type File struct {
	Name string
	Body []byte
}

// write fills in what every message has, adds it, and gives its id.
func (s *Server) write(v *conversation, m *message, files []File) int64 {
	if m.contentType == "" {
		m.contentType = "text"
	}
	if m.attributes == nil {
		m.attributes = object{}
	}
	for _, f := range files {
		m.files = append(m.files, s.keep(f.Name, f.Body))
	}
	s.append(v, m)
	return m.id
}

// CustomerSubmits fills a form: the values come with the event message_updated, and stand in the message from then on. Fields that are not
// named keep what stands in them. As the widget and the browser do, it sends nothing as long as
// a field is empty or no address where one belongs.
func (s *Server) CustomerSubmits(conversationID, messageID int64, values map[string]string) error {
	var list []object
	err := s.within(conversationID, func(v *conversation) {
		if m := v.message(messageID); m != nil {
			list = filledIn(m, values)
		}
	})
	if err == nil && list == nil {
		err = ErrUnfilled
	}
	if err != nil {
		return err
	}
	return s.submit(conversationID, messageID, func(*message) []object { return list })
}

// filledIn is what a form holds with these values; nil when the widget would not send it.
func filledIn(m *message, values map[string]string) (list []object) {
	items, _ := m.attributes["items"].([]any)
	for _, x := range items {
		item, _ := x.(object)
		name := text(item["name"])
		value, given := values[name]
		if !given {
			value = text(item["default"])
		}
		options, _ := item["options"].([]any)
		offered := len(options) == 0 || slices.ContainsFunc(options, func(o any) bool {
			option, _ := o.(object)
			return text(option["value"]) == value
		})
		if value == "" || !offered || item["type"] == "email" && !strings.Contains(value, "@") {
			return nil
		}
		list = append(list, object{"name": name, "value": value})
	}
	return list
}

// CustomerPicks picks one of an input_select by its value.
func (s *Server) CustomerPicks(conversationID, messageID int64, value string) error {
	return s.submit(conversationID, messageID, func(m *message) []object {
		items, _ := m.attributes["items"].([]any)
		for _, x := range items {
			if item, _ := x.(object); item["value"] == value {
				return []object{{"title": item["title"], "value": value}}
			}
		}
		return []object{{"title": value, "value": value}}
	})
}

func (s *Server) submit(conversationID, messageID int64, values func(*message) []object) error {
	return s.change(conversationID, messageID, func(m *message) {
		m.attributes = maps.Clone(m.attributes)
		m.attributes["submitted_values"] = values(m)
	})
}

// change changes one message and tells the hooks. The conversation has not changed by that: no list by updated_within has it.
func (s *Server) change(conversationID, messageID int64, do func(*message)) error {
	found := false
	err := s.within(conversationID, func(v *conversation) {
		if m := v.message(messageID); m != nil {
			found = true
			do(m)
			s.hooks.message("message_updated", v, m)
		}
	})
	if err == nil && !found {
		return ErrNoMessage
	}
	return err
}

func (v *conversation) message(id int64) *message {
	i := slices.IndexFunc(v.messages, func(m *message) bool { return m.id == id })
	if i < 0 {
		return nil
	}
	return v.messages[i]
}

// remove makes a message what Chatwoot makes of a deleted one: it stays, with other words and without files.
func (m *message) remove() {
	m.content, m.contentType, m.attributes, m.files = "This message was deleted", "text", object{"deleted": true}, nil
}

// DeleteMessage deletes a message as an agent does.
func (s *Server) DeleteMessage(conversationID, messageID int64) error {
	return s.change(conversationID, messageID, (*message).remove)
}

// at is a moment as the API writes it, with its parts of a second.
func at(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
