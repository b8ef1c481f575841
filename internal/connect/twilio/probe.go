package twilio

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's scheme
	"encoding/base64"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	accountActive = "active"
	flowPublished = "published"
	// skewed is from when on clocks that differ are spoken of: what is young is told by Twilio's clock.
	skewed = 5 * time.Minute
)

// Probe asks Twilio what is wrong and how to mend it. It changes nothing there. The error is ctx's only: what Twilio refuses is a finding.
func (c *Connector) Probe(ctx context.Context) ([]connector.Finding, error) {
	p := &probe{c: c}
	p.clock(ctx)
	if p.account(ctx) {
		p.workflow(ctx)
		p.flow(ctx)
		p.hooks(ctx)
	}
	p.address()
	p.signature()
	return p.found, ctx.Err()
}

// probe collects findings.
type probe struct {
	c     *Connector
	found []connector.Finding
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

// clock compares ours with the one that stands on every answer.
func (p *probe) clock(ctx context.Context) {
	root := cmp.Or(p.c.set.bases.conversations, "https://conversations.twilio.com")
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, root+"/", http.NoBody)
	if err != nil {
		return
	}
	res, err := p.c.deps.Operator.Do(req)
	if err != nil {
		return // the next question says so
	}
	_ = res.Body.Close() // a HEAD has none
	theirs, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return
	}
	if skew := p.c.deps.Now().Sub(theirs).Abs().Round(time.Minute); skew >= skewed {
		p.warn("clock", "set this machine's clock by NTP", "Twilio's clock and ours differ by %s: what customers wrote lately may be taken for old", skew)
	}
}

// account tells whether it makes sense to go on.
func (p *probe) account(ctx context.Context) bool {
	a, err := p.c.api.Account(ctx)
	switch {
	case api.Status(err) == http.StatusUnauthorized:
		p.fail("credentials", "copy them from the first page of Twilio's console", "%s", p.c.credentialWords())
		return false
	case api.Status(err) == http.StatusNotFound:
		p.fail("account_sid", "copy it from the first page of Twilio's console", "Twilio does not know the account %s", p.c.set.account)
		return false
	case api.Status(err) == http.StatusForbidden:
		p.warn("credentials", "nothing, if what follows is well", "the API key may not read the account: a restricted key")
		return true
	case err != nil:
		p.fail("server", "check base_urls, name resolution, and firewalls between Kefu and Twilio", "Twilio does not answer: %v", err)
		return false
	case a.Status != accountActive:
		p.fail("account", "see the account's page in Twilio's console", "the account is %s", a.Status)
		return true
	}
	p.ok("credentials", "account %q", a.Name)
	if a.Type == "Trial" {
		p.warn("account", "upgrade it before customers write", "it is a trial account: texts go to verified numbers only")
	}
	return true
}

// workflow looks whether Flex finds somebody.
func (p *probe) workflow(ctx context.Context) {
	if p.c.set.workflow == "" {
		return
	}
	if _, err := p.c.api.Workspace(ctx, p.c.set.workspace); err != nil {
		p.cannot("workspace_sid", "copy it from TaskRouter, Workspaces, in Twilio's console", "the workspace", err)
		return
	}
	w, err := p.c.api.Workflow(ctx, p.c.set.workspace, p.c.set.workflow)
	if err != nil {
		p.cannot("workflow_sid", "copy it from TaskRouter, Workspaces, Workflows, in Twilio's console", "the workflow", err)
		return
	}
	p.ok("workflow_sid", "the workflow %q finds the agent", w.Name)
}

func (p *probe) flow(ctx context.Context) {
	if p.c.set.flow == "" {
		return
	}
	f, err := p.c.api.Flow(ctx, p.c.set.flow)
	switch {
	case err != nil:
		p.cannot("flow_sid", "copy it from Studio, Flows, in Twilio's console", "the flow", err)
	case f.Status != flowPublished:
		p.fail("flow_sid", "press Publish in Studio", "the flow %q is no more than a draft", f.Name)
	default:
		p.ok("flow_sid", "the flow %q is published; its step asks %s", f.Name, p.c.hookAddress()+pathChatbot)
	}
}

// cannot says that something is not there, or cannot be read.
func (p *probe) cannot(check, mend, what string, err error) {
	if api.Status(err) == http.StatusNotFound {
		p.fail(check, mend, "%s is not there (404)", what)
		return
	}
	p.fail(check, "look whether the API key may read it, and try again", "%s cannot be read: %v", what, err)
}

