package program

import (
	"context"
	"errors"

	"kefu/internal/connector"
)

// Kind is the channel's word in the configuration.
const Kind = "api"

// Factory makes the channel's connectors.
type Factory struct{}

// Describe tells what the channel is. It has no settings.
func (Factory) Describe() connector.Descriptor {
	return connector.Descriptor{Kind: Kind, Customer: true, Title: map[string]string{"en": "Your own program", "zh-TW": "自有程式", "zh-CN": "自有程序"},
		Capabilities: []string{"read by REST, WebSocket and webhooks; nothing is sent to it"}}
}

// New makes a connector; it cannot fail, for there is nothing to set.
func (Factory) New(connector.Inbox, connector.Deps) (connector.Connector, error) {
	return program{}, nil
}

type program struct{}

var errNothingOutside = errors.New("an inbox of channel api has nothing outside: its program reads what is stored")

// Send refuses: no conversation of this channel has a customer link, so nothing is ever queued for it.
func (program) Send(context.Context, connector.Outbound) (connector.Receipt, error) {
	return connector.Receipt{}, &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Err: errNothingOutside}
}
