package chatwoot

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Time is a moment as Chatwoot writes it: seconds since 1970 in answers, a text in hooks. What cannot be read is the zero time.
type Time struct{ time.Time }

// UnmarshalJSON reads any of Chatwoot's spellings; it never fails on a valid JSON value.
func (t *Time) UnmarshalJSON(raw []byte) error {
	t.Time = time.Time{}
	s := strings.Trim(string(raw), `"`)
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		if seconds > 0 && seconds < 253402300800 { // the year 10000
			whole, part := math.Modf(seconds)
			t.Time = time.Unix(int64(whole), int64(part*1e6)*1000).UTC()
		}
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 MST", time.DateTime} {
		if at, err := time.Parse(layout, s); err == nil {
			t.Time = at.UTC()
			return nil
		}
	}
	return nil
}

// Attributes are free members: custom attributes, additional attributes, a message's content attributes.
type Attributes map[string]any

// UnmarshalJSON reads an object; anything else, which Chatwoot writes for "none", is none.
func (a *Attributes) UnmarshalJSON(raw []byte) error {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		m = nil
	}
	*a = m
	return nil
}

// Text is the attribute of this name if it is a text, else "".
func (a Attributes) Text(name string) string {
	s, _ := a[name].(string)
	return s
}

// MessageType says which way a message goes. In answers it is a number and in hooks a word; both are read.
type MessageType string

// The types of messages. Only the first two can be sent, and Incoming only into an inbox of the API channel.
const (
	Incoming MessageType = "incoming" // from the customer
	Outgoing MessageType = "outgoing" // to the customer, or a private note
	Activity MessageType = "activity" // "Mei assigned herself"
	Template MessageType = "template" // Chatwoot's own: greeting, survey
)

// UnmarshalJSON reads the number or the word. A number that is not known stays, as digits.
func (m *MessageType) UnmarshalJSON(raw []byte) error {
	types := []MessageType{Incoming, Outgoing, Activity, Template}
	if n, err := strconv.Atoi(string(raw)); err == nil {
		if *m = MessageType(strconv.Itoa(n)); n >= 0 && n < len(types) {
			*m = types[n]
		}
		return nil
	}
	return json.Unmarshal(raw, (*string)(m))
}

// Status is where a conversation stands.
type Status string

// The statuses. A conversation that a bot moves from Pending to Open is handed to people.
const (
	Open     Status = "open"
	Resolved Status = "resolved"
	Pending  Status = "pending"
	Snoozed  Status = "snoozed"
)

// Priority is how urgent a conversation is.
type Priority string

// The priorities.
const (
	NoPriority Priority = "none"
	Low        Priority = "low"
	Medium     Priority = "medium"
	High       Priority = "high"
	Urgent     Priority = "urgent"
)
