package connectortest

import (
	"context"
	"testing"
	"time"

	"kefu/internal/connector"
)

// Wait is what a remote asks for with its 429s: Retry-After in whole seconds.
const Wait = 7 * time.Second

// Harness tells the suite what it must know of one connector. Every member is needed, but Limit and Wrong where a remote has none.
type Harness struct {
	Factory connector.Factory
	// Start makes a new remote. It ends it with t.Cleanup. hooks is where a remote that sends hooks sends them, signed.
	Start func(t *testing.T, hooks string) *Remote
	// Address is the setting that holds the remote's address.
	Address string
	// Every is a good value for every setting that is described, other than its default and other than what Remote.Settings has.
	Every map[string]any
	// Settings gives the struct that the connector keeps its settings in.
	Settings func(c connector.Connector) any
	// Denied is the class of a 401 to a message: whether a person mends it and it goes out then, or not.
	Denied connector.Class
	// Customers says that the threads are those of customers, which Remote.Thread makes, although the connector opens threads for a desk.
	Customers bool
	// Quiet are marks that are not shown, because all is well.
	Quiet []connector.MarkState
	// Limit is how many characters one post of the remote's holds; 0 is no limit.
	Limit int
	// Wrong are credentials that the remote refuses, and WrongWord is what a probe must call them: "password".
	Wrong     map[string]any
	WrongWord string
}

// Remote is a fake that runs, with places that messages go to. Its functions may be called from any goroutine.
type Remote struct {
	// Settings are what an inbox needs to reach it, credentials among them.
	Settings map[string]any
	// Thread makes a customer's thread; n tells threads apart. nil where the connector opens the threads itself.
	Thread func(n int) connector.Thread
	// Posts are our messages that stand in a thread, oldest first; of a split message, each part.
	Posts func(t connector.Thread) []Post
	// Pings counts the people whom our messages in a thread have called by name.
	Pings func(t connector.Thread) int
	// Write makes a person write in a thread, and gives the message's external id.
	Write func(t connector.Thread, text string) string
	// Vanish removes a thread by the remote's own hand.
	Vanish func(t connector.Thread)
	// Break makes one call of a kind go wrong: the next one, or the one after skip good ones.
	Break func(f Fault, c Call, skip int)
	// State is everything that there is; it is compared as JSON.
	State func() any
	// Until waits for cond, which is asked again after every change of the remote's, or for the end of ctx.
	Until func(ctx context.Context, cond func() bool) error
	// Ready waits until a Listener is connected. nil where there is none.
	Ready func(ctx context.Context) error
	// Echoes says that the remote sends our own messages back by its hook.
	Echoes bool
}

// Post is one message of ours as the remote has it.
type Post struct{ ID, Text string }

// Fault is what goes wrong with a call.
type Fault string

// Faults. The first two have their whole effect, the others have none.
const (
	LoseAnswer Fault = "lose answer" // the connection ends without an answer
	HoldAnswer Fault = "hold answer" // the answer takes a minute
	LimitJSON  Fault = "limit json"  // 429 as data, Retry-After is Wait
	LimitHTML  Fault = "limit html"  // 429 as a proxy's page, Retry-After is Wait
	Deny       Fault = "deny"        // 401
	FailHTML   Fault = "fail html"   // 500 as a page
	Reset      Fault = "reset"       // the connection is reset before anything is done
)

// Call is a kind of call.
type Call string

// Calls.
const (
	CallSend Call = "send" // a message is posted
	CallOpen Call = "open" // a thread is made
)
