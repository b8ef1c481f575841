package discord

import (
	"context"
	"slices"

	api "kefu/internal/discord"
)

// writing is what nobody may do in an archived channel.
const writing = api.PermissionSendMessages | api.PermissionSendMessagesInThreads | api.PermissionAddReactions

// putAway moves a channel into the archive and locks it; a forum post is closed and locked where it is.
func (c *Connector) putAway(ctx context.Context, ch api.Channel) error {
	if ch.Type.Thread() {
		yes := true
		_, err := c.api.ModifyChannel(ctx, ch.ID, api.ChannelEdit{Archived: &yes, Locked: &yes})
		return err
	}
	return c.move(ctx, ch, c.archiveCategories(), locked)
}

// bringBack is the opposite of putAway; a channel that was never put away stays where it is.
func (c *Connector) bringBack(ctx context.Context, ch api.Channel) error {
	if ch.Type.Thread() {
		_, err := c.api.ModifyChannel(ctx, ch.ID, api.ChannelEdit{Archived: new(bool), Locked: new(bool)})
		return err
	}
	archived, err := c.inArchive(ctx, ch)
	if err != nil || !archived {
		return err
	}
	return c.move(ctx, ch, c.ticketCategories(), func(_ *server, list []api.Overwrite) []api.Overwrite { return list })
}

func (c *Connector) inArchive(ctx context.Context, ch api.Channel) (bool, error) {
	if ch.ParentID == "" {
		return false, nil
	}
	parent, err := c.api.Channel(ctx, ch.ParentID)
	if channelGone(err) {
		return false, nil
	}
	return numbered(parent.Name, archiveCategory), err
}

// move puts a channel into the first category of the row that has room. One that is in the row already stays: an attempt whose answer
// was lost has moved it.
func (c *Connector) move(ctx context.Context, ch api.Channel, to category, change func(*server, []api.Overwrite) []api.Overwrite) error {
	s, err := c.guild(ctx)
	if err != nil {
		return err
	}
	if there, err := c.holds(ctx, to, ch.ParentID); there || err != nil {
		return err
	}
	for range maxTries {
		id, overwrites, err := c.home(ctx, to)
		if err != nil {
			return err
		}
		overwrites = change(s, overwrites)
		_, err = c.api.ModifyChannel(ctx, ch.ID, api.ChannelEdit{ParentID: &id, Overwrites: &overwrites})
		switch {
		case categoryFull(err):
			c.markFull(ctx, to, id)
		case categoryWrong(err):
			c.lose(ctx, to, id)
		default:
			return err
		}
	}
	return errNoRoom
}

// locked takes writing away from everybody but the bot.
func locked(s *server, list []api.Overwrite) []api.Overwrite {
	out := slices.Clone(list)
	everyone := false
	for i := range out {
		if out[i].ID == s.botID {
			continue
		}
		out[i].Allow &^= writing
		everyone = everyone || out[i].ID == s.guild.ID
	}
	if !everyone {
		out = append(out, api.Overwrite{ID: s.guild.ID, Type: api.OverwriteRole})
	}
	for i := range out {
		if out[i].ID == s.guild.ID {
			out[i].Deny |= writing & s.permissions()
		}
	}
	return out
}
