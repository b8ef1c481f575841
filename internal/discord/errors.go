package discord

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Codes of Discord's errors that Kefu acts on.
const (
	CodeUnknownChannel       = 10003
	CodeUnknownGuild         = 10004
	CodeUnknownMember        = 10007
	CodeUnknownMessage       = 10008
	CodeUnknownUser          = 10013
	CodeUnknownWebhook       = 10015 // the interaction's token is worn out
	CodeUnknownCommand       = 10063
	CodeUnknownInteraction   = 10062 // the interaction was not answered within 3 s
	CodeGuildFull            = 30013 // 500 channels
	CodeTooManyAttachments   = 30015
	CodeUnauthorized         = 40001
	CodeDMTooFast            = 40003 // DMs are opened too fast
	CodeFileTooLarge         = 40005
	CodeInteractionAnswered  = 40060
	CodeMissingAccess        = 50001
	CodeEmptyMessage         = 50006
	CodeCannotDM             = 50007 // the person takes no DMs from us
	CodeMissingPermissions   = 50013
	CodeInvalidForm          = 50035
	CodeThreadArchived       = 50083
	CodeThreadLocked         = 160005
	CodeTooManyThreads       = 160006
	CodeBlockedByAutoMod     = 200000
	CodeBlockedByAutoModName = 200001
)

// Codes inside a form error (CodeInvalidForm).
const (
	FormCategoryFull = "CHANNEL_PARENT_MAX_CHANNELS"
	FormNameRefused  = "INVALID_COMMUNITY_PROPERTY_NAME"
)

// FieldError is what Discord says about one field of a refused form. Path is like "embeds.0.title".
type FieldError struct {
	Path  string
	Code  string
	Words string
}

// String gives "path: words".
func (f FieldError) String() string { return f.Path + ": " + f.Words }

// APIError is the failure of one call that is neither a rate limit nor held back by this client.
type APIError struct {
	// Route is the call, with its ids left out: "POST /channels/{}/messages".
	Route string
	// Status is the HTTP status, 0 if no answer was read.
	Status int
	// Code is Discord's own code, 0 if it gave none.
	Code    int
	Message string
	Errors  []FieldError
	// RetryAfter is how long Discord asked us to wait; 0 if it did not.
	RetryAfter time.Duration
	// Global and Scope are set with status 429.
	Global bool
	Scope  Scope
	// Sent says that the request may have taken effect: the answer was lost, or was a 5xx. A 4xx certainly had no effect.
	Sent bool
	// Err is the cause if no answer was read: a dial error, a time-out, the context's error.
	Err error

	proxied bool // a 429 of the proxy in front of Discord: it holds the address, not the bot
}

// Error gives the whole in one line, without ids or secrets.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "discord: %s: ", e.Route)
	if e.Status != 0 {
		fmt.Fprintf(&b, "status %d: ", e.Status)
	}
	b.WriteString(e.Message)
	if e.Code != 0 {
		fmt.Fprintf(&b, " (code %d)", e.Code)
	}
	for _, f := range e.Errors {
		b.WriteString("; " + f.String())
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause, so that errors.Is finds context.Canceled and context.DeadlineExceeded.
func (e *APIError) Unwrap() error { return e.Err }

// HasForm says whether Discord named the form code, such as FormCategoryFull, for any field.
func (e *APIError) HasForm(code string) bool {
	return slices.ContainsFunc(e.Errors, func(f FieldError) bool { return f.Code == code })
}

// Scope is what a rate limit holds up.
type Scope string

// What a rate limit holds up.
const (
	ScopeRoute   Scope = "route"   // this kind of call, on this channel or guild
	ScopeChannel Scope = "channel" // writing in this channel, whoever does it (Discord says "shared")
	ScopeGlobal  Scope = "global"  // everything this bot does
)

// RateLimitedError says that a call must wait. It had no effect: it was not sent, or Discord answered 429, and then API is that answer.
// It should not count as an attempt.
type RateLimitedError struct {
	RetryAfter time.Duration
	Scope      Scope
	// Bucket names the limit for the log.
	Bucket string
	API    *APIError
}

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("discord: limit of %s (%s) reached: try again in %s", e.Bucket, e.Scope, e.RetryAfter.Round(time.Millisecond))
}

// Unwrap gives Discord's answer, if there is one.
func (e *RateLimitedError) Unwrap() error {
	if e.API == nil {
		return nil
	}
	return e.API
}

// BrakeError says that so many answers were 401, 403 or 429 lately that one more could get this address banned. The call was not sent.
type BrakeError struct {
	Invalid    int           // answers of this kind within the last 10 minutes
	RetryAfter time.Duration // when the count has fallen at the earliest
}

func (e *BrakeError) Error() string {
	return fmt.Sprintf("discord: %d refused requests in 10 minutes: everything waits %s, lest Discord bans this address; look for the cause in doctor",
		e.Invalid, e.RetryAfter.Round(time.Second))
}

// RefusedError says that a route answered 401 or 403 three times in a row and is left alone until Client.Reset. The call was not sent.
type RefusedError struct {
	Route   string
	Status  int
	Code    int
	Message string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("discord: %s answered %d (%s) again and again and is left alone: mend the permission, which is noticed, or the token, and restart",
		e.Route, e.Status, e.Message)
}
