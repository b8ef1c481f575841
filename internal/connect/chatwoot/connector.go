package chatwoot

import (
	"fmt"
	"log/slog"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/card"
	"kefu/internal/connector"
)

// Kind names the channel in the configuration.
const Kind = "chatwoot"

// Factory makes Chatwoot connectors. Its zero value is ready.
type Factory struct{}

// Connector is one inbox of one Chatwoot server. Make it with Factory.New.
type Connector struct {
	id   kefu.InboxID
	set  settings
	deps connector.Deps
	log  *slog.Logger
	// user has the token of a user, bot that of an agent bot; one of them may be nil.
	user, bot *api.Client
	known     *known
}

var (
	_ connector.Factory      = Factory{}
	_ connector.Connector    = (*Connector)(nil)
	_ connector.Former       = (*Connector)(nil)
	_ connector.Receptionist = (*Connector)(nil)
	_ fmt.Formatter          = (*Connector)(nil)
)

// Describe says what the channel is.
func (Factory) Describe() connector.Descriptor {
	return connector.Descriptor{
		Kind:   Kind,
		Title:  map[string]string{card.LangTW: "Chatwoot", card.LangCN: "Chatwoot", card.LangEN: "Chatwoot"},
		Fields: fields(),
		Desk:   true, Customer: true,
		Capabilities: []string{
			"opens a conversation for each conversation", "status, priority, labels and assignee both ways", "shows pictures, files and orders",
			"cards, forms and selects", "reads what was missed", "is rebuilt from Chatwoot", connector.CapLooks,
		},
	}
}

// New checks the settings; it connects to nothing.
func (Factory) New(inbox connector.Inbox, deps connector.Deps) (connector.Connector, error) {
	set, err := parseSettings(inbox.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{id: inbox.ID, set: set, deps: deps, log: deps.Log.With("channel", Kind, "inbox", inbox.ID), known: newKnown(deps.Now)}
	if c.user, err = c.dial(set.apiToken.Reveal()); err != nil {
		return nil, err
	}
	if c.bot, err = c.dial(set.botToken.Reveal()); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Connector) dial(token string) (*api.Client, error) {
	if token == "" {
		return nil, nil //nolint:nilnil // no token, no client
	}
	return api.New(c.set.url, token, c.set.accountID, api.WithHTTPClient(c.deps.Operator), api.WithUserAgent("Kefu ("+c.deps.PublicURL+")"))
}

// Format writes the inbox alone, for every verb: what else is in here may be secret.
func (c *Connector) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "chatwoot inbox %d at %s", c.set.inboxID, c.set.url)
}

// LookEvery is how often Chatwoot is asked what has changed.
func (c *Connector) LookEvery() time.Duration {
	if c.user == nil {
		return 0
	}
	return c.set.sweepEvery
}

// Forms is how many fields Chatwoot's widget shows at once: any number, where it shows forms at all.
func (c *Connector) Forms() int {
	if !c.set.rich {
		return 0
	}
	return mostFields
}

// Reception is that of a channel: whether Kefu's bot answers first.
func (c *Connector) Reception() connector.Reception {
	return connector.Reception{Bot: c.set.bot, Talks: true}
}

// any is a client that may do what both tokens may.
func (c *Connector) any() *api.Client {
	if c.user != nil {
		return c.user
	}
	return c.bot
}
