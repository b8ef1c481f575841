package connector

import (
	"errors"
	"fmt"
	"time"
)

// Class says what an error of a send means for the message.
type Class string

// Classes of a failed send.
const (
	// Retryable: it certainly did not arrive, and may if it is tried again.
	Retryable Class = "retryable"
	// Permanent: it did not arrive and never will like this.
	Permanent Class = "permanent"
	// Uncertain: it may have arrived. It is sent again only after looking (Outbound.Unsure).
	Uncertain Class = "uncertain"
	// Gone: the thread vanished; it did not arrive. The thread is opened again.
	Gone Class = "gone"
)

// Scope says what a failure holds up.
type Scope string

// Scopes of a failure.
const (
	ScopeRoute  Scope = "route"  // this kind of call on this thread
	ScopeThread Scope = "thread" // this thread
	ScopeInbox  Scope = "inbox"  // everything of this inbox
)

// SendError says how a send failed. Err is for the log; Reason is for the agent, in words, without secrets.
type SendError struct {
	Class Class
	Scope Scope
	// RetryAfter is how long the remote asked us to wait; such a wait does not count as an attempt. 0: our own back-off.
	RetryAfter time.Duration
	// NotTried says that nothing was sent: our own limits held it back. It is not recorded as an attempt.
	NotTried bool
	Reason   string
	Err      error
}

func (e *SendError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Class, e.Reason, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Class, e.Reason)
}

func (e *SendError) Unwrap() error { return e.Err }

// Failure gives err as a *SendError. An error of another type is Uncertain: nobody knows whether the remote took the message.
func Failure(err error) *SendError {
	var se *SendError
	if errors.As(err, &se) {
		return se
	}
	return &SendError{Class: Uncertain, Scope: ScopeThread, Reason: "the answer was lost", Err: err}
}

// FatalError ends a Listener for good: trying again cannot mend it, a person can. Words say how.
type FatalError struct {
	Words string
	Err   error
}

func (e *FatalError) Error() string { return e.Words }

func (e *FatalError) Unwrap() error { return e.Err }
