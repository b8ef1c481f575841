package twilio

import (
	"context"

	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// lookLost reads a desk conversation of ours that no link has.
func (c *Connector) lookLost(_ context.Context, n api.Conversation, m mark, _ connector.Emit) error {
	return noDesk()
}
