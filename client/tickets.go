package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Ticket is what is tracked of a conversation. Title, priority, assignee and team are the conversation's too.
type Ticket struct {
	Tagged

	ID             string         `json:"id"`
	Number         int64          `json:"number"`      // what people say
	ExternalID     string         `json:"external_id"` // the outside system's own id, or ""
	ConversationID string         `json:"conversation_id"`
	InboxID        string         `json:"inbox_id"`
	ContactID      string         `json:"contact_id"`
	Title          string         `json:"title"`
	Description    string         `json:"description"`
	Status         string         `json:"status"`   // pending, processing, resolved or closed
	Priority       string         `json:"priority"` // low, medium, high or urgent
	Category       string         `json:"category"`
	AssigneeID     *string        `json:"assignee_id"`
	TeamID         *string        `json:"team_id"`
	Handler        string         `json:"handler"` // who an outside system says has it, when no agent is meant
	DueAt          *time.Time     `json:"due_at"`
	CustomFields   map[string]any `json:"custom_fields"`
	DuplicateOf    *string        `json:"duplicate_of"` // the first ticket that says the same
	Duplicates     []string       `json:"duplicates"`   // tickets that say the same as this one, oldest first
	CreatedAt      time.Time      `json:"created_at"`
	UpdatedAt      time.Time      `json:"updated_at"`
	// Existing is said by Create alone: the TicketID was known, and nothing was changed.
	Existing bool `json:"existing,omitempty"`
}

// NewTicket is what a ticket is made of. Without a ConversationID a conversation begins with it, in the inbox "api" unless InboxID names
// another one. The person is ContactID, or Contact when the id is not known; without either the caller stands as the contact.
type NewTicket struct {
	// TicketID is your own id of it, kept as ExternalID: asked for again, the same ticket is the answer.
	TicketID       string         `json:"ticket_id,omitempty"`
	ConversationID string         `json:"conversation_id,omitempty"`
	InboxID        string         `json:"inbox_id,omitempty"`
	ContactID      string         `json:"contact_id,omitempty"`
	Contact        *NewPerson     `json:"contact,omitempty"`
	Title          string         `json:"title,omitempty"`       // the description's beginning without it
	Description    string         `json:"description,omitempty"` // the first message
	Status         string         `json:"status,omitempty"`      // pending without it
	Priority       string         `json:"priority,omitempty"`    // medium without it
	Category       string         `json:"category,omitempty"`
	AssigneeID     string         `json:"assignee_id,omitempty"`
	TeamID         string         `json:"team_id,omitempty"`
	Handler        string         `json:"handler,omitempty"` // an agent's id or e-mail assigns it, other words are kept as they are
	DueAt          time.Time      `json:"due_at,omitzero"`
	CustomFields   map[string]any `json:"custom_fields,omitempty"`
}

// TicketChange is what changes; absent members stay.
type TicketChange struct {
	Title        Opt[string]         `json:"title,omitzero"`
	Description  Opt[string]         `json:"description,omitzero"` // null shows what the conversation was opened with
	Status       Opt[string]         `json:"status,omitzero"`      // a step that a ticket cannot take is a conflict
	Priority     Opt[string]         `json:"priority,omitzero"`
	Category     Opt[string]         `json:"category,omitzero"`
	AssigneeID   Opt[string]         `json:"assignee_id,omitzero"` // null gives it back to the queue
	TeamID       Opt[string]         `json:"team_id,omitzero"`
	Handler      Opt[string]         `json:"handler,omitzero"` // an agent's id or e-mail assigns it, other words are kept as they are
	DueAt        Opt[time.Time]      `json:"due_at,omitzero"`
	CustomFields Opt[map[string]any] `json:"custom_fields,omitzero"` // all of them
}

// TicketFilter narrows a list; empty members do not.
type TicketFilter struct {
	Status         string
	Priority       string
	Category       string
	AssigneeID     string // an agent's id, or "none"
	TeamID         string // a team's id, or "none"
	InboxID        string
	ContactID      string
	ConversationID string
	ExternalID     string // several programs may use the same one
	Number         int64
	UpdatedSince   time.Time
	DueBefore      time.Time
	Query          string // in the title or the given description, or the number or external id
}

