package twilio

import (
	"errors"
	"slices"
	"strings"
)

// ErrNoConversation says that there is no conversation of this id or name, or that it is closed.
var ErrNoConversation = errors.New("fake twilio: there is no such open conversation")

// ErrNoMessage says that a conversation has no message of this id.
var ErrNoMessage = errors.New("fake twilio: there is no such message")

// open finds an open conversation; the lock must be held.
func (s *Server) open(name string) (*conversation, error) {
	if n := s.w.find(name); n != nil && !n.closed() {
		return n, nil
	}
	return nil, ErrNoConversation
}

// AgentJoins lets an agent of Flex take the conversation; they are in it only once.
func (s *Server) AgentJoins(conversation, identity string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.open(conversation)
	if err != nil {
		return err
	}
	s.ensureAgent(n, identity)
	return nil
}

func (s *Server) ensureAgent(n *conversation, identity string) {
	if !slices.ContainsFunc(n.participants, func(p *participant) bool { return p.identity == identity }) {
		s.join(nil, n, &participant{identity: identity, attributes: `{"member_type":"agent"}`, created: s.opt.Now()}, sourceSDK)
	}
}

// AgentSays lets an agent write, and gives the message's SID. Who is not there joins first.
func (s *Server) AgentSays(conversation, identity, body string) (string, error) {
	return s.agentPosts(conversation, identity, &message{author: identity, body: body, attributes: "{}"})
}

// AgentSends lets an agent send a file, and gives the message's SID.
func (s *Server) AgentSends(conversation, identity, filename, contentType string, content []byte) (string, error) {
	m := &message{author: identity, attributes: "{}"}
	m.media = s.keep(filename, contentType, content)
	return s.agentPosts(conversation, identity, m)
}

func (s *Server) keep(filename, contentType string, content []byte) *medium {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.w.keepMedia(filename, contentType, content)
	f.created = s.opt.Now()
	return f
}

func (s *Server) agentPosts(conversation, identity string, m *message) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.open(conversation)
	if err != nil {
		return "", err
	}
	s.ensureAgent(n, identity)
	s.post(nil, n, m, sourceSDK)
	return m.sid, nil
}

// AgentEdits changes a message.
func (s *Server) AgentEdits(conversation, messageSID, body string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.open(conversation)
	if err != nil {
		return err
	}
	m, ok := n.message(messageSID)
	if !ok {
		return ErrNoMessage
	}
	m.body = body
	s.edited(nil, n, m, sourceSDK)
	return nil
}

// AgentCloses ends a conversation for ever.
func (s *Server) AgentCloses(conversation string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.open(conversation)
	if err != nil {
		return err
	}
	for _, i := range s.w.interactions {
		if i.conversation == n.sid {
			i.status = stateClosed
		}
	}
	s.setState(nil, n, stateClosed, "EVENT")
	return nil
}

// Remove deletes a conversation with all that hangs on it, as its owner can.
func (s *Server) Remove(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.conversations = slices.DeleteFunc(s.w.conversations, func(n *conversation) bool { return n.sid == sid })
}

// CustomerTexts lets a phone write to a number of ours ("whatsapp:" in front of both for WhatsApp), and gives the SIDs of conversation and
// message. Without an open conversation between the two one is made.
func (s *Server) CustomerTexts(address, proxy, body string) (conversationSID, messageSID string) {
	return s.phonePosts(address, proxy, &message{author: address, body: body, attributes: "{}"})
}

func (s *Server) phonePosts(address, proxy string, m *message) (conversationSID, messageSID string) {
	source := sourceSMS
	if strings.HasPrefix(address, "whatsapp:") {
		source = sourceWhatsApp
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.boundTo(address, proxy)
	if n == nil {
		n = s.callsIn(address, proxy, source)
	}
	s.hears(address, proxy, m.body)
	s.post(nil, n, m, source)
	return n.sid, m.sid
}

func (s *Server) boundTo(address, proxy string) *conversation {
	for _, n := range s.w.conversations {
		if !n.closed() && slices.ContainsFunc(n.participants, func(p *participant) bool { return p.address == address && p.proxy == proxy }) {
			return n
		}
	}
	return nil
}

// callsIn makes the conversation of somebody who writes first.
func (s *Server) callsIn(address, proxy, source string) *conversation {
	now := s.opt.Now()
	n := &conversation{sid: s.w.newSID("CH"), attributes: "{}", state: stateActive, created: now, updated: now}
	s.w.conversations = append(s.w.conversations, n)
	s.fire(nil, n, "onConversationAdded", fields{
		"DateCreated": precise(now), "Attributes": "{}", "State": n.state,
		"MessagingBinding.Address": address, "MessagingBinding.ProxyAddress": proxy,
	}, source)
	s.join(nil, n, &participant{address: address, proxy: proxy, attributes: "{}", created: now}, source)
	return n
}
