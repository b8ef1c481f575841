package chatwoot

import (
	"encoding/json"
	"strings"

	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// glance is the little of a hook that says where to look. Chatwoot sends a hook for everything that happens in the account, and most of
// each is the conversation once more.
type glance struct {
	Event   string `json:"event"`
	Account struct {
		ID int64 `json:"id"`
	} `json:"account"`
	Inbox *struct {
		ID int64 `json:"id"`
	} `json:"inbox"`
	SourceID     json.RawMessage `json:"source_id"`
	Attributes   json.RawMessage `json:"content_attributes"`
	Conversation *glanceTalk     `json:"conversation"`
	glanceTalk                   // of an event about a conversation
}

// glanceTalk is what a hook says of a conversation.
type glanceTalk struct {
	ID           int64        `json:"id"`
	InboxID      int64        `json:"inbox_id"`
	CreatedAt    api.Time     `json:"created_at"`
	Status       api.Status   `json:"status"`
	Priority     api.Priority `json:"priority"`
	Labels       []string     `json:"labels"`
	SnoozedUntil api.Time     `json:"snoozed_until"`
	Meta         struct {
		Assignee     *api.Agent `json:"assignee"`
		AssigneeType string     `json:"assignee_type"`
	} `json:"meta"`
}

func (t *glanceTalk) conversation() *api.Conversation {
	return &api.Conversation{ID: t.ID, CreatedAt: t.CreatedAt, Status: t.Status, Priority: t.Priority, Labels: t.Labels, SnoozedUntil: t.SnoozedUntil,
		Meta: api.ConversationMeta{Assignee: t.Meta.Assignee, AssigneeType: t.Meta.AssigneeType}}
}

// glimpse says where to look after a hook, without reading the whole of it. understood is false of one that has another form: then all of it
// is read, and what is wrong is said.
func (c *Connector) glimpse(body []byte) (list []connector.Inbound, understood bool) {
	var g glance
	if c.user == nil || json.Unmarshal(body, &g) != nil {
		return nil, false
	}
	talk, message := g.Conversation, strings.HasPrefix(g.Event, "message_")
	switch {
	case strings.HasPrefix(g.Event, "conversation_typing"):
		return nil, true
	case strings.HasPrefix(g.Event, "conversation_"):
		talk = &g.glanceTalk
	case !message:
		return nil, false
	}
	if talk == nil || talk.ID <= 0 {
		return nil, false
	}
	inbox := talk.InboxID
	if inbox == 0 && g.Inbox != nil {
		inbox = g.Inbox.ID
	}
	if inbox == 0 {
		return nil, false
	}
	if g.Account.ID != c.set.accountID || inbox != c.set.inboxID {
		return nil, true
	}
	in := connector.Inbound{Kind: connector.InLook, ThreadID: placeOf(talk.conversation()).String()}
	if g.Event != api.EventMessageCreated {
		return []connector.Inbound{in}, true
	}
	if g.ours() {
		return nil, true
	}
	standing := standingOf(talk.conversation(), connector.Standing{})
	if c.old(in.ThreadID, g.ID, standing) {
		return nil, true
	}
	in.Written, in.Standing = true, &standing
	return []connector.Inbound{in}, true
}

// old tells whether the message of a hook was handed in before it came, and nothing else has changed since.
func (c *Connector) old(thread string, message int64, now connector.Standing) bool {
	conv := c.known.kept(thread)
	return conv != nil && c.known.took(thread, message) && equal(now, standingOf(conv, now))
}

// ours tells whether Kefu itself wrote the message.
func (g *glance) ours() bool {
	var source string
	var attributes api.Attributes
	_, _ = json.Unmarshal(g.SourceID, &source), json.Unmarshal(g.Attributes, &attributes) // what is no text and no object says nothing
	return tagOf(&api.Message{SourceID: source, ContentAttributes: attributes}) != ""
}
