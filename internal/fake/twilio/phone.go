package twilio

import (
	"slices"
	"strconv"
	"strings"
)

// codeUnsubscribed is what became of a text to a phone that has answered STOP.
const codeUnsubscribed = 21610

// receipt is what became of a message at one phone.
type receipt struct {
	sid, participant, status string
	code                     int
}

// reaches sends a message to the phones of its conversation, but not to who wrote it, and tells of what became of it. The lock must be held.
func (s *Server) reaches(n *conversation, m *message) {
	for _, p := range n.participants {
		if p.address == "" || p.address == m.author {
			continue
		}
		r := receipt{sid: s.w.newSID("DY"), participant: p.sid, status: "delivered"}
		if s.w.stopped[[2]string{p.address, p.proxy}] {
			r.status, r.code = "failed", codeUnsubscribed
		}
		m.receipts = append(m.receipts, r)
		s.fire(nil, n, "onDeliveryUpdated", fields{
			"MessageSid": m.sid, "DeliveryReceiptSid": r.sid, "ParticipantSid": p.sid, "Status": r.status, "ErrorCode": strconv.Itoa(r.code),
		}, sourceAPI)
	}
}

// hears acts on the words that Twilio knows. The lock must be held.
func (s *Server) hears(address, proxy, body string) {
	switch strings.ToUpper(strings.TrimSpace(body)) {
	case "STOP", "UNSUBSCRIBE", "CANCEL", "END", "QUIT":
		s.w.stopped[[2]string{address, proxy}] = true
	case "START", "UNSTOP", "YES":
		delete(s.w.stopped, [2]string{address, proxy})
	}
}

// summary is what a message says of its receipts.
func (m *message) summary() any {
	if len(m.receipts) == 0 {
		return nil
	}
	of := func(status string) string {
		n := 0
		for _, r := range m.receipts {
			if r.status == status {
				n++
			}
		}
		switch n {
		case 0:
			return "none"
		case len(m.receipts):
			return "all"
		}
		return "some"
	}
	return obj{"total": len(m.receipts), "sent": "all", "delivered": of("delivered"), "read": "none", "failed": of("failed"), "undelivered": "none"}
}

func (s *Server) listReceipts(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, m, err := s.about(c, s.within)
	if err != nil {
		return 0, nil, err
	}
	list := []obj{}
	for _, r := range m.receipts {
		list = append(list, obj{"sid": r.sid, "account_sid": s.opt.Account, "conversation_sid": n.sid, "message_sid": m.sid, "participant_sid": r.participant,
			"status": r.status, "error_code": r.code, "date_created": stamp(m.created), "date_updated": stamp(m.created)})
	}
	return s.page(c, "delivery_receipts", list, 50)
}

// CustomerSends lets a phone send a file, with words or without; see CustomerTexts.
func (s *Server) CustomerSends(address, proxy, body, filename, contentType string, content []byte) (conversationSID, messageSID string) {
	return s.phonePosts(address, proxy, &message{author: address, body: body, attributes: "{}", media: s.keep(filename, contentType, content)})
}

// CustomerEnds closes the newest conversation of a pair of addresses for ever, as its timer does.
func (s *Server) CustomerEnds(address, proxy string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.boundTo(address, proxy)
	if n == nil {
		return ErrNoConversation
	}
	s.setState(nil, n, stateClosed, "TIMER")
	return nil
}

// ChatSays lets somebody write by a web chat, and gives the SIDs of conversation and message. Without an open conversation one is made.
func (s *Server) ChatSays(identity, friendlyName, body string) (conversationSID, messageSID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.chatOf(identity)
	if n == nil {
		now := s.opt.Now()
		n = &conversation{sid: s.w.newSID("CH"), attributes: "{}", state: stateActive, created: now, updated: now}
		s.w.conversations = append(s.w.conversations, n)
		s.fire(nil, n, "onConversationAdded", fields{"DateCreated": precise(now), "Attributes": "{}", "State": n.state}, sourceSDK)
		attributes := string(encode(obj{"friendlyName": friendlyName}))
		s.join(nil, n, &participant{identity: identity, attributes: attributes, created: now}, sourceSDK)
	}
	m := &message{author: identity, body: body, attributes: "{}"}
	s.post(nil, n, m, sourceSDK)
	return n.sid, m.sid
}

func (s *Server) chatOf(identity string) *conversation {
	for _, n := range s.w.conversations {
		if !n.closed() && slices.ContainsFunc(n.participants, func(p *participant) bool { return p.identity == identity }) {
			return n
		}
	}
	return nil
}

// Phone is what a phone has of what was written to it from a number of ours, oldest first: nothing that it wrote itself, nothing that it refused.
func (s *Server) Phone(address, proxy string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, n := range s.w.conversations {
		at := slices.IndexFunc(n.participants, func(p *participant) bool { return p.address == address && p.proxy == proxy })
		if at < 0 {
			continue
		}
		for _, m := range n.shown().Messages {
			of, _ := n.message(m.SID)
			if slices.ContainsFunc(of.receipts, func(r receipt) bool { return r.participant == n.participants[at].sid && r.status == "delivered" }) {
				out = append(out, m)
			}
		}
	}
	return out
}
