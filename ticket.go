package kefu

import (
	"encoding/json"
	"strings"
	"time"
)

// Ticket is a tracked unit of work that belongs to a conversation. Title, priority, assignee and team are the conversation's too.
type Ticket struct {
	ID             TicketID
	Number         int64  // what people say; one row of numbers per instance
	ExternalID     string // the outside system's own id
	ClientID       string // the caller whose id ExternalID is; "" for a connector's
	ConversationID ConversationID
	InboxID        InboxID
	Title          string
	Description    string // "" is the text that the conversation was opened with
	Status         TicketStatus
	Priority       Priority
	Category       string
	AssigneeID     AgentID
	TeamID         TeamID
	Handler        string // who an outside system says has it, when no agent is meant
	DueAt          time.Time
	CustomFields   json.RawMessage // an object; nil is none
	// DuplicateOf is the first of those that say the same; it is no duplicate itself.
	DuplicateOf TicketID
	// StatusAt is of when the status is, as who changed it last says; zero until it has changed.
	StatusAt  time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TicketChange is one changed member of a ticket in its history. Values are texts: "" for none, RFC 3339 for times, JSON for objects.
type TicketChange struct {
	N        int64
	At       time.Time
	By       Author
	Field    string
	From, To string
}

// TicketStatuses lists the words in the order in which a ticket usually goes through them.
func TicketStatuses() []TicketStatus {
	return []TicketStatus{TicketPending, TicketProcessing, TicketResolved, TicketClosed}
}

// Next lists what a ticket may become.
func (s TicketStatus) Next() []TicketStatus {
	var out []TicketStatus
	for _, next := range TicketStatuses() {
		if s.CanBecome(next) {
			out = append(out, next)
		}
	}
	return out
}

// Changes lists the members in which a later state of the ticket differs, by the names that the API has for them.
func (t Ticket) Changes(later Ticket) []TicketChange {
	var out []TicketChange
	was, is := t.members(), later.members()
	for i, m := range was {
		if m.value != is[i].value {
			out = append(out, TicketChange{Field: m.name, From: m.value, To: is[i].value})
		}
	}
	return out
}

type ticketMember struct{ name, value string }

func (t Ticket) members() []ticketMember {
	due := ""
	if !t.DueAt.IsZero() {
		due = t.DueAt.UTC().Format(time.RFC3339Nano)
	}
	return []ticketMember{
		{"external_id", t.ExternalID}, {"title", t.Title}, {"description", t.Description}, {"status", string(t.Status)},
		{"priority", string(t.Priority)}, {"category", t.Category}, {"assignee_id", string(t.AssigneeID)}, {"team_id", string(t.TeamID)},
		{"handler", t.Handler}, {"due_at", due}, {"custom_fields", strings.TrimSpace(string(t.CustomFields))}, {"duplicate_of", string(t.DuplicateOf)},
	}
}
