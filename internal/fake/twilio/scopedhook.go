package twilio

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// maxScopedHooks is how many a conversation may have.
const maxScopedHooks = 5

func (s *Server) createScopedHook(c *call) (int, any, error) {
	h := scopedHook{filters: c.form["Configuration.Filters"]}
	h.target, _ = c.field("Target")
	h.url, _ = c.field("Configuration.Url")
	h.method, _ = c.field("Configuration.Method")
	h.flow, _ = c.field("Configuration.FlowSid")
	if err := checkScopedHook(&h); err != nil {
		return 0, nil, err
	}
	h.method = cmp.Or(h.method, "post")
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changing(c)
	switch {
	case err != nil:
		return 0, nil, err
	case len(n.hooks) >= maxScopedHooks:
		return 0, nil, conflict(20409, fmt.Sprintf("a conversation has at most %d webhooks", maxScopedHooks))
	}
	h.sid = s.w.newSID("WH")
	n.hooks = append(n.hooks, &h)
	return http.StatusCreated, s.wireScopedHook(n, &h), nil
}

func checkScopedHook(h *scopedHook) error {
	switch h.target {
	case "webhook":
		if u, err := url.Parse(h.url); err != nil || u.Host == "" {
			return invalid("Configuration.Url is no address")
		}
		if len(h.filters) == 0 {
			return invalid("Configuration.Filters is missing")
		}
	case "studio":
		if !sidPattern.MatchString(h.flow) {
			return invalid("Configuration.FlowSid is missing")
		}
	default:
		return invalid("Target is webhook or studio")
	}
	if !slices.Contains([]string{"", "get", "post"}, h.method) {
		return invalid("Configuration.Method is get or post")
	}
	for _, f := range h.filters {
		if !slices.Contains(events(), f) {
			return invalid("Configuration.Filters: " + f + " is not sent after the event")
		}
	}
	return nil
}

// events are those that are told after they happened.
func events() []string {
	return []string{
		"onMessageAdded", "onMessageUpdated", "onMessageRemoved", "onParticipantAdded", "onParticipantRemoved", "onParticipantUpdated",
		"onConversationUpdated", "onConversationStateUpdated", "onConversationRemoved", "onDeliveryUpdated",
	}
}

func (s *Server) listScopedHooks(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.within(c)
	if err != nil {
		return 0, nil, err
	}
	list := []obj{}
	for _, h := range n.hooks {
		list = append(list, s.wireScopedHook(n, h))
	}
	return s.page(c, "webhooks", list, 50)
}

func (s *Server) deleteScopedHook(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changing(c)
	if err != nil {
		return 0, nil, err
	}
	before := len(n.hooks)
	n.hooks = slices.DeleteFunc(n.hooks, func(h *scopedHook) bool { return h.sid == c.r.PathValue("hook") })
	if len(n.hooks) == before {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusNoContent, nil, nil
}

func (s *Server) wireScopedHook(n *conversation, h *scopedHook) obj {
	set := obj{"url": h.url, "method": h.method, "filters": h.filters}
	if h.flow != "" {
		set = obj{"flow_sid": h.flow}
	}
	return obj{
		"sid": h.sid, "account_sid": s.opt.Account, "conversation_sid": n.sid, "target": h.target, "configuration": set,
		"date_created": stamp(n.created), "date_updated": stamp(n.created), "url": s.URL() + "/v1/Conversations/" + n.sid + "/Webhooks/" + h.sid,
	}
}
