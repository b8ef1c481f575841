package twilio

import (
	"context"

	"kefu"
	"kefu/internal/connector"
)

// noDesk is what an inbox without a workflow says to whoever would open a thread in it.
func noDesk() error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeInbox, Reason: "this inbox is no desk: set workspace_sid and workflow_sid"}
}

// Open makes the conversation of a desk link.
func (c *Connector) Open(context.Context, connector.Opening) (connector.Thread, error) {
	return connector.Thread{}, noDesk()
}

func (c *Connector) sendDesk(context.Context, connector.Outbound) (connector.Receipt, error) {
	return connector.Receipt{}, noDesk()
}

func (c *Connector) lookDesk(context.Context, connector.Thread, connector.Emit) error {
	return noDesk()
}

// SendStanding carries what changed here.
func (c *Connector) SendStanding(ctx context.Context, t connector.Thread, now, base connector.Standing) (connector.Standing, error) {
	if t.Role == kefu.RoleCustomer {
		return c.customerStanding(ctx, t, now)
	}
	return base, noDesk()
}
