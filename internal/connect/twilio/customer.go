package twilio

import (
	"context"
	"time"

	"kefu/internal/connector"
)

func (c *Connector) sendCustomer(context.Context, connector.Outbound) (connector.Receipt, error) {
	return connector.Receipt{}, &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: "this inbox is a desk: nothing goes to customers here"}
}

func (c *Connector) lookCustomer(context.Context, connector.Thread, connector.Emit) error { return nil }

func (c *Connector) changedCustomers(context.Context, []connector.Thread, time.Time) ([]string, error) {
	return nil, nil
}
