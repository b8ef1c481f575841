package switchboard

import (
	"cmp"
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/store"
)

// WorkTicket is a ticket as the API shows it. Title, priority, assignee and team are its conversation's too.
type WorkTicket struct {
	ID             kefu.TicketID       `json:"id" doc:"Id of the ticket." example:"tkt_06c0000000000000000000000g"`
	Number         int64               `json:"number" doc:"The number that people say."`
	ExternalID     string              `json:"external_id" doc:"The outside system's own id, or empty."`
	ConversationID kefu.ConversationID `json:"conversation_id" doc:"The conversation that it belongs to."`
	InboxID        kefu.InboxID        `json:"inbox_id" doc:"The inbox that it came in by."`
	ContactID      kefu.ContactID      `json:"contact_id" doc:"The person served."`
	Title          string              `json:"title" doc:"What it is about."`
	Description    string              `json:"description" doc:"What was given as such, else the text that the conversation was opened with."`
	Status         kefu.TicketStatus   `json:"status" doc:"pending, processing, resolved or closed."`
	Priority       kefu.Priority       `json:"priority" doc:"low, medium, high or urgent."`
	Category       string              `json:"category" doc:"Your own word for its kind, or empty."`
	AssigneeID     *kefu.AgentID       `json:"assignee_id" doc:"The agent whose it is, or null."`
	TeamID         *kefu.TeamID        `json:"team_id" doc:"The team in whose queue it stands, or null."`
	Handler        string              `json:"handler" doc:"Who an outside system says has it, in its own words, when no agent is meant; or empty."`
	DueAt          *time.Time          `json:"due_at" doc:"When it is due, or null."`
	CustomFields   map[string]any      `json:"custom_fields" doc:"Whatever else you keep about it."`
	DuplicateOf    *kefu.TicketID      `json:"duplicate_of" doc:"The first ticket that says the same, or null."`
	Duplicates     []kefu.TicketID     `json:"duplicates" doc:"Tickets that say the same as this one, oldest first."`
	CreatedAt      time.Time           `json:"created_at" doc:"When it was made."`
	UpdatedAt      time.Time           `json:"updated_at" doc:"When any of it changed last."`
}

// MadeTicket is the answer to who asks for a ticket.
type MadeTicket struct {
	WorkTicket

	Existing bool `json:"existing" doc:"The ticket_id was known: nothing was changed."`
}

// State is what the entity tag is of: the ticket as it is read later.
func (m MadeTicket) State() any { return m.WorkTicket }

// Again tells that nothing was made.
func (m MadeTicket) Again() bool { return m.Existing }

// TicketStep is one line of a ticket's history.
type TicketStep struct {
	At    time.Time   `json:"at" doc:"When it was changed."`
	By    kefu.Author `json:"by" doc:"Who changed it."`
	Field string      `json:"field" doc:"The member that changed: title, status, assignee_id."`
	From  string      `json:"from" doc:"What it was: empty for none, RFC 3339 for times, JSON text for custom_fields."`
	To    string      `json:"to" doc:"What it became, written alike."`
}

// NewTicket is what a ticket begins with.
type NewTicket struct {
	TicketID       string              `json:"ticket_id,omitempty" doc:"Your own id of it, at most 200 characters, kept as external_id: asked for again, the same ticket is the answer and nothing changes."`
	Title          string              `json:"title,omitempty" doc:"What it is about, at most 500 characters; without it the description's beginning."`
	Content        string              `json:"content,omitempty" doc:"What it says, at most 20,000 characters; description is another name for it."`
	Description    string              `json:"description,omitempty" doc:"What it says, at most 20,000 characters. It opens the conversation, in the contact's name."`
	Priority       kefu.Priority       `json:"priority,omitempty" doc:"low, medium (without it), high or urgent."`
	Category       string              `json:"category,omitempty" doc:"Your own word for its kind, at most 100 characters."`
	Status         kefu.TicketStatus   `json:"status,omitempty" doc:"Where it begins, if not at pending."`
	ConversationID kefu.ConversationID `json:"conversation_id,omitempty" doc:"A conversation whose ticket has no external id: its ticket gets what is given here. Without it a conversation begins."`
	InboxID        kefu.InboxID        `json:"inbox_id,omitempty" doc:"An inbox of channel api; without it the inbox api."`
	ContactID      kefu.ContactID      `json:"contact_id,omitempty" doc:"The person served."`
	Contact        *NewPerson          `json:"contact,omitempty" doc:"The person served, when their id is not known. Without either, the caller stands as the contact."`
	AssigneeID     kefu.AgentID        `json:"assignee_id,omitempty" doc:"The agent whose it is from the beginning."`
	Handler        string              `json:"handler,omitempty" doc:"The same by an agent's id or e-mail; other words are kept as they are, at most 200 characters."`
	TeamID         kefu.TeamID         `json:"team_id,omitempty" doc:"The team in whose queue it begins."`
	DueAt          *time.Time          `json:"due_at,omitempty" doc:"When it is due; that may be past."`
	CustomFields   map[string]any      `json:"custom_fields,omitempty" doc:"Whatever else you keep about it; at most 16 KiB as JSON and 5 deep."`
}

