package kefu

import "time"

// RatingID is the id of a rating: rat_….
type RatingID string

// Rating is what a customer was asked after the end of a conversation, and what they said.
type Rating struct {
	ID             RatingID
	ConversationID ConversationID
	ContactID      ContactID
	InboxID        InboxID
	AgentID        AgentID // who had the conversation at its end
	TeamID         TeamID
	Stars          int // 1 to 5; 0 is not answered
	Comment        string
	AskedAt        time.Time
	ExpiresAt      time.Time
	RatedAt        time.Time
}
