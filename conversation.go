package kefu

import (
	"encoding/json"
	"time"
)

// Conversation is the ordered exchange with one contact about one matter. It has one customer link and any number of desk links.
type Conversation struct {
	ID         ConversationID
	InboxID    InboxID
	ContactID  ContactID
	Subject    string
	Status     Status
	Handler    Handler
	Priority   Priority
	AssigneeID AgentID
	TeamID     TeamID
	Labels     []string // names, sorted
	// SnoozedUntil is when a snoozed conversation opens again by itself; zero is when somebody writes or opens it.
	SnoozedUntil time.Time
	// OwnerLinkID is the desk link whose agents' text goes to the customer: the assignee's desk, else the first that answered.
	OwnerLinkID LinkID
	// LastSeq is the place of the newest message; it is given out under the conversation's row lock.
	LastSeq  int64
	ClosedAt time.Time
	ClosedBy string // verbatim, as the side that closed it says
	// PreviousID is the conversation that this one follows: the customer wrote again after it had been closed for too long.
	PreviousID ConversationID
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// LinkRole says which side of a conversation a link is on.
type LinkRole string

// Link roles. A former link was the customer link of a conversation that is over, kept as history. A board shows everybody how a ticket
// stands; nothing of the talk goes there.
const (
	RoleCustomer LinkRole = "customer"
	RoleDesk     LinkRole = "desk"
	RoleFormer   LinkRole = "former"
	RoleBoard    LinkRole = "board"
)

// Link binds a conversation to one external thread.
type Link struct {
	ID             LinkID
	ConversationID ConversationID
	InboxID        InboxID
	Role           LinkRole
	// ExternalID is the thread's id outside: a ticket id, a channel id. Opaque; empty until the thread is opened or after it vanished.
	ExternalID string
	// Cursor is the newest external message that was taken in or sent, as the connector orders them; backfill starts after it.
	Cursor string
	// Meta belongs to the connector.
	Meta json.RawMessage
}

// Event is a past fact, written in the transaction of the change. Pos is 0 until the relay has placed it; placed positions have no gap.
type Event struct {
	ID             EventID
	Pos            int64
	Type           string // "message.received"
	ConversationID ConversationID
	Actor          Author
	Data           json.RawMessage
	OccurredAt     time.Time
}
