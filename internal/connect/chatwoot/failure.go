package chatwoot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
	"kefu/internal/safehttp"
)

const (
	// unsaidWait is how long a 429 without Retry-After is respected; longestWait bounds what a server may ask for.
	unsaidWait  = 10 * time.Second
	longestWait = time.Hour
	// floodWait is how long a conversation is left alone that had too much within a minute.
	floodWait = 15 * time.Second
	// callTime is of one call, fileTime of one that carries files.
	callTime = 30 * time.Second
	fileTime = 3 * time.Minute
)

func permanent(reason string, err error) error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: reason, Err: err}
}

func gone(role kefu.LinkRole, reason string, err error) error {
	class := connector.Gone
	if role == kefu.RoleCustomer || role == kefu.RoleFormer {
		class = connector.Permanent
	}
	return &connector.SendError{Class: class, Scope: connector.ScopeThread, Reason: reason, Err: err}
}

// reading classes the failure of a call that changes nothing, and writing that of one that does. An error that is classed stays as it is.
func (c *Connector) reading(role kefu.LinkRole, err error) error {
	return c.failure(role, connector.Retryable, err)
}

func (c *Connector) writing(role kefu.LinkRole, err error) error {
	return c.failure(role, connector.Uncertain, err)
}

// failure gives what an error means. unknown is the class of one after which nobody knows whether the call had its effect.
func (c *Connector) failure(role kefu.LinkRole, unknown connector.Class, err error) error {
	var classed *connector.SendError
	if err == nil || errors.As(err, &classed) {
		return err
	}
	var invalid *api.InvalidError
	if errors.As(err, &invalid) {
		return permanent("Chatwoot would not take it: "+kefu.Excerpt(invalid.Error(), 300), err)
	}
	var said *api.Error
	if errors.As(err, &said) {
		return c.refused(role, unknown, said)
	}
	e := &connector.SendError{Class: unknown, Scope: connector.ScopeInbox, Err: err, Reason: "the connection to Chatwoot was lost before it answered"}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		e.Scope, e.Reason = connector.ScopeThread, "Chatwoot did not answer in time"
	case errors.Is(err, context.Canceled):
		e.Scope, e.Reason = connector.ScopeThread, "the call was cancelled"
	case unreached(err):
		e.Class, e.Reason = connector.Retryable, "Chatwoot cannot be reached: check url, and whether it runs"
		c.known.doubt() // whoever answers there next may be another
	case errors.Is(err, api.ErrTooLarge), errors.Is(err, safehttp.ErrTooLarge):
		e.Scope, e.Reason = connector.ScopeThread, "Chatwoot's answer, or a file, is too large"
	}
	return e
}

// unreached tells an error that came before anything was sent.
func unreached(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}

// refused classes what Chatwoot itself says.
func (c *Connector) refused(role kefu.LinkRole, unknown connector.Class, said *api.Error) error {
	e := &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Err: said}
	stranger := said.Code == api.CodeNotChatwoot
	switch s := said.Status; {
	case said.Code == api.CodeFlooded:
		e.Class, e.RetryAfter = connector.Retryable, floodWait
		e.Reason = "the conversation has as many messages within a minute as Chatwoot takes; more is set by CONVERSATION_MESSAGE_PER_MINUTE_LIMIT there"
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		c.known.doubt()
		e.Class, e.Scope = connector.Retryable, connector.ScopeInbox
		e.Reason = withWords(fmt.Sprintf("Chatwoot refuses the token (%d): set api_token to the access token of a user who is an agent of this inbox", s), said)
	case s == http.StatusTooManyRequests:
		e.Class, e.Scope, e.Reason = connector.Retryable, connector.ScopeInbox, "Chatwoot asks us to slow down (429)"
		e.RetryAfter = min(max(cmp.Or(said.RetryAfter, unsaidWait), time.Second), longestWait)
	case s >= 500:
		e.Class, e.Reason, e.RetryAfter = unknown, withWords(fmt.Sprintf("Chatwoot failed (%d)", s), said), min(said.RetryAfter, longestWait)
		if s != http.StatusInternalServerError {
			e.Scope = connector.ScopeInbox
			c.known.doubt() // Chatwoot is away, and another may come back
		}
		if s == http.StatusServiceUnavailable { // of what stands before Chatwoot: it got no further
			e.Class = connector.Retryable
		}
	case stranger && s >= 200 && s < 300:
		e.Class, e.Scope, e.Reason = unknown, connector.ScopeInbox, "what answered is not Chatwoot: check url"
	case stranger || s >= 300 && s < 400:
		e.Class, e.Scope, e.Reason = connector.Retryable, connector.ScopeInbox, fmt.Sprintf("what answered is not Chatwoot, or has moved (%d): check url", s)
	case s == http.StatusNotFound:
		c.known.doubt()
		return gone(role, "Chatwoot does not know the conversation any more (404)", said)
	case s == http.StatusOK:
		e.Class, e.Reason = unknown, withWords("Chatwoot did something else", said)
	default:
		e.Reason = withWords(fmt.Sprintf("Chatwoot refused it (%d)", s), said)
	}
	return e
}

// withWords adds Chatwoot's own words.
func withWords(reason string, said *api.Error) string {
	if said.Words == "" {
		return reason
	}
	return reason + ". It said: " + kefu.Excerpt(said.Words, 200)
}

// cannotAsk keeps the doubt about something that may have been done when it cannot be looked for.
func cannotAsk(err error) error {
	e := connector.Failure(err)
	if e.Class == connector.Gone || e.Class == connector.Permanent {
		return e
	}
	return &connector.SendError{Class: connector.Uncertain, Scope: e.Scope, RetryAfter: e.RetryAfter, Reason: "cannot ask Chatwoot whether it arrived: " + e.Reason, Err: e.Err}
}
