package chatwoot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// Probe asks Chatwoot what is wrong and how to mend it. It changes nothing there. The error is ctx's only: what Chatwoot refuses is a
// finding.
func (c *Connector) Probe(ctx context.Context) ([]connector.Finding, error) {
	p := &probe{c: c}
	p.address()
	if p.server(ctx) && p.tokens(ctx) {
		p.inbox(ctx)
		p.reading(ctx)
		p.attributes(ctx)
		p.hooks(ctx)
	}
	p.reachable()
	return p.found, ctx.Err()
}

// probe collects findings, and what later questions need of earlier answers.
type probe struct {
	c       *Connector
	found   []connector.Finding
	version version
	me      *api.Profile // of api_token; nil when there is none, or it is refused
	admin   bool
	place   *api.Inbox
}

func (p *probe) ok(check, words string, args ...any) {
	p.found = append(p.found, connector.Finding{Level: connector.LevelOK, Check: check, Words: fmt.Sprintf(words, args...)})
}

func (p *probe) fail(check, mend, words string, args ...any) {
	p.found = append(p.found, connector.Finding{Level: connector.LevelFail, Check: check, Words: fmt.Sprintf(words, args...), Mend: mend})
}

func (p *probe) warn(check, mend, words string, args ...any) {
	p.found = append(p.found, connector.Finding{Level: connector.LevelWarn, Check: check, Words: fmt.Sprintf(words, args...), Mend: mend})
}

// refused tells that an answer is a refusal of the token or of its owner's rights.
func refused(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

func (p *probe) address() {
	u, err := url.Parse(p.c.set.url)
	if err == nil && u.Scheme == "http" && !private(u.Hostname()) {
		p.warn("url", "use the https address", "%s is http: the tokens cross the network in the clear", p.c.set.url)
	}
}

// private tells hosts that only this machine or this network can reach, as far as a name tells.
func private(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified()
	}
	return host == "localhost" || !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal")
}

// server tells whether it makes sense to go on.
func (p *probe) server(ctx context.Context) bool {
	s, err := p.c.any().Server(ctx)
	var said *api.Error
	switch {
	case errors.As(err, &said) && said.Code == api.CodeNotChatwoot, err == nil && s.Version == "":
		p.fail("server", "set url to the address that the browser shows, up to /app", "what answers at %s is not Chatwoot", p.c.set.url)
		return false
	case errors.As(err, &said) && said.Status < 500:
		p.warn("server", "nothing, if Chatwoot is old or hides its version behind a proxy", "the server does not tell its version (%d)", said.Status)
		return true
	case err != nil:
		p.fail("server", "check url, name resolution, and firewalls between Kefu and Chatwoot", "%s does not answer: %v", p.c.set.url, err)
		return false
	}
	p.version = parseVersion(s.Version)
	p.ok("server", "Chatwoot %s", s.Version)
	p.clock(s.Now.Time)
	return true
}

func (p *probe) clock(theirs time.Time) {
	if theirs.IsZero() {
		return
	}
	const mend = "set both clocks by NTP"
	switch skew := p.c.deps.Now().Sub(theirs).Abs().Round(time.Second); {
	case skew >= tolerance && p.c.set.signatures != signaturesOff:
		p.fail("clock", mend, "Chatwoot's clock and ours differ by %s: signed hooks are refused", skew)
	case skew >= time.Minute:
		p.warn("clock", mend, "Chatwoot's clock and ours differ by %s", skew)
	}
}

// version is what of "4.14.2" is compared. The zero version is not known.
type version [2]int

func parseVersion(s string) version {
	var v version
	for i, part := range strings.SplitN(s, ".", 3)[:min(2, strings.Count(s, ".")+1)] {
		n, err := strconv.Atoi(part)
		if err != nil {
			return version{}
		}
		v[i] = n
	}
	return v
}

// before tells that a version is known and older.
func (v version) before(w version) bool {
	return v != version{} && (v[0] < w[0] || v[0] == w[0] && v[1] < w[1])
}

// tokens tells whether one of them is believed.
func (p *probe) tokens(ctx context.Context) bool {
	if p.c.user == nil {
		p.warn("api_token", "set api_token to the access token of a Chatwoot user; a desk cannot do without",
			"there is none: a bot's token may not read messages, so what a lost hook carried stays lost, and a desk cannot be opened")
		return p.botToken(ctx)
	}
	good := p.userToken(ctx)
	if p.c.bot != nil {
		p.botToken(ctx)
	}
	return good
}

func (p *probe) userToken(ctx context.Context) bool {
	me, err := p.c.user.Profile(ctx)
	switch {
	case refused(err) && strings.Contains(wordsOf(err), "bots"):
		p.fail("api_token", "put it into bot_token, and the access token from a user's profile page into api_token", "it is a bot's, and a bot may not read messages")
		return false
	case refused(err):
		p.fail("api_token", "copy it again from the bottom of the profile page in Chatwoot; behind nginx also set underscores_in_headers on;, because the header is api_access_token",
			"Chatwoot does not accept it: %s", wordsOf(err))
		return false
	case err != nil:
		p.fail("api_token", "try again; look at Chatwoot's log", "Chatwoot does not say whose it is: %v", err)
		return false
	}
	i := slices.IndexFunc(me.Accounts, func(a api.ProfileAccount) bool { return a.ID == p.c.set.accountID })
	if i < 0 {
		p.fail("account_id", "set account_id to one of these, or invite the user into the account", "%s is not in account %d, but in %s", me.Name, p.c.set.accountID, accountsOf(me))
		return false
	}
	p.me, p.admin = me, me.Accounts[i].Role == "administrator"
	if !p.admin {
		p.warn("api_token", "make the user an administrator, or take the token of one",
			"it is %s's, %s of the account %s: Chatwoot gives them every conversation that Kefu opens again", me.Name, me.Accounts[i].Role, me.Accounts[i].Name)
		return true
	}
	p.ok("api_token", "it is %s's, %s of the account %s", me.Name, me.Accounts[i].Role, me.Accounts[i].Name)
	return true
}

func accountsOf(me *api.Profile) string {
	list := make([]string, len(me.Accounts))
	for i, a := range me.Accounts {
		list[i] = fmt.Sprintf("%d (%s)", a.ID, a.Name)
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func wordsOf(err error) string {
	var e *api.Error
	if errors.As(err, &e) && e.Words != "" {
		return e.Words
	}
	return err.Error()
}

// botToken shows a conversation that is not there: whoever may not ask is told so before it is looked for.
func (p *probe) botToken(ctx context.Context) bool {
	_, err := p.c.bot.Conversation(ctx, absent)
	switch {
	case refused(err) && strings.Contains(wordsOf(err), "bots"), api.IsNotFound(err), err == nil:
		p.ok("bot_token", "Chatwoot accepts it")
		return true
	case refused(err):
		p.fail("bot_token", "copy the access token of the bot from Settings, Bots", "Chatwoot does not accept it: %s", wordsOf(err))
	default:
		p.fail("bot_token", "try again; look at Chatwoot's log", "Chatwoot does not say whether it accepts it: %v", err)
	}
	return false
}

// absent is a number that no conversation has: Chatwoot counts them from 1 in four bytes.
const absent = 1<<31 - 1
