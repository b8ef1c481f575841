package wordpress

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
)

const (
	// unsaidWait is how long a 429 without Retry-After is respected; longestWait bounds what a site may ask for.
	unsaidWait  = 10 * time.Second
	longestWait = time.Hour
	noRoute     = "rest_no_route"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// refusal is the cause of a SendError that the site itself gave. It holds nothing of what customers wrote.
type refusal struct {
	status int
	code   string // WordPress's: "ticket_not_found"
	words  string // WordPress's message as plain text
	page   bool
}

func (r *refusal) Error() string {
	kind := r.code
	if r.page {
		kind = "an HTML page"
	}
	return fmt.Sprintf("status %d: %s", r.status, cmp.Or(kind, "no code"))
}

// refusalOf finds what the site said; nil when it was not the site that failed a call.
func refusalOf(err error) *refusal {
	var r *refusal
	errors.As(err, &r)
	return r
}

// wpError is a WordPress error, and the two other forms in which PHP says no with a 200.
type wpError struct {
	Code    any   `json:"code"` // a number with some plugins
	Message any   `json:"message"`
	Success *bool `json:"success"`
}

func (a answer) refusal() (r *refusal, saidNo bool) {
	r = &refusal{status: a.status, page: a.isPage()}
	var e wpError
	if json.Unmarshal(a.body, &e) != nil {
		return r, false
	}
	if code, ok := e.Code.(string); ok {
		r.code = kefu.Excerpt(code, 60)
	}
	if words, ok := e.Message.(string); ok {
		r.words = plain(words)
	}
	return r, e.Success != nil && !*e.Success
}

// plain makes WordPress's messages, which hold HTML, fit for people.
func plain(s string) string {
	s, _ = kefu.CleanText(html.UnescapeString(tag.ReplaceAllString(s, "")))
	return kefu.Excerpt(strings.Join(strings.Fields(s), " "), 200)
}

// failure is nil for an answer that says yes. unknown is the class of an answer after which nobody knows whether the call had its
// effect: Uncertain for calls that change the site, Retryable for others.
func (a answer) failure(user string, unknown connector.Class) error {
	r, saidNo := a.refusal()
	e := &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Err: r}
	switch {
	case a.status >= 200 && a.status < 300 && r.page:
		e.Class, e.Reason = unknown, "the site answered with a web page instead of data (a PHP error)"
	case a.status >= 200 && a.status < 300 && a.cut != nil:
		e.Class, e.Reason, e.Err = unknown, "the site's answer was not whole", a.cut
	case a.status >= 200 && a.status < 300 && saidNo:
		e.Reason = r.said("the site did not take it")
	case a.status >= 200 && a.status < 300:
		return nil
	case a.status == http.StatusTooManyRequests:
		e.Class, e.Scope, e.RetryAfter = connector.Retryable, connector.ScopeInbox, a.retryAfter(unsaidWait)
		e.Reason = "the site asks us to slow down (429)"
	case a.status >= 500:
		e.Class, e.RetryAfter = unknown, a.retryAfter(0)
		if a.status != http.StatusInternalServerError {
			e.Scope = connector.ScopeInbox // a gateway or the maintenance page: it will say the same of every ticket
		}
		e.Reason = r.said(fmt.Sprintf("the site failed (%d)", a.status))
	default:
		r.refuse(e, user, a.header.Get("Location"))
	}
	return e
}

// refuse words an answer of 3xx or 4xx, which certainly had no effect.
func (r *refusal) refuse(e *connector.SendError, user, location string) {
	switch {
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		e.Scope, e.Reason = connector.ScopeInbox, r.credentialWords(user)
	case r.status == http.StatusNotFound && r.page:
		e.Class, e.Scope, e.Reason = connector.Retryable, connector.ScopeInbox, "the site has no REST API at /wp-json: set permalinks to anything but Plain, and check site_url"
	case r.status == http.StatusNotFound && r.code == noRoute:
		e.Class, e.Scope, e.Reason = connector.Retryable, connector.ScopeInbox, "the site has no dragonshop routes: activate the plugin that serves them"
	case r.status == http.StatusNotFound:
		e.Reason = r.said("the site does not know this ticket (404)")
	case r.status == http.StatusRequestTimeout || r.status == http.StatusTooEarly:
		e.Class, e.Reason = connector.Retryable, fmt.Sprintf("the site did not wait for the request (%d)", r.status)
	case r.status < 400:
		e.Scope, e.Reason = connector.ScopeInbox, fmt.Sprintf("the site sends us elsewhere (%d, %s): set site_url to its present address", r.status, kefu.Excerpt(origin(location), 100))
	default:
		e.Reason = r.said(fmt.Sprintf("the site refused it (%d)", r.status))
	}
}

func (r *refusal) credentialWords(user string) string {
	switch {
	case r.page:
		return fmt.Sprintf("something before the site refused us (%d with a web page): let Kefu through the firewall or security plugin", r.status)
	case user == "":
		return r.said(fmt.Sprintf("the site wants a password (%d): set username and application_password", r.status))
	case r.status == http.StatusForbidden:
		return r.said(fmt.Sprintf("user %q may not do this on the site (403): give the user the right, or use another one's application password", user))
	}
	return r.said(fmt.Sprintf("the site refused the application password of user %q (401): make a new one in WordPress under Users, Profile, and set application_password", user))
}

// said adds the site's own words.
func (r *refusal) said(words string) string {
	if r.words == "" {
		return words
	}
	return words + ". It said: " + r.words
}

// retryAfter reads seconds or a date; the site's own clock counts for a date, because ours may differ.
func (a answer) retryAfter(unsaid time.Duration) time.Duration {
	value := strings.TrimSpace(a.header.Get("Retry-After"))
	wait := unsaid
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = max(time.Duration(seconds)*time.Second, time.Second)
	} else if at, err := http.ParseTime(value); err == nil {
		now, err := http.ParseTime(a.header.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		wait = max(at.Sub(now), time.Second)
	}
	return min(wait, longestWait)
}

// origin leaves out path and query of a redirect, which may hold a token.
func origin(location string) string {
	at := strings.Index(location, "://")
	if at < 0 {
		return "another path"
	}
	if end := strings.IndexAny(location[at+3:], "/?#"); end >= 0 {
		return location[:at+3+end]
	}
	return location
}
