package discord

import (
	"context"

	"kefu/internal/connector"
)

// openBoard posts a ticket where everybody sees how it stands, or finds the post that an earlier call made.
func (c *Connector) openBoard(ctx context.Context, o connector.Opening) (connector.Thread, error) {
	return connector.Thread{}, fail(connector.Permanent, connector.ScopeThread, 0, "this Discord inbox has no boards", nil)
}

// updateBoard makes the post of a ticket say how it stands now. Idempotent.
func (c *Connector) updateBoard(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	return nil
}
