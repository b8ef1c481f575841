package twilio

import (
	"errors"
	"fmt"
	"net/http"

	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// failure says what an error of the client means for what was to be done. Of a call that may have had its effect nobody knows; reads are
// simply made again, so that for them it is the same.
func (c *Connector) failure(err error) error {
	if err == nil {
		return nil
	}
	var done *connector.SendError
	if errors.As(err, &done) {
		return err
	}
	e, ok := errors.AsType[*api.APIError](err)
	if !ok {
		return connector.Failure(err)
	}
	out := &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, RetryAfter: e.RetryAfter, Err: e}
	switch {
	case e.Limited():
		out.Class, out.Scope, out.Reason = connector.Retryable, connector.ScopeInbox, "Twilio asks us to slow down (429)"
	case e.Status == http.StatusUnauthorized || e.Code == api.CodeUnauthorized:
		out.Class, out.Scope, out.Reason = connector.Retryable, connector.ScopeInbox, c.credentialWords()
	case e.Status == http.StatusForbidden:
		out.Class, out.Scope = connector.Retryable, connector.ScopeInbox
		out.Reason = said(e, "Twilio does not let us do this (403): give the API key the right, or look whether the account is suspended")
	case e.Status == http.StatusNotFound:
		out.Class, out.Reason = connector.Gone, "the conversation is not in Twilio any more (404)"
	case e.Status >= 500:
		out.Class, out.Scope, out.Reason = unknown(e), connector.ScopeInbox, fmt.Sprintf("Twilio failed (%d)", e.Status)
	case e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooEarly:
		out.Class, out.Reason = connector.Retryable, fmt.Sprintf("Twilio did not wait for the request (%d)", e.Status)
	case e.Status >= 300:
		out.Reason = said(e, fmt.Sprintf("Twilio refused it (%d)", e.Status))
	case e.Sent:
		out.Class, out.Scope, out.Reason = connector.Uncertain, connector.ScopeInbox, "Twilio's answer was lost"
	default:
		out.Class, out.Scope, out.Reason = connector.Retryable, connector.ScopeInbox, "Twilio cannot be reached"
	}
	return out
}

// unknown is the class of a call after which nobody knows whether it had its effect.
func unknown(e *api.APIError) connector.Class {
	if e.Sent {
		return connector.Uncertain
	}
	return connector.Retryable
}

// refused tells whether Twilio refused a call for what it was, which it does with everything for a conversation that is closed. How it says
// so is not written down, so that the conversation is asked.
func refused(err error) bool {
	switch status := api.Status(err); status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return status >= http.StatusBadRequest && status < http.StatusInternalServerError
	}
}

func (c *Connector) credentialWords() string {
	if c.set.key != "" {
		return "Twilio refused the API key (401): make a new one in Twilio's console under API keys, and set api_key and api_secret"
	}
	return "Twilio refused the auth token (401): set account_sid and auth_token as Twilio's console shows them"
}

// said adds Twilio's own words.
func said(e *api.APIError, words string) string {
	if e.Message == "" {
		return words
	}
	return words + ". It said: " + e.Message
}
