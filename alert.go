package kefu

import (
	"encoding/json"
	"time"
)

// AlertKind says what is wrong.
type AlertKind string

// Kinds of alerts. The subject is an inbox, an endpoint, a conversation, or a feed (inbox, host, digest of its address).
const (
	AlertRemoteDown      AlertKind = "remote_down"      // an inbox's remote takes nothing, or its connection is lost
	AlertQueueAge        AlertKind = "queue_age"        // what waits for an inbox has waited for long
	AlertWebhookFailing  AlertKind = "webhook_failing"  // deliveries to an endpoint have failed for good, and nothing has arrived since
	AlertWebhookDisabled AlertKind = "webhook_disabled" // an endpoint was disabled by itself
	AlertUnanswered      AlertKind = "unanswered"       // a customer waits for a person, and every desk was told
	AlertFeedDown        AlertKind = "feed_down"        // a feed whose news an inbox announces could not be read for a day
)

// Severity says how soon somebody should look.
type Severity string

// Severities.
const (
	SeverityWarning  Severity = "warning"
	SeverityCritical Severity = "critical"
)

// Alert is a notice to the operator: something is wrong from RaisedAt until ClearedAt. Of one kind and subject one is open at a time.
type Alert struct {
	ID       string // alr_…
	Kind     AlertKind
	Subject  string
	Severity Severity
	// Summary is one line for people; it holds no customer's text and no secret. Detail is an object with figures.
	Summary string
	Detail  json.RawMessage
	// Count is how often it was raised while it was open.
	Count     int64
	RaisedAt  time.Time
	UpdatedAt time.Time
	ClearedAt time.Time // zero while it is open
}
