package discord

import "slices"

// everything is what an administrator or the owner may do.
const everything = ^Permissions(0)

func (c *channel) isThread() bool {
	return c.Type == TypePublicThread || c.Type == TypePrivateThread
}

func (c *channel) isText() bool {
	return c.Type != TypeCategory && c.Type != TypeForum
}

// basePermissions is what a member's roles grant in the guild.
func (w *world) basePermissions(memberID string) Permissions {
	m := w.members[memberID]
	if m == nil || m.left {
		return 0
	}
	p := w.roles[0].Permissions
	for _, id := range m.Roles {
		if r := w.role(id); r != nil {
			p |= r.Permissions
		}
	}
	if p&Administrator != 0 || memberID == w.ownerID {
		return everything
	}
	return p
}

// permissions is what a member may do in a channel, overwrites applied in
// Discord's order: @everyone, roles together, member.
func (w *world) permissions(memberID string, c *channel) Permissions {
	if c.Type == TypeDM {
		if slices.ContainsFunc(c.Recipients, func(u User) bool { return u.ID == memberID }) || memberID == w.botID {
			return everything
		}
		return 0
	}
	p := w.basePermissions(memberID)
	if p == everything || p == 0 {
		return p
	}
	rules := c
	if c.isThread() {
		rules = w.channels[c.ParentID]
	}
	p = w.overwritten(p, memberID, rules)
	if c.Type == TypePrivateThread && !c.joined[memberID] && p&ManageThreads == 0 {
		return 0
	}
	if p&ViewChannel == 0 {
		return 0
	}
	return p
}

func (w *world) overwritten(p Permissions, memberID string, c *channel) Permissions {
	roles := w.members[memberID].Roles
	var allow, deny Permissions
	for _, o := range c.Overwrites {
		if o.Type == OverwriteRole && o.ID == w.guildID {
			p = p&^o.Deny | o.Allow
		}
		if o.Type == OverwriteRole && slices.Contains(roles, o.ID) {
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	p = p&^deny | allow
	for _, o := range c.Overwrites {
		if o.Type == OverwriteMember && o.ID == memberID {
			p = p&^o.Deny | o.Allow
		}
	}
	return p
}

// may is nil when the member sees the channel and has every one of need;
// 50001 when the channel is out of sight, 50013 when something is missing.
func (w *world) may(memberID string, c *channel, need Permissions) error {
	p := w.permissions(memberID, c)
	if p&ViewChannel == 0 {
		return errMissingAccess
	}
	if p&need != need {
		return errMissingPermissions
	}
	return nil
}

// mayWrite is may for posting; a thread asks for its own permission.
func (w *world) mayWrite(memberID string, c *channel) error {
	if !c.isText() {
		return errNotText
	}
	if !c.isThread() {
		return w.may(memberID, c, SendMessages)
	}
	if c.Thread.Locked && w.permissions(memberID, c)&ManageThreads == 0 {
		return errThreadLocked
	}
	return w.may(memberID, c, SendMessagesInThreads)
}
