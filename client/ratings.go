package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// ConversationRating is what the customer thought of a conversation.
type ConversationRating struct {
	Stars   int       `json:"stars"` // 1 to 5
	Comment string    `json:"comment"`
	RatedAt time.Time `json:"rated_at"`
}

// Rating is what a customer thought of a conversation, in the list of all of them.
type Rating struct {
	ID             string    `json:"id"`
	ConversationID string    `json:"conversation_id"`
	InboxID        string    `json:"inbox_id"`
	ContactID      string    `json:"contact_id"`
	AgentID        *string   `json:"agent_id"` // who had it at its end
	TeamID         *string   `json:"team_id"`
	Stars          int       `json:"stars"` // 1 to 5
	Comment        string    `json:"comment"`
	AskedAt        time.Time `json:"asked_at"`
	RatedAt        time.Time `json:"rated_at"`
}

// RatingFilter narrows a list; empty members do not.
type RatingFilter struct {
	AgentID string
	TeamID  string
	InboxID string
	Since   time.Time
}

// Ratings are what customers thought.
type Ratings struct{ c *Client }

// List walks the ratings of the conversations that the caller may see, newest first.
func (s Ratings) List(ctx context.Context, f RatingFilter) iter.Seq2[Rating, error] {
	return items[Rating](ctx, s.c, "/ratings", url.Values(filter{}.text("agent_id", f.AgentID).text("team_id", f.TeamID).
		text("inbox_id", f.InboxID).time("since", f.Since)))
}
