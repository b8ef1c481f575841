package twilio

import "time"

// Conversation is what the fake keeps of a conversation.
type Conversation struct {
	SID          string
	UniqueName   string
	Attributes   string
	State        string
	Participants []Participant
	Messages     []Message
	Hooks        []string // addresses, or the SIDs of flows
}

// Participant is somebody in a conversation.
type Participant struct {
	SID, Identity, Address, ProxyAddress, Attributes string
}

// Message is a message of a conversation.
type Message struct {
	SID        string
	Index      int
	Author     string
	Body       string
	Attributes string
	Source     string
	File       []byte
	Created    time.Time
}

// Interaction is what Flex was asked to route.
type Interaction struct {
	SID, Channel, Conversation, Type, Status string
	// Attributes are what the agent is told, JSON.
	Attributes string
}

// Conversations are all, in the order in which they were made.
func (s *Server) Conversations() []Conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Conversation, 0, len(s.w.conversations))
	for _, n := range s.w.conversations {
		out = append(out, n.shown())
	}
	return out
}

// Conversation gives one by its SID or unique name.
func (s *Server) Conversation(name string) (Conversation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.w.find(name)
	if n == nil {
		return Conversation{}, false
	}
	return n.shown(), true
}

func (c *conversation) shown() Conversation {
	out := Conversation{SID: c.sid, UniqueName: c.unique, Attributes: c.attributes, State: c.state}
	for _, p := range c.participants {
		out.Participants = append(out.Participants, Participant{p.sid, p.identity, p.address, p.proxy, p.attributes})
	}
	for _, m := range c.messages {
		v := Message{SID: m.sid, Index: m.index, Author: m.author, Body: m.body, Attributes: m.attributes, Source: m.source, Created: m.created}
		if m.media != nil {
			v.File = m.media.content
		}
		out.Messages = append(out.Messages, v)
	}
	for _, h := range c.hooks {
		out.Hooks = append(out.Hooks, h.url+h.flow)
	}
	return out
}

// Interactions are all, in the order in which they were made.
func (s *Server) Interactions() []Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Interaction, 0, len(s.w.interactions))
	for _, i := range s.w.interactions {
		out = append(out, Interaction{i.sid, i.channel, i.conversation, i.kind, i.status, i.routing})
	}
	return out
}
