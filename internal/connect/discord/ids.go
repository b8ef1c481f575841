package discord

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	api "kefu/internal/discord"

	"kefu"
	"kefu/internal/connector"
)

const (
	markerPrefix = "kefu:"
	tagPrefix    = "kefu·"
	customPrefix = "kefu:"
)

// Commands that exist in Discord only: they lead to one of the connector's commands.
const (
	askClose = "ask_close" // asks whether it was meant: closing deletes the channel
	showOnly = "show"      // a button that shows what a customer can choose, and does nothing
)

var (
	footerForm = regexp.MustCompile(`^#(\d+)(?: · (\d+)/(\d+))?`)
	// markerForm ends at what cannot be part of an id, so that one conversation's marker is never found inside another's.
	markerForm = regexp.MustCompile(`kefu:(cnv_[0-9a-z]+)`)
)

// digest gives n base32 characters (5 bits each) that stand for the parts.
func digest(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:n]
}

// nonce names one post of one delivery: the same on every attempt, another for every other post.
func nonce(delivery string, part string) api.Nonce {
	return api.Nonce(digest(api.MaxNonce-1, "nonce", delivery, part))
}

// tag is what a notice carries in its footer, to be found by when its answer was lost.
func tag(delivery string) string { return tagPrefix + digest(8, "tag", delivery) }

// place is where a post stands in its conversation: message Seq, part N (from 0) of Of.
type place struct {
	Seq   int64
	N, Of int
}

func (p place) String() string {
	if p.Of <= 1 {
		return fmt.Sprintf("#%d", p.Seq)
	}
	return fmt.Sprintf("#%d · %d/%d", p.Seq, p.N+1, p.Of)
}

func parsePlace(footer string) (place, bool) {
	m := footerForm.FindStringSubmatch(footer)
	if m == nil {
		return place{}, false
	}
	seq, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || m[2] == "" {
		return place{Seq: seq, Of: 1}, err == nil
	}
	n, errN := strconv.Atoi(m[2])
	of, errOf := strconv.Atoi(m[3])
	return place{Seq: seq, N: n - 1, Of: of}, errN == nil && errOf == nil && n > 0
}

// placesOf lists the places that the embeds of a post carry.
func placesOf(m api.Message) []place {
	var found []place
	for _, e := range m.Embeds {
		if e.Footer == nil {
			continue
		}
		if p, ok := parsePlace(e.Footer.Text); ok {
			found = append(found, p)
		}
	}
	return found
}

// tagged tells whether a post carries the tag.
func tagged(m api.Message, tag string) bool {
	for _, e := range m.Embeds {
		if e.Footer != nil && strings.HasSuffix(e.Footer.Text, tag) {
			return true
		}
	}
	return false
}

// marker stands in the topic of a conversation's channel: by it the channel is found again when the answer to its making was lost.
func marker(id kefu.ConversationID) string { return markerPrefix + string(id) }

func hasMarker(topic string, id kefu.ConversationID) bool {
	for _, m := range markerForm.FindAllStringSubmatch(topic, -1) {
		if m[1] == string(id) {
			return true
		}
	}
	return false
}

// customID makes a button's id: "kefu:close:", "kefu:retry:dlv_…". The channel says which conversation is meant.
func customID(command, arg string) string { return customPrefix + command + ":" + arg }

func parseCustomID(id string) (command, arg string, ok bool) {
	rest, ok := strings.CutPrefix(id, customPrefix)
	if !ok {
		return "", "", false
	}
	command, arg, ok = strings.Cut(rest, ":")
	return command, arg, ok
}

// pressable are the commands that a choice in a message may stand for.
func pressable(value string) bool {
	switch value {
	case connector.CmdClose, connector.CmdKeepOpen, connector.CmdClaim, connector.CmdReopen, connector.CmdOrder, connector.CmdTakeOver:
		return true
	}
	return false
}

// maskEmail shows enough of an address to know it by: d***@e***.com.
func maskEmail(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" {
		return ""
	}
	masked := firstRune(local) + "***@" + firstRune(domain) + "***"
	if dot := strings.LastIndexByte(domain, '.'); dot > 0 {
		masked += domain[dot:]
	}
	return masked
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
