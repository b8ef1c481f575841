package chatwoot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// The events that a webhook can subscribe to.
const (
	EventMessageCreated            = "message_created"
	EventMessageUpdated            = "message_updated"
	EventConversationCreated       = "conversation_created"
	EventConversationUpdated       = "conversation_updated"
	EventConversationStatusChanged = "conversation_status_changed"
	EventContactCreated            = "contact_created"
	EventContactUpdated            = "contact_updated"
	EventTypingOn                  = "conversation_typing_on"
	EventTypingOff                 = "conversation_typing_off"
	EventWidgetTriggered           = "webwidget_triggered"
)

// Event is what a hook tells. Which members are there depends on Name; an event that this package does not know has Name, Account and Raw.
type Event struct {
	Name    string
	Account Account // of typing it is not told
	Inbox   *Inbox  // message_*: its ID and Name

	Message      *Message      // message_*
	Conversation *Conversation // message_*, conversation_*: as it was when the hook was made, with the last message that the customer sees
	Contact      *Contact      // contact_*
	Typist       *Sender       // conversation_typing_*
	Private      bool          // the message or the typing is for agents only

	// Changed is what conversation_updated and contact_updated changed, by the names of Chatwoot's columns: "status", "assignee_id",
	// "label_list", …. Other events do not say it, conversation_status_changed neither.
	Changed map[string]Change

	// Raw is the whole body.
	Raw json.RawMessage
}

// Account is where an event happened.
type Account struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Change is a value before and after.
type Change struct {
	Before json.RawMessage `json:"previous_value"`
	After  json.RawMessage `json:"current_value"`
}

// frame is what events of all kinds share.
type frame struct {
	Event        string          `json:"event"`
	Account      *Account        `json:"account"`
	Inbox        *Inbox          `json:"inbox"`
	Conversation json.RawMessage `json:"conversation"`
	User         *Sender         `json:"user"`
	Private      bool            `json:"private"`
	IsPrivate    bool            `json:"is_private"`
	Changed      json.RawMessage `json:"changed_attributes"`
}

// ParseEvent reads a hook's body. An event that is not known is none's fault: it comes back with Raw. The error is for what is no hook.
func ParseEvent(body []byte) (*Event, error) {
	var f frame
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, fmt.Errorf("chatwoot: the hook cannot be read: %w", err)
	}
	if f.Event == "" {
		return nil, errors.New("chatwoot: the hook names no event")
	}
	e := &Event{Name: f.Event, Inbox: f.Inbox, Private: f.Private || f.IsPrivate, Changed: changes(f.Changed), Raw: bytes.Clone(body)}
	if f.Account != nil {
		e.Account = *f.Account
	}
	if err := e.fill(f, body); err != nil {
		return nil, fmt.Errorf("chatwoot: the hook %.40q cannot be read: %w", f.Event, err)
	}
	return e, nil
}

func (e *Event) fill(f frame, body []byte) error {
	switch {
	case strings.HasPrefix(e.Name, "message_"):
		if err := into(&e.Conversation, f.Conversation); err != nil {
			return err
		}
		if err := into(&e.Message, body); err != nil {
			return err
		}
		if e.Message.ConversationID == 0 && e.Conversation != nil {
			e.Message.ConversationID = e.Conversation.ID
		}
		return nil
	case strings.HasPrefix(e.Name, "conversation_typing_"):
		e.Typist = f.User
		return into(&e.Conversation, f.Conversation)
	case strings.HasPrefix(e.Name, "conversation_"):
		return into(&e.Conversation, body)
	case strings.HasPrefix(e.Name, "contact_"):
		return into(&e.Contact, body)
	}
	return nil
}

func into[T any](to **T, raw []byte) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	*to = new(T)
	return json.Unmarshal(raw, *to)
}

// changes reads a list of objects with one name each; what cannot be read is left out, and stands in Raw.
func changes(raw json.RawMessage) map[string]Change {
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	all := map[string]Change{}
	for _, one := range list {
		for name, value := range one {
			var c Change
			if json.Unmarshal(value, &c) == nil {
				all[name] = c
			}
		}
	}
	return all
}
