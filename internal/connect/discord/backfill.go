package discord

import (
	"context"
	"slices"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// backfillPages bounds what is read of one channel at a time: 100 messages each.
const backfillPages = 200

// Backfill emits what staff wrote in the channel after t.Cursor, oldest first. It blocks until the end is reached or an emit fails;
// repeating it doubles nothing. *connector.SendError of class gone when the channel does not exist.
func (c *Connector) Backfill(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	_, _, err := c.readOn(ctx, t, emit)
	return c.failure(ctx, t.ExternalID, err)
}

// readOn is Backfill; it counts what was new, and gives the last id that it read.
func (c *Connector) readOn(ctx context.Context, t connector.Thread, emit connector.Emit) (recovered int, last string, err error) {
	last = or(t.Cursor, t.ExternalID) // no message of a channel is older than the channel
	roles := rolesSeen{}
	complete, err := c.walk(ctx, t.ExternalID, last, backfillPages, func(m api.Message) error {
		n, err := c.recover(ctx, m, roles, emit)
		if err == nil {
			recovered += n
			last = m.ID
		}
		return err
	})
	if err == nil && !complete {
		c.log.WarnContext(ctx, "discord: more was missed in a channel than is read at once", "channel_id", t.ExternalID, "pages", backfillPages)
	}
	return recovered, last, err
}

func (c *Connector) recover(ctx context.Context, m api.Message, roles rolesSeen, emit connector.Emit) (n int, err error) {
	if !human(m) {
		return 0, nil
	}
	member, err := c.memberOf(ctx, m, roles)
	if err != nil || member == nil || !c.staff(member.Roles) {
		return 0, err
	}
	m.Member = member
	for _, in := range c.written(ctx, m) {
		in.Recovered = true
		res, err := emit(ctx, in)
		switch {
		case refusedForGood(err):
			c.log.WarnContext(ctx, "discord: message not taken", "message_id", m.ID, "err", err)
		case err != nil:
			return n, err
		case !res.Duplicate && res.Ignored == "":
			n++
		}
	}
	return n, nil
}

// rolesSeen remembers members while one channel is read; nil is one who has left.
type rolesSeen map[string]*api.Member

// memberOf asks for the author's roles, which messages that are read back do not carry. Without roles in the settings nobody needs them.
func (c *Connector) memberOf(ctx context.Context, m api.Message, seen rolesSeen) (*api.Member, error) {
	if m.Member != nil || len(c.set.agentRoles) == 0 {
		if m.Member == nil {
			return &api.Member{}, nil
		}
		return m.Member, nil
	}
	if member, ok := seen[m.Author.ID]; ok {
		return member, nil
	}
	var member api.Member
	err := patiently(ctx, func() (err error) {
		member, err = c.api.GuildMember(ctx, c.set.guildID, m.Author.ID)
		return err
	})
	if slices.Contains([]int{api.CodeUnknownMember, api.CodeUnknownUser}, api.Code(err)) {
		seen[m.Author.ID] = nil
		return nil, nil
	}
	if err == nil {
		seen[m.Author.ID] = &member
	}
	return &member, err
}
