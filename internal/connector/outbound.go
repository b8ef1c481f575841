package connector

import (
	"encoding/json"
	"time"

	"kefu"
)

// Outbound is one message on its way to one thread.
type Outbound struct {
	DeliveryID kefu.DeliveryID
	Thread     Thread
	Message    kefu.Message
	Customer   kefu.Contact
	// Known are the parts that earlier attempts know to have arrived; sending begins at the first part that is not among them.
	Known []Part
	// Unsure says that an earlier attempt may have had its effect: look before sending. UnsureSince is when it began.
	Unsure      bool
	UnsureSince time.Time
	// SentBefore counts other deliveries to this thread with the same fingerprint that are known to have arrived; connectors that can
	// only look by counting compare with it. It is asked for a fingerprint because only the connector knows how it words a message.
	SentBefore func(fingerprint string) (int, error)
	// Card is set on the message that opens the thread: it goes out as the opening card.
	Card *Card
	// Late says that a person retried it after later messages had been sent.
	Late bool
}

// Card is what the opening card of a desk thread shows besides the first message.
type Card struct {
	Ticket   kefu.Ticket
	Subject  string
	Orders   []kefu.Order
	OrderErr string // why the orders are not known, in words; "" when they are (or there are none)
}

// Part is one piece of a split message.
type Part struct {
	N           int    `json:"n"` // from 0
	ExternalID  string `json:"external_id,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"` // of what was sent, to know its echo by
}

// Receipt says what is known to have arrived.
type Receipt struct {
	Parts  []Part
	Cursor string // new cursor of the thread, if it moved
	// Found says that the message was already there: an earlier attempt had succeeded.
	Found bool
}

// Opening asks for a thread.
type Opening struct {
	LinkID         kefu.LinkID
	ConversationID kefu.ConversationID
	Name           string // verbatim, as the customer's side gave it; may be empty
	Ticket         kefu.Ticket
	Customer       kefu.Contact
	Subject        string
	// Unsure says that an earlier Open may have made the thread: search for the conversation's marker first.
	Unsure bool
	// Again says that the thread existed before and vanished or was closed: post the card and History into the new one, oldest first,
	// nothing twice. The message that is to be sent next is not part of History.
	Again   bool
	History []kefu.Message
	// Late says beside Again that the thread never was: the desk is given a talk that has begun without it.
	Late bool
	// Meta is the link's meta as the connector left it.
	Meta json.RawMessage
	// Opened is how often the link had a thread before.
	Opened int64
	// Standing is how the conversation stands; what of it the connector makes the new thread show it gives back as Thread.Base.
	Standing Standing
	// Origin is noted in the thread where that is possible, so that the link can be made anew from there.
	Origin Restore
	// Role is desk, or board: then Name is the place where the post belongs, and nothing but the ticket is shown.
	Role kefu.LinkRole
}

// StatusChange tells a thread what happened to the conversation.
type StatusChange struct {
	DeliveryID kefu.DeliveryID `json:"-"`
	Kind       StatusKind      `json:"kind"`
	By         kefu.Author     `json:"by"`
	ClosedBy   string          `json:"closed_by,omitempty"` // verbatim from the site
	Reason     string          `json:"reason,omitempty"`
	To         string          `json:"to,omitempty"` // name of the agent it was given to; on board: number of the ticket that it says the same as, "#12"
	At         time.Time       `json:"at"`
	// Step counts the desks that were told of one who waits, from 0; All says that everybody is to be told. On waiting.
	Step int  `json:"step,omitempty"`
	All  bool `json:"all,omitempty"`
	// Since is since when the customer waits for a person. On handed and waiting.
	Since time.Time `json:"since,omitzero"`
	// Position is the place in the queue, from 1; OpensAt when an inbox opens that is closed now. On handed.
	Position int       `json:"position,omitempty"`
	OpensAt  time.Time `json:"opens_at,omitzero"`
	// Left is the agent who had it before, by name. On assigned and handed.
	Left string `json:"left,omitempty"`
	// First says that it is the first hand-off: the ticket is new to the customer. On handed.
	First bool `json:"first,omitempty"`
	// Rating is what the customer may answer now. On closed, to the customer's side.
	Rating kefu.RatingID `json:"rating,omitempty"`
	// Transcript is set on closed: the kept transcript's files.
	Transcript []kefu.Attachment `json:"transcript,omitempty"`
	Ticket     kefu.Ticket       `json:"-"`
	Customer   kefu.Contact      `json:"-"`
	Unsure     bool              `json:"-"`
}

// StatusKind says what happened.
type StatusKind string

// Status kinds.
const (
	StatusClosed   StatusKind = "closed"
	StatusReopened StatusKind = "reopened"
	StatusAssigned StatusKind = "assigned"
	// StatusHanded: a person is waited for; the customer's side says so.
	StatusHanded StatusKind = "handed"
	// StatusWaiting: nobody has answered yet; a desk calls its people.
	StatusWaiting StatusKind = "waiting"
	// StatusBoard: a board shows its ticket as it is now.
	StatusBoard StatusKind = "board"
)

// Mark shows what became of a message.
type Mark struct {
	DeliveryID kefu.DeliveryID // of the mark itself
	Thread     Thread
	ExternalID string // of the marked message; "" when the thread does not show it: then only what went wrong is told, in words
	State      MarkState
	Previous   MarkState // what it showed before, "" for nothing
	Reason     string    // for failed and uncertain, in words
	// Retry names the delivery that a person may send again with one click; "" when there is nothing to retry.
	Retry  kefu.DeliveryID
	Unsure bool
}

// MarkState is what a mark shows.
type MarkState string

// Mark states. The last two say that the message was changed after it had gone out and the other side cannot show it.
const (
	MarkWaiting      MarkState = "waiting"
	MarkDelivered    MarkState = "delivered"
	MarkFailed       MarkState = "failed"
	MarkUncertain    MarkState = "uncertain"
	MarkNote         MarkState = "note"
	MarkEditedLater  MarkState = "edited"
	MarkDeletedLater MarkState = "deleted"
)

// Change is an edit (Deleted false) or a deletion of a message that went out as Parts.
type Change struct {
	DeliveryID kefu.DeliveryID
	Parts      []Part
	Message    kefu.Message
	Deleted    bool
}
