package twilio

import (
	"context"

	"kefu"
	"kefu/internal/connector"
)

// receiveStudio takes a step of a flow.
func (c *Connector) receiveStudio(context.Context, *connector.Request) (connector.Received, error) {
	return connector.Received{}, kefu.Errorf(kefu.KindNotFound, "this inbox takes no steps of Studio: routing is %s", c.set.routing)
}
