package client

import (
	"encoding/json"
	"strings"
	"time"
)

// Event is something that happened.
type Event struct {
	// Name is what happened: "message.new" with a Message, or the event's own word: "conversation.assigned", "agent.status_changed".
	// "typing.start" and "typing.stop" have no position: they are never kept.
	Name     string
	Position int64
	// ConversationID is "" when it is about no conversation.
	ConversationID string
	// Message is set for "message.new".
	Message *MessageEvent
	// Data holds all members, as the server sent them.
	Data json.RawMessage
}

// MessageEvent is a new message, as a Stream shows it.
type MessageEvent struct {
	MessageID      string `json:"message_id"`
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`
	From           string `json:"from"` // who wrote it: a contact's, agent's or client's id
	To             string `json:"to"`   // whom it is for
	Content        string `json:"content"`
	ContentType    string `json:"content_type"`
	Sender         Sender `json:"sender"`
	Private        bool   `json:"private"`
	Attachments    []File `json:"attachments"`
	Timestamp      int64  `json:"timestamp"` // Unix seconds

	Choices  []Choice        `json:"choices,omitempty"`
	Order    json.RawMessage `json:"order,omitempty"`
	Articles []ArticleCard   `json:"articles,omitempty"`
	Form     *Form           `json:"form,omitempty"`
	Filled   *FormAnswer     `json:"filled,omitempty"`
}

// Time is when the message was stored, to the second.
func (m MessageEvent) Time() time.Time { return time.Unix(m.Timestamp, 0) }

// Frame types.
const (
	framePing      = "ping"
	framePong      = "pong"
	frameMessage   = "message"
	frameEvent     = "event"
	frameAck       = "ack"
	frameError     = "error"
	frameGap       = "gap"
	frameSubscribe = "subscribe"
	frameTyping    = "typing"
	frameRead      = "read"
	frameStatus    = "status"
)

// frame is one of the server's.
type frame struct {
	Type     string          `json:"type"`
	Action   string          `json:"action"`
	ID       string          `json:"id"`
	Position *int64          `json:"position"`
	Data     json.RawMessage `json:"data"`
	Error    *struct {
		Code   string  `json:"code"`
		Detail string  `json:"detail"`
		Errors []Fault `json:"errors"`
	} `json:"error"`
}

func (f frame) place() int64 {
	if f.Position == nil {
		return 0
	}
	return *f.Position
}

func (f frame) refused() error {
	e := &Error{Code: "error"}
	if f.Error != nil {
		e.Code, e.Detail, e.Faults = f.Error.Code, f.Error.Detail, f.Error.Errors
	}
	return e
}

// event reads what a message, event or typing frame tells.
func (f frame) event() (*Event, error) {
	e := &Event{Name: f.Action, Position: f.place(), Data: f.Data}
	var about struct {
		ConversationID string `json:"conversation_id"`
	}
	if len(f.Data) > 0 {
		if err := json.Unmarshal(f.Data, &about); err != nil {
			return nil, err
		}
	}
	e.ConversationID = about.ConversationID
	switch {
	case f.Type == frameMessage:
		e.Message = new(MessageEvent)
		if err := json.Unmarshal(f.Data, e.Message); err != nil {
			return nil, err
		}
		e.Name = "message." + f.Action
	case f.Action == "status_change":
		e.Name = "agent.status_changed"
	case f.Type != frameEvent && !strings.HasPrefix(f.Action, f.Type+"."):
		e.Name = f.Type + "." + f.Action
	}
	return e, nil
}

// outFrame is one of ours.
type outFrame struct {
	Type   string `json:"type"`
	Action string `json:"action,omitempty"`
	ID     string `json:"id,omitempty"`
	Data   any    `json:"data,omitempty"`
}
