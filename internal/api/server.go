package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"kefu"
	"kefu/internal/alert"
	"kefu/internal/auth"
	"kefu/internal/connector"
	"kefu/internal/knowledge"
	"kefu/internal/switchboard"
	"kefu/internal/webhook"
)

// MaxHook is the largest body of a hook, in bytes (contracts: site-tickets).
const MaxHook = 1 << 20

// Check is one line of /readyz. Status is ok, degraded or fail; a fail makes the process unready.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// Words of a check's status.
const (
	CheckOK       = "ok"
	CheckDegraded = "degraded"
	CheckFail     = "fail"
)

// Hook is an inbox that takes hooks. Receive stores what its connector parsed and returns after the commit.
type Hook struct {
	Inbox    kefu.InboxID
	Receiver connector.Receiver
}

// Options are what the doors open to. All are required but the defaults and those of /api/v1.
type Options struct {
	Log            *slog.Logger
	Hooks          []Hook
	Default        kefu.InboxID // the inbox that answers /ticket/* at the root; "" for none
	DefaultFlex    kefu.InboxID // the one that answers /forward-to-discord and /chatbot-to-discord there; "" for none
	TrustedProxies []netip.Prefix
	// Receive stores one thing taken in and returns after the commit (switchboard.Receive).
	Receive func(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error)
	Ready   func(ctx context.Context) []Check
	Metrics http.Handler
	Files   http.Handler
	// Board holds the rules that /api/v1 calls, Auth knows who calls. Without Auth there is no /api/v1.
	Board *switchboard.Switchboard
	Auth  Authenticator
	// Accounts holds the verbs of credentials; without it there is nothing to log in with and no OAuth2.
	Accounts *auth.Auth
	// Webhooks holds the verbs of outgoing webhooks.
	Webhooks *webhook.Webhooks
	// Knowledge holds the verbs of the knowledge base.
	Knowledge *knowledge.Knowledge
	// Alerts reads what the operator was told.
	Alerts *alert.Alerts
	// PublicURL is where clients reach this server, for the API's document; "" leaves it to the address they read it from.
	PublicURL string
	// Version is the program's, for the API's document.
	Version string
	// Stopping is closed when the program stops: who waits for events is answered then. Nil is never.
	Stopping <-chan struct{}
	// Socket is the WebSocket door, which asks by itself who comes; nil has none.
	Socket http.Handler
	// Observe is told of every hook and its status, for metrics. It must not block.
	Observe func(inbox kefu.InboxID, status int)
}

type server struct {
	Options
	hooks map[kefu.InboxID]connector.Receiver
}

// New builds the handler of all routes.
func New(o Options) http.Handler {
	s := &server{Options: o, hooks: make(map[kefu.InboxID]connector.Receiver, len(o.Hooks))}
	for _, h := range o.Hooks {
		s.hooks[h.Inbox] = h.Receiver
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, r.handler)
	}
	return s.identified(mux)
}
