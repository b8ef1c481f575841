package discord

import (
	"context"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	roomKey    = "room:"    // + thread: whose private thread it is
	roomOfKey  = "room_of:" // + member: their private thread
	tongueKey  = "tongue:"  // + member: the language they were last answered in
	memberLane = "member:"  // + member: the lane of what concerns them and no channel

	maxAsked = 80
	// noticeSlot is how often a member is told the same in answer to what they write.
	noticeSlot = time.Minute
)

// ours tells whether an event is of the inbox's guild, or of direct messages that are taken. Direct messages name no guild: of two inboxes
// with one bot each would hear them, so that a bot belongs to one community. A channel that Kefu has never seen cannot be found by
// looking: Discord lists no direct messages. What a stranger writes there while Kefu is down is read with what they write next.
func (l *listener) ours(guildID string) bool {
	return l.mine(guildID) || guildID == "" && l.c.set.community.on
}

// customerOf tells whether a channel is a customer's own, and whose; in direct messages it is whoever writes there.
func (l *listener) customerOf(guildID, channel, writer string) (owner string, theirs bool) {
	switch {
	case !l.c.set.community.on:
		return "", false
	case guildID == "":
		return writer, true
	}
	err := untilTaken(l.ctx, func() (err error) {
		owner, err = l.c.deps.State.Load(l.ctx, roomKey+channel)
		return err
	})
	return owner, err == nil && owner != ""
}

// talks tells whether the rules know a customer's channel. Unlike a desk's it may be unknown for good: nobody has written there yet.
func (l *listener) talks(channel string) (known bool) {
	_ = untilTaken(l.ctx, func() (err error) {
		_, known, err = l.c.deps.Directory.Thread(l.ctx, channel)
		return err
	})
	return known
}

// memberWrote takes in what a customer writes, after what was missed before it.
func (l *listener) memberWrote(m api.Message) {
	l.c.api.ResetChannel(m.ChannelID) // who writes to us can be written to
	if l.talks(m.ChannelID) {
		l.catchUpOn(l.ctx, m.ChannelID, m.ID)
	} else {
		l.readFirst(m)
	}
	if l.covered(m) || l.ctx.Err() != nil {
		return
	}
	_ = untilTaken(l.ctx, func() error {
		return l.takeCustomers(m, func(_ context.Context, in connector.Inbound) (connector.Result, error) { return l.take(in) })
	})
}

// takeCustomers is takeFrom for what comes live; what the rules refuse for good is logged, and passed over.
func (l *listener) takeCustomers(m api.Message, emit connector.Emit) error {
	_, err := l.c.takeFrom(l.ctx, m, emit)
	if refusedForGood(err) {
		return nil
	}
	return err
}

// takeFrom hands one message of a customer to the rules, and tells them when it is not taken. missed says that it is new to the rules.
func (c *Connector) takeFrom(ctx context.Context, m api.Message, emit connector.Emit) (missed bool, err error) {
	l := c.tongue(ctx, m.Author.ID)
	if words := c.unwelcome(l, m.Author, nil); words != "" {
		c.excuse(ctx, m, words)
		return false, nil
	}
	in := c.memberSaid(ctx, m)
	if in.Content.Empty() {
		c.excuse(ctx, m, l.say("member_unreadable"))
		return false, nil
	}
	_, known, err := c.deps.Directory.Thread(ctx, m.ChannelID)
	if err != nil {
		return false, err
	}
	if !known {
		in.Kind = connector.InOpen
	}
	res, err := emit(ctx, in)
	if err == nil && res.View != nil && res.View.Refused != "" {
		c.excuse(ctx, m, refusedMember(l, res.View))
		return false, nil
	}
	return err == nil && !res.Duplicate && res.Ignored == "", err
}

// memberSaid makes what a customer's message says. Nothing in it is a command or a note.
func (c *Connector) memberSaid(ctx context.Context, m api.Message) connector.Inbound {
	content, remarks := c.memberContent(ctx, m)
	return connector.Inbound{
		Kind: connector.InMessage, Key: "m:" + m.ID, ThreadID: m.ChannelID, ExternalID: m.ID, Cursor: m.ID,
		Sender: customer(m), Title: titleOf(content.Text), Content: content, Notes: remarks, OccurredAt: api.SnowflakeTime(m.ID),
	}
}

func customer(m api.Message) connector.Sender {
	s := author(m)
	s.Kind = kefu.AuthorContact
	return s
}

// titleOf makes a title of what was asked: its first words, without what is quoted.
func titleOf(text string) string {
	var own []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, ">") {
			own = append(own, strings.Fields(line)...)
		}
	}
	return kefu.Excerpt(strings.Join(own, " "), maxAsked)
}

// memberEdited takes in a customer's edit of a message that was taken in before.
func (l *listener) memberEdited(m api.Message) {
	if !l.talks(m.ChannelID) {
		return
	}
	l.catchUpOn(l.ctx, m.ChannelID, "")
	in := l.c.memberSaid(l.ctx, m)
	in.Kind, in.Cursor, in.Title, in.OccurredAt = connector.InEdit, "", "", *m.EditedTimestamp
	in.Key = "e:" + m.ID + ":" + in.OccurredAt.UTC().Format(time.RFC3339Nano)
	if in.Content.Empty() {
		in.Kind = connector.InDelete
	}
	_, _ = l.take(in) // take has logged it
}

// memberDeleted takes in that messages in a customer's channel were deleted; of our own there the rules know under other ids.
func (l *listener) memberDeleted(channel, owner string, ids ...string) {
	if !l.talks(channel) {
		return
	}
	l.catchUpOn(l.ctx, channel, "")
	for _, id := range ids {
		_, _ = l.take(connector.Inbound{Kind: connector.InDelete, Key: "d:" + id, ThreadID: channel, ExternalID: id,
			Sender: connector.Sender{Kind: kefu.AuthorContact, ID: owner, Via: "Discord"}, OccurredAt: l.c.deps.Now()})
	}
}

// memberLeft notes that a customer can no longer be reached.
func (l *listener) memberLeft(u api.User) {
	_, _ = l.take(connector.Inbound{Kind: connector.InLeft, OccurredAt: l.c.deps.Now(),
		Sender: connector.Sender{Kind: kefu.AuthorContact, ID: u.ID, Name: u.DisplayName(), Via: "Discord"}})
}

// excuse tells a member why what they wrote was not taken; the same words once in a while only, however much they write.
func (c *Connector) excuse(ctx context.Context, m api.Message, text string) {
	now := c.deps.Now()
	if !c.tellNow("excuse:"+m.ChannelID+":"+text+":"+now.Truncate(noticeSlot).String(), now) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, hintLimit)
	defer cancel()
	if _, err := c.post(ctx, m.ChannelID, text, nonce(m.ID, "excuse")); err != nil {
		c.log.WarnContext(ctx, "discord: a member could not be told why a message was not taken", "err", err)
	}
}
