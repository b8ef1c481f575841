package kefu

import (
	"errors"
	"fmt"
	"strings"
)

// ErrKind classes an error for those who must react to it: a person by its words, a program by its kind.
// Only internal/api/problem.go turns a kind into an HTTP status.
type ErrKind string

// The kinds of error. An error without a kind is Internal, and its text is for the log alone.
const (
	KindInternal     ErrKind = "internal"
	KindInvalid      ErrKind = "invalid"      // understood, but fields are wrong: every fault is listed
	KindMalformed    ErrKind = "malformed"    // not understood at all: not JSON, not UTF-8
	KindUnauthorized ErrKind = "unauthorized" // we do not know who asks, or do not believe it
	KindForbidden    ErrKind = "forbidden"    // we know who asks, and they may not
	KindNotFound     ErrKind = "not_found"    // or not visible to the caller
	KindConflict     ErrKind = "conflict"     // somebody else was first
	KindTooLarge     ErrKind = "too_large"    // over a size limit
	KindUnsupported  ErrKind = "unsupported"  // wrong media type
	KindRateLimited  ErrKind = "rate_limited" // later
	KindUnavailable  ErrKind = "unavailable"  // cannot be stored now; nothing was kept; try again
	KindNotAllowed   ErrKind = "not_allowed"  // the method does not fit the address
	KindPrecondition ErrKind = "precondition" // lost race on If-Match
)

// Fault is one thing wrong with what was sent: where, and in words that a person can act on.
type Fault struct {
	Field string `json:"field"`
	Msg   string `json:"detail"`
}

// Error is an error with a public text (Msg, Faults) and a private cause (Err), which is for the log.
type Error struct {
	Kind   ErrKind
	Msg    string
	Faults []Fault
	Err    error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Msg)
	for i, f := range e.Faults {
		b.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0])
		b.WriteString(f.Field + " " + f.Msg)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a kind with a public text and no cause.
func Errorf(kind ErrKind, format string, args ...any) error {
	return &Error{Kind: kind, Msg: fmt.Sprintf(format, args...)}
}

// Wrap gives a cause a kind and a public text; the cause stays for the log. A nil cause gives nil.
func Wrap(kind ErrKind, err error, msg string) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Msg: msg, Err: err}
}

// KindOf tells the kind of an error; unknown errors are Internal, nil is "".
func KindOf(err error) ErrKind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// Faults collects every fault before it refuses, so that a sender mends all of them at once.
type Faults []Fault

// Add notes one fault.
func (f *Faults) Add(field, format string, args ...any) {
	*f = append(*f, Fault{Field: field, Msg: fmt.Sprintf(format, args...)})
}

// Err is nil without faults, else an Invalid error that lists them all.
func (f Faults) Err(msg string) error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: KindInvalid, Msg: msg, Faults: f}
}
