package switchboard

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/store"
)

// ConversationRating is what the customer thought of a conversation.
type ConversationRating struct {
	Stars   int       `json:"stars" minimum:"1" maximum:"5" doc:"1 to 5."`
	Comment string    `json:"comment" doc:"What the customer wrote beside them, or empty."`
	RatedAt time.Time `json:"rated_at" doc:"When the stars were given."`
}

// Rating is a rating as the API lists it.
type Rating struct {
	ID             kefu.RatingID       `json:"id" doc:"Id of the rating." example:"rat_06c0000000000000000000000g"`
	ConversationID kefu.ConversationID `json:"conversation_id" doc:"The conversation that was rated."`
	InboxID        kefu.InboxID        `json:"inbox_id" doc:"The inbox that it came in by."`
	ContactID      kefu.ContactID      `json:"contact_id" doc:"The person who rated it."`
	AgentID        *kefu.AgentID       `json:"agent_id" doc:"The agent who had it at its end, or null."`
	TeamID         *kefu.TeamID        `json:"team_id" doc:"The team in whose queue it stood then, or null."`
	Stars          int                 `json:"stars" minimum:"1" maximum:"5" doc:"1 to 5."`
	Comment        string              `json:"comment" doc:"What the customer wrote beside them, or empty."`
	AskedAt        time.Time           `json:"asked_at" doc:"When the customer was asked."`
	RatedAt        time.Time           `json:"rated_at" doc:"When the stars were given."`
}

// RatingFilter narrows the list of ratings. Empty members do not narrow.
type RatingFilter struct {
	Agent kefu.AgentID
	Team  kefu.TeamID
	Inbox kefu.InboxID
	Since time.Time
}

// Ratings lists what customers said of the conversations that the caller may see, the newest first.
func (b *Switchboard) Ratings(ctx context.Context, by kefu.Caller, f RatingFilter, p Paging) (List[Rating], error) {
	if err := forStaff(by); err != nil {
		return List[Rating]{}, err
	}
	page, err := store.PageOf(p, true)
	if err != nil {
		return List[Rating]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[Rating], error) {
		rows, err := tx.Ratings(sight, store.RatingFilter(f), page)
		return store.CutPage(rows, p, showRating, func(r kefu.Rating) (time.Time, string) { return r.RatedAt, string(r.ID) }), err
	})
}

func showRating(r kefu.Rating) Rating {
	return Rating{ID: r.ID, ConversationID: r.ConversationID, InboxID: r.InboxID, ContactID: r.ContactID, AgentID: orNull(r.AgentID), TeamID: orNull(r.TeamID),
		Stars: r.Stars, Comment: r.Comment, AskedAt: r.AskedAt, RatedAt: r.RatedAt}
}

// ratingOf is what a conversation shows of its rating; nil when the customer has not said anything.
func ratingOf(r kefu.Rating) *ConversationRating {
	if r.Stars == 0 {
		return nil
	}
	return &ConversationRating{Stars: r.Stars, Comment: r.Comment, RatedAt: r.RatedAt}
}
