package discord

import (
	"slices"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// unwelcome says why a member cannot be helped now, by the settings; "" when they can. member is nil where Discord does not tell: in
// direct messages.
func (c *Connector) unwelcome(l lang, u api.User, member *api.Member) string {
	set := c.set.community
	if slices.Contains(set.blocked, u.ID) {
		return l.say("member_blocked")
	}
	if member != nil && member.Pending {
		return l.say("member_pending")
	}
	ready := api.SnowflakeTime(u.ID).Add(set.minAccountAge)
	if set.minAccountAge > 0 && c.deps.Now().Before(ready) {
		return l.say("member_young", ready.Unix(), ready.Unix())
	}
	return ""
}

// refusedMember words for a customer why something was not taken.
func refusedMember(l lang, v *connector.View) string {
	switch v.Refused {
	case connector.RefusedMany:
		return l.say("member_many")
	case connector.RefusedSoon:
		return l.say("member_soon", v.After.Unix())
	case connector.RefusedBlocked:
		return l.say("member_blocked")
	case connector.RefusedDone:
		return l.say("already")
	case connector.RefusedClosed, connector.RefusedUnknown, connector.RefusedExpired, connector.RefusedNotFound:
		return l.say("worn_out")
	}
	return l.say("refused_other", v.Refused)
}
