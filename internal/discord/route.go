package discord

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// route is what rate limits are counted by: a method, a path with its ids left out, and the major id (channel, guild, or webhook with
// token), which Discord counts separately. Calls of another variant have a limit of their own although method and path are the same.
type route struct {
	method, template, variant, major string
	// open marks calls that carry the interaction's token instead of the bot's, and do not count for the global limit.
	open bool
}

// String names the route for logs and errors, without ids or tokens.
func (r route) String() string {
	s := r.method + " " + r.template
	if r.variant != "" {
		s += " (" + r.variant + ")"
	}
	return s
}

// held gives what a limit of scope s on this route holds up: a rename's ten minutes never more than renames.
func (r route) held(s Scope) Scope {
	if r.variant != "" && s == ScopeChannel {
		return ScopeRoute
	}
	return s
}

// class names the route without its major id: what is known of one channel's limit holds for all.
func (r route) class() string { return r.method + " " + r.template + "#" + r.variant }

// bucket names the limit of the route, given the name Discord has for it, "" if it is not known yet.
func (r route) bucket(hash string) string {
	if hash == "" {
		hash = r.method + " " + r.template
	}
	return hash + "#" + r.variant + "/" + r.major
}

// request prepares a call to template, whose {} stand for args in order.
func request(method, template string, args ...string) call {
	r := route{method: method, template: template}
	switch {
	case strings.HasPrefix(template, "/channels/{}"), strings.HasPrefix(template, "/guilds/{}"):
		r.major = args[0]
	case strings.HasPrefix(template, "/webhooks/{}"), strings.HasPrefix(template, "/interactions/{}"):
		// The token is a secret: its hash tells it from others as well.
		sum := sha256.Sum256([]byte(args[1])) //nolint:gosec // both templates have two arguments
		r.major, r.open = args[0]+"/"+hex.EncodeToString(sum[:6]), true
	}
	path := template
	for _, a := range args {
		path = strings.Replace(path, "{}", url.PathEscape(a), 1)
	}
	return call{route: r, path: path}
}

func (k call) with(body any) call {
	k.body = body
	return k
}

func (k call) upload(body any, files []File) call {
	k.body, k.files = body, files
	return k
}

func (k call) query(v url.Values) call {
	if len(v) > 0 {
		k.path += "?" + v.Encode()
	}
	return k
}
