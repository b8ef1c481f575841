package kefu

import "time"

// EndpointID names a URL that receives our signed webhooks: whe_….
type EndpointID string

// EndpointAuth says how we show a receiver who we are, besides the signature.
type EndpointAuth string

// Ways of authentication.
const (
	AuthNone   EndpointAuth = "none"
	AuthBasic  EndpointAuth = "basic"
	AuthBearer EndpointAuth = "bearer"
)

// EndpointAuths lists the words.
func EndpointAuths() []EndpointAuth { return []EndpointAuth{AuthNone, AuthBasic, AuthBearer} }

// TimestampFormat says how times are written in what an endpoint is sent.
type TimestampFormat string

// Timestamp formats: 2024-01-01T10:00:00Z (source 004) and 1704103200 (source 003).
const (
	TimestampISO  TimestampFormat = "iso8601"
	TimestampUnix TimestampFormat = "unix"
)

// TimestampFormats lists the words.
func TimestampFormats() []TimestampFormat { return []TimestampFormat{TimestampISO, TimestampUnix} }

// RetrySchedule says when a webhook that failed is tried again (contracts: webhooks).
type RetrySchedule string

// Retry schedules.
const (
	ScheduleStandard RetrySchedule = "standard" // 1 s, 5 s, 30 s, then failed
	ScheduleExtended RetrySchedule = "extended" // up to three days, honouring Retry-After
)

// RetrySchedules lists the words.
func RetrySchedules() []RetrySchedule { return []RetrySchedule{ScheduleStandard, ScheduleExtended} }

// Endpoint is a URL that receives our signed webhooks (contracts: webhooks).
type Endpoint struct {
	ID          EndpointID
	Name        string
	URL         string
	Description string
	// Events are the event types it wants, as asked for: exact words, message.* or *.
	Events  []string
	Enabled bool
	// DisabledWhy says, in words, why Kefu disabled it by itself; "" when a person did.
	DisabledWhy string
	Auth        EndpointAuth
	// Sealed holds the signing secrets, the credentials and the custom headers, sealed; package webhook reads it.
	Sealed     string
	Timestamps TimestampFormat
	Schedule   RetrySchedule
	// Timeout is for a whole attempt, 1 to 30 s.
	Timeout time.Duration
	// MaxInFlight is how many deliveries may be on their way at once, 1 to 32.
	MaxInFlight int
	// RateLimit is the most deliveries a second; 0 is without limit.
	RateLimit int
	Health    EndpointHealth
	CreatedBy string
	CreatedAt time.Time
	UpdatedAt time.Time
	// DeletedAt is when it was deleted, its log stays for as long as any; zero when it was not.
	DeletedAt time.Time
}

// EndpointHealth is what the last attempts of an endpoint came to. Tests (webhook.test) do not count.
type EndpointHealth struct {
	// FailingSince is when the first of the failures came that nothing but failures has followed; zero when the last attempt arrived.
	FailingSince time.Time
	// Failures are the failed attempts since then.
	Failures int64
	// WarnedAt is when the half-way notice was given; zero when it was not.
	WarnedAt      time.Time
	LastSuccessAt time.Time
	LastFailureAt time.Time
}

// WebhookCause says why an event is delivered to an endpoint.
type WebhookCause string

// Causes of a webhook's delivery.
const (
	CauseEvent  WebhookCause = "event"  // it happened while the endpoint was subscribed
	CauseRetry  WebhookCause = "retry"  // a person asked for one that failed
	CauseReplay WebhookCause = "replay" // a person asked for many
	CauseTest   WebhookCause = "test"   // a person pressed test
)

// WebhookDelivery is one event to one endpoint, until it is final: its State is queued, delivered, failed or skipped.
type WebhookDelivery struct {
	// N is its place among all; WebhookDeliveryID writes it for people.
	N          int64
	EndpointID EndpointID
	// EventN is the event's row, which may be gone when it is older than what is kept.
	EventN     int64
	EventID    EventID // the webhook-id: the same on every attempt, retry and replay
	EventType  string
	OccurredAt time.Time
	Cause      WebhookCause
	State      DeliveryState
	Attempts   int
	DueAt      time.Time
	// Status is the last answer's HTTP status, 0 when there was none; Error is the class of the last failure, "" when there was none.
	Status int
	Error  string
	// Body is what was sent, kept from the first failure until it is final; of a test, for as long as the log.
	Body      string
	CreatedAt time.Time
	DoneAt    time.Time
}

// WebhookAttempt is one try, kept as a record.
type WebhookAttempt struct {
	DeliveryN int64
	No        int
	StartedAt time.Time
	Duration  time.Duration
	Status    int    // HTTP status; 0 when there was no answer
	Error     string // class of the failure, "" when it arrived: see package webhook
	Answer    string // the beginning of the answer's body, at most 4 KiB
	Address   string // where it was sent, IP and port; "" when no connection was made
}
