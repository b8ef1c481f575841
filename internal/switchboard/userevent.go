package switchboard

import (
	"encoding/json"

	"kefu"
)

// userData is the data of user.created and user.updated: contacts and agents, told apart by the role.
type userData struct {
	UserID           string                     `json:"user_id"`
	Role             string                     `json:"role"`
	Name             string                     `json:"name"`
	Email            string                     `json:"email"`
	Phone            string                     `json:"phone"`
	Level            string                     `json:"level"`
	Tags             []string                   `json:"tags"`
	CustomAttributes map[string]json.RawMessage `json:"custom_attributes"`
}

// roleContact is the role of those served, in events about users.
const roleContact = "contact"

func (c *change) agentEvent(kind string, a kefu.Agent, by kefu.Author) error {
	return c.event(kind, "", by, userData{UserID: string(a.ID), Role: string(a.Role), Name: a.Name, Email: a.Email, Tags: []string{},
		CustomAttributes: map[string]json.RawMessage{}})
}

func (c *change) contactEvent(kind string, k kefu.Contact, by kefu.Author) error {
	data := userData{UserID: string(k.ID), Role: roleContact, Name: k.Name, Email: k.Email, Phone: k.Phone, Tags: []string{},
		CustomAttributes: map[string]json.RawMessage{}}
	for name, value := range attributes(k) {
		switch {
		case name == "level" && json.Unmarshal(value, &data.Level) == nil:
		case name == "tags" && json.Unmarshal(value, &data.Tags) == nil && data.Tags != nil:
		default:
			data.CustomAttributes[name] = value
		}
	}
	if data.Tags == nil {
		data.Tags = []string{}
	}
	return c.event(kind, "", by, data)
}

// attributes reads a contact's attributes; what is no object has none.
func attributes(k kefu.Contact) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	if len(k.Attributes) > 0 && json.Unmarshal(k.Attributes, &members) != nil {
		return map[string]json.RawMessage{}
	}
	return members
}