func (f TicketFilter) query() url.Values {
	return url.Values(filter{}.text("status", f.Status).text("priority", f.Priority).text("category", f.Category).
		text("assignee_id", f.AssigneeID).text("team_id", f.TeamID).text("inbox_id", f.InboxID).text("contact_id", f.ContactID).
		text("conversation_id", f.ConversationID).text("external_id", f.ExternalID).number("number", f.Number).
		time("updated_since", f.UpdatedSince).time("due_before", f.DueBefore).text("q", f.Query))
}

// TicketSync is a status as an outside system has it.
type TicketSync struct {
	TicketID string `json:"ticket_id,omitempty"` // the ticket once more: another one is refused
	Status   string `json:"status"`
	Handler  string `json:"handler,omitempty"` // an agent's id or e-mail assigns it, other words are kept as they are
	// UpdateTime is when it became so. What is older than what is stored changes nothing; the zero time is now.
	UpdateTime time.Time `json:"update_time,omitzero"`
}

// TicketSynced is what became of a TicketSync. Ticket has the ETag.
type TicketSynced struct {
	Applied      bool   `json:"applied"`
	Reason       string `json:"reason"` // why nothing was changed
	Handler      string `json:"handler"`
	HandlerKnown bool   `json:"handler_known"` // it is an agent, who has the ticket now
	Ticket       Ticket `json:"ticket"`
}

func (s *TicketSynced) tag(etag string) { s.Ticket.tag(etag) }

// TicketStep is one changed member of a ticket. Values are texts: "" for none, RFC 3339 for times, JSON for custom fields.
type TicketStep struct {
	At    time.Time `json:"at"`
	By    Sender    `json:"by"`
	Field string    `json:"field"` // title, status, assignee_id
	From  string    `json:"from"`
	To    string    `json:"to"`
}

// Tickets are what is tracked of conversations. Where a method takes a name, that is the ticket's id, its number, or your own TicketID
// unless that is a number.
type Tickets struct{ c *Client }

// Create makes a ticket, or gives the one that has this TicketID already.
func (s Tickets) Create(ctx context.Context, in NewTicket) (*Ticket, error) {
	return post[Ticket](ctx, s.c, "/tickets", in)
}

// Get reads one.
func (s Tickets) Get(ctx context.Context, name string) (*Ticket, error) {
	return get[Ticket](ctx, s.c, at("/tickets", name), nil)
}

// List walks those that the filter keeps, newest first.
func (s Tickets) List(ctx context.Context, f TicketFilter) iter.Seq2[Ticket, error] {
	return items[Ticket](ctx, s.c, "/tickets", f.query())
}

// Update changes the members that are present.
func (s Tickets) Update(ctx context.Context, name string, ch TicketChange, opts ...CallOption) (*Ticket, error) {
	return put[Ticket](ctx, s.c, at("/tickets", name), ch, opts)
}

// SyncStatus reports the status that an outside system has. Closed closes the conversation, processing opens a closed one again.
func (s Tickets) SyncStatus(ctx context.Context, name string, in TicketSync, opts ...CallOption) (*TicketSynced, error) {
	return put[TicketSynced](ctx, s.c, at("/tickets", name, "status"), in, opts)
}

// History walks what changed, oldest first.
func (s Tickets) History(ctx context.Context, name string) iter.Seq2[TicketStep, error] {
	return items[TicketStep](ctx, s.c, at("/tickets", name, "history"), nil)
}

// LinkDuplicate says that a ticket repeats another one, or the one that this repeats itself.
func (s Tickets) LinkDuplicate(ctx context.Context, name, of string) (*Ticket, error) {
	return post[Ticket](ctx, s.c, at("/tickets", name, "duplicates"), map[string]string{"of": of})
}

// UnlinkDuplicate says that a ticket repeats no other one.
func (s Tickets) UnlinkDuplicate(ctx context.Context, name string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/tickets", name, "duplicates"), opts)
}
