package wordpress

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"kefu/internal/connector"
	"kefu/internal/websig"
)

// routeMe is WordPress's own: who am I?
const routeMe = "/wp-json/wp/v2/users/me"

// findings collects what a probe finds.
type findings []connector.Finding

func (f *findings) add(level, check, words, mend string) {
	*f = append(*f, connector.Finding{Level: level, Check: check, Words: words, Mend: mend})
}

// Probe asks the site by GET alone, and for ticket 0, which no site has. It ends with ctx or after four calls of ten seconds at most.
func (c *Connector) Probe(ctx context.Context) ([]connector.Finding, error) {
	var f findings
	c.probeHooks(&f)
	if c.set.site == "" {
		f.add(connector.LevelWarn, "site", "no site_url is set: hooks are taken, but replies cannot be sent", "set site_url, username and application_password")
		return f, nil
	}
	c.probeAddress(&f)
	a, err := c.ask(ctx, namespace+routeIndex, maxAnswer)
	if err != nil {
		e := connector.Failure(err)
		f.add(connector.LevelFail, "site", fmt.Sprintf("%s does not answer: %v", c.set.site, e.Err), "check site_url, name resolution, and firewalls between Kefu and the site")
		return f, ctx.Err()
	}
	c.probeClock(&f, a)
	if c.probeRoutes(&f, a) {
		c.probePassword(ctx, &f)
	}
	return f, ctx.Err()
}

func (c *Connector) probeHooks(f *findings) {
	switch {
	case c.set.hookSecret != "":
		f.add(connector.LevelOK, "hooks", "signed hooks are verified", "")
	case len(c.set.unsigned) == 0:
		f.add(connector.LevelFail, "hooks", "no hook can be accepted: there is no hook_secret, and allow_unsigned_from is empty", "set hook_secret to the site's")
	default:
		f.add(connector.LevelWarn, "hooks", fmt.Sprintf("hooks are not signed; they are taken from %v only", c.set.unsigned), "set the same hook_secret here and on the site")
	}
}

func (c *Connector) probeAddress(f *findings) {
	u, err := url.Parse(c.set.site)
	if err != nil || u.Scheme == "https" || isLoopback(u.Hostname()) {
		return
	}
	f.add(connector.LevelWarn, "https", "site_url is http: the application password crosses the network in the clear, and WordPress refuses application passwords without https",
		"use https, or on a closed network define WP_ENVIRONMENT_TYPE as local in wp-config.php")
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func (c *Connector) probeClock(f *findings, a answer) {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return
	}
	skew := c.deps.Now().Sub(date).Abs().Round(time.Second)
	switch {
	case skew >= websig.DefaultTolerance && c.set.hookSecret != "":
		f.add(connector.LevelFail, "clock", fmt.Sprintf("the site's clock and ours differ by %s: signed hooks are refused", skew), "set both clocks by NTP")
	case skew >= time.Minute:
		f.add(connector.LevelWarn, "clock", fmt.Sprintf("the site's clock and ours differ by %s", skew), "set both clocks by NTP")
	default:
		f.add(connector.LevelOK, "clock", "the clocks agree", "")
	}
}

// probeRoutes tells whether it makes sense to go on.
func (c *Connector) probeRoutes(f *findings, a answer) bool {
	r, _ := a.refusal()
	switch {
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		f.add(connector.LevelFail, "password", r.credentialWords(c.set.username), "see the words")
		return false
	case a.status == http.StatusNotFound && r.code == noRoute:
		f.add(connector.LevelFail, "routes", "the site has no dragonshop routes", "install and activate the plugin that serves /wp-json/dragonshop/v1")
		return false
	case a.status != http.StatusOK || r.page:
		f.add(connector.LevelFail, "routes", fmt.Sprintf("%s%s answers %d without data", c.set.site, namespace, a.status),
			"set permalinks to anything but Plain, check site_url, and look into the site's error log")
		return false
	}
	i := a.index()
	var missing []string
	for _, route := range []string{routeUpdate, routeClose, routeGet, routeChannelName, routeOrder} {
		if _, ok := i.Routes["/dragonshop/v1"+route]; !ok && len(i.Routes) > 0 {
			missing = append(missing, route)
		}
	}
	if len(missing) > 0 {
		f.add(connector.LevelFail, "routes", "the site lacks "+strings.Join(missing, ", "), "bring the site's plugin up to date")
		return true
	}
	f.add(connector.LevelOK, "routes", map[bool]string{true: "all routes are there, with Kefu's plugin", false: "all routes are there"}[i.kefu()], "")
	return true
}

func (c *Connector) probePassword(ctx context.Context, f *findings) {
	if c.set.username == "" {
		f.add(connector.LevelWarn, "password", "no username is set: the site is called without a password", "set username and application_password")
	}
	a, err := c.ask(ctx, namespace+routeGet+"?ticket_id=0", maxAnswer)
	r, _ := a.refusal()
	switch {
	case err != nil:
		f.add(connector.LevelFail, "password", connector.Failure(err).Reason, "try again; look at the site's load")
		return
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		f.add(connector.LevelFail, "password", r.credentialWords(c.set.username), "make a new application password in WordPress under Users, Profile; behind Apache or CGI let the Authorization header through")
		return
	case a.status >= http.StatusInternalServerError || r.page:
		f.add(connector.LevelFail, "password", fmt.Sprintf("ticket/get answers %d without data", a.status), "look into the site's error log")
		return
	case c.set.username == "":
		return
	}
	c.probeMe(ctx, f)
}

// probeMe finds the header that a web server swallows: routes that are open to everybody would hide it until the first reply.
func (c *Connector) probeMe(ctx context.Context, f *findings) {
	a, err := c.ask(ctx, routeMe, maxAnswer)
	r, _ := a.refusal()
	if err == nil && a.status == http.StatusUnauthorized && r.code == "rest_not_logged_in" {
		f.add(connector.LevelFail, "password", "the site does not see our password: something on the way swallows the Authorization header",
			"let it through: in Apache's .htaccess SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1, in a proxy pass the header on")
		return
	}
	f.add(connector.LevelOK, "password", fmt.Sprintf("the site accepts the application password of user %q", c.set.username), "")
}
