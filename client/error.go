package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one thing wrong with what was sent, and where.
type Fault struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error is the server's refusal.
type Error struct {
	// Status is the HTTP status; 0 when the refusal came over a Stream.
	Status int
	// Code is the server's word for the kind of refusal: "invalid", "not_found", "conflict", "rate_limited", ….
	Code   string
	Detail string
	// Faults names everything that is wrong, not only the first thing.
	Faults []Fault
	// RequestID finds the request in the server's log.
	RequestID string
	// RetryAfter is how long the server asks to wait; 0 when it does not say.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("kefu: ")
	b.WriteString(e.Code)
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	for i, f := range e.Faults {
		b.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0])
		b.WriteString(f.Field + " " + f.Detail)
	}
	if e.RequestID != "" {
		b.WriteString(" (request " + e.RequestID + ")")
	}
	return b.String()
}

// refusal reads an error from an answer that is not a success; also when something before the server made it.
func refusal(status int, header http.Header, body []byte) *Error {
	var p struct {
		Code      string  `json:"code"`
		Title     string  `json:"title"`
		Detail    string  `json:"detail"`
		Errors    []Fault `json:"errors"`
		RequestID string  `json:"request_id"`
		// OAuth2 has a form of its own.
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &p); err != nil {
		p.Detail = fmt.Sprintf("the answer %d is not from Kefu: is there a proxy before it?", status)
	}
	e := &Error{Status: status, Code: p.Code, Detail: p.Detail, Faults: p.Errors, RequestID: p.RequestID, RetryAfter: retryAfter(header, time.Now())}
	if p.Error != "" {
		e.Code, e.Detail = p.Error, p.Description
	}
	if e.Code == "" {
		e.Code = "http_" + strconv.Itoa(status)
	}
	if e.Detail == "" {
		e.Detail = p.Title
	}
	return e
}

func retryAfter(header http.Header, now time.Time) time.Duration {
	v := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil && seconds >= 0 && seconds < 1e6 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func is(err error, status int, codes ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Status == status || slices.Contains(codes, e.Code)
}

// IsNotFound tells that the thing is not there, or is not for the caller to see.
func IsNotFound(err error) bool { return is(err, http.StatusNotFound, "not_found") }

// IsConflict tells that somebody else was first: a name is taken, a conversation is claimed.
func IsConflict(err error) bool { return is(err, http.StatusConflict, "conflict") }

// IsInvalid tells that members of the request are wrong; Error.Faults names them.
func IsInvalid(err error) bool { return is(err, http.StatusUnprocessableEntity, "invalid") }

// IsUnauthorized tells that the server does not know, or not believe, who asks.
func IsUnauthorized(err error) bool { return is(err, http.StatusUnauthorized, "unauthorized") }

// IsForbidden tells that the caller may not do this.
func IsForbidden(err error) bool { return is(err, http.StatusForbidden, "forbidden") }

// IsChanged tells that a thing was changed since it was read: the race on IfMatch is lost.
func IsChanged(err error) bool { return is(err, http.StatusPreconditionFailed, "precondition") }

// IsRateLimited tells that too much was asked for; Error.RetryAfter says when to come again.
func IsRateLimited(err error) bool { return is(err, http.StatusTooManyRequests, "rate_limited") }

// IsUnavailable tells that the server cannot answer now. Nothing was kept.
func IsUnavailable(err error) bool { return is(err, http.StatusServiceUnavailable, "unavailable") }
