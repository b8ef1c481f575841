package connector

import (
	"context"
	"time"

	"kefu"
)

// Watcher is a connector whose hooks only say where to look, because they come twice, late, in any order or not at all: what happened is
// read from the source of truth. A hook is then an Inbound of kind InLook, which is stored and answered at once.
type Watcher interface {
	// Look reads the thread and emits what came after t.Cursor, oldest first, each with its Key and Cursor, then an InStanding, if it keeps
	// standings, that was read before the messages were. What we sent ourselves it leaves out, by what we sent. Of a thread that no link has
	// only t.ExternalID is set: it emits what opens a conversation, or nothing. It changes nothing at the remote. Looks at one thread never
	// overlap, but a look may overlap with a Send. Errors are *SendError; Gone when the thread is not there any more.
	Look(ctx context.Context, t Thread, emit Emit) error
	// Changed names the threads at which something may have happened since; the zero time is the first start with an empty store. It may
	// name too many.
	Changed(ctx context.Context, since time.Time) ([]string, error)
	// LookEvery is how often Changed is asked, besides at start; 0 is never. Pure.
	LookEvery() time.Duration
}

// Director is a desk at which a program of its own decides who answers a customer: the talk is there from its beginning, and the bot speaks
// only when it is asked there (InAsk).
type Director interface {
	// Directs is pure.
	Directs() bool
}

// StandingSender is a connector whose threads have a status, a priority, labels and an assignee of their own.
type StandingSender interface {
	// SendStanding carries the differences between base and now to the thread, and gives what the thread has then: what it cannot show, as
	// an assignee whom it does not know, stays as it is there. Idempotent. Labels of which neither base nor now speaks stay.
	SendStanding(ctx context.Context, t Thread, now, base Standing) (Standing, error)
}

// Former is a connector that shows forms.
type Former interface {
	// Forms is how many fields of a form it can show at once; a longer form is asked field by field, in texts. 0 is none. Pure.
	Forms() int
}

// Standing is how a conversation stands, as both sides can show it.
type Standing struct {
	Status       kefu.Status   `json:"status,omitempty"`
	SnoozedUntil time.Time     `json:"snoozed_until,omitzero"`
	Priority     kefu.Priority `json:"priority,omitempty"`
	Labels       []string      `json:"labels,omitempty"` // sorted
	// Assignee is the id by which the inbox knows the agent; "" when nobody has it, or somebody whom the inbox does not know, and then
	// AssigneeName says who.
	Assignee     string `json:"assignee,omitempty"`
	AssigneeName string `json:"assignee_name,omitempty"`
	// StatusWord is the source's own word for a status that nobody here knows; it is kept and changes nothing.
	StatusWord string `json:"status_word,omitempty"`
	// Only says which members a thread of this kind has; the others of it mean nothing. Empty is all.
	Only []string `json:"only,omitempty"`
}

// Members of a standing, for Standing.Only.
const (
	HasStatus   = "status"
	HasPriority = "priority"
	HasLabels   = "labels"
	HasAssignee = "assignee"
)

// Restore is what a thread belongs to.
type Restore struct {
	ConversationID kefu.ConversationID `json:"conversation_id"`
	ContactID      kefu.ContactID      `json:"contact_id"`
	ContactName    string              `json:"contact_name"`
	// Inbox and Thread are where the customer writes; ThreadName as the customer's side gave it.
	Inbox      kefu.InboxID `json:"inbox"`
	Thread     string       `json:"thread"`
	ThreadName string       `json:"thread_name"`
	Subject    string       `json:"subject"`
}
