package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// Heard asks about the next message of a conversation.
func (b *Switchboard) Heard(ctx context.Context, conv store.Conversation) (ok bool, err error) {
	err = b.update(ctx, func(c *change) (err error) {
		ok, err = c.heard(conv)
		return err
	})
	return ok, err
}

// Speaks notes the language of who writes.
func (b *Switchboard) Speaks(ctx context.Context, id kefu.ContactID, s connector.Sender, text string) error {
	return b.update(ctx, func(c *change) error { return c.speaks(id, s, text) })
}
