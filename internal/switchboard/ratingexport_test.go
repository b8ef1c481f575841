package switchboard

import (
	"context"

	"kefu"
)

// AskRating is what closing a conversation does to ask for a rating.
func (b *Switchboard) AskRating(ctx context.Context, id kefu.ConversationID) (asked kefu.RatingID, err error) {
	err = b.update(ctx, func(c *change) error {
		conv, err := c.LockConversation(id)
		if err != nil {
			return err
		}
		asked, err = c.askRating(conv)
		return err
	})
	return asked, err
}
