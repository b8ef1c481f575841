package kefu

import (
	"encoding/json"
	"time"
)

// Contact is the person served.
type Contact struct {
	ID    ContactID
	Name  string
	Email string
	Phone string
	// ExternalID is the person's id in the organisation's own systems (a shop's customer number); "" when there is none. Unique.
	ExternalID string
	// Attributes is a JSON object of whatever else the organisation keeps about the person; nil is {}.
	Attributes json.RawMessage
	// Locale is the language that the person reads; "" is not known.
	Locale Locale
	// BlockedAt is since when nothing is taken from the person; zero when they are not blocked.
	BlockedAt time.Time
	// MergedInto is the contact that this one became part of; "" when it stands for itself.
	MergedInto ContactID
	// ErasedAt is when the person's data was erased; zero when it was not.
	ErasedAt  time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}
