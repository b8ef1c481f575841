package kefu

// Status is a conversation's status word (contracts: vocabulary).
type Status string

// Conversation status words.
const (
	StatusOpen    Status = "open"
	StatusPending Status = "pending"
	StatusSnoozed Status = "snoozed"
	StatusClosed  Status = "closed"
)

// Valid tells whether s is one of the words.
func (s Status) Valid() bool {
	switch s {
	case StatusOpen, StatusPending, StatusSnoozed, StatusClosed:
		return true
	}
	return false
}

// TicketStatus is a ticket's status word.
type TicketStatus string

// Ticket status words, in the order in which a ticket usually goes through them.
const (
	TicketPending    TicketStatus = "pending"
	TicketProcessing TicketStatus = "processing"
	TicketResolved   TicketStatus = "resolved"
	TicketClosed     TicketStatus = "closed"
)

// CanBecome tells whether a ticket may go from s to next: forward step by step, to closed from anywhere, and from the end back to
// processing when it is reopened.
func (s TicketStatus) CanBecome(next TicketStatus) bool {
	switch next {
	case TicketClosed:
		return s != TicketClosed
	case TicketProcessing:
		return s == TicketPending || s == TicketResolved || s == TicketClosed
	case TicketResolved:
		return s == TicketProcessing || s == TicketPending
	}
	return false
}

// Priority is how urgent a conversation or ticket is.
type Priority string

// Priority words.
const (
	PriorityLow    Priority = "low"
	PriorityMedium Priority = "medium"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// Handler says who is expected to answer next.
type Handler string

// Handler words.
const (
	HandlerQueue Handler = "queue"
	HandlerBot   Handler = "bot"
	HandlerAgent Handler = "agent"
)

// AuthorKind says what kind of somebody wrote a message or changed something.
type AuthorKind string

// Author kinds.
const (
	AuthorContact AuthorKind = "contact"
	AuthorAgent   AuthorKind = "agent"
	AuthorBot     AuthorKind = "bot"
	AuthorSystem  AuthorKind = "system"
)

// Author is who wrote or did something, with the name as it was at that time.
type Author struct {
	Kind AuthorKind `json:"type"`
	ID   string     `json:"id,omitempty"`
	Name string     `json:"name"`
	// Via names the place where the author wrote ("Discord", "Console"); sites show it beside the name.
	Via string `json:"via,omitempty"`
}

// System is the author of what Kefu itself says and does.
func System() Author { return Author{Kind: AuthorSystem, Name: "Kefu"} }

// DeliveryState says what became of one message on its way to one target (contracts: vocabulary, message).
type DeliveryState string

// Delivery states. The last four are final.
const (
	DeliveryQueued    DeliveryState = "queued"
	DeliverySending   DeliveryState = "sending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed"
	DeliveryUncertain DeliveryState = "uncertain"
	DeliverySkipped   DeliveryState = "skipped"
)

// Final tells whether nothing more will happen to the delivery by itself.
func (s DeliveryState) Final() bool {
	switch s {
	case DeliveryDelivered, DeliveryFailed, DeliveryUncertain, DeliverySkipped:
		return true
	}
	return false
}

// CloserOf maps the site's word for who closed a ticket (contracts: vocabulary, "Closed by") to an author kind.
// Other text is kept and shown as it is; its actor is unknown, which is "".
func CloserOf(closedBy string) AuthorKind {
	switch closedBy {
	case "網站/客戶端":
		return AuthorContact
	case "網站/管理端":
		return AuthorAgent
	case "系統自動關閉":
		return AuthorSystem
	}
	return ""
}
