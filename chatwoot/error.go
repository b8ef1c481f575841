package chatwoot

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The codes of an Error that is not about its HTTP status alone.
const (
	CodeUnknownAssignee = "unknown_assignee" // Assign, AssignTeam: the server answered null with 200
	CodeNotDone         = "not_done"         // the server answered 200 and did something else
	CodeNotChatwoot     = "not_chatwoot"     // the answer is no JSON: a proxy's page, another program
	CodeFlooded         = "flooded"          // one conversation had too many messages within a minute: 200, unless the server is set otherwise
)

// Error is the server's refusal.
type Error struct {
	// Status is the HTTP status. It is 200 where the server says that all is well and it is not.
	Status int
	// Code is Chatwoot's own code, else one of ours: "unauthorized", "forbidden", "not_found", "invalid", "rate_limited", "unavailable", ….
	Code string
	// Words are Chatwoot's, cut to a length fit for a log.
	Words string
	// RetryAfter is how long the server asks to wait; 0 when it does not say.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	s := "chatwoot: " + strconv.Itoa(e.Status) + " " + e.Code
	if e.Words != "" {
		s += ": " + e.Words
	}
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(" (wait %s)", e.RetryAfter)
	}
	return s
}

// Temporary tells that the same request may succeed later: 429, 5xx, and CodeFlooded, which clears within a minute. A POST that met a 5xx
// may have been done all the same.
func (e *Error) Temporary() bool {
	return e.Status == http.StatusTooManyRequests || e.Status >= 500 || e.Code == CodeFlooded
}

const (
	maxWords       = 500
	codeRedirected = "redirected"
)

// refusal makes an Error of an answer that is no success.
func (c *Client) refusal(resp *http.Response, body []byte) error {
	e := &Error{Status: resp.StatusCode, Code: codeOf(resp.StatusCode), RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	if to := resp.Header.Get("Location"); to != "" && e.Code == codeRedirected {
		e.Words = c.fit("the server says that it is at " + to + " now: use the address that it answers at itself")
		return e
	}
	var said words
	if err := json.Unmarshal(body, &said); err != nil {
		if !e.Temporary() && e.Status >= 400 { // a page that a proxy has for what it does not know
			e.Code = CodeNotChatwoot
		}
		e.Words = "the answer is not from Chatwoot: is there a proxy before it?"
		return e
	}
	e.Words = c.fit(said.text())
	switch {
	case said.code() != "":
		e.Code = c.fit(said.code())
	case e.Status == http.StatusUnprocessableEntity && strings.Contains(e.Words, "Too many messages"): // never in another language
		e.Code = CodeFlooded
	}
	return e
}

// stranger is the Error of a success that is no JSON.
func (c *Client) stranger(resp *http.Response) error {
	kind := c.fit(resp.Header.Get("Content-Type"))
	return &Error{Status: resp.StatusCode, Code: CodeNotChatwoot, Words: "the answer is no JSON but " + strconv.Quote(kind) + ": is this the address of Chatwoot?"}
}

// fit makes the server's words safe to print: no token, no control characters, and short.
func (c *Client) fit(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), c.token.Reveal(), hidden)
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	for len(s) > maxWords {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// words is what the several controllers of Chatwoot say when they refuse.
type words struct {
	Error       json.RawMessage `json:"error"`
	Errors      json.RawMessage `json:"errors"`
	Message     json.RawMessage `json:"message"`
	Description json.RawMessage `json:"description"`
	Code        json.RawMessage `json:"code"`
}

// code is Chatwoot's own, if there is one: some answers have a number there.
func (w words) code() (code string) {
	if json.Unmarshal(w.Code, &code) != nil {
		return ""
	}
	return code
}

func (w words) text() string {
	var all []string
	for _, raw := range []json.RawMessage{w.Error, w.Message, w.Description, w.Errors} {
		var v any
		if json.Unmarshal(raw, &v) == nil {
			all = append(all, sayings(v)...)
		}
	}
	return strings.Join(all, "; ")
}

// sayings are the texts in an error, which is a text, a list of texts, or objects with a message.
func sayings(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, sayings(x)...)
		}
		return all
	case map[string]any:
		return sayings(v["message"])
	}
	return nil
}

func codeOf(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "unauthorized"
	case status == http.StatusForbidden:
		return "forbidden"
	case status == http.StatusNotFound:
		return "not_found"
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return "invalid"
	case status == http.StatusTooManyRequests:
		return "rate_limited"
	case status >= 300 && status < 400:
		return codeRedirected
	case status >= 500:
		return "unavailable"
	}
	return "http_" + strconv.Itoa(status)
}

// retryAfter reads seconds or a date.
func retryAfter(v string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(v); err == nil && seconds >= 0 && seconds < 1e6 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func is(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// IsNotFound tells that the thing is not there.
func IsNotFound(err error) bool { return is(err, http.StatusNotFound) }

// IsUnauthorized tells that the server does not know the token, or that a bot's token may not do this.
func IsUnauthorized(err error) bool { return is(err, http.StatusUnauthorized) }

// IsRateLimited tells that too much was asked for, or written into one conversation (CodeFlooded). Error.RetryAfter says when to come again,
// if the server did.
func IsRateLimited(err error) bool {
	var e *Error
	return is(err, http.StatusTooManyRequests) || errors.As(err, &e) && e.Code == CodeFlooded
}
