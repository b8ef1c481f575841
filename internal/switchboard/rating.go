package switchboard

import (
	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// askRating notes that a customer is asked for a rating, once for each end of a conversation that a person had; "" when they are not asked.
// The conversation is locked, and still has who had it.
func (c *change) askRating(conv store.Conversation) (kefu.RatingID, error) { return "", nil }

// rate keeps what a customer says of a conversation: stars once, and a comment once after them. refused is one of the Refused words.
func (c *change) rate(inbox kefu.InboxID, who kefu.ContactID, args map[string]string) (r kefu.Rating, refused string, err error) {
	return kefu.Rating{}, connector.RefusedNotFound, nil
}
