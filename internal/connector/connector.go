package connector

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"time"

	"kefu"
)

// Factory makes connectors of one channel. It is static and does no I/O; Describe works before any configuration exists.
type Factory interface {
	Describe() Descriptor
	// New validates the settings and builds a connector; it must not connect. Settings are the inbox's settings as JSON.
	// Every wrong or missing setting is named in one *kefu.Error of kind invalid.
	New(inbox Inbox, deps Deps) (Connector, error)
}

// Connector is all that a connector must be.
type Connector interface {
	// Send delivers one message to an external thread and blocks until the outcome is known or ctx ends. It is called again with the
	// same DeliveryID after a retryable or uncertain outcome; with Outbound.Unsure it must first look whether the message is there.
	// The receipt names the parts known to have arrived, also beside an error. Errors are *SendError; any other error counts as uncertain.
	Send(ctx context.Context, out Outbound) (Receipt, error)
}

// Receiver takes hooks.
type Receiver interface {
	// Receive verifies and parses a hook. Pure: no I/O, no storing. Errors are *kefu.Error and become problem documents.
	Receive(ctx context.Context, r *Request) (Received, error)
}

// Listener holds a connection (Discord's gateway). One node at a time runs it.
type Listener interface {
	// Listen runs until ctx ends or a fault that retrying cannot mend (*FatalError). It acknowledges upstream after emit returned nil.
	Listen(ctx context.Context, emit Emit) error
}

// Opener makes the external thread of a desk link.
type Opener interface {
	// Open makes the thread, or finds the one an earlier interrupted call has made (when o.Unsure). Idempotent under Unsure.
	Open(ctx context.Context, o Opening) (Thread, error)
}

// StatusSender tells the external thread that the conversation was closed, reopened or given to somebody.
type StatusSender interface {
	SendStatus(ctx context.Context, t Thread, s StatusChange) error
}

// Marker shows what became of a message beside the message itself, where it was written.
type Marker interface {
	// Mark is idempotent: marking again changes nothing. It may run while Send runs on the same thread.
	Mark(ctx context.Context, m Mark) error
}

// Reticent is a Marker that shows nothing of what went well: it is asked to mark only what did not.
type Reticent interface {
	Marker
	// Reticent is pure.
	Reticent() bool
}

// Changer carries an edit or a deletion of a message that went out before.
type Changer interface {
	SendChange(ctx context.Context, t Thread, c Change) error
}

// Fingerprinter tells what the remote will know a message of ours by, before it is sent: its echo may be faster than the answer.
type Fingerprinter interface {
	// Fingerprint is pure: the same message has the same fingerprint as Send will put into Part.Fingerprint. "" when it cannot be known.
	Fingerprint(m kefu.Message) string
}

// Enricher asks the customer's side for the orders of a thread. None is an empty list and no error.
type Enricher interface {
	Enrich(ctx context.Context, t Thread) ([]kefu.Order, error)
}

// OrderReader reads orders as the inbox's own shop means them: in its currency and time zone, with its address of an order.
type OrderReader interface {
	// ReadOrders is pure, and as kefu.ParseOrders.
	ReadOrders(raw []byte) ([]kefu.Order, error)
}

// Backfiller reads a thread from the source of truth.
type Backfiller interface {
	// Backfill emits what the thread holds, oldest first. A Snapshot connector emits everything it finds and the rules compare; others
	// emit what came after t.Cursor. It returns *SendError{Class: Gone} when the thread does not exist any more.
	Backfill(ctx context.Context, t Thread, emit Emit) error
}

// Comparer reads the whole thread as its source of truth has it, for the comparison that finds lost and doubled messages.
type Comparer interface {
	// Snapshot reads and changes nothing. Errors are *SendError; Gone when the source does not know the thread.
	Snapshot(ctx context.Context, t Thread) (Snapshot, error)
	// SweepEvery is how often open threads are compared; 0 is never.
	SweepEvery() time.Duration
}

