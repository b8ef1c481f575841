package twilio

import (
	"context"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// Kind names the channel in the configuration.
const Kind = "twilio"

// Factory makes Twilio connectors. Its zero value is ready.
type Factory struct{}

// Connector is one account of Twilio as an inbox. Make it with Factory.New.
type Connector struct {
	set  settings
	deps connector.Deps
	api  *api.Client
	// rooms are conversations with customers, told the messages of which staff know that they were refused.
	rooms *cache[talk]
	told  *cache[bool]
	// taken is what messages said when they were taken in last, by their SIDs, so that only what was changed is told again.
	taken *cache[string]
	// seats are who was in a desk's conversation when all of it was read last.
	seats *cache[people]
}

// mostTaken bounds what is remembered of messages.
const mostTaken = 8192

var (
	_ connector.Factory        = Factory{}
	_ connector.Connector      = (*Connector)(nil)
	_ connector.Receiver       = (*Connector)(nil)
	_ connector.Watcher        = (*Connector)(nil)
	_ connector.Opener         = (*Connector)(nil)
	_ connector.StandingSender = (*Connector)(nil)
	_ connector.Marker         = (*Connector)(nil)
	_ connector.Receptionist   = (*Connector)(nil)
	_ connector.Director       = (*Connector)(nil)
	_ connector.Prober         = (*Connector)(nil)
	_ fmt.Formatter            = (*Connector)(nil)
)

// Describe says what the channel is.
func (Factory) Describe() connector.Descriptor {
	return connector.Descriptor{
		Kind:     Kind,
		Title:    map[string]string{"zh-TW": "Twilio（Flex、簡訊、WhatsApp）", "zh-CN": "Twilio（Flex、短信、WhatsApp）", "en": "Twilio (Flex, SMS, WhatsApp)"},
		Fields:   fields(),
		Desk:     true,
		Customer: true,
		Capabilities: []string{
			"opens a conversation in Flex for each customer who asks for a person",
			"takes texts of SMS and WhatsApp",
			"carries pictures and files both ways",
			"splits long texts",
			"finds what was missed when a hook was lost",
			"tells agents of Flex what did not reach the customer",
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
	return &Connector{set: set, deps: deps, api: api.New(set.options(deps)), rooms: newCache[talk](maxRooms), told: newCache[bool](maxRooms),
		taken: newCache[string](mostTaken), seats: newCache[people](maxRooms)}, nil
}

// Format writes the inbox alone, for every verb: what else is in here may be secret.
func (c *Connector) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "twilio inbox %s", c.set.inbox)
}

// Send writes one message into the conversation of a thread: of a desk, or of a customer.
func (c *Connector) Send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	if out.Thread.Role == kefu.RoleDesk {
		return c.sendDesk(ctx, out)
	}
	return c.sendCustomer(ctx, out)
}

// Look reads what came in a thread. One that no link has is named by the conversation's SID, as hooks name it: ours if it carries our
// mark, else a customer's.
func (c *Connector) Look(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	if t.Role == kefu.RoleDesk {
		return c.lookDesk(ctx, t, emit)
	}
	if t.LinkID != "" || !isSID("CH", t.ExternalID) {
		return c.lookCustomer(ctx, t, emit)
	}
	n, err := c.api.Conversation(ctx, t.ExternalID)
	if err != nil {
		return c.failure(err)
	}
	if m, ok := markOf(n); ok {
		return c.lookLost(ctx, n, m, emit)
	}
	return c.lookRoom(ctx, n, t, emit)
}

// Changed names the conversations at which something may have happened: those of open threads, and what customers have begun.
func (c *Connector) Changed(ctx context.Context, since time.Time) ([]string, error) {
	threads, err := c.deps.Directory.Threads(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range threads {
		if t.ExternalID != "" && t.Role == kefu.RoleDesk {
			names = append(names, t.ExternalID)
		}
	}
	if since.IsZero() && c.set.desk() {
		lost, err := c.lost(ctx, names)
		if err != nil {
			return nil, err
		}
		names = append(names, lost...)
	}
	others, err := c.changedCustomers(ctx, threads, since)
	return append(names, others...), err
}

// LookEvery is how often Changed is asked.
func (c *Connector) LookEvery() time.Duration { return c.set.sweepEvery }
