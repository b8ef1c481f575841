package twilio

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
)

func (s *Server) createInteraction(c *call) (int, any, error) {
	var channel struct {
		Type       string `json:"type"`
		InitBy     string `json:"initiated_by"`
		Properties struct {
			Media string `json:"media_channel_sid"`
		} `json:"properties"`
	}
	var routing struct {
		Properties struct {
			Workspace  string          `json:"workspace_sid"`
			Workflow   string          `json:"workflow_sid"`
			Attributes json.RawMessage `json:"attributes"`
		} `json:"properties"`
	}
	rawChannel, _ := c.field("Channel")
	rawRouting, _ := c.field("Routing")
	if json.Unmarshal([]byte(rawChannel), &channel) != nil || json.Unmarshal([]byte(rawRouting), &routing) != nil {
		return 0, nil, invalid("Channel and Routing must be JSON")
	}
	p := routing.Properties
	switch {
	case !slices.Contains([]string{"web", "sms", "whatsapp", "chat", "email", "voice", "messenger", "gbm"}, channel.Type):
		return 0, nil, invalid("Channel.type is none")
	case !slices.Contains([]string{"api", "customer", "agent"}, channel.InitBy):
		return 0, nil, invalid("Channel.initiated_by is none")
	case p.Workspace != s.opt.Workspace || p.Workflow != s.opt.Workflow:
		return 0, nil, invalid("the workspace or the workflow is not known")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.w.find(channel.Properties.Media)
	switch {
	case n == nil:
		return 0, nil, invalid("media_channel_sid is not known")
	case n.closed():
		return 0, nil, conflict(20409, "the conversation is closed")
	case slices.ContainsFunc(s.w.interactions, func(i *interaction) bool { return i.conversation == n.sid && i.status == stateActive }):
		return 0, nil, conflict(20409, "the conversation has an interaction")
	}
	i := &interaction{
		sid: s.w.newSID("KD"), channel: s.w.newSID("UO"), conversation: n.sid, kind: channel.Type, status: stateActive, routing: string(p.Attributes),
	}
	s.w.interactions = append(s.w.interactions, i)
	return http.StatusOK, s.wireInteraction(i), nil
}

// interacting finds the interaction of the path; the lock must be held.
func (s *Server) interacting(c *call) (*interaction, error) {
	i, ok := pick(s.w.interactions, c.r.PathValue("interaction"), func(i *interaction) string { return i.sid })
	if !ok {
		return nil, notFound(c.r.URL.Path)
	}
	return i, nil
}

func (s *Server) listChannels(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.interacting(c)
	if err != nil {
		return 0, nil, err
	}
	return s.page(c, "channels", []obj{s.wireChannel(i)}, 1000)
}

// updateChannel ends the agent's task. Closed closes the conversation as well, as Flex does.
func (s *Server) updateChannel(c *call) (int, any, error) {
	status, _ := c.field("Status")
	if status != stateClosed && status != stateInactive {
		return 0, nil, invalid("Status is closed or inactive")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.interacting(c)
	switch {
	case err != nil:
		return 0, nil, err
	case i.channel != c.r.PathValue("channel"):
		return 0, nil, notFound(c.r.URL.Path)
	case i.status == stateClosed:
		return 0, nil, conflict(20409, "the channel is closed")
	}
	i.status = status
	if n := s.w.find(i.conversation); n != nil && status == stateClosed && !n.closed() {
		s.setState(nil, n, stateClosed, "API")
	}
	return http.StatusOK, s.wireChannel(i), nil
}

// askedFor is the one form of expression that is understood: an attribute that equals a text.
var askedFor = regexp.MustCompile(`^(\w+) == "([^"]*)"$`)

// listTasks gives the tasks that Flex made of interactions.
func (s *Server) listTasks(c *call) (int, any, error) {
	if c.r.PathValue("workspace") != s.opt.Workspace {
		return 0, nil, notFound(c.r.URL.Path)
	}
	want := askedFor.FindStringSubmatch(c.r.URL.Query().Get("EvaluateTaskAttributes"))
	if want == nil {
		return 0, nil, invalid("EvaluateTaskAttributes is not understood")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []obj{}
	for _, i := range s.w.interactions {
		attributes := obj{}
		_ = json.Unmarshal([]byte(i.routing), &attributes) // what is no object tells nothing
		attributes["conversationSid"], attributes["flexInteractionSid"], attributes["flexInteractionChannelSid"] = i.conversation, i.sid, i.channel
		if attributes[want[1]] != want[2] {
			continue
		}
		status := map[bool]string{true: "pending", false: "completed"}[i.status == stateActive]
		list = append(list, obj{"sid": "WT" + i.sid[2:], "assignment_status": status, "attributes": string(encode(attributes)), "workspace_sid": s.opt.Workspace})
	}
	return s.page(c, "tasks", list, 1000)
}

func (s *Server) wireInteraction(i *interaction) obj {
	url := s.URL() + "/v1/Interactions/" + i.sid
	return obj{
		"sid": i.sid, "channel": obj{"sid": i.channel, "type": i.kind}, "url": url, "links": obj{"channels": url + "/Channels"},
		"routing": obj{"properties": obj{"workspace_sid": s.opt.Workspace, "workflow_sid": s.opt.Workflow, "attributes": i.routing}},
	}
}

func (s *Server) wireChannel(i *interaction) obj {
	return obj{
		"sid": i.channel, "interaction_sid": i.sid, "type": i.kind, "status": i.status, "error_code": 0, "error_message": "",
		"url": s.URL() + "/v1/Interactions/" + i.sid + "/Channels/" + i.channel, "links": obj{},
	}
}
