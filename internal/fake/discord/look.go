package discord

import (
	"context"
	"net/http"
	"time"
)

// Request is one recorded REST request. Path is without the /api/v10 prefix.
type Request struct {
	At          time.Time
	Version     string // "v10"; "" when the path named none
	Method      string
	Path        string
	Route       string // the route's template, "" when unknown
	Query       string
	Header      http.Header
	Body        []byte // up to 256 KiB
	PayloadJSON []byte // of a multipart body
	Files       []string
	Status      int    // 0: the connection was cut
	Fault       string // the fault that fired, "" for none
}

// Violation is something the bot did that Discord forbids or punishes.
type Violation struct {
	At   time.Time
	Rule string // e.g. "interaction-deadline"
	Text string
}

// Connection is one gateway connection, open or over.
type Connection struct {
	At        time.Time
	Path      string // "/gateway" or "/gateway/resume"
	Version   string
	Compress  bool
	Login     string // "identify", "resume" or "" before either
	SessionID string
	Intents   int
	Sequence  int64 // that RESUME named
	Ready     bool  // READY or RESUMED was sent
	Open      bool
	Code      int // close code, the bot's or ours; 0 = cut
}

// Channels are the guild's living channels and threads, by id.
func (s *Server) Channels() []Channel { return nil }

// Channel finds a channel by id, deleted ones too.
func (s *Server) Channel(id string) (Channel, bool) { return Channel{}, false }

// ChannelNamed finds a living guild channel by name.
func (s *Server) ChannelNamed(name string) (Channel, bool) { return Channel{}, false }

// Messages are a channel's living messages, oldest first; of a deleted channel,
// those it had.
func (s *Server) Messages(channelID string) []Message { return nil }

// Message finds a message by id, deleted ones too.
func (s *Server) Message(id string) (Message, bool) { return Message{}, false }

// Reactions are a message's reactions in order of first use.
func (s *Server) Reactions(messageID string) []Reaction { return nil }

// Ledger is every message the bot ever made, in order, as it stands now,
// including deleted and ephemeral ones and those in deleted channels.
func (s *Server) Ledger() []Message { return nil }

// Commands are the registered commands, the guild's before the global ones.
func (s *Server) Commands() []Command { return nil }

// Interactions are all that people did, in order.
func (s *Server) Interactions() []*Interaction { return nil }

// Requests are the recorded REST requests, oldest first.
func (s *Server) Requests() []Request { return nil }

// ClearRequests forgets the recorded requests.
func (s *Server) ClearRequests() {}

// Violations are the rules the bot broke, oldest first.
func (s *Server) Violations() []Violation { return nil }

// Connections are the gateway connections, oldest first.
func (s *Server) Connections() []Connection { return nil }

// InvalidRequests counts the 401, 403 and 429 answers of the last ten minutes.
func (s *Server) InvalidRequests() int { return 0 }

// WaitFor returns when cond is true. It is asked again after every change in the
// server and runs outside locks, so it may call any method.
func (s *Server) WaitFor(ctx context.Context, cond func() bool) error { return nil }

// WaitMessage waits for a living message that match accepts; channelID "" looks everywhere.
func (s *Server) WaitMessage(ctx context.Context, channelID string, match func(Message) bool) (Message, error) {
	return Message{}, nil
}

// WaitChannel waits for a living channel that match accepts.
func (s *Server) WaitChannel(ctx context.Context, match func(Channel) bool) (Channel, error) {
	return Channel{}, nil
}

// WaitReady waits until a bot is logged in on the gateway (READY or RESUMED sent).
func (s *Server) WaitReady(ctx context.Context) error { return nil }
