package discord

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// Kind is the channel's name in an inbox's configuration.
const Kind = "discord"

// Factory makes Discord connectors.
type Factory struct{}

// Describe says what a Discord inbox is. It needs no configuration.
func (Factory) Describe() connector.Descriptor {
	return connector.Descriptor{
		Kind:   Kind,
		Title:  map[string]string{zhTW.String(): "Discord", zhCN.String(): "Discord", english.String(): "Discord"},
		Fields: fields(),
		Desk:   true, Customer: true,
		Capabilities: []string{
			"opens a channel for each conversation", "splits long texts", "shows pictures, files and orders", "forms in a window, choices as buttons or a menu", "marks",
			"buttons and slash commands",
			"reads what was missed", "carries edits and deletions", "keeps transcripts", connector.CapLooks,
		},
	}
}

// New checks the settings and makes a connector; it does not connect. The error is a *kefu.Error that names every wrong setting.
func (Factory) New(inbox connector.Inbox, deps connector.Deps) (connector.Connector, error) {
	set, err := parseSettings(inbox.Settings)
	if err != nil {
		return nil, err
	}
	log := deps.Log.With("channel", Kind)
	return &Connector{
		set:  set,
		deps: deps,
		log:  log,
		api: api.New(api.Options{
			BaseURL:   set.apiURL,
			Token:     api.Token(set.token.Reveal()),
			HTTP:      deps.Operator,
			Log:       log,
			UserAgent: "DiscordBot (" + deps.PublicURL + ", 1)",
			NoPacing:  deps.NoPacing,
			Now:       deps.Now,
		}),
		rooms:    newPool(),
		archives: newPool(),
		told:     map[string]time.Time{},
		asking:   make(chan struct{}, 1),
	}, nil
}

// Connector is one Discord server as a desk. It is safe for concurrent use on different threads.
type Connector struct {
	set  settings
	deps connector.Deps
	log  *slog.Logger
	api  *api.Client

	rooms, archives *pool
	asking          chan struct{} // held by who asks for the guild

	mu     sync.Mutex
	server *server // what is known of the guild, until it is too old
	speaks *lang   // the guild's language, once it was heard of
	bot    api.User
	told   map[string]time.Time // alerts of the last hour
	live   *api.Session         // nil while this node does not listen

	commandsOnly bool // the message content intent is off

	timing api.Timing // of the gateway session; zero but in tests
}

// Format prints the connector's guild for every verb: fmt would go through the fields to the token otherwise.
func (c *Connector) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "discord connector of guild "+c.set.guildID)
}

// Report says how the gateway connection is. It does not block.
func (c *Connector) Report() connector.Health {
	c.mu.Lock()
	live, commandsOnly := c.live, c.commandsOnly
	c.mu.Unlock()
	if live == nil {
		return connector.Health{State: stateOff, Words: "this node does not listen to the gateway"}
	}
	st := live.Status()
	switch {
	case st.State != api.StateConnected:
		return connector.Health{State: stateDegraded, Words: cmp.Or(st.Words, string(st.State)), Since: st.Since}
	case commandsOnly:
		return connector.Health{State: stateDegraded, Words: "commands and buttons only: the message content intent is off", Since: st.Since}
	}
	return connector.Health{State: stateOK, Since: st.Since}
}

// patience bounds how long one call waits inside for Discord's limits; a longer wait is the dispatcher's business.
const patience = 10 * time.Second

// patiently makes a call and makes it again after each short wait that Discord asks for. Calls of which the outcome is known to be
// "not done" only are repeated, so that it fits every call.
func patiently(ctx context.Context, call func() error) error {
	for range 8 {
		err := call()
		wait, ok := shortWait(err)
		if !ok {
			return err
		}
		if !rest(ctx, wait) {
			return err
		}
	}
	return call()
}