// hookAddress is where Twilio tells us what happens.
func (c *Connector) hookAddress() string { return c.deps.PublicURL + "/hooks/" + string(c.set.inbox) }

// needed are the events without which something is missed until the next comparison.
func needed() []string {
	return []string{"onMessageAdded", "onMessageUpdated", "onParticipantAdded", "onConversationStateUpdated", "onDeliveryUpdated"}
}

// hooks looks whether Twilio tells us of customers. Of a desk's conversations it does: Kefu asks for that in each of them.
func (p *probe) hooks(ctx context.Context) {
	if p.c.set.desk() {
		p.ok("webhook", "each conversation that Kefu makes tells %s", p.c.hookAddress()+pathForward)
		return
	}
	h, err := p.c.api.AccountHooks(ctx)
	if p.c.set.service != "" && (err != nil || h.PostURL != p.c.hookAddress()) {
		h, err = p.c.api.ServiceHooks(ctx, p.c.set.service)
	}
	where := "in Twilio's console under Conversations, Manage, Global webhooks (or the service's own), set Post-Event URL to " + p.c.hookAddress()
	switch missing := lacking(h.Filters); {
	case err != nil:
		p.cannot("service_sid", "copy it from Conversations, Services, in Twilio's console", "the service of Conversations", err)
	case strings.HasPrefix(h.PreURL, p.c.hookAddress()):
		p.fail("webhook", where+", and leave Pre-Event URL empty", "Twilio asks Kefu before each message and waits for the answer")
	case h.PostURL == "":
		p.fail("webhook", where, "Twilio tells nobody what customers write: it is found by comparison only, every %s", p.c.set.sweepEvery)
	case strings.TrimRight(h.PostURL, "/") != p.c.hookAddress():
		p.warn("webhook", where+"; nothing, if your address configuration tells Kefu", "Twilio tells somebody else: %s", hostOf(h.PostURL))
	case strings.EqualFold(h.Method, http.MethodGet):
		p.fail("webhook", "choose POST beside the address", "Twilio tells Kefu by GET, which Kefu refuses")
	case len(missing) > 0:
		p.warn("webhook", "choose these events beside the address", "Twilio does not tell of %s", strings.Join(missing, ", "))
	default:
		p.ok("webhook", "Twilio tells %s", p.c.hookAddress())
	}
}

// lacking are the events that are not told. Without a list all are.
func lacking(filters []string) []string {
	if len(filters) == 0 {
		return nil
	}
	return slices.DeleteFunc(needed(), func(e string) bool { return slices.Contains(filters, e) })
}

// hostOf leaves out path and query of somebody's address: they may hold a secret.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "an address that cannot be read"
	}
	return u.Scheme + "://" + u.Host
}

// address looks whether Twilio can come to us, as far as an address tells.
func (p *probe) address() {
	const mend = "set public_url to the https address by which the internet reaches Kefu, with a path if the proxy has one"
	u, err := url.Parse(p.c.deps.PublicURL)
	switch {
	case err != nil || u.Host == "":
		p.fail("public_url", mend, "public_url is no address")
	case isPrivate(u.Hostname()):
		p.fail("public_url", mend, "Twilio cannot reach %s: it is on this machine or in a private network", hostOf(p.c.deps.PublicURL))
	case u.Scheme != "https":
		p.fail("public_url", mend, "%s is plain http: hooks would cross the internet in the clear, with what customers write", hostOf(p.c.deps.PublicURL))
	default:
		p.ok("public_url", "%s", p.c.deps.PublicURL)
	}
}

// isPrivate tells hosts that only this machine or this network can reach, as far as a name tells.
func isPrivate(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified()
	}
	return host == "localhost" || !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal")
}

// signature signs a hook as Twilio would, and looks whether it is believed.
func (p *probe) signature() {
	h := hmac.New(sha1.New, []byte(p.c.set.token.Reveal()))
	_, _ = h.Write([]byte(p.c.hookAddress() + "Bodyhi")) // a hash takes everything
	r := &connector.Request{Target: "/hooks/" + string(p.c.set.inbox), Body: []byte("Body=hi"),
		Header: http.Header{http.CanonicalHeaderKey(api.SignatureHeader): {base64.StdEncoding.EncodeToString(h.Sum(nil))}}}
	if err := p.c.authenticate(r); err != nil {
		p.fail("signature", "set public_url to the address that Twilio calls", "a hook that is signed as Twilio signs is not believed: %v", err)
		return
	}
	p.ok("signature", "hooks must be signed with auth_token over %s; a secondary token does not fit", p.c.hookAddress())
}
