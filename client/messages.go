package client

import (
	"context"
	"encoding/json"
	"net/url"
	"time"
)

// Message is one item in a conversation. Seq is its place, and the only order there is.
type Message struct {
	Tagged

	ID             string          `json:"id"`
	ConversationID string          `json:"conversation_id"`
	Seq            int64           `json:"seq"`
	Sender         Sender          `json:"sender"`
	Private        bool            `json:"private"` // a note, which no customer sees
	Content        string          `json:"content"`
	ContentType    string          `json:"content_type"`
	Attachments    []File          `json:"attachments"`
	Choices        []Choice        `json:"choices,omitempty"`
	Order          json.RawMessage `json:"order,omitempty"` // the order that an order_card shows
	Articles       []ArticleCard   `json:"articles,omitempty"`
	Form           *Form           `json:"form,omitempty"`   // what the customer is asked to fill in
	Filled         *FormAnswer     `json:"filled,omitempty"` // what the customer filled in or picked
	CreatedAt      time.Time       `json:"created_at"`
	Edited         bool            `json:"edited"`
	Deleted        bool            `json:"deleted"`              // it was recalled
	Unrouted       string          `json:"unrouted,omitempty"`   // why it went to no customer
	Answer         *BotAnswer      `json:"answer,omitempty"`     // what an answer of Kefu's bot was based on; for staff and programs
	Deliveries     []Delivery      `json:"deliveries,omitempty"` // for staff and programs
}

// ArticleCard is an article as a message shows it.
type ArticleCard struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Excerpt string `json:"excerpt,omitempty"`
	URL     string `json:"url,omitempty"`
	Locale  string `json:"locale,omitempty"`
}

// BotAnswer is what an answer of Kefu's bot was based on.
type BotAnswer struct {
	Questions  []string   `json:"questions"` // the messages that it answers
	Source     string     `json:"source"`    // excerpts, writer or none
	Confidence float64    `json:"confidence"`
	Reason     string     `json:"reason"`
	Articles   []BotBasis `json:"articles"` // the best first
	Helped     *bool      `json:"helped"`   // nil: the customer said nothing
}

// BotBasis is an article that an answer was based on.
type BotBasis struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Score float64 `json:"score"`
	Used  bool    `json:"used"` // the answer says or cites it
}

// Sender is who wrote a message, with the name as it was then.
type Sender struct {
	Type string `json:"type"` // contact, agent, bot or system
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
	Via  string `json:"via,omitempty"` // where they wrote: Discord, API
}

// File is a picture or file of a message.
type File struct {
	URL  string `json:"url"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"` // bytes
}

// Choice is something to pick.
type Choice struct {
	Label string `json:"label"`
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

// Delivery is what became of a message on its way to one place.
type Delivery struct {
	ID       string `json:"id"`
	Target   string `json:"target"` // an inbox
	Role     string `json:"role"`   // customer or desk
	State    string `json:"state"`  // queued, sending, delivered, failed, uncertain or skipped
	Reason   string `json:"reason"`
	Attempts int    `json:"attempts"`
}

// NewMessage is what is to be said.
type NewMessage struct {
	ConversationID string          `json:"conversation_id,omitempty"`
	Content        string          `json:"content,omitempty"`
	ContentType    string          `json:"content_type,omitempty"`
	Private        bool            `json:"private,omitempty"`
	Attachments    []AttachmentRef `json:"attachments,omitempty"`
	// Choices of the content type "choice" are a question: what is picked comes back as an answer.
	Choices  []Choice        `json:"choices,omitempty"`
	Form     *NewForm        `json:"form,omitempty"`     // what the customer is to fill in
	Order    json.RawMessage `json:"order,omitempty"`    // an order to show, as the shop tells it
	Articles []string        `json:"articles,omitempty"` // ids of published articles to show
	// Answer is what a contact filled in or picked, in place of a content.
	Answer *NewAnswer `json:"answer,omitempty"`
	// SenderType is for programs: "bot" (without it), or "contact" to pass on what the contact wrote.
	SenderType string `json:"sender_type,omitempty"`
}

// AttachmentRef refers to an uploaded file by its ID, or to one that lies elsewhere by its URL.
type AttachmentRef struct {
	ID   string `json:"id,omitempty"`
	URL  string `json:"url,omitempty"`
	Name string `json:"name,omitempty"`
}

// MessageFilter says which messages of a conversation are wanted, and in which order.
type MessageFilter struct {
	Before, After int64 // seqs, not included; 0 is no bound
	OldestFirst   bool
}

func (f MessageFilter) query() url.Values {
	q := filter{}.number("before", f.Before).number("after", f.After)
	if f.OldestFirst {
		q.text("order", "oldest")
	}
	return url.Values(q)
}

// Messages are what is said in conversations; Conversations.Messages lists them.
type Messages struct{ c *Client }

// Send says something. The answer's ConversationID is where it went: a contact's words in a closed conversation may begin another one.
func (s Messages) Send(ctx context.Context, in NewMessage) (*Message, error) {
	return post[Message](ctx, s.c, "/messages", in)
}

// Get reads one, with what became of its deliveries.
func (s Messages) Get(ctx context.Context, id string) (*Message, error) {
	return get[Message](ctx, s.c, at("/messages", id), nil)
}

// Edit changes the text. The old one is kept for audit.
func (s Messages) Edit(ctx context.Context, id, content string, opts ...CallOption) (*Message, error) {
	return put[Message](ctx, s.c, at("/messages", id), map[string]string{"content": content}, opts)
}

// Recall empties a message. The old text is kept for audit.
func (s Messages) Recall(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/messages", id), opts)
}

// Retry sends it again to every place where its delivery failed or is uncertain.
func (s Messages) Retry(ctx context.Context, id string) (*Message, error) {
	return post[Message](ctx, s.c, at("/messages", id, "retry"), nil)
}
