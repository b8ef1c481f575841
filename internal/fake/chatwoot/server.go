package chatwoot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options say what server it is. The zero value is a current one with account 1.
type Options struct {
	Token      string // an administrator's; default "user-token"
	AgentToken string // of Agent2, who is no administrator; default "agent-token"
	BotToken   string // an agent bot's; default "bot-token"
	Account    int64  // default 1
	Prefix     string // a path before /api, e.g. "/support"
	Unsigned   bool   // a server before 4.12: hooks carry no signature
	// OnlyAccountSigned is a server of 4.12: it signs the hooks of the account's webhooks, and not those to agent bots and inboxes.
	OnlyAccountSigned bool
	Quiet             bool // no activity messages ("Mei added vip"), which a real server writes into conversations
	// PerMinute is how many messages one conversation takes within a minute before more are refused with 422; default 200, as
	// CONVERSATION_MESSAGE_PER_MINUTE_LIMIT has it; below 0 without end.
	PerMinute int
	Now       func() time.Time
	// HookWorkers send hooks beside each other, as the jobs of a real server do; default 1, and then they come in order.
	HookWorkers int
}

// Server is a fake Chatwoot. Make it with New and start it with Start.
type Server struct {
	o      Options
	http   *http.Server
	addr   string
	hooks  *hookSender
	faults faultList[Fault]
	done   chan struct{}

	mu       sync.Mutex
	w        world
	requests []Request
}

// New makes a server with an inbox of the API channel (1), one of the website's (2), two agents and a team.
func New(o Options) *Server {
	o.Token, o.BotToken, o.Account = cmp.Or(o.Token, "user-token"), cmp.Or(o.BotToken, "bot-token"), cmp.Or(o.Account, 1)
	o.AgentToken, o.PerMinute = cmp.Or(o.AgentToken, "agent-token"), cmp.Or(o.PerMinute, 200)
	o.HookWorkers = max(o.HookWorkers, 1)
	o.Prefix = strings.TrimRight(o.Prefix, "/")
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{o: o, done: make(chan struct{}), w: newWorld()}
	s.hooks = newHookSender(s)
	return s
}

// Start listens on an address such as "127.0.0.1:0".
func (s *Server) Start(listen string) error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", listen)
	if err != nil {
		return fmt.Errorf("fake chatwoot: %w", err)
	}
	s.addr = l.Addr().String()
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // ends with Close
	}()
	return nil
}

// Handler serves everything that Start does, for whoever listens by themselves; addresses of files are then not known.
func (s *Server) Handler() http.Handler { return s.routes() }

// Close ends the server and waits for its hooks.
func (s *Server) Close() error {
	s.hooks.close()
	if s.http == nil {
		return nil
	}
	err := s.http.Close()
	<-s.done
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// URL is the server's address, with the prefix: what a client is given.
func (s *Server) URL() string { return "http://" + s.addr + s.o.Prefix }

// Host is the server's address without the prefix, where the control page is.
func (s *Server) Host() string { return "http://" + s.addr }
