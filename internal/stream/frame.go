package stream

import (
	"bytes"
	"encoding/json"
	"strings"

	"kefu"
	"kefu/internal/strictjson"
)

// Types of frames, in both directions.
const (
	typePing      = "ping"
	typePong      = "pong"
	typeMessage   = "message"
	typeSubscribe = "subscribe"
	typeTyping    = "typing"
	typeRead      = "read"
	typeStatus    = "status"
	typeAck       = "ack"
	typeError     = "error"
	typeEvent     = "event"
	typeGap       = "gap"
)

// frameIn is a frame of a client. Members that we do not know are left alone: a client may be newer than its server.
type frameIn struct {
	Type   string          `json:"type"`
	Action string          `json:"action"`
	ID     string          `json:"id"`
	Data   json.RawMessage `json:"data"`
}

// maxID is the longest id of a frame, in bytes.
const maxID = 200

// parse reads a frame. Its errors are Malformed: the frame cannot be understood at all.
func parse(raw []byte) (frameIn, error) {
	var f frameIn
	if err := strictjson.Check(raw); err != nil {
		return f, kefu.Errorf(kefu.KindMalformed, "%v", err)
	}
	if err := decode(raw, &f); err != nil {
		return f, err
	}
	if f.Type == "" {
		return f, kefu.Errorf(kefu.KindMalformed, `a frame needs a "type"`)
	}
	if len(f.ID) > maxID || strings.ContainsFunc(f.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		f.ID = ""
		return f, kefu.Errorf(kefu.KindMalformed, `"id" is at most %d visible ASCII characters`, maxID)
	}
	return f, nil
}

// decode reads a JSON object into v.
func decode(raw []byte, v any) error {
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || trimmed[0] != '{' {
		return kefu.Errorf(kefu.KindMalformed, "a JSON object is expected")
	}
	if err := json.Unmarshal(raw, v); err != nil {
		var wrong *json.UnmarshalTypeError
		if ok := asType(err, &wrong); ok {
			return kefu.Errorf(kefu.KindMalformed, "%q must be %s", wrong.Field, jsonType(wrong.Type.Kind()))
		}
		return kefu.Errorf(kefu.KindMalformed, "this is not JSON that can be read")
	}
	return nil
}

// sendData is the data of a message/send frame.
type sendData struct {
	From           string           `json:"from"`
	To             string           `json:"to"`
	ConversationID string           `json:"conversation_id"`
	Content        string           `json:"content"`
	ContentType    kefu.ContentType `json:"content_type"`
	Private        bool             `json:"private"`
	SenderType     kefu.AuthorKind  `json:"sender_type"`
	Attachments    []attachmentRef  `json:"attachments"`
	Answer         *answerData      `json:"answer"`
	// Timestamp is the client's clock: read, and not believed.
	Timestamp json.Number `json:"timestamp"`
}

type attachmentRef struct {
	ID   string `json:"id"`
	URL  string `json:"url"`
	Name string `json:"name"`
}

// answerData is what a contact fills in or picks.
type answerData struct {
	MessageID kefu.MessageID    `json:"message_id"`
	Values    map[string]string `json:"values"`
}

type subscribeData struct {
	Since  *int64   `json:"since"`
	Events []string `json:"events"`
}

type typingData struct {
	ConversationID kefu.ConversationID `json:"conversation_id"`
}

type readData struct {
	ConversationID kefu.ConversationID `json:"conversation_id"`
	Seq            int64               `json:"seq"`
}

type statusData struct {
	Status kefu.AgentStatus `json:"status"`
}

// frameOut is a frame of ours, members in the order of source 003.
type frameOut struct {
	Type      string      `json:"type"`
	Action    string      `json:"action,omitempty"`
	ID        string      `json:"id,omitempty"`
	Timestamp int64       `json:"timestamp,omitempty"`
	Position  *int64      `json:"position,omitempty"`
	Data      any         `json:"data,omitempty"`
	Error     *frameError `json:"error,omitempty"`
}

type frameError struct {
	Code   kefu.ErrKind `json:"code"`
	Detail string       `json:"detail"`
	Errors []kefu.Fault `json:"errors,omitempty"`
}

type ackData struct {
	MessageID      kefu.MessageID      `json:"message_id"`
	ConversationID kefu.ConversationID `json:"conversation_id"`
	Seq            int64               `json:"seq"`
}

type gapData struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// encode writes a frame as one line of JSON, Chinese and <, > and & as they are.
func (f frameOut) encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return nil // nothing in a frame can fail to be written but raw JSON that is none, and what the store keeps is checked
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// refusal is the frame that says why a frame of the client was not obeyed.
func refusal(id string, err error) frameOut {
	out := frameError{Code: kefu.KindOf(err), Detail: "something went wrong here; try again"}
	if public, ok := publicError(err); ok {
		out.Detail, out.Errors = public.Msg, public.Faults
	}
	return frameOut{Type: typeError, ID: id, Error: &out}
}
