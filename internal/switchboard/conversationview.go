package switchboard

import (
	"time"

	"kefu"
	"kefu/internal/store"
)

// Conversation is a conversation as the API shows it. A contact is not shown how staff sort it.
type Conversation struct {
	ID           kefu.ConversationID  `json:"id" doc:"Id of the conversation." example:"cnv_06c0000000000000000000000g"`
	InboxID      kefu.InboxID         `json:"inbox_id" doc:"The inbox that it came in by."`
	Channel      string               `json:"channel" doc:"Kind of the inbox: api, wordpress, discord."`
	ContactID    kefu.ContactID       `json:"contact_id" doc:"The person served."`
	Subject      string               `json:"subject" doc:"What it is about."`
	Status       kefu.Status          `json:"status" doc:"open, pending (the bot has it, or it waits for the customer), snoozed or closed."`
	Handler      kefu.Handler         `json:"handler" doc:"Who is expected to answer next: queue, bot or agent."`
	Priority     kefu.Priority        `json:"priority" doc:"low, medium, high or urgent."`
	AssigneeID   *kefu.AgentID        `json:"assignee_id" doc:"The agent whose it is, or null."`
	TeamID       *kefu.TeamID         `json:"team_id" doc:"The team in whose queue it stands, or null."`
	Labels       []string             `json:"labels" doc:"Names of its labels, sorted."`
	SnoozedUntil *time.Time           `json:"snoozed_until" doc:"When a snoozed one opens again by itself; null is when somebody writes or opens it."`
	Ticket       TicketRef            `json:"ticket" doc:"The ticket that it belongs to."`
	LastSeq      int64                `json:"last_seq" doc:"Place of the newest message."`
	CreatedAt    time.Time            `json:"created_at" doc:"When it began."`
	UpdatedAt    time.Time            `json:"updated_at" doc:"When anything of it changed last, a new message included."`
	ClosedAt     *time.Time           `json:"closed_at" doc:"When it was closed, or null."`
	ClosedBy     string               `json:"closed_by" doc:"Who closed it, in their own words; empty while it is not closed."`
	PreviousID   *kefu.ConversationID `json:"previous_id" doc:"The conversation that it follows, or null."`
	Rating       *ConversationRating  `json:"rating" doc:"What the customer thought of it, or null while they have not said so."`
}

// TicketRef is what a conversation shows of its ticket.
type TicketRef struct {
	ID         kefu.TicketID     `json:"id" doc:"Id of the ticket."`
	Number     int64             `json:"number" doc:"The number that people say."`
	Status     kefu.TicketStatus `json:"status" doc:"pending, processing, resolved or closed."`
	ExternalID string            `json:"external_id" doc:"The outside system's own id, or empty."`
}

// NewConversation is what a conversation begins with.
type NewConversation struct {
	InboxID    kefu.InboxID   `json:"inbox_id,omitempty" doc:"An inbox of channel api; without it the inbox api."`
	ContactID  kefu.ContactID `json:"contact_id,omitempty" doc:"The person served. A contact session needs none."`
	Contact    *NewPerson     `json:"contact,omitempty" doc:"The person served, when their id is not known: found by external_id, else by e-mail, else made."`
	Subject    string         `json:"subject,omitempty" doc:"What it is about, at most 500 characters; without it the first message's beginning."`
	Content    string         `json:"content,omitempty" doc:"First message: the contact's own words, or the agent's when an agent begins it."`
	Priority   kefu.Priority  `json:"priority,omitempty" doc:"low, medium (without it), high or urgent."`
	TeamID     kefu.TeamID    `json:"team_id,omitempty" doc:"The team in whose queue it begins."`
	AssigneeID kefu.AgentID   `json:"assignee_id,omitempty" doc:"The agent whose it is from the beginning."`
	Labels     []string       `json:"labels,omitempty" doc:"Names of labels that exist."`
}

// NewPerson is a contact as whoever begins a conversation knows them.
type NewPerson struct {
	Name       string `json:"name,omitempty" doc:"At most 200 characters."`
	Email      string `json:"email,omitempty" doc:"At most 254 characters."`
	ExternalID string `json:"external_id,omitempty" doc:"Their id in your own system, at most 200 characters."`
}

