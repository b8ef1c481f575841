package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Codes of Twilio's errors that Kefu acts on.
const (
	CodeUnauthorized      = 20003
	CodeNotFound          = 20404
	CodeTooMany           = 20429
	CodeTextTooLong       = 21617 // more than 1,600 characters
	CodeUnsubscribed      = 21610 // the person has answered STOP
	CodeUniqueNameTaken   = 50353 // a conversation has this unique name
	CodeBindingTaken      = 50416 // this address and proxy are bound already
	CodeParticipantExists = 50433
)

// APIError is the failure of one call.
type APIError struct {
	// Route is the call, with its ids left out: "POST /v1/Conversations/{}/Messages".
	Route string
	// Status is the HTTP status, 0 if no answer was read.
	Status int
	// Code is Twilio's own code, 0 if it gave none; MoreInfo is a page of Twilio's about it.
	Code     int
	Message  string
	MoreInfo string
	// RetryAfter is how long Twilio asked us to wait; 0 if it did not, which a 429 always does.
	RetryAfter time.Duration
	// Sent says that the request may have taken effect: the answer was lost, or was a 5xx. A 4xx certainly had no effect.
	Sent bool
	// Err is the cause if no answer was read: a dial error, a time-out, the context's error.
	Err error
}

// Error gives the whole in one line, without ids or secrets.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "twilio: %s: ", e.Route)
	if e.Status != 0 {
		fmt.Fprintf(&b, "status %d: ", e.Status)
	}
	b.WriteString(e.Message)
	if e.Code != 0 {
		fmt.Fprintf(&b, " (code %d)", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause, so that errors.Is finds context.Canceled and context.DeadlineExceeded.
func (e *APIError) Unwrap() error { return e.Err }

// Limited says whether Twilio asked us to slow down. Such a call had no effect and should not count as an attempt.
func (e *APIError) Limited() bool { return e.Status == http.StatusTooManyRequests }

// Code gives the code Twilio gave with err, 0 if there is none.
func Code(err error) int {
	if e, ok := errors.AsType[*APIError](err); ok {
		return e.Code
	}
	return 0
}

// Status gives the HTTP status that came with err, 0 if there is none.
func Status(err error) int {
	if e, ok := errors.AsType[*APIError](err); ok {
		return e.Status
	}
	return 0
}

// MayHaveHappened says whether the call that gave err may have taken effect all the same.
func MayHaveHappened(err error) bool {
	e, ok := errors.AsType[*APIError](err)
	return ok && e.Sent
}
