package chatwoot

import (
	"context"
	"fmt"
	"maps"
	"unicode/utf8"
)

// ContentType says how a message is shown.
type ContentType string

// The types of content that can be sent.
const (
	Text        ContentType = "text"
	Cards       ContentType = "cards"
	Form        ContentType = "form"
	InputSelect ContentType = "input_select"
	InputEmail  ContentType = "input_email"
	Articles    ContentType = "article"
)

// Rich is a message of more than text. Not every channel shows it, and those that do not show Content: put all that matters there. The
// website's widget shows Content above an InputSelect, and not with Cards, Form and Articles: what they must not miss is sent before.
type Rich struct {
	Content     string
	ContentType ContentType
	Items       []Item // of the one kind that belongs to the type; InputEmail has none
	Private     bool
	EchoID      string
	// Attributes are kept beside the items, as Message.ContentAttributes are; "items" is none of them.
	Attributes Attributes
}

// Item is one of Card, Field, Choice and Article.
type Item interface {
	// kind is the content type that the item belongs to.
	kind() ContentType
	// check adds what Chatwoot would refuse.
	check(path string, f *faults)
}

// Card is a picture, words and buttons.
type Card struct {
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	MediaURL    string   `json:"media_url,omitempty"`
	Actions     []Action `json:"actions"` // at least one: Chatwoot refuses a card without
}

// ActionType says what a button does.
type ActionType string

// The types of actions. A postback tells the page around the widget and nobody else: to learn a choice on the server use a Form or an
// InputSelect.
const (
	Link     ActionType = "link"
	Postback ActionType = "postback"
)

// Action is a button of a card: a link with a URI, or a postback with a Payload.
type Action struct {
	Type    ActionType `json:"type"`
	Text    string     `json:"text"`
	URI     string     `json:"uri,omitempty"`
	Payload string     `json:"payload,omitempty"`
}

// FieldType says what can be put into a field.
type FieldType string

// The types of fields.
const (
	FieldText     FieldType = "text"
	FieldTextArea FieldType = "text_area"
	FieldEmail    FieldType = "email"
	FieldSelect   FieldType = "select"
)

// Field is a line of a form. The widget sends a form only when every field has a value; there is no field that can only be read.
type Field struct {
	Name         string        `json:"name"`
	Label        string        `json:"label"`
	Type         FieldType     `json:"type"`
	Placeholder  string        `json:"placeholder,omitempty"`
	Default      string        `json:"default,omitempty"`
	Options      []FieldOption `json:"options,omitempty"` // of a select
	Required     string        `json:"required,omitempty"`
	Pattern      string        `json:"pattern,omitempty"` // a regular expression of the browser's kind
	Title        string        `json:"title,omitempty"`
	PatternError string        `json:"pattern_error,omitempty"`
}

// FieldOption is a choice of a select field.
type FieldOption struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Choice is one of an InputSelect. Its words are called title here, and label in a form.
type Choice struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

// Article is a link to something to read.
type Article struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Link        string `json:"link"`
}

// Check is an *InvalidError with everything that Chatwoot would refuse, or nil.
func (r Rich) Check() error {
	var f faults
	f.need("content", r.Content)
	if utf8.RuneCountInString(r.Content) > maxContent {
		f.add("content", "has more than %d characters", maxContent)
	}
	switch r.ContentType {
	case Cards, Form, InputSelect, Articles:
		if len(r.Items) == 0 {
			f.add("items", "need at least one")
		}
	case InputEmail, Text:
		if len(r.Items) > 0 {
			f.add("items", "are not for %s", r.ContentType)
		}
	default:
		f.add("content_type", "%q is none that can be sent", r.ContentType)
	}
	if _, taken := r.Attributes["items"]; taken {
		f.add("attributes.items", "is where the items go")
	}
	r.checkItems(&f)
	return f.err()
}

func (r Rich) checkItems(f *faults) {
	names := map[string]bool{}
	for i, item := range r.Items {
		path := fmt.Sprintf("items[%d]", i)
		if item == nil {
			f.add(path, "is nil")
			continue
		}
		if item.kind() != r.ContentType {
			f.add(path, "belongs to %s, not to %s", item.kind(), r.ContentType)
		}
		item.check(path, f)
		if field, ok := item.(Field); ok && field.Name != "" {
			if names[field.Name] {
				f.add(path+".name", "%q is there twice", field.Name)
			}
			names[field.Name] = true
		}
	}
}

// SendRich checks a message by Chatwoot's rules and sends it.
func (c *Client) SendRich(ctx context.Context, conversationID int64, r Rich) (*Message, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	d := draft{Content: r.Content, Type: Outgoing, Private: r.Private, ContentType: r.ContentType, EchoID: r.EchoID}
	if len(r.Attributes)+len(r.Items) > 0 {
		d.ContentAttributes = Attributes{}
		maps.Copy(d.ContentAttributes, r.Attributes)
	}
	if len(r.Items) > 0 {
		d.ContentAttributes["items"] = r.Items
	}
	return c.post(ctx, conversationID, d)
}
