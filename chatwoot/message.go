package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Message is one message of a conversation. To send one, fill the first six members; the others are the server's.
type Message struct {
	Content           string      `json:"content"`
	Type              MessageType `json:"message_type"`       // Outgoing when empty
	Private           bool        `json:"private"`            // a note that the customer does not see
	ContentAttributes Attributes  `json:"content_attributes"` // kept, whatever their names; they come back in answers and hooks
	EchoID            string      `json:"echo_id"`            // comes back in the answer, and is not kept
	// SourceID is the message's id in the system it comes from. Chatwoot takes an outgoing message that has one for written in the
	// customer's own app: in WhatsApp, Telegram and the like it does not send it. Mark your own by ContentAttributes there.
	SourceID string `json:"source_id"`

	ID             int64          `json:"id"`
	ConversationID int64          `json:"conversation_id"`
	InboxID        int64          `json:"inbox_id"`
	ContentType    ContentType    `json:"content_type"`
	DeliveryStatus DeliveryStatus `json:"status"`
	CreatedAt      Time           `json:"created_at"`
	Sender         *Sender        `json:"sender"`
	Attachments    []Attachment   `json:"attachments"`

	// Raw is the message as the server wrote it, with what this type does not know.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads a message and keeps it as it was written.
func (m *Message) UnmarshalJSON(raw []byte) error {
	type plain Message
	if err := json.Unmarshal(raw, (*plain)(m)); err != nil {
		return err
	}
	m.Raw = bytes.Clone(raw)
	return nil
}

// Submitted is what the customer filled into a form or chose: the values come with the event message_updated. A number or a true that was
// sent by another program than Chatwoot's widget is given as its text.
func (m *Message) Submitted() []SubmittedValue {
	list, _ := m.ContentAttributes["submitted_values"].([]any)
	var values []SubmittedValue
	for _, x := range list {
		if one, ok := x.(map[string]any); ok {
			values = append(values, SubmittedValue{scalar(one["name"]), scalar(one["title"]), scalar(one["value"])})
		}
	}
	return values
}

// scalar is the text of what JSON has; "" for what is none.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// SubmittedValue is one answer: of a form (Name and Value), of a select (Title and Value).
type SubmittedValue struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// Sender is who wrote a message: an agent, a bot or a contact.
type Sender struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Email      string `json:"email"` // of an agent in hooks alone
	Type       string `json:"type"`  // user, agent_bot, contact; in hooks "" for a contact
	Identifier string `json:"identifier"`
}

// draft is a message as the API takes it.
type draft struct {
	Content           string      `json:"content"`
	Type              MessageType `json:"message_type"`
	Private           bool        `json:"private"`
	ContentType       ContentType `json:"content_type,omitempty"`
	ContentAttributes Attributes  `json:"content_attributes,omitempty"`
	EchoID            string      `json:"echo_id,omitempty"`
	SourceID          string      `json:"source_id,omitempty"`
}

const maxContent = 150_000 // characters, by Chatwoot's model

func (m Message) draft() (draft, error) {
	d := draft{Content: m.Content, Type: m.Type, Private: m.Private, ContentAttributes: m.ContentAttributes, EchoID: m.EchoID, SourceID: m.SourceID}
	if d.Type == "" {
		d.Type = Outgoing
	}
	var f faults
	if d.Type != Incoming && d.Type != Outgoing {
		f.add("message_type", "must be incoming or outgoing, and is %q", d.Type)
	}
	if utf8.RuneCountInString(d.Content) > maxContent {
		f.add("content", "has more than %d characters", maxContent)
	}
	return d, f.err()
}

// SendMessage sends a text, in which Chatwoot fills in "{{contact.name}}" and the like (WithoutLiquid). Whoever lost the answer may find the message by its ContentAttributes or SourceID before sending it again.
func (c *Client) SendMessage(ctx context.Context, conversationID int64, m Message) (*Message, error) {
	d, err := m.draft()
	if err == nil && m.Content == "" {
		err = &InvalidError{[]Fault{{"content", "is needed"}}}
	}
	if err != nil {
		return nil, err
	}
	return c.post(ctx, conversationID, d)
}

func (c *Client) post(ctx context.Context, conversationID int64, d draft) (*Message, error) {
	return sent(decode[Message](c.call(ctx, http.MethodPost, at("/conversations", conversationID, "messages"), d)))
}

// sent makes sure that a message came back.
func sent(m *Message, err error) (*Message, error) {
	if err == nil && m.ID == 0 {
		return nil, &Error{Status: http.StatusOK, Code: CodeNotDone, Words: "the answer has no message id"}
	}
	return m, err
}

// Messages reads a page of at most 20 messages, oldest first: the last ones, or those before the message before. The token of an agent bot
// may not.
func (c *Client) Messages(ctx context.Context, conversationID, before int64) ([]Message, error) {
	return c.page(ctx, conversationID, "before", before)
}

// MessagesAfter reads a page of at most 100 messages that came after one, oldest first.
func (c *Client) MessagesAfter(ctx context.Context, conversationID, after int64) ([]Message, error) {
	return c.page(ctx, conversationID, "after", after)
}

func (c *Client) page(ctx context.Context, conversationID int64, side string, id int64) ([]Message, error) {
	query := url.Values{}
	if id > 0 {
		query.Set(side, strconv.FormatInt(id, 10))
	}
	body, err := c.read(ctx, at("/conversations", conversationID, "messages"), query)
	list, err := many[Message](body, err, "payload")
	slices.SortStableFunc(list, func(a, b Message) int { return int(min(max(a.ID-b.ID, -1), 1)) })
	return list, err
}

var errNoProgress = errors.New("chatwoot: the server gave a message without an id")

// AllMessages walks a conversation from the newest message to the oldest, one page at a time. An error ends it.
func (c *Client) AllMessages(ctx context.Context, conversationID int64) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for before := int64(0); ; {
			list, err := c.Messages(ctx, conversationID, before)
			if err != nil {
				yield(Message{}, err)
				return
			}
			if before > 0 { // a server that ignores it would be asked for ever
				list = slices.DeleteFunc(list, func(m Message) bool { return m.ID >= before })
			}
			for _, m := range slices.Backward(list) {
				if !yield(m, nil) {
					return
				}
			}
			if len(list) == 0 {
				return
			}
			if before = list[0].ID; before <= 0 {
				yield(Message{}, errNoProgress)
				return
			}
		}
	}
}
