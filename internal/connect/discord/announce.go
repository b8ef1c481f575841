package discord

import (
	"context"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// announceLook is how many messages of the channel are read for an announcement that may be there.
	announceLook = 100
	announceBlue = 0x5865f2
)

// Announces tells whether a channel for announcements is named.
func (c *Connector) Announces() bool { return c.set.community.announcementChannel != "" }

// Announce posts an embed in the channel for announcements, and publishes it to those who follow the channel when Discord lets it be
// followed. Unsure, it looks among the newest messages for its own first; within minutes Discord itself answers a repeated nonce with the
// first post.
func (c *Connector) Announce(ctx context.Context, a connector.Announcement) (connector.Receipt, error) {
	channel := c.set.community.announcementChannel
	if channel == "" {
		return connector.Receipt{}, fail(connector.Permanent, connector.ScopeRoute, 0, "no channel for announcements is set: community.announcement_channel", nil)
	}
	receipt, err := c.announce(ctx, channel, a)
	return receipt, c.failure(ctx, channel, err)
}

func (c *Connector) announce(ctx context.Context, channel string, a connector.Announcement) (connector.Receipt, error) {
	room, err := c.api.Channel(ctx, channel)
	if err != nil {
		return connector.Receipt{}, err
	}
	id, err := c.announced(ctx, channel, a)
	if err != nil {
		return connector.Receipt{}, err
	}
	found := id != ""
	if !found {
		m, err := c.api.CreateMessage(ctx, channel, api.MessageSend{Embeds: []api.Embed{embedOf(a)}, Nonce: nonce(a.ID, "announcement"), EnforceNonce: true})
		if err != nil {
			return connector.Receipt{}, err
		}
		id = m.ID
	}
	if room.Type == api.ChannelAnnouncement {
		if _, err := c.api.Crosspost(ctx, channel, id); err != nil && api.Code(err) != codeCrossposted {
			// It is there to be read; that followers get it too is worth a line, not a second post.
			c.log.WarnContext(ctx, "discord: an announcement could not be published to followers", "channel", channel, "message", id, "err", err)
		}
	}
	return connector.Receipt{Parts: []connector.Part{{ExternalID: id}}, Found: found}, nil
}

// codeCrossposted: this message was published before.
const codeCrossposted = 40033

// announced finds the message that an earlier attempt may have posted; "" when there is none.
func (c *Connector) announced(ctx context.Context, channel string, a connector.Announcement) (string, error) {
	if !a.Unsure {
		return "", nil
	}
	bot, err := c.self(ctx)
	if err != nil {
		return "", err
	}
	newest, err := c.api.Messages(ctx, channel, api.Page{Limit: announceLook})
	if err != nil {
		return "", err
	}
	for _, m := range newest {
		if m.Author.ID == bot.ID && len(m.Embeds) == 1 && m.Embeds[0].Footer != nil && m.Embeds[0].Footer.Text == tag(a.ID) {
			return m.ID, nil
		}
	}
	return "", nil
}

func embedOf(a connector.Announcement) api.Embed {
	return api.Embed{Title: a.Title, Description: a.Content, URL: a.URL, Color: announceBlue, Footer: &api.EmbedFooter{Text: tag(a.ID)}}
}
