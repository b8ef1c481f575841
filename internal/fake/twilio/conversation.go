package twilio

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// States of a conversation.
const (
	stateActive   = "active"
	stateInactive = "inactive"
	stateClosed   = "closed"
)

// Codes of what a conversation refuses. With which status Twilio sends the first it does not document.
const (
	codeClosed     = 50377
	codeBornClosed = 50384
)

func (s *Server) createConversation(c *call) (int, any, error) {
	n := conversation{state: stateActive, attributes: "{}", created: s.opt.Now(), updated: s.opt.Now()}
	for name, to := range map[string]*string{
		"UniqueName": &n.unique, "FriendlyName": &n.friendly, "Attributes": &n.attributes, "MessagingServiceSid": &n.messaging, "State": &n.state,
	} {
		if v, ok := c.field(name); ok {
			*to = v
		}
	}
	if err := checkAttributes(n.attributes); err != nil {
		return 0, nil, err
	}
	if err := checkState(n.state); err != nil {
		return 0, nil, err
	}
	if n.closed() {
		return 0, nil, &refusal{status: http.StatusBadRequest, code: codeBornClosed, message: "Initial state can't be 'closed'"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.unique != "" && s.w.find(n.unique) != nil {
		return 0, nil, conflict(50353, "Conversation with provided unique name already exists")
	}
	n.sid = s.w.newSID("CH")
	s.w.conversations = append(s.w.conversations, &n)
	s.fire(c, &n, "onConversationAdded", fields{
		"DateCreated": precise(n.created), "FriendlyName": n.friendly, "UniqueName": n.unique, "Attributes": n.attributes, "State": n.state,
	}, sourceAPI)
	return http.StatusCreated, s.wireConversation(&n), nil
}

func checkState(state string) error {
	if !slices.Contains([]string{"initializing", stateInactive, stateActive, stateClosed}, state) {
		return invalid("State: " + state + " is none")
	}
	return nil
}

func (s *Server) listConversations(c *call) (int, any, error) {
	q := c.r.URL.Query()
	state := q.Get("State")
	if state != "" {
		if err := checkState(state); err != nil {
			return 0, nil, err
		}
	}
	since, err := time.Parse(time.DateOnly, cmp.Or(q.Get("StartDate"), "2000-01-01"))
	if err != nil {
		return 0, nil, invalid("StartDate is no day")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []obj{}
	for _, n := range s.w.conversations {
		if (state == "" || n.state == state) && !n.created.Before(since) {
			list = append(list, s.wireConversation(n))
		}
	}
	return s.page(c, "conversations", list, 100)
}

// within finds the conversation of the path; the lock must be held.
func (s *Server) within(c *call) (*conversation, error) {
	if n := s.w.find(c.r.PathValue("conversation")); n != nil {
		return n, nil
	}
	return nil, notFound(c.r.URL.Path)
}

// changing is within for calls that change something, which a closed conversation refuses.
func (s *Server) changing(c *call) (*conversation, error) {
	n, err := s.within(c)
	if err == nil && n.closed() {
		return nil, conflict(codeClosed, "Can't update conversation as it's in final closed state")
	}
	return n, err
}

func (s *Server) readConversation(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.within(c)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.wireConversation(n), nil
}

func (s *Server) updateConversation(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changing(c)
	if err != nil {
		return 0, nil, err
	}
	state, _ := c.field("State")
	if state != "" {
		if err := checkState(state); err != nil {
			return 0, nil, err
		}
	}
	if v, ok := c.field("Attributes"); ok {
		if err := checkAttributes(v); err != nil {
			return 0, nil, err
		}
		n.attributes = v
	}
	if v, ok := c.field("FriendlyName"); ok {
		n.friendly = v
	}
	s.setState(c, n, state, "API")
	return http.StatusOK, s.wireConversation(n), nil
}

// setState changes the state and tells of it; the lock must be held.
func (s *Server) setState(c *call, n *conversation, state, reason string) {
	n.updated = s.opt.Now()
	if state == "" || state == n.state {
		return
	}
	was := n.state
	n.state = state
	s.fire(c, n, "onConversationStateUpdated", fields{
		"StateFrom": was, "StateTo": state, "StateUpdated": precise(n.updated), "Reason": reason,
	}, sourceAPI)
}

func (s *Server) wireConversation(n *conversation) obj {
	url := s.URL() + "/v1/Conversations/" + n.sid
	return obj{
		"sid": n.sid, "account_sid": s.opt.Account, "chat_service_sid": s.opt.Service, "messaging_service_sid": null(n.messaging),
		"unique_name": null(n.unique), "friendly_name": null(n.friendly), "attributes": n.attributes, "state": n.state,
		"date_created": stamp(n.created), "date_updated": stamp(n.updated), "timers": obj{}, "bindings": obj{}, "url": url,
		"links": obj{"participants": url + "/Participants", "messages": url + "/Messages", "webhooks": url + "/Webhooks"},
	}
}

// memberships are the conversations of an identity or an address, in the order in which they were made.
func (s *Server) listMemberships(c *call) (int, any, error) {
	q := c.r.URL.Query()
	identity, address := q.Get("Identity"), q.Get("Address")
	if (identity == "") == (address == "") {
		return 0, nil, invalid("give Identity or Address")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []obj{}
	for _, n := range s.w.conversations {
		for _, p := range n.participants {
			if (identity != "" && p.identity == identity) || (address != "" && p.address == address) {
				list = append(list, s.wireMembership(n, p))
			}
		}
	}
	return s.page(c, "conversations", list, 50)
}

func (s *Server) wireMembership(n *conversation, p *participant) obj {
	return obj{
		"account_sid": s.opt.Account, "chat_service_sid": s.opt.Service, "participant_sid": p.sid, "participant_identity": null(p.identity),
		"participant_messaging_binding": wireBinding(p), "conversation_sid": n.sid, "conversation_unique_name": null(n.unique),
		"conversation_friendly_name": null(n.friendly), "conversation_attributes": n.attributes, "conversation_state": n.state,
		"conversation_date_created": stamp(n.created), "conversation_date_updated": stamp(n.updated),
		"participant_user_sid": nil, "conversation_created_by": "system", "conversation_timers": obj{}, "links": obj{},
	}
}

// page cuts a list as its query asks, and says where the next page is.
func (s *Server) page(c *call, key string, list []obj, most int) (int, any, error) {
	q := c.r.URL.Query()
	size, err := number(q.Get("PageSize"), 50)
	if err != nil || size < 1 || size > most {
		return 0, nil, invalid(fmt.Sprintf("PageSize must be 1 to %d", most))
	}
	from, err := number(q.Get("PageToken"), 0)
	if err != nil || from < 0 {
		return 0, nil, invalid("PageToken is none")
	}
	at := min(from, len(list))
	end := min(at+size, len(list))
	meta := obj{"key": key, "page": at / size, "page_size": size, "url": s.URL() + c.r.URL.RequestURI(), "next_page_url": nil, "previous_page_url": nil}
	if end < len(list) {
		q.Set("PageToken", fmt.Sprint(end))
		q.Set("Page", fmt.Sprint(at/size+1))
		meta["next_page_url"] = s.URL() + c.r.URL.Path + "?" + q.Encode()
	}
	return http.StatusOK, obj{key: list[at:end], "meta": meta}, nil
}
