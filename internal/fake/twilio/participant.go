package twilio

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func number(s string, otherwise int) (int, error) {
	if s == "" {
		return otherwise, nil
	}
	return strconv.Atoi(s)
}

func (s *Server) addParticipant(c *call) (int, any, error) {
	p := participant{attributes: "{}", created: s.opt.Now()}
	for name, to := range map[string]*string{
		"Identity": &p.identity, "MessagingBinding.Address": &p.address, "MessagingBinding.ProxyAddress": &p.proxy, "Attributes": &p.attributes,
	} {
		if v, ok := c.field(name); ok {
			*to = v
		}
	}
	if err := checkAttributes(p.attributes); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changing(c)
	if err != nil {
		return 0, nil, err
	}
	if err := s.admitted(n, &p); err != nil {
		return 0, nil, err
	}
	s.join(c, n, &p, sourceAPI)
	return http.StatusCreated, s.wireParticipant(n, &p), nil
}

// admitted says why somebody cannot be added; the lock must be held.
func (s *Server) admitted(n *conversation, p *participant) error {
	switch {
	case p.identity == "" && p.address == "":
		return invalid("a participant needs an Identity or a MessagingBinding")
	case p.identity == "" && p.proxy == "":
		return invalid("MessagingBinding.ProxyAddress is missing")
	case len(n.participants) >= s.opt.MaxParticipants:
		return invalid("the conversation has as many participants as it may have")
	case p.identity != "" && slices.ContainsFunc(n.participants, func(o *participant) bool { return o.identity == p.identity }):
		return conflict(50433, "Participant already exists")
	case p.identity == "" && s.bound(p):
		return conflict(50416, "A binding for this participant and proxy address already exists")
	}
	return nil
}

// bound says whether an open conversation has this pair of addresses.
func (s *Server) bound(p *participant) bool {
	return slices.ContainsFunc(s.w.conversations, func(n *conversation) bool {
		return !n.closed() && slices.ContainsFunc(n.participants, func(o *participant) bool { return o.address == p.address && o.proxy == p.proxy })
	})
}

// join adds somebody and tells of it; the lock must be held.
func (s *Server) join(c *call, n *conversation, p *participant, source string) {
	p.sid = s.w.newSID("MB")
	n.participants = append(n.participants, p)
	f := fields{"ParticipantSid": p.sid, "DateCreated": precise(p.created), "Attributes": p.attributes}
	if p.identity != "" {
		f["Identity"] = p.identity
	} else {
		f["MessagingBinding.Address"], f["MessagingBinding.ProxyAddress"], f["MessagingBinding.Type"] = p.address, p.proxy, bindingType(p)
	}
	s.fire(c, n, "onParticipantAdded", f, source)
}

func (s *Server) listParticipants(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.within(c)
	if err != nil {
		return 0, nil, err
	}
	list := []obj{}
	for _, p := range n.participants {
		list = append(list, s.wireParticipant(n, p))
	}
	return s.page(c, "participants", list, 100)
}

func (s *Server) removeParticipant(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changing(c)
	if err != nil {
		return 0, nil, err
	}
	before := len(n.participants)
	n.participants = slices.DeleteFunc(n.participants, func(p *participant) bool { return p.sid == c.r.PathValue("participant") })
	if len(n.participants) == before {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusNoContent, nil, nil
}

func (s *Server) wireParticipant(n *conversation, p *participant) obj {
	return obj{
		"sid": p.sid, "account_sid": s.opt.Account, "conversation_sid": n.sid, "identity": null(p.identity), "attributes": p.attributes,
		"messaging_binding": wireBinding(p), "role_sid": sid("RL", "1"), "last_read_message_index": nil, "last_read_timestamp": nil,
		"date_created": stamp(p.created), "date_updated": stamp(p.created), "url": s.URL() + "/v1/Conversations/" + n.sid + "/Participants/" + p.sid,
	}
}

func wireBinding(p *participant) any {
	if p.address == "" {
		return nil
	}
	return obj{"type": bindingType(p), "address": p.address, "proxy_address": p.proxy}
}

func bindingType(p *participant) string {
	if strings.HasPrefix(p.address, "whatsapp:") {
		return "whatsapp"
	}
	return "sms"
}