// TicketChange is what of a ticket changes: absent members stay, null clears.
type TicketChange struct {
	Title        kefu.Opt[string]            `json:"title,omitzero" doc:"What it is about, 1 to 500 characters."`
	Content      kefu.Opt[string]            `json:"content,omitzero" doc:"Another name for description."`
	Description  kefu.Opt[string]            `json:"description,omitzero" doc:"What it says, at most 20,000 characters; null shows the text that the conversation was opened with."`
	Status       kefu.Opt[kefu.TicketStatus] `json:"status,omitzero" doc:"pending, processing, resolved or closed; a step that a ticket cannot take is a conflict."`
	Priority     kefu.Opt[kefu.Priority]     `json:"priority,omitzero" doc:"low, medium, high or urgent; null is medium."`
	Category     kefu.Opt[string]            `json:"category,omitzero" doc:"Your own word for its kind, at most 100 characters."`
	AssigneeID   kefu.Opt[kefu.AgentID]      `json:"assignee_id,omitzero" doc:"The agent whose it is; null gives it back to the queue."`
	TeamID       kefu.Opt[kefu.TeamID]       `json:"team_id,omitzero" doc:"The team in whose queue it stands; null takes it out."`
	Handler      kefu.Opt[string]            `json:"handler,omitzero" doc:"Who has it: an agent's id or e-mail assigns it, other words are kept as they are."`
	DueAt        kefu.Opt[time.Time]         `json:"due_at,omitzero" doc:"When it is due; that may be past."`
	CustomFields kefu.Opt[map[string]any]    `json:"custom_fields,omitzero" doc:"Replaces the custom fields; at most 16 KiB as JSON and 5 deep. Null removes them all."`
}

// TicketSync is a status as an outside system reports it.
type TicketSync struct {
	TicketID   string            `json:"ticket_id,omitempty" doc:"The ticket once more: its id, number or external id. Another one is refused."`
	Status     kefu.TicketStatus `json:"status" doc:"pending, processing, resolved or closed."`
	Handler    string            `json:"handler,omitempty" doc:"Who has it: an agent's id or e-mail assigns it, other words are kept as they are; at most 200 characters."`
	UpdateTime any               `json:"update_time,omitempty" doc:"When it became so: RFC 3339, seconds since 1970, or 2023-10-26 12:00:00 in UTC. Older than what is stored changes nothing."`
}

// TicketSynced is what became of a reported status.
type TicketSynced struct {
	Applied      bool       `json:"applied" doc:"Whether anything was changed."`
	Reason       string     `json:"reason" doc:"Why not; empty when it was."`
	Handler      string     `json:"handler" doc:"The handler as it was sent."`
	HandlerKnown bool       `json:"handler_known" doc:"Whether the handler is an agent, who has the ticket now. Other words stand in the ticket and its history."`
	Ticket       WorkTicket `json:"ticket" doc:"The ticket as it is now."`
}

// State is what the entity tag is of: the ticket as it is read later.
func (s TicketSynced) State() any { return s.Ticket }

// DuplicateLink names the ticket that another one repeats.
type DuplicateLink struct {
	Of string `json:"of" maxLength:"200" doc:"Id or number of the ticket that this one repeats. If that repeats another one, this is linked to the first."`
}

func showTicket(t kefu.Ticket, around store.TicketAround) WorkTicket {
	out := WorkTicket{ID: t.ID, Number: t.Number, ExternalID: t.ExternalID, ConversationID: t.ConversationID, InboxID: t.InboxID, ContactID: around.ContactID,
		Title: t.Title, Description: cmp.Or(t.Description, around.Opening), Status: t.Status, Priority: t.Priority, Category: t.Category,
		AssigneeID: orNull(t.AssigneeID), TeamID: orNull(t.TeamID), Handler: t.Handler, DueAt: timeOrNull(t.DueAt), DuplicateOf: orNull(t.DuplicateOf),
		Duplicates: around.Duplicates, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	if json.Unmarshal(t.CustomFields, &out.CustomFields) != nil || out.CustomFields == nil {
		out.CustomFields = map[string]any{}
	}
	if out.Duplicates == nil {
		out.Duplicates = []kefu.TicketID{}
	}
	return out
}

func showStep(ch kefu.TicketChange) TicketStep {
	return TicketStep{At: ch.At, By: ch.By, Field: ch.Field, From: ch.From, To: ch.To}
}
