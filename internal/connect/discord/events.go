package discord

import (
	"context"
	"encoding/json"
	"time"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// Dispatch takes one event: it goes into its channel's lane, where it is kept until the rules have taken it. It blocks only when all
// lanes together are full.
func (l *listener) Dispatch(ctx context.Context, event string, data json.RawMessage) error {
	switch event {
	case api.EventMessageCreate:
		if m, ok := decode[api.Message](l, event, data); ok && l.ours(m.GuildID) && human(m) {
			return l.lanes.add(ctx, m.ChannelID, func() { l.wrote(m) })
		}
	case api.EventMessageUpdate:
		if m, ok := decode[api.Message](l, event, data); ok && l.ours(m.GuildID) && human(m) && m.EditedTimestamp != nil && (l.reads || m.GuildID == "") {
			return l.lanes.add(ctx, m.ChannelID, func() { l.changed(m) })
		}
	case api.EventMessageDelete:
		if d, ok := decode[api.MessageDelete](l, event, data); ok && l.ours(d.GuildID) {
			return l.lanes.add(ctx, d.ChannelID, func() { l.deleted(d.GuildID, d.ChannelID, d.ID) })
		}
	case api.EventMessageDeleteBulk:
		if d, ok := decode[api.MessageDeleteBulk](l, event, data); ok && l.mine(d.GuildID) {
			return l.lanes.add(ctx, d.ChannelID, func() { l.deleted(d.GuildID, d.ChannelID, d.IDs...) })
		}
	case api.EventChannelDelete, api.EventThreadDelete:
		if ch, ok := decode[api.Channel](l, event, data); ok && l.mine(ch.GuildID) {
			return l.lanes.add(ctx, ch.ID, func() { l.channelDeleted(ch.ID) })
		}
	case api.EventGuildMemberRemove:
		if gone, ok := decode[api.MemberRemove](l, event, data); ok && l.mine(gone.GuildID) && l.c.set.community.on && !gone.User.Bot {
			return l.lanes.add(ctx, memberLane+gone.User.ID, func() { l.memberLeft(gone.User) })
		}
	case api.EventInteractionCreate:
		if i, ok := decode[api.Interaction](l, event, data); ok && (l.mine(i.GuildID) || i.GuildID == "" && l.c.memberAsks(i)) {
			return l.interaction(ctx, i)
		}
	default:
		l.aboutGuild(ctx, event, data)
	}
	return nil
}

func (l *listener) mine(guildID string) bool { return guildID == l.c.set.guildID }

// aboutGuild notes what changes in the guild at large.
func (l *listener) aboutGuild(ctx context.Context, event string, data json.RawMessage) {
	switch event {
	case api.EventGuildRoleUpdate, api.EventGuildMemberUpdate, api.EventChannelUpdate:
		// What was refused may be allowed now: somebody is mending it. A channel's overwrites come as a changed channel, a role that
		// the bot is given as a changed member; without the members intent no others come.
		l.c.forgetGuild()
		l.c.api.Reset()
	case api.EventGuildCreate:
		g, ok := decode[struct {
			ID            string `json:"id"`
			SystemChannel string `json:"system_channel_id"`
		}](l, event, data)
		if ok && l.mine(g.ID) {
			l.c.remember(ctx, systemKey, g.SystemChannel)
		}
	}
}

// known tells whether a thread of the rules lives in the channel. In a channel that was only just made it is asked for again for a
// while: staff can write there before Open's answer is stored.
func (l *listener) known(channel string) (connector.Thread, bool) {
	var t connector.Thread
	var ok bool
	asks := 1
	if l.c.deps.Now().Sub(api.SnowflakeTime(channel)) < youngFor {
		asks += youngAsks
	}
	for range asks {
		err := untilTaken(l.ctx, func() (err error) {
			t, ok, err = l.c.deps.Directory.Thread(l.ctx, channel)
			return err
		})
		if err != nil || ok || asks == 1 || !rest(l.ctx, youngAsk) {
			break
		}
	}
	return t, ok && l.ctx.Err() == nil
}

// wrote takes in a live message, after what was missed before it.
func (l *listener) wrote(m api.Message) {
	if owner, theirs := l.customerOf(m.GuildID, m.ChannelID, m.Author.ID); theirs {
		if owner == m.Author.ID { // staff may talk in a customer's private thread
			l.memberWrote(m)
		}
		return
	}
	if _, ok := l.known(m.ChannelID); !ok || !l.catchUpOn(l.ctx, m.ChannelID, m.ID) || l.covered(m) || !l.c.staff(rolesOf(m)) {
		return
	}
	list := l.c.written(l.ctx, m)
	if len(list) == 0 {
		l.c.notRelayable(l.ctx, m, l.reads)
	}
	for _, in := range list {
		res, err := l.take(in)
		if err == nil && res.Private && !in.Note && !res.Duplicate {
			l.c.keptPrivate(l.ctx, m)
		}
	}
}

func rolesOf(m api.Message) []string {
	if m.Member == nil {
		return nil
	}
	return m.Member.Roles
}

// covered tells whether reading back has taken the message in already.
func (l *listener) covered(m api.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, ok := l.readTo[m.ChannelID]
	return ok && !api.After(m.ID, last)
}

// take hands something to the rules until they have it; an error means that they never will, or that the session has ended.
func (l *listener) take(in connector.Inbound) (res connector.Result, err error) {
	var refused error
	err = untilTaken(l.ctx, func() (err error) {
		res, err = l.emit(l.ctx, in)
		if refusedForGood(err) {
			refused = err
			return nil
		}
		return err
	})
	if refused != nil {
		l.c.log.Warn("discord: not taken", "kind", in.Kind, "key", in.Key, "err", refused)
		return res, refused
	}
	return res, err
}

func (l *listener) changed(m api.Message) {
	if owner, theirs := l.customerOf(m.GuildID, m.ChannelID, m.Author.ID); theirs {
		if owner == m.Author.ID {
			l.memberEdited(m)
		}
		return
	}
	if _, ok := l.known(m.ChannelID); !ok || m.Member != nil && !l.c.staff(rolesOf(m)) || !l.catchUpOn(l.ctx, m.ChannelID, "") {
		return
	}
	for _, in := range l.c.edited(l.ctx, m) {
		_, _ = l.take(in) // take has logged it
	}
}

func (l *listener) deleted(guildID, channel string, ids ...string) {
	if owner, theirs := l.customerOf(guildID, channel, ""); theirs {
		l.memberDeleted(channel, owner, ids...)
		return
	}
	if _, ok := l.known(channel); !ok || !l.catchUpOn(l.ctx, channel, "") {
		return
	}
	for _, id := range ids {
		for _, in := range removed(channel, id, l.c.deps.Now()) {
			_, _ = l.take(in)
		}
	}
}

// channelDeleted lets go of a channel that somebody deleted: the ticket stays open, and its next message opens another.
func (l *listener) channelDeleted(channel string) {
	if owner, theirs := l.customerOf(l.c.set.guildID, channel, ""); theirs {
		l.c.forgetRoom(l.ctx, channel, owner)
		return
	}
	t, ok := l.known(channel)
	if !ok {
		return
	}
	_ = untilTaken(l.ctx, func() error { return l.emitGone(l.ctx, t, false) })
	l.mu.Lock()
	delete(l.readTo, channel)
	l.mu.Unlock()
	if !t.Closed {
		lang := l.c.language(l.ctx)
		l.c.alert(l.ctx, "gone:"+channel, lang.say("channel_gone", t.TicketNumber))
	}
}

// hintLimit bounds a hint to staff: it is a courtesy, and must not hold up the channel.
const hintLimit = 5 * time.Second

// notRelayable tells who posted a sticker, a poll or a forwarded message that the customer does not get it.
func (c *Connector) notRelayable(ctx context.Context, m api.Message, reads bool) {
	if reads && c.set.talk == talkRelay {
		c.hint(ctx, m, words(c.language(ctx).say("not_relayable"), colourNote))
	}
}

// keptPrivate tells who wrote while another desk has the talk that the customer did not get it, and offers to take over.
func (c *Connector) keptPrivate(ctx context.Context, m api.Message) {
	l := c.language(ctx)
	c.hint(ctx, m, words(l.say("kept_private"), colourNote, takeOverRow(l)))
}

func takeOverRow(l lang) api.Component {
	return api.Row(api.Button(api.ButtonPrimary, customID(connector.CmdTakeOver, ""), l.say("button_take")))
}

func (c *Connector) hint(ctx context.Context, m api.Message, p post) {
	ctx, cancel := context.WithTimeout(ctx, hintLimit)
	defer cancel()
	p.answers = m.ID
	if err := c.notice(ctx, m.ChannelID, "hint\x00"+m.ID, false, m.ID, p); err != nil {
		c.log.WarnContext(ctx, "discord: hint not posted", "err", err)
	}
}
