package discord

import (
	"context"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// sendCustomer posts a message where the customer writes: their direct messages, or a private thread.
func (c *Connector) sendCustomer(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	posts := customerPosts(c.customerLanguage(ctx, out.Customer), out)
	there := map[int]connector.Part{}
	for _, p := range out.Known {
		there[p.N] = p
	}
	found := false
	err := c.inRoom(ctx, out.Thread.ExternalID, func(room string) (err error) {
		here := out
		here.Thread.ExternalID = room
		if found, err = c.search(ctx, here, posts, there); err != nil {
			return err
		}
		return c.sendMissing(ctx, here, posts, there)
	})
	return connector.Receipt{Parts: inOrder(there), Found: found && err == nil}, err
}

// noteMarked adds the part of a delivery to a customer that a post is.
func noteMarked(m api.Message, delivery string, of int, there map[int]connector.Part) {
	for n := range of {
		if _, known := there[n]; !known && tagged(m, partMark(delivery, n)) {
			there[n] = connector.Part{N: n, ExternalID: m.ID}
		}
	}
}

// changeCustomer carries an edit or a deletion to a customer. What was deleted is taken away, pictures and buttons as well.
func (c *Connector) changeCustomer(ctx context.Context, t connector.Thread, change connector.Change) error {
	l := c.language(ctx)
	posts := customerPosts(l, connector.Outbound{Thread: t, Message: change.Message})
	return c.inRoom(ctx, t.ExternalID, func(room string) error {
		if !change.Deleted {
			return c.changeParts(ctx, room, change.Parts, posts, l.say("edited"))
		}
		for _, part := range change.Parts {
			err := patiently(ctx, func() error { return c.api.DeleteMessage(ctx, room, part.ExternalID) })
			if err != nil && !vanished(err) {
				return err
			}
		}
		return nil
	})
}
