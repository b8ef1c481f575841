package demo

import (
	"strings"
	"time"
)

// edge is one of the borders of Kefu that the show looks at.
type edge int

const (
	shopEdge   edge = iota // WordPress | Kefu
	deskEdge               // Kefu | Discord
	wootEdge               // Kefu | Chatwoot
	twilioEdge             // Kefu | Twilio
)

// crossing is one thing that went over an edge, as it is shown.
type crossing struct {
	at     time.Time
	edge   edge
	right  bool   // from left to right: WordPress → Kefu, Kefu → Discord
	call   string // "POST /ticket/create", "MESSAGE_CREATE"
	body   string // the essential JSON
	event  bool   // pushed over a held connection: there is no status
	status int    // 0: there was no answer
}

func (c *crossing) failed() bool { return !c.event && (c.status == 0 || c.status >= 400) }

// exchange is a call as a tap saw it.
type exchange struct {
	method, path, query string
	contentType         string
	sent, received      []byte
	status              int
}

const (
	sitePrefix    = "/wp-json/dragonshop/v1"
	discordPrefix = "/api/v10"
)

// hookShown tells whether a call of the front is part of the story: hooks are, health checks and transcripts that people open are not.
func hookShown(_, path string) bool {
	return strings.HasPrefix(path, "/ticket/") || strings.HasPrefix(path, "/hooks/")
}

// siteShown leaves out what a connector asks to get to know the site.
func siteShown(_, path string) bool {
	return strings.HasPrefix(path, sitePrefix+"/")
}

// guildShown leaves out what only reads, but for the look at a channel before it is deleted.
func guildShown(method, path string) bool {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(path, discordPrefix), "/"), "/")
	if method == "GET" {
		return len(parts) == 2 && parts[0] == "channels"
	}
	return parts[len(parts)-1] != "typing"
}

// hookCrossing shows what the site told, and Kefu's words when it refused.
func hookCrossing(x *exchange) crossing {
	return crossing{edge: shopEdge, right: true, call: x.method + " " + x.path, status: x.status, body: told(x, x.sent)}
}

// siteCrossing shows what Kefu told the site, or what it asked it for.
func siteCrossing(x *exchange) crossing {
	call := x.method + " " + x.path
	if x.query != "" {
		call += "?" + x.query
	}
	body := x.sent
	if x.method == "GET" {
		body = x.received
	}
	return crossing{edge: shopEdge, call: call, status: x.status, body: told(x, body)}
}

// guildCrossing shows what Kefu told Discord, with names in place of ids.
func (s *stage) guildCrossing(x *exchange) crossing {
	return crossing{edge: deskEdge, right: true, call: x.method + " " + s.named(x.path), status: x.status, body: discordEssence(x)}
}

// named puts names where a path has ids: "/channels/#網站-客-0033/messages".
func (s *stage) named(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, discordPrefix), "/")
	for i, p := range parts {
		if isID(p) {
			parts[i] = "…"
			if ch, ok := s.guild.Channel(p); ok && ch.Name != "" {
				parts[i] = "#" + ch.Name
			}
		} else if len(p) > 24 || strings.HasPrefix(p, "token-") {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

func isID(s string) bool { return len(s) >= 15 && strings.Trim(s, "0123456789") == "" }
