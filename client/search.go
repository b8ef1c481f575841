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
	Type           string    `json:"type"`
	ID             string    `json:"id"`
	ConversationID *string   `json:"conversation_id"`
	Title          string    `json:"title"`
	Excerpt        string    `json:"excerpt"`
	CreatedAt      time.Time `json:"created_at"`
}

// Search finds words.
type Search struct{ c *Client }

// Find walks what was found, newest first.
func (s Search) Find(ctx context.Context, q SearchQuery) iter.Seq2[Hit, error] {
	f := filter{"q": {q.Text}}.words("types", q.Types).text("inbox", q.InboxID).text("conversation", q.ConversationID)
	return items[Hit](ctx, s.c, "/search", url.Values(f.number("limit", int64(q.Limit))))
}
