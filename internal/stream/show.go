package stream

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/switchboard"
)

// audience is what a frame's content depends on, besides the event: contacts are shown less than staff and programs.
type audience int

const (
	staff audience = iota
	contacts
	audiences
)

func audienceOf(c kefu.Caller) audience {
	if c.Kind == kefu.CallerContact {
		return contacts
	}
	return staff
}

// shown is an event with the frames that were made of it: one for each audience, however many connections see it.
type shown struct {
	switchboard.FeedEvent
	frames [audiences][]byte
}

// frame is what a connection with these rights is sent of the event; nil is nothing.
func (s *shown) frame(r *rights, only []string) []byte {
	if !switchboard.Wanted(only, s.Type) {
		return nil
	}
	ev, ok := switchboard.Visible(r.caller, r.sight, s.FeedEvent)
	if !ok {
		return nil
	}
	made := &s.frames[audienceOf(r.caller)]
	if *made == nil {
		*made = eventFrame(ev, s.Seen).encode()
	}
	return *made
}

// eventFrame gives an event the form of source 003.
func eventFrame(ev switchboard.Event, seen kefu.Seen) frameOut {
	out := frameOut{Type: typeEvent, Action: ev.Event, Position: &ev.Position, Timestamp: ev.Timestamp.Unix(), Data: ev.Data}
	switch ev.Event {
	case "message.received", "message.sent":
		out.Type, out.Action, out.Timestamp, out.Data = typeMessage, "new", 0, newMessage(ev.Data, seen)
	case "agent.status_changed":
		out.Action, out.Timestamp, out.Data = "status_change", 0, statusChange(ev.Data)
	}
	return out
}

// messageNew is the data of a message/new frame: the members of the contract, then what more is known of the message.
type messageNew struct {
	MessageID      kefu.MessageID      `json:"message_id"`
	ConversationID kefu.ConversationID `json:"conversation_id"`
	Seq            int64               `json:"seq"`
	From           string              `json:"from"`
	To             string              `json:"to"`
	Content        string              `json:"content"`
	ContentType    kefu.ContentType    `json:"content_type"`
	Timestamp      int64               `json:"timestamp"`
	Sender         json.RawMessage     `json:"sender"`
	Private        bool                `json:"private"`
	Attachments    json.RawMessage     `json:"attachments"`
	Choices        json.RawMessage     `json:"choices,omitempty"`
	Order          json.RawMessage     `json:"order,omitempty"`
	Articles       json.RawMessage     `json:"articles,omitempty"`
	Form           json.RawMessage     `json:"form,omitempty"`
	Filled         json.RawMessage     `json:"filled,omitempty"`
}

// newMessage turns the data of a message event into that of a frame. A contact writes to the agent whose the conversation is, or to nobody
// yet; everybody else writes to the contact, and a note goes to nobody.
func newMessage(raw json.RawMessage, seen kefu.Seen) any {
	var m struct {
		messageNew
		CreatedAt time.Time `json:"created_at"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return raw
	}
	var by kefu.Author
	if json.Unmarshal(m.Sender, &by) != nil {
		return raw
	}
	out := m.messageNew
	out.From, out.Timestamp = by.ID, m.CreatedAt.Unix()
	switch {
	case by.Kind == kefu.AuthorContact:
		out.From, out.To = string(seen.ContactID), string(seen.AssigneeID)
	case !out.Private:
		out.To = string(seen.ContactID)
	}
	return out
}

func statusChange(raw json.RawMessage) any {
	var s struct {
		AgentID   kefu.AgentID     `json:"agent_id"`
		Status    kefu.AgentStatus `json:"status"`
		Timestamp int64            `json:"timestamp"`
	}
	if json.Unmarshal(raw, &s) != nil {
		return raw
	}
	return s
}
