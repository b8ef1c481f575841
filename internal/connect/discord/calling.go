package discord

import (
	"context"

	"kefu/internal/connector"
)

// callStaff calls the people of the desk to somebody who waits.
func (c *Connector) callStaff(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	return nil
}
