package discord

import (
	"context"

	"kefu/internal/connector"
)

// sendCustomer posts a message where the customer writes: their direct messages, or a private thread.
func (c *Connector) sendCustomer(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	return connector.Receipt{}, fail(connector.Permanent, connector.ScopeThread, 0, "this Discord inbox is a desk: customers are not reached by it", nil)
}

// tellCustomer says in the customer's own language what happened to the conversation.
func (c *Connector) tellCustomer(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	return nil
}
