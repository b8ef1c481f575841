package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"
)

// Conversation is one line of talk with a contact. Its ID is the number in Chatwoot's address bar, unique in the account.
type Conversation struct {
	ID                   int64            `json:"id"`
	UUID                 string           `json:"uuid"`
	AccountID            int64            `json:"account_id"`
	InboxID              int64            `json:"inbox_id"`
	Status               Status           `json:"status"`
	Priority             Priority         `json:"priority"` // "" is none
	Labels               []string         `json:"labels"`
	SnoozedUntil         Time             `json:"snoozed_until"`
	CustomAttributes     Attributes       `json:"custom_attributes"`
	AdditionalAttributes Attributes       `json:"additional_attributes"`
	Channel              string           `json:"channel"` // in hooks: "Channel::Api"
	ContactInbox         *ContactInbox    `json:"contact_inbox"`
	Messages             []Message        `json:"messages"` // the last one, in lists and hooks
	Meta                 ConversationMeta `json:"meta"`
	UnreadCount          int              `json:"unread_count"`
	CreatedAt            Time             `json:"created_at"`
	UpdatedAt            Time             `json:"updated_at"`
	LastActivityAt       Time             `json:"last_activity_at"`

	// Raw is the conversation as the server wrote it, with what this type does not know.
	Raw json.RawMessage `json:"-"`
}

// ConversationMeta is who has to do with a conversation.
type ConversationMeta struct {
	Sender   *Contact `json:"sender"`
	Assignee *Agent   `json:"assignee"`
	Team     *Team    `json:"team"`
	Channel  string   `json:"channel"` // in answers
	// AssigneeType is AssigneeBot when the assignee is an agent bot, whose id is of another row of numbers; "" or "User" is an agent.
	AssigneeType string `json:"assignee_type"`
}

// AssigneeBot is the type of an assignee that is an agent bot.
const AssigneeBot = "AgentBot"

// Agent is a person who answers.
type Agent struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role"`
}

// Team is a group of agents.
type Team struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// UnmarshalJSON reads a conversation and keeps it as it was written.
func (c *Conversation) UnmarshalJSON(raw []byte) error {
	type plain Conversation
	if err := json.Unmarshal(raw, (*plain)(c)); err != nil {
		return err
	}
	c.Raw = bytes.Clone(raw)
	return nil
}

// Conversation reads one conversation.
func (c *Client) Conversation(ctx context.Context, id int64) (*Conversation, error) {
	return talk(decode[Conversation](c.read(ctx, at("/conversations", id), nil)))
}

// talk makes sure that a conversation came back.
func talk(conv *Conversation, err error) (*Conversation, error) {
	if err == nil && conv.ID == 0 {
		return nil, &Error{Status: http.StatusOK, Code: CodeNotDone, Words: "the answer has no conversation id"}
	}
	return conv, err
}

// NewConversation begins a conversation with a contact in an inbox.
type NewConversation struct {
	SourceID             string     `json:"source_id"` // of the contact in the inbox: ContactInbox.SourceID
	InboxID              int64      `json:"inbox_id,omitempty"`
	ContactID            int64      `json:"contact_id,omitempty"`
	Status               Status     `json:"status,omitempty"` // Open when empty, not Snoozed; where a bot answers first it is Pending, whatever is asked for
	AssigneeID           int64      `json:"assignee_id,omitempty"`
	TeamID               int64      `json:"team_id,omitempty"`
	CustomAttributes     Attributes `json:"custom_attributes,omitempty"`
	AdditionalAttributes Attributes `json:"additional_attributes,omitempty"`
}

// CreateConversation makes a conversation. Chatwoot makes another one each time, unless its inbox is locked to a single conversation:
// search for yours by a custom attribute before (FilterConversations).
func (c *Client) CreateConversation(ctx context.Context, n NewConversation) (*Conversation, error) {
	var f faults
	f.need("source_id", n.SourceID)
	switch n.Status {
	case "", Open, Resolved, Pending:
	case Snoozed:
		f.add("status", "of a new conversation cannot be snoozed")
	default:
		f.add("status", "must be open, resolved or pending, and is %q", n.Status)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return talk(decode[Conversation](c.call(ctx, http.MethodPost, "/conversations", n)))
}

// SetStatus moves a conversation. snoozedUntil is for Snoozed; the zero time sleeps until the customer writes. When the owner of the token is
// an agent and no administrator, Chatwoot gives a conversation that is set to Open to that agent.
func (c *Client) SetStatus(ctx context.Context, id int64, status Status, snoozedUntil time.Time) error {
	in := struct {
		Status       Status `json:"status"`
		SnoozedUntil int64  `json:"snoozed_until,omitempty"`
	}{Status: status}
	switch status {
	case Snoozed:
		if !snoozedUntil.IsZero() {
			in.SnoozedUntil = snoozedUntil.Unix()
		}
	case Open, Resolved, Pending:
	default: // without one Chatwoot moves the conversation to wherever it is not, and one that it does not know is answered with 500
		return &InvalidError{[]Fault{{"status", fmt.Sprintf("must be open, resolved, pending or snoozed, and is %q", status)}}}
	}
	body, err := c.call(ctx, http.MethodPost, at("/conversations", id, "toggle_status"), in)
	out, err := peeled[struct {
		Status Status `json:"current_status"`
	}](body, err, "payload")
	if err == nil && out.Status != status {
		return &Error{Status: http.StatusOK, Code: CodeNotDone, Words: c.fit(fmt.Sprintf("the conversation is %q after it was set to %q", out.Status, status))}
	}
	return err
}

// SetPriority says how urgent a conversation is. NoPriority is sent as null, as Chatwoot's own pages do: its document has the word "none",
// to which the server answers 500.
func (c *Client) SetPriority(ctx context.Context, id int64, p Priority) error {
	in := map[string]*Priority{"priority": &p}
	switch p {
	case NoPriority:
		in["priority"] = nil
	case Low, Medium, High, Urgent:
	default:
		return &InvalidError{[]Fault{{"priority", fmt.Sprintf("must be low, medium, high, urgent or none, and is %q", p)}}}
	}
	_, err := c.call(ctx, http.MethodPost, at("/conversations", id, "toggle_priority"), in)
	return err
}

// SetTyping shows or ends "… is typing"; private shows it to the agents alone.
func (c *Client) SetTyping(ctx context.Context, id int64, on, private bool) error {
	word := "off"
	if on {
		word = "on"
	}
	_, err := c.call(ctx, http.MethodPost, at("/conversations", id, "toggle_typing_status"), map[string]any{"typing_status": word, "is_private": private})
	return err
}

// SetCustomAttributes replaces all custom attributes of a conversation.
func (c *Client) SetCustomAttributes(ctx context.Context, id int64, all Attributes) error {
	if all == nil {
		all = Attributes{}
	}
	_, err := c.call(ctx, http.MethodPost, at("/conversations", id, "custom_attributes"), map[string]Attributes{"custom_attributes": all})
	return err
}

// MergeCustomAttributes changes some custom attributes and leaves the others: it reads and writes, and who writes between is lost.
func (c *Client) MergeCustomAttributes(ctx context.Context, id int64, some Attributes) error {
	conv, err := c.Conversation(ctx, id)
	if err != nil {
		return err
	}
	all := maps.Clone(conv.CustomAttributes)
	if all == nil {
		all = Attributes{}
	}
	maps.Copy(all, some)
	return c.SetCustomAttributes(ctx, id, all)
}
