package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// SearchQuery is what is looked for.
type SearchQuery struct {
	Text           string
	Types          []string // conversations, messages, contacts, tickets, articles; none is all that the caller may read
	InboxID        string
	ConversationID string
	Limit          int // of one page, at most 200; 0 is the server's
}

// Hit is something that was found.
type Hit struct {
	Type           string    `json:"type"` // conversation, message, contact, ticket or article
	ID             string    `json:"id"`
	ConversationID *string   `json:"conversation_id"`
	Title          string    `json:"title"`
	Excerpt        string    `json:"excerpt"` // plain text: escape it before it is shown as HTML
	Marks          []Mark    `json:"marks"`   // which parts of the excerpt were found
	Score          *float64  `json:"score"`   // share of the words that it has, when nothing has all of them
	CreatedAt      time.Time `json:"created_at"`
}

// Mark is a part of an excerpt, counted from 0 in characters (code points); End is not included.
type Mark struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Search finds words.
type Search struct{ c *Client }

// Find walks what was found, newest first.
func (s Search) Find(ctx context.Context, q SearchQuery) iter.Seq2[Hit, error] {
	f := filter{"q": {q.Text}}.words("types", q.Types).text("inbox", q.InboxID).text("conversation", q.ConversationID)
	return items[Hit](ctx, s.c, "/search", url.Values(f.number("limit", int64(q.Limit))))
}
