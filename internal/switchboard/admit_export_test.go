package switchboard

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// Admit takes something in when it is admitted, in one transaction.
func (b *Switchboard) Admit(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (res connector.Result, refused string, after time.Time, err error) {
	err = b.update(ctx, func(c *change) (err error) {
		if refused, after, err = c.admit(inbox, in); err != nil || refused != "" {
			return err
		}
		res, err = c.receive(inbox, in)
		return err
	})
	return res, refused, after, err
}

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
