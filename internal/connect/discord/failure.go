package discord

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// pause is how long a line waits for a person to mend what only a person can: a token, a permission, a full server.
const pause = time.Minute

// sending are the permissions that a post needs.
const sending = api.PermissionViewChannel | api.PermissionSendMessages | api.PermissionEmbedLinks | api.PermissionAttachFiles |
	api.PermissionReadMessageHistory

// failure classes an error of a call about a channel; nil stays nil. The reason is in the guild's language and names what to mend.
func (c *Connector) failure(ctx context.Context, channel string, err error) error {
	if err == nil {
		return nil
	}
	var done *connector.SendError
	if errors.As(err, &done) {
		return done
	}
	l := c.language(ctx)
	if se := heldBack(l, err); se != nil {
		return se
	}
	code, status := api.Code(err), statusOf(err)
	switch {
	case errors.Is(err, errNoRoom):
		return fail(connector.Retryable, connector.ScopeThread, pause, l.say("why_full"), err)
	case errors.Is(err, errState):
		return fail(connector.Retryable, connector.ScopeThread, 0, l.say("why_state"), err)
	case status == http.StatusUnauthorized:
		return fail(connector.Retryable, connector.ScopeInbox, pause, l.say("why_token"), err)
	case status == http.StatusForbidden && forbids(code):
		return fail(connector.Permanent, connector.ScopeThread, 0, c.whyForbidden(ctx, l, channel), err)
	}
	return classed(l, code, status, err)
}

// patientFailure classes an error of a post. Posts are what customers wrote: one that a missing permission holds up waits for whoever can
// give the permission, and staff are told; it does not fail at once.
func (c *Connector) patientFailure(ctx context.Context, channel string, err error) error {
	classed := c.failure(ctx, channel, err)
	if statusOf(err) != http.StatusForbidden || !forbids(api.Code(err)) {
		return classed
	}
	se := connector.Failure(classed)
	c.alert(ctx, "no_send:"+channel, "⚠️ "+se.Reason)
	se.Class, se.RetryAfter = connector.Retryable, pause
	return se
}

// errState says that what the connector remembers could not be read: nothing was tried.
var errState = errors.New("state cannot be read")

// forbids tells whether the code of a 403 is about permissions; others say something about the content.
func forbids(code int) bool {
	return code == 0 || code == api.CodeMissingAccess || code == api.CodeMissingPermissions
}

// heldBack words the refusals that Discord or the client gave before the call could have any effect.
func heldBack(l lang, err error) *connector.SendError {
	var limited *api.RateLimitedError
	var brake *api.BrakeError
	switch {
	case errors.As(err, &limited):
		se := fail(connector.Retryable, scopeOf(limited.Scope), max(limited.RetryAfter, time.Millisecond), l.say("why_limit"), err)
		se.NotTried = limited.API == nil
		return se
	case errors.As(err, &brake):
		return fail(connector.Retryable, connector.ScopeInbox, max(brake.RetryAfter, time.Second), l.say("why_brake"), err)
	}
	return nil
}

func scopeOf(s api.Scope) connector.Scope {
	switch s {
	case api.ScopeGlobal:
		return connector.ScopeInbox
	case api.ScopeChannel:
		return connector.ScopeThread
	}
	return connector.ScopeRoute
}

// classed classes what Discord answered, or did not.
func classed(l lang, code, status int, err error) *connector.SendError {
	switch {
	case channelGone(err):
		return fail(connector.Gone, connector.ScopeThread, 0, l.say("why_gone"), err)
	case code == api.CodeBlockedByAutoMod || code == api.CodeBlockedByAutoModName:
		return fail(connector.Permanent, connector.ScopeThread, 0, l.say("why_automod"), err)
	case code == api.CodeThreadArchived || code == api.CodeThreadLocked:
		return fail(connector.Permanent, connector.ScopeThread, 0, l.say("why_archived"), err)
	case api.MayHaveHappened(err):
		return fail(connector.Uncertain, connector.ScopeThread, 0, l.say("why_lost"), err)
	case status == http.StatusRequestTimeout || status == http.StatusNotFound && code == 0:
		// A 404 without a code is a proxy's or a wrong api_url's, and says nothing of the channel.
		return fail(connector.Retryable, connector.ScopeThread, 0, l.say("why_down"), err)
	case code == api.CodeInvalidForm || status == http.StatusRequestEntityTooLarge:
		return fail(connector.Permanent, connector.ScopeThread, 0, l.say("why_form", formWords(err)), err)
	case status >= 400 && status < 500:
		return fail(connector.Permanent, connector.ScopeThread, 0, l.say("why_other", formWords(err)), err)
	case status != 0 || isAPI(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return fail(connector.Retryable, connector.ScopeThread, 0, l.say("why_down"), err)
	}
	return connector.Failure(err)
}

func fail(class connector.Class, scope connector.Scope, after time.Duration, reason string, err error) *connector.SendError {
	return &connector.SendError{Class: class, Scope: scope, RetryAfter: after, Reason: reason, Err: err}
}

// channelGone tells whether Discord says that the channel does not exist. Servers that imitate it send 404 as the code.
func channelGone(err error) bool {
	code := api.Code(err)
	return code == api.CodeUnknownChannel || code == http.StatusNotFound && statusOf(err) == http.StatusNotFound
}

func isAPI(err error) bool {
	var e *api.APIError
	return errors.As(err, &e)
}

// statusOf gives the HTTP status that Discord answered, also when the client now refuses the route because of it; 0 for none.
func statusOf(err error) int {
	var refused *api.RefusedError
	var e *api.APIError
	switch {
	case errors.As(err, &refused):
		return refused.Status
	case errors.As(err, &e):
		return e.Status
	}
	return 0
}

// formWords gives Discord's own words about a refused form: "Invalid Form Body" says nothing to anybody.
func formWords(err error) string {
	var e *api.APIError
	if !errors.As(err, &e) {
		return err.Error()
	}
	if len(e.Errors) == 0 {
		return cmp.Or(e.Message, http.StatusText(e.Status))
	}
	words := make([]string, 0, len(e.Errors))
	for _, f := range e.Errors {
		words = append(words, f.String())
	}
	return strings.Join(words, "; ")
}

// shortWait gives the wait that a limit asks for, if it is short enough to be waited for in place.
func shortWait(err error) (time.Duration, bool) {
	var limited *api.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter > patience {
		return 0, false
	}
	return max(limited.RetryAfter, time.Millisecond), true
}

// whyForbidden names the permission that is missing, and where.
func (c *Connector) whyForbidden(ctx context.Context, l lang, channel string) string {
	if channel == "" {
		return l.say("why_permission", "–", strings.Join((api.PermissionViewChannel|api.PermissionManageChannels).Names(), ", "))
	}
	return l.say("why_permission", "<#"+channel+">", strings.Join(c.lacking(ctx, channel, sending), ", "))
}

// lacking asks which of the wanted permissions the bot has not got in a channel. When it cannot find out it names the first one that
// is needed at all.
func (c *Connector) lacking(ctx context.Context, channel string, want api.Permissions) []string {
	first := api.PermissionViewChannel.Names()
	ch, err := c.api.Channel(ctx, channel)
	if err != nil {
		return first
	}
	s, err := c.guild(ctx)
	if err != nil {
		return first
	}
	missing := want &^ s.permissionsIn(ch)
	if s.permissionsIn(ch).Has(want) || missing == 0 {
		return []string{"?"}
	}
	return missing.Names()
}
