package chatwoot

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// glance is the little of a hook that says whose business it is. Chatwoot sends a hook for everything that happens in the account, our own
// messages among it, and most of each is the conversation once more.
type glance struct {
	Event   string `json:"event"`
	ID      int64  `json:"id"` // of the message, or of the conversation
	InboxID int64  `json:"inbox_id"`
	Account struct {
		ID int64 `json:"id"`
	} `json:"account"`
	Inbox struct {
		ID int64 `json:"id"`
	} `json:"inbox"`
	SourceID     json.RawMessage `json:"source_id"`
	Attributes   json.RawMessage `json:"content_attributes"`
	Changed      json.RawMessage `json:"changed_attributes"`
	Conversation struct {
		ID      int64 `json:"id"`
		InboxID int64 `json:"inbox_id"`
	} `json:"conversation"`
}

// idle are the members of a conversation that change with each turn of a talk, and say nothing that its messages do not.
var idle = []string{"waiting_since", "first_reply_created_at", "updated_at"}

// nothing tells whether an event says that nothing but such members has changed.
func (g *glance) nothing() bool {
	var changed []map[string]json.RawMessage
	if g.Event != api.EventConversationUpdated || json.Unmarshal(g.Changed, &changed) != nil || len(changed) == 0 {
		return false
	}
	return !slices.ContainsFunc(changed, func(members map[string]json.RawMessage) bool {
		for name := range members {
			if !slices.Contains(idle, name) {
				return true
			}
		}
		return len(members) == 0
	})
}

// message tells whether the event is about a message.
func (g *glance) message() bool { return strings.HasPrefix(g.Event, "message_") }

// talk is the conversation and its inbox; zero where they are not named.
func (g *glance) talk() (id, inbox int64) {
	id, inbox = g.ID, g.InboxID
	if g.message() {
		id, inbox = g.Conversation.ID, g.Conversation.InboxID
	}
	return id, cmp.Or(inbox, g.Inbox.ID)
}

// glanceTalk is what a hook says of a conversation.
type glanceTalk struct {
	ID           int64        `json:"id"`
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

// talkIn reads what a hook says of its conversation.
func talkIn(body []byte, message bool) (*api.Conversation, error) {
	var of struct {
		glanceTalk              // of an event about a conversation
		Conversation glanceTalk `json:"conversation"`
	}
	err := json.Unmarshal(body, &of)
	if message {
		return of.Conversation.conversation(), err
	}
	return of.glanceTalk.conversation(), err
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
	if strings.HasPrefix(g.Event, "conversation_typing") {
		return nil, true
	}
	id, inbox := g.talk()
	if id <= 0 || inbox == 0 || !g.message() && !strings.HasPrefix(g.Event, "conversation_") {
		return nil, false
	}
	created := g.Event == api.EventMessageCreated
	if g.Account.ID != c.set.accountID || inbox != c.set.inboxID || created && g.ours() || g.nothing() {
		return nil, true
	}
	talk, err := talkIn(body, g.message())
	if err != nil {
		return nil, false
	}
	in := connector.Inbound{Kind: connector.InLook, ThreadID: placeOf(talk).String()}
	if !created {
		return []connector.Inbound{in}, true
	}
	standing := standingOf(talk, connector.Standing{})
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
