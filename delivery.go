package kefu

import "time"

// DeliveryKind says what a delivery carries to its target.
type DeliveryKind string

// Delivery kinds.
const (
	DeliverMessage  DeliveryKind = "message"  // a message of the conversation
	DeliverStatus   DeliveryKind = "status"   // closed, reopened, assigned
	DeliverMark     DeliveryKind = "mark"     // what became of a message, shown beside it where it was written
	DeliverOpen     DeliveryKind = "open"     // nothing but the thread itself, made again after it vanished
	DeliverChange   DeliveryKind = "change"   // an edit or a deletion of a message that went out before
	DeliverStanding DeliveryKind = "standing" // how the conversation stands: status, priority, labels, assignee, as it is when it is sent
)

// Delivery is one message (or status, mark, change) to one target, until it is final.
type Delivery struct {
	ID             DeliveryID
	Kind           DeliveryKind
	ConversationID ConversationID
	LinkID         LinkID
	InboxID        InboxID
	MessageID      MessageID
	// Line orders deliveries: the head of a line holds back what follows until it is final. Ord is the place in the line.
	Line     string
	Ord      int64
	State    DeliveryState
	DueAt    time.Time
	Attempts int
	// Unsure says that an earlier attempt may have had its effect: whoever sends next must look before sending.
	Unsure   bool
	Reason   string // why it failed or waits, in words
	Late     bool
	QueuedAt time.Time
	// Payload is the status change, mark or change as JSON; empty for messages.
	Payload []byte
}

// Outcome is how an attempt ended.
type Outcome string

// Outcomes of an attempt.
const (
	OutcomeDelivered Outcome = "delivered"
	OutcomeFailed    Outcome = "failed"
	OutcomeUncertain Outcome = "uncertain"
	OutcomeGone      Outcome = "gone"
	// OutcomeWaiting is an attempt that the remote put off before taking it (429): it does not count as a try.
	OutcomeWaiting Outcome = "waiting"
)

// Attempt is one try of a delivery, kept as a record.
type Attempt struct {
	DeliveryID DeliveryID
	No         int
	StartedAt  time.Time
	Duration   time.Duration
	Outcome    Outcome
	Error      string
	ExternalID string
}
