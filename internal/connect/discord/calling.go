package discord

import (
	"context"
	"strings"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// callingTag marks calls, so that the next one can take the place of the last.
	callingTag = tagPrefix + "calling"
	// maxCalled bounds the roles that one post calls.
	maxCalled = 50
)

// callStaff calls the people of the desk to somebody who waits. The agent roles are pinged, and nobody else; Discord pings a role only if
// everybody may mention it, or the bot has the permission Mention Everyone. While the call is the newest post it is changed and not
// repeated: a channel full of calls is read by nobody.
func (c *Connector) callStaff(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	l := c.language(ctx)
	since := s.Since
	if since.IsZero() {
		since = s.At
	}
	which := word("calling")
	if s.Step == 0 && !s.All {
		which = "call_first" // nobody has had the time to answer
	}
	text := l.say(which, numberOf(t, s), since.Unix())
	if s.All {
		text += "\n" + l.say("calling_all")
	}
	p := words(text, colourNote)
	p.pieces[0].embed.Footer = &api.EmbedFooter{Text: callingTag}
	done, err := c.inPlace(ctx, t.ExternalID, string(s.DeliveryID), p.pieces[0].embed)
	if err != nil || done {
		return err
	}
	p.calls = c.set.agentRoles[:min(len(c.set.agentRoles), maxCalled)]
	return c.notice(ctx, t.ExternalID, string(s.DeliveryID), s.Unsure, before(s.At), p)
}

// callOut pings roles above what is posted, and nobody else.
func callOut(send *api.MessageSend, roles []string) {
	if len(roles) == 0 {
		return
	}
	send.Content = "<@&" + strings.Join(roles, "> <@&") + ">"
	send.AllowedMentions = api.AllowedMentions{Roles: roles}
}
