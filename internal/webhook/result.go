package webhook

import (
	"net/http"
	"time"
)

// Classes of failure: coarse, so that whoever may make endpoints cannot map a network by them.
const (
	FailStatus   = "status"   // an answer that is not 2xx
	FailRedirect = "redirect" // an answer that points elsewhere: it is not followed
	FailTimeout  = "timeout"  // no status within the endpoint's timeout
	FailDNS      = "dns"      // the name is not known
	FailConnect  = "connect"  // no connection
	FailTLS      = "tls"      // no trust: certificate, name or version
	FailBroken   = "broken"   // the connection broke before there was a status
	FailAnswer   = "answer"   // the answer was not HTTP, or its headers were too large
	FailBlocked  = "blocked"  // the address is not public, or not allowed: nothing was sent
	FailPayload  = "payload"  // the event is no longer kept, or cannot be written: nothing was sent
	FailStopped  = "stopped"  // we stopped in the middle: this is no attempt
)

// Result is what one attempt came to.
type Result struct {
	// Status is the HTTP status, 0 when there was none; Error is the class of the failure, "" when it arrived.
	Status int
	Error  string
	// RetryAfter is what the receiver asked for, 0 when it did not.
	RetryAfter time.Duration
	// Answer is the beginning of the answer's body, at most 4 KiB of valid UTF-8 without U+0000; of a blocked address nothing.
	Answer    string
	Address   string // IP and port that it was sent to; "" when no connection was made
	StartedAt time.Time
	Duration  time.Duration
}

// OK tells whether it arrived: any 2xx (contracts: webhooks).
func (r Result) OK() bool { return r.Error == "" }

// Gone tells whether the receiver says that the address is no more.
func (r Result) Gone() bool { return r.Status == http.StatusGone }
