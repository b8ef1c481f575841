package wordpress

import (
	"fmt"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// Kind names the channel in the configuration.
const Kind = "wordpress"

// Factory makes WordPress connectors. Its zero value is ready.
type Factory struct{}

// Connector is one site. Make it with Factory.New.
type Connector struct {
	set    settings
	deps   connector.Deps
	extras extras
}

var (
	_ connector.Factory       = Factory{}
	_ connector.Connector     = (*Connector)(nil)
	_ connector.Receiver      = (*Connector)(nil)
	_ connector.StatusSender  = (*Connector)(nil)
	_ connector.Enricher      = (*Connector)(nil)
	_ connector.OrderReader   = (*Connector)(nil)
	_ connector.Comparer      = (*Connector)(nil)
	_ connector.Fingerprinter = (*Connector)(nil)
	_ connector.Prober        = (*Connector)(nil)
	_ fmt.Formatter           = (*Connector)(nil)
)

// Describe says what the channel is.
func (Factory) Describe() connector.Descriptor {
	return connector.Descriptor{
		Kind:     Kind,
		Title:    map[string]string{"zh-TW": "WordPress 客服單", "zh-CN": "WordPress 工单", "en": "WordPress tickets"},
		Fields:   fields(),
		Customer: true,
		Capabilities: []string{
			"takes tickets, messages and closings by signed or plain hooks",
			"sends replies and closings to the site",
			"shows the order of a ticket",
			"finds lost messages by comparison with the site",
			connector.CapLooks,
		},
	}
}

// New checks the settings; it connects to nothing.
func (Factory) New(inbox connector.Inbox, deps connector.Deps) (connector.Connector, error) {
	set, err := parseSettings(inbox.Settings)
	if err != nil {
		return nil, err
	}
	set.inbox = inbox.ID
	return &Connector{set: set, deps: deps}, nil
}

// Format writes the inbox alone, for every verb: what else is in here may be secret.
func (c *Connector) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "wordpress inbox %s", c.set.inbox)
}

// SweepEvery is how often open tickets are compared with the site; 0 when there is no site to ask.
func (c *Connector) SweepEvery() time.Duration {
	if c.set.site == "" {
		return 0
	}
	return c.set.sweepEvery
}

// Fingerprint tells what the site will show a message of ours by, before it is sent: a hook may bring it back before the answer to our
// call is there. It is "" for what never goes to the site. Pure.
func (c *Connector) Fingerprint(m kefu.Message) string {
	if m.Private {
		return ""
	}
	return c.sentFingerprint(senderText(m.Author), c.words(m.Content))
}
