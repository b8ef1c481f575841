package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Conversation is the ordered exchange with one contact about one matter.
type Conversation struct {
	Tagged

	ID           string              `json:"id"`
	InboxID      string              `json:"inbox_id"`
	Channel      string              `json:"channel"`
	ContactID    string              `json:"contact_id"`
	Subject      string              `json:"subject"`
	Status       string              `json:"status"`   // open, pending, snoozed or closed
	Handler      string              `json:"handler"`  // queue, bot or agent
	Priority     string              `json:"priority"` // low, medium, high or urgent
	AssigneeID   *string             `json:"assignee_id"`
	TeamID       *string             `json:"team_id"`
	Labels       []string            `json:"labels"` // names
	SnoozedUntil *time.Time          `json:"snoozed_until"`
	Ticket       TicketRef           `json:"ticket"`
	LastSeq      int64               `json:"last_seq"`
	CreatedAt    time.Time           `json:"created_at"`
	UpdatedAt    time.Time           `json:"updated_at"`
	ClosedAt     *time.Time          `json:"closed_at"`
	ClosedBy     string              `json:"closed_by"`
	PreviousID   *string             `json:"previous_id"` // the conversation that this one follows
	Rating       *ConversationRating `json:"rating"`      // what the customer thought of it; nil while they have not said so
}

// TicketRef is a conversation's ticket.
type TicketRef struct {
	ID         string `json:"id"`
	Number     int64  `json:"number"` // what people say
	Status     string `json:"status"`
	ExternalID string `json:"external_id"`
}

// NewConversation is what a conversation begins with. Without an InboxID it is in the inbox "api". The person is ContactID, or Contact when
// the id is not known.
type NewConversation struct {
	InboxID    string     `json:"inbox_id,omitempty"`
	ContactID  string     `json:"contact_id,omitempty"`
	Contact    *NewPerson `json:"contact,omitempty"`
	Subject    string     `json:"subject,omitempty"`
	Content    string     `json:"content,omitempty"` // the first message
	Priority   string     `json:"priority,omitempty"`
	TeamID     string     `json:"team_id,omitempty"`
	AssigneeID string     `json:"assignee_id,omitempty"`
	Labels     []string   `json:"labels,omitempty"`
}

// NewPerson is a contact as whoever begins a conversation knows them: found by ExternalID, else by Email, else made.
type NewPerson struct {
	Name       string `json:"name,omitempty"`
	Email      string `json:"email,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
}

// ConversationChange is what changes; absent members stay.
type ConversationChange struct {
	Status       Opt[string]    `json:"status,omitzero"`
	AssigneeID   Opt[string]    `json:"assignee_id,omitzero"` // null gives it back to the queue
	TeamID       Opt[string]    `json:"team_id,omitzero"`
	Labels       Opt[[]string]  `json:"labels,omitzero"` // all of them
	Priority     Opt[string]    `json:"priority,omitzero"`
	SnoozedUntil Opt[time.Time] `json:"snoozed_until,omitzero"`
	Subject      Opt[string]    `json:"subject,omitzero"`
}

// ConversationFilter narrows a list; empty members do not.
type ConversationFilter struct {
	Status       string
	InboxID      string
	Channel      string
	AssigneeID   string // an agent's id, or "none"
	TeamID       string // a team's id, or "none"
	Label        string // its name
	Priority     string
	ContactID    string
	UpdatedSince time.Time
	Query        string // in the subject, or the ticket's number or outside id
	Sort         string // "created" (the default) or "updated"; the newest is first
}

func (f ConversationFilter) query() url.Values {
	return url.Values(filter{}.text("status", f.Status).text("inbox", f.InboxID).text("channel", f.Channel).text("assignee", f.AssigneeID).
		text("team", f.TeamID).text("label", f.Label).text("priority", f.Priority).text("contact", f.ContactID).
		time("updated_since", f.UpdatedSince).text("q", f.Query).text("sort", f.Sort))
}

// Transfer is to whom a conversation is given: an agent, a team's queue, or another desk.
type Transfer struct {
	AgentID string `json:"agent_id,omitempty"`
	TeamID  string `json:"team_id,omitempty"`
	Desk    string `json:"desk,omitempty"` // the inbox of a desk, in place of agent and team
	Note    string `json:"note,omitempty"` // private, for who gets it
}

// Handoff says who is expected to answer next.
type Handoff struct {
	To      string `json:"to"` // queue, bot or agent
	AgentID string `json:"agent_id,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// ReadState is how far somebody has read a conversation.
type ReadState struct {
	ConversationID string    `json:"conversation_id"`
	Seq            int64     `json:"seq"`
	ReadAt         time.Time `json:"read_at"`
}

// Conversations are the conversations that the caller may see.
type Conversations struct{ c *Client }

// Create begins a conversation.
func (s Conversations) Create(ctx context.Context, in NewConversation) (*Conversation, error) {
	return post[Conversation](ctx, s.c, "/conversations", in)
}

// Get reads one.
func (s Conversations) Get(ctx context.Context, id string) (*Conversation, error) {
	return get[Conversation](ctx, s.c, at("/conversations", id), nil)
}

// List walks those that the filter keeps, newest first.
func (s Conversations) List(ctx context.Context, f ConversationFilter) iter.Seq2[Conversation, error] {
	return items[Conversation](ctx, s.c, "/conversations", f.query())
}

// Update changes the members that are present.
func (s Conversations) Update(ctx context.Context, id string, ch ConversationChange, opts ...CallOption) (*Conversation, error) {
	return put[Conversation](ctx, s.c, at("/conversations", id), ch, opts)
}

// End closes one. Idempotent.
func (s Conversations) End(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/conversations", id), opts)
}

// Claim makes a conversation the caller's, if nobody was faster; else the error, which IsConflict knows, names the owner. A program names
// the agent; an agent leaves agentID empty.
func (s Conversations) Claim(ctx context.Context, id, agentID string) (*Conversation, error) {
	in := struct {
		AgentID string `json:"agent_id,omitempty"`
	}{agentID}
	return post[Conversation](ctx, s.c, at("/conversations", id, "claim"), in)
}

// Transfer gives a conversation to somebody else.
func (s Conversations) Transfer(ctx context.Context, id string, to Transfer) (*Conversation, error) {
	return post[Conversation](ctx, s.c, at("/conversations", id, "transfer"), to)
}

// Handoff says who is expected to answer next.
func (s Conversations) Handoff(ctx context.Context, id string, to Handoff) (*Conversation, error) {
	return post[Conversation](ctx, s.c, at("/conversations", id, "handoff"), to)
}

// MarkRead notes that the caller has read everything up to seq; it never goes back.
func (s Conversations) MarkRead(ctx context.Context, id string, seq int64) (*ReadState, error) {
	return post[ReadState](ctx, s.c, at("/conversations", id, "read"), map[string]int64{"seq": seq})
}

// Messages walks a conversation's messages, the newest first unless the filter says otherwise.
func (s Conversations) Messages(ctx context.Context, id string, f MessageFilter) iter.Seq2[Message, error] {
	return items[Message](ctx, s.c, at("/conversations", id, "messages"), f.query())
}