// Prober answers what `kefu doctor` asks.
type Prober interface {
	// Probe asks the remote what is wrong and how to mend it. It changes nothing there. Findings are in words for the operator.
	Probe(ctx context.Context) ([]Finding, error)
}

// Receptionist receives customers who write to its inbox by themselves.
type Receptionist interface {
	// Reception says how. Pure.
	Reception() Reception
}

// Feeder follows feeds whose news are announced.
type Feeder interface {
	// Feeds are their addresses. Pure.
	Feeds() []string
}

// Reception is how an inbox receives customers who write to it by themselves.
type Reception struct {
	// Bot says that the bot answers first; a case is opened when a person is needed.
	Bot bool
	// Tells says that the customer's side shows who joined, who left and how long it takes (StatusAssigned, StatusHanded).
	Tells bool
	// Talks says that its threads are places to talk and no tickets of another system: a ticket is called by Kefu's own number, which a
	// thread's name, such as a person's phone number, does not become.
	Talks bool
	// Rates says that the customer is asked for a rating after the end.
	Rates bool
	// MostOpen is how many conversations and reports of one person may be open at once; 0 is any number.
	MostOpen int
	// Cooldown is how long one person waits between two of them.
	Cooldown time.Duration
	// Patience is how long one desk has to answer before the next is told, and after the last everybody; 0 is 5 minutes.
	Patience time.Duration
}

// Reporter says how a held connection is, for health and metrics. It must not block.
type Reporter interface {
	Report() Health
}

// Emit hands something taken in to the rules; it returns after the commit. An error means that nothing was kept: the caller must not
// acknowledge upstream, and tries again.
type Emit func(ctx context.Context, in Inbound) (Result, error)

// Inbox is one configured instance of a channel.
type Inbox struct {
	ID       kefu.InboxID
	Channel  string
	Name     string
	Settings json.RawMessage
}

// Deps is what a connector may use. All members are set.
type Deps struct {
	Log *slog.Logger
	Now func() time.Time
	// Operator is for the remote that the operator configured; Guarded for addresses that users gave (dial-time SSRF check).
	Operator, Guarded *http.Client
	State             State
	Directory         Directory
	Files             Files
	PublicURL         string // what others see of Kefu, without a trailing slash
	// NoPacing switches our own politeness off (benchmarks); what the remote's headers say still holds.
	NoPacing bool
}

// State keeps small values of one inbox across restarts, as a cache of what the remote also knows. Load of an unknown key is "".
type State interface {
	// Load reads a value.
	Load(ctx context.Context, key string) (string, error)
	// Save keeps a value and returns after the commit.
	Save(ctx context.Context, key, value string) error
}

// Directory tells a connector which threads of its inbox are in use.
type Directory interface {
	// Threads lists the threads of conversations that are not closed.
	Threads(ctx context.Context) ([]Thread, error)
	// Thread finds one by its external id, also of closed conversations; false when unknown.
	Thread(ctx context.Context, externalID string) (Thread, bool, error)
}

// Files is the vault as connectors see it.
type Files interface {
	// Keep copies what is behind a user-given address into the vault: guarded, bounded, type sniffed.
	Keep(ctx context.Context, url, name string) (kefu.Attachment, error)
	// Open reads a kept file; the caller closes it.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
	// Link is a signed address that a customer can open; "" when the attachment is not in the vault.
	Link(a kefu.Attachment) string
}

// Thread is the external counterpart of a link.
type Thread struct {
	LinkID         kefu.LinkID
	ConversationID kefu.ConversationID
	TicketNumber   int64
	Role           kefu.LinkRole
	ExternalID     string // "" when it is not open
	Cursor         string
	Name           string // the thread's name as the customer's side gave it: "#網站-客-0033"
	Meta           json.RawMessage
	Closed         bool // the conversation is closed
	// Written, for Look, says that hooks told of new messages and of nothing else: what else a thread holds need not be read.
	Written bool
	// Base is what both sides had when they were compared last; Rev counts those comparisons. For connectors that keep standings.
	Base Standing
	Rev  int64
	// Found says that Open found the thread that an earlier call had made: people may have written there before anybody listened.
	Found bool
}