// ConversationChange is what of a conversation changes: absent members stay, null clears.
type ConversationChange struct {
	Status       kefu.Opt[kefu.Status]   `json:"status,omitzero" doc:"open, pending, snoozed or closed."`
	AssigneeID   kefu.Opt[kefu.AgentID]  `json:"assignee_id,omitzero" doc:"The agent whose it is; null gives it back to the queue."`
	TeamID       kefu.Opt[kefu.TeamID]   `json:"team_id,omitzero" doc:"The team in whose queue it stands; null takes it out."`
	Labels       kefu.Opt[[]string]      `json:"labels,omitzero" doc:"Names of labels that exist, all of them; null takes them off."`
	Priority     kefu.Opt[kefu.Priority] `json:"priority,omitzero" doc:"low, medium, high or urgent; null is medium."`
	SnoozedUntil kefu.Opt[time.Time]     `json:"snoozed_until,omitzero" doc:"Snoozes it until then; null opens a snoozed one again when somebody writes."`
	Subject      kefu.Opt[string]        `json:"subject,omitzero" doc:"What it is about, 1 to 500 characters."`
}

// ConversationFilter narrows the list of conversations. Empty members do not narrow.
type ConversationFilter struct {
	Status   kefu.Status
	Inbox    kefu.InboxID
	Channel  string
	Assignee string // an agent's id, or none
	Team     string // a team's id, or none
	Label    string // its name
	Priority kefu.Priority
	Contact  kefu.ContactID
	// UpdatedSince keeps what changed then or later.
	UpdatedSince time.Time
	// Text is in the subject, or is the ticket's number or the outside system's id of it.
	Text string
	// Sort is created (without it) or updated; the newest is first.
	Sort string
}

// ClaimRequest says who claims. An agent claims for themselves; a program names the agent.
type ClaimRequest struct {
	AgentID kefu.AgentID `json:"agent_id,omitempty" doc:"The agent who claims; only programs name one."`
}

// TransferRequest says to whom a conversation is given: to an agent, to a team's queue, or to another desk.
type TransferRequest struct {
	AgentID kefu.AgentID `json:"agent_id,omitempty" doc:"The agent who gets it."`
	TeamID  kefu.TeamID  `json:"team_id,omitempty" doc:"The team whose queue gets it, if no agent does; beside an agent, the team it belongs to from now on."`
	Desk    kefu.InboxID `json:"desk,omitempty" doc:"The inbox of the desk that gets it, in place of agent and team: whoever answers there first has it, and what other desks write is kept as notes."`
	Note    string       `json:"note,omitempty" doc:"A private note for who gets it."`
}

// HandoffRequest says who is expected to answer next.
type HandoffRequest struct {
	To      kefu.Handler `json:"to" doc:"queue, bot or agent."`
	AgentID kefu.AgentID `json:"agent_id,omitempty" doc:"The agent, when to is agent; without it the one whose it is, or the caller."`
	Reason  string       `json:"reason,omitempty" doc:"Why, for the history; at most 500 characters."`
}

// ReadState is how far somebody has read a conversation.
type ReadState struct {
	ConversationID kefu.ConversationID `json:"conversation_id" doc:"The conversation."`
	Seq            int64               `json:"seq" doc:"Everything up to here has been read."`
	ReadAt         time.Time           `json:"read_at" doc:"When that was said."`
}

// showConversation is a conversation as a caller is shown it.
func (b *Switchboard) showConversation(by kefu.Caller, c store.Conversation, t kefu.Ticket) Conversation {
	in, _ := b.Inbox(c.InboxID)
	out := Conversation{ID: c.ID, InboxID: c.InboxID, Channel: in.Channel, ContactID: c.ContactID, Subject: c.Subject, Status: c.Status, Handler: c.Handler,
		Priority: c.Priority, AssigneeID: orNull(c.AssigneeID), TeamID: orNull(c.TeamID), Labels: c.Labels, SnoozedUntil: timeOrNull(c.SnoozedUntil),
		Ticket:  TicketRef{ID: t.ID, Number: t.Number, Status: t.Status, ExternalID: t.ExternalID},
		LastSeq: c.LastSeq, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, ClosedAt: timeOrNull(c.ClosedAt), ClosedBy: c.ClosedBy, PreviousID: orNull(c.PreviousID)}
	if out.Labels == nil || by.Kind == kefu.CallerContact {
		out.Labels = []string{}
	}
	if by.Kind == kefu.CallerContact {
		out.TeamID, out.SnoozedUntil, out.Priority = nil, nil, kefu.PriorityMedium
		if out.Status == kefu.StatusSnoozed {
			out.Status = kefu.StatusOpen
		}
	}
	return out
}

func orNull[T ~string](id T) *T {
	if id == "" {
		return nil
	}
	return &id
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
