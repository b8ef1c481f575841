package discord

import (
	"net/http"
)

// Server is one fake Discord with one guild and one bot.
type Server struct {
	opt Options
}

// New makes a server that does not listen yet; see Start and Handler.
func New(o Options) *Server { return &Server{opt: o.withDefaults()} }

// Start listens on addr ("127.0.0.1:0" picks a port) and returns when requests
// are taken. It may be called once.
func (s *Server) Start(addr string) error { return nil }

// URL is the server's root, "http://127.0.0.1:port"; the control page is there.
func (s *Server) URL() string { return "" }

// APIURL is the REST base a bot is given, URL plus "/api/v10".
func (s *Server) APIURL() string { return s.URL() + "/api/v10" }

// Handler serves everything Start would; URL is then taken from the request's host.
func (s *Server) Handler() http.Handler { return nil }

// Close ends listener, sockets and goroutines. It is idempotent.
func (s *Server) Close() error { return nil }

// Token is the bot token that is accepted.
func (s *Server) Token() string { return s.opt.Token }

// GuildID is the id of the guild and of its @everyone role.
func (s *Server) GuildID() string { return "" }

// ApplicationID is the application's id.
func (s *Server) ApplicationID() string { return "" }

// BotID is the bot's user id.
func (s *Server) BotID() string { return "" }
