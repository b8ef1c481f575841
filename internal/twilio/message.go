package twilio

import (
	"context"
	"time"
)

// MaxPage is the largest page of a list.
const MaxPage = 100

// Message is a message of a conversation. Index is its place there, from 0, and may have gaps.
type Message struct {
	SID             string       `json:"sid"`
	ConversationSID string       `json:"conversation_sid"`
	ParticipantSID  string       `json:"participant_sid"`
	Index           int          `json:"index"`
	Author          string       `json:"author"`
	Body            string       `json:"body"`
	Attributes      string       `json:"attributes"`
	Media           []MediaBrief `json:"media"`
	Delivery        *Delivery    `json:"delivery"`
	Created         time.Time    `json:"date_created"`
	Updated         time.Time    `json:"date_updated"`
}

// MediaBrief is what a message says of its file.
type MediaBrief struct {
	SID         string `json:"sid"`
	ContentType string `json:"content_type"`
	Filename    string `json:"filename"`
	Size        int64  `json:"size"`
}

// MessageCreate is a message to be written. It needs a Body or a MediaSID.
type MessageCreate struct {
	Author     string
	Body       string
	Attributes string
	// MediaSID is a file that UploadMedia sent, ME….
	MediaSID string
	// TellHooks lets Twilio tell its webhooks, which flows of Studio wait for.
	TellHooks bool
}

// CreateMessage writes a message. Twilio does not notice repetition: after a loss look for the attributes with Messages first.
func (c *Client) CreateMessage(ctx context.Context, conversation string, n MessageCreate) (Message, error) {
	form := fields("Author", n.Author, "Body", n.Body, "Attributes", n.Attributes, "MediaSid", n.MediaSID)
	k := post(form, c.o.Bases.Conversations, conversations+"/{}/Messages", conversation)
	if err := wantObject(k, n.Attributes); err != nil {
		return Message{}, err
	}
	return fetch[Message](ctx, c, k.tellHooks(n.TellHooks))
}

// Order is the order of a list of messages.
type Order string

// Orders of a list of messages.
const (
	OldestFirst Order = "asc"
	NewestFirst Order = "desc"
)

// Messages gives a page of a conversation's messages, and the mark of the next page, "" after the last.
func (c *Client) Messages(ctx context.Context, conversation string, order Order, after string) ([]Message, string, error) {
	return c.messages(ctx, conversation, order, after, MaxPage)
}

// LastMessages gives the last messages of a conversation, the newest first and at most size of them.
func (c *Client) LastMessages(ctx context.Context, conversation string, size int) ([]Message, error) {
	list, _, err := c.messages(ctx, conversation, NewestFirst, "", min(size, MaxPage))
	return list, err
}

func (c *Client) messages(ctx context.Context, conversation string, order Order, after string, size int) ([]Message, string, error) {
	q := pageQuery(after, size)
	if order != "" {
		q.Set("Order", string(order))
	}
	var out struct {
		Messages []Message `json:"messages"`
		Meta     meta      `json:"meta"`
	}
	err := c.do(ctx, get(c.o.Bases.Conversations, conversations+"/{}/Messages", conversation).asking(q), &out)
	return out.Messages, out.Meta.next(), err
}

// Message reads one message.
func (c *Client) Message(ctx context.Context, conversation, message string) (Message, error) {
	return fetch[Message](ctx, c, get(c.o.Bases.Conversations, conversations+"/{}/Messages/{}", conversation, message))
}

// MessageUpdate is what changes; what is empty stays.
type MessageUpdate struct {
	Body       string
	Attributes string
	TellHooks  bool
}

// UpdateMessage changes a message.
func (c *Client) UpdateMessage(ctx context.Context, conversation, message string, u MessageUpdate) (Message, error) {
	form := fields("Body", u.Body, "Attributes", u.Attributes)
	k := post(form, c.o.Bases.Conversations, conversations+"/{}/Messages/{}", conversation, message)
	if err := wantObject(k, u.Attributes); err != nil {
		return Message{}, err
	}
	return fetch[Message](ctx, c, k.tellHooks(u.TellHooks))
}

// DeleteMessage deletes a message.
func (c *Client) DeleteMessage(ctx context.Context, conversation, message string) error {
	return c.do(ctx, remove(c.o.Bases.Conversations, conversations+"/{}/Messages/{}", conversation, message), nil)
}
