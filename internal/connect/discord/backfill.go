package discord

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// backfillPages bounds what is read of one channel at a time: 100 messages each.
const backfillPages = 200

// Backfill emits what staff, or the customer whose channel it is, wrote after t.Cursor, oldest first. It blocks until the end is reached or an emit fails;
// repeating it doubles nothing. *connector.SendError of class gone when the channel does not exist.
func (c *Connector) Backfill(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	if _, report := reporter(t.ExternalID); report {
		return nil // it is no channel: who made it writes in direct messages
	}
	_, _, err := c.readOn(ctx, t, reading{emit: emit, live: c.deps.Now()})
	return c.failure(ctx, t.ExternalID, err)
}

// reading is how a channel is read on.
type reading struct {
	emit connector.Emit
	// until ends the reading before this message, which comes by itself; "" reads to the end.
	until string
	// live is since when messages come by themselves: what was written later was not missed.
	live time.Time
}

// errReadEnough ends a reading before the channel's end.
var errReadEnough = errors.New("read up to the live message")

// readOn is Backfill; it counts what had been missed, and gives the last id that it read.
func (c *Connector) readOn(ctx context.Context, t connector.Thread, r reading) (missed int, last string, err error) {
	last = cmp.Or(t.Cursor, t.ExternalID) // no message of a channel is older than the channel
	roles := rolesSeen{}
	complete, err := c.walk(ctx, t.ExternalID, last, backfillPages, func(m api.Message) error {
		if r.until != "" && !api.After(r.until, m.ID) {
			return errReadEnough
		}
		n, err := c.recoverOne(ctx, t, m, roles, r)
		missed += n
		if err == nil {
			last = m.ID
		}
		return err
	})
	if errors.Is(err, errReadEnough) {
		return missed, last, nil
	}
	if err == nil && !complete {
		c.log.WarnContext(ctx, "discord: more was missed in a channel than is read at once", "channel_id", t.ExternalID, "pages", backfillPages)
	}
	return missed, last, err
}

func (c *Connector) recoverOne(ctx context.Context, t connector.Thread, m api.Message, roles rolesSeen, r reading) (missed int, err error) {
	if t.Role == kefu.RoleCustomer {
		return c.recoverCustomer(ctx, m, r)
	}
	return c.recover(ctx, m, roles, r)
}

func (c *Connector) recover(ctx context.Context, m api.Message, roles rolesSeen, r reading) (missed int, err error) {
	if !human(m) {
		return 0, nil
	}
	member, err := c.memberOf(ctx, m, roles)
	if err != nil || member == nil || !c.staff(member.Roles) {
		return 0, err
	}
	m.Member = member
	for _, in := range c.written(ctx, m) {
		in.Recovered = in.OccurredAt.Before(r.live)
		res, err := r.emit(ctx, in)
		switch {
		case refusedForGood(err):
			c.log.WarnContext(ctx, "discord: message not taken", "message_id", m.ID, "err", err)
		case err != nil:
			return missed, err
		case res.Duplicate || res.Ignored != "":
		case in.Recovered:
			missed++
		}
		if err == nil && res.Private && !in.Note && !res.Duplicate {
			c.keptPrivate(ctx, m)
		}
	}
	return missed, nil
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
