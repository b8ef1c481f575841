package discord

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Request is one recorded REST request. Path is without the /api/v10 prefix.
type Request struct {
	At          time.Time
	Version     string // "v10"; "" when the path named none
	Method      string
	Path        string
	Route       string // the route's template, "/" when unknown
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
	Ready     bool  // READY or RESUMED was queued
	Open      bool
	Code      int // close code, the bot's or ours; 0 = cut
}

// Channels are the guild's living channels and threads, oldest first.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Channel, 0, len(s.w.living))
	for _, id := range s.w.living {
		out = append(out, s.w.channels[id].Channel)
	}
	return out
}

// Channel finds a channel by id, deleted ones and DMs too.
func (s *Server) Channel(id string) (Channel, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, found := s.w.channels[id]
	if !found {
		return Channel{}, false
	}
	return c.Channel, true
}

// ChannelNamed finds a living guild channel by name.
func (s *Server) ChannelNamed(name string) (Channel, bool) {
	list := s.Channels()
	i := slices.IndexFunc(list, func(c Channel) bool { return c.Name == name })
	if i < 0 {
		return Channel{}, false
	}
	return list[i], true
}

// Messages are a channel's living messages, oldest first; of a deleted channel,
// those it ever had.
func (s *Server) Messages(channelID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.w.channels[channelID]
	if c == nil {
		return nil
	}
	out := []Message{}
	for _, m := range c.messages {
		if !m.Deleted || c.Deleted {
			out = append(out, s.w.view(*m))
		}
	}
	return out
}

// Message finds a message by id, deleted and ephemeral ones too.
func (s *Server) Message(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, found := s.w.messages[id]
	if !found {
		return Message{}, false
	}
	return s.w.view(*m), true
}

// Reactions are a message's reactions in order of first use.
func (s *Server) Reactions(messageID string) []Reaction {
	m, _ := s.Message(messageID)
	return m.Reactions
}

// Ledger is every message the bot ever made, in order, as it stands now,
// including deleted and ephemeral ones and those in deleted channels.
func (s *Server) Ledger() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.w.ledger))
	for i, m := range s.w.ledger {
		out[i] = s.w.view(*m)
	}
	return out
}

// LedgerLen is how many messages the bot ever made; it costs nothing.
func (s *Server) LedgerLen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.w.ledger)
}

// Members are those present, the owner and the bot among them.
func (s *Server) Members() []Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.memberList()
}

// Commands are the registered commands, the guild's before the global ones.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(s.w.commandsOf(s.w.guildID), s.w.commandsOf("")...)
}

// Interactions are all that people did, in order.
func (s *Server) Interactions() []*Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.w.acted)
}

// Requests are the recorded REST requests, oldest first.
func (s *Server) Requests() []Request { return s.rec.all() }

// ClearRequests forgets the recorded requests.
func (s *Server) ClearRequests() { s.rec.clear() }

// Violations are the rules the bot broke, oldest first (the first 1,000).
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.w.violations)
}

// Connections are the gateway connections (the last 1,000), oldest first.
func (s *Server) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Connection, len(s.w.connections))
	for i, c := range s.w.connections {
		out[i] = *c
	}
	return out
}

// InvalidRequests counts the 401, 403 and 429 answers of the last ten minutes.
func (s *Server) InvalidRequests() int { return s.rec.invalidCount() }

// WaitFor returns nil when cond is true, or the context's error. cond is asked
// again after every change in the server and runs outside locks, so it may
// call any method.
func (s *Server) WaitFor(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		if s.w.changed == nil {
			s.w.changed = make(chan struct{})
		}
		changed := s.w.changed
		s.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
			return http.ErrServerClosed
		}
	}
}

// WaitMessage waits for a living message that match accepts, ephemeral ones
// apart; channelID "" looks in every living guild channel.
func (s *Server) WaitMessage(ctx context.Context, channelID string, match func(Message) bool) (Message, error) {
	var out Message
	err := s.WaitFor(ctx, func() bool {
		for _, id := range s.channelIDs(channelID) {
			list := s.Messages(id)
			if i := slices.IndexFunc(list, match); i >= 0 {
				out = list[i]
				return true
			}
		}
		return false
	})
	return out, err
}

func (s *Server) channelIDs(only string) []string {
	if only != "" {
		return []string{only}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.w.living)
}

// WaitChannel waits for a living channel that match accepts.
func (s *Server) WaitChannel(ctx context.Context, match func(Channel) bool) (Channel, error) {
	var out Channel
	err := s.WaitFor(ctx, func() bool {
		list := s.Channels()
		i := slices.IndexFunc(list, match)
		if i >= 0 {
			out = list[i]
		}
		return i >= 0
	})
	return out, err
}

// WaitReady waits until a bot is logged in on the gateway (READY or RESUMED queued).
func (s *Server) WaitReady(ctx context.Context) error {
	return s.WaitFor(ctx, func() bool {
		return slices.ContainsFunc(s.Connections(), func(c Connection) bool { return c.Open && c.Ready })
	})
}
