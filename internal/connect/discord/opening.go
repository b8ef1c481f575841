package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	openingKey = "opening:" // + conversation: the channel that an Open made and has not finished
	// maxTries bounds the making of one channel: full categories, refused names and categories that vanished.
	maxTries = maxCategories + 4
	// maxForumLook bounds the forum posts that are looked into for a marker.
	maxForumLook = 50
)

// Open makes the conversation's channel, or finds the one that an earlier call made. It blocks until the channel is there and, with
// Again, filled. Idempotent under Unsure.
func (c *Connector) Open(ctx context.Context, o connector.Opening) (connector.Thread, error) {
	if o.Role == kefu.RoleBoard {
		return c.openBoard(ctx, o)
	}
	ch, found, err := c.earlier(ctx, o)
	if err != nil {
		return connector.Thread{}, c.openFailure(ctx, err)
	}
	if !found {
		if ch, err = c.makeChannel(ctx, o); err != nil {
			return connector.Thread{}, c.openFailure(ctx, err)
		}
	}
	if o.Again {
		err = c.refill(ctx, o, ch.ID, found)
	}
	thread := connector.Thread{
		LinkID: o.LinkID, ConversationID: o.ConversationID, TicketNumber: o.Ticket.Number, Role: kefu.RoleDesk,
		ExternalID: ch.ID, Name: o.Name, Meta: o.Meta, Found: found,
	}
	return thread, c.opened(ctx, o, ch.ID, err)
}

// opened remembers a channel that could not be filled yet, so that the next attempt goes on with it.
func (c *Connector) opened(ctx context.Context, o connector.Opening, channel string, err error) error {
	key := openingKey + string(o.ConversationID)
	if err == nil || channelGone(err) {
		if o.Again {
			c.remember(ctx, key, "")
		}
		return c.failure(ctx, channel, err)
	}
	// The caller's context may be what ended the work; what was done must be known all the same.
	saved := c.deps.State.Save(context.WithoutCancel(ctx), key, channel)
	se := connector.Failure(c.patientFailure(ctx, channel, err)) // the history is what customers wrote, too
	if saved != nil && se.Class == connector.Retryable {
		se.Class = connector.Uncertain
	}
	return se
}

func (c *Connector) remember(ctx context.Context, key, value string) {
	if err := c.deps.State.Save(ctx, key, value); err != nil {
		c.log.WarnContext(ctx, "discord: not remembered", "key", key, "err", err)
	}
}

// earlier finds the channel that an interrupted call made.
func (c *Connector) earlier(ctx context.Context, o connector.Opening) (api.Channel, bool, error) {
	id, err := c.deps.State.Load(ctx, openingKey+string(o.ConversationID))
	if err != nil {
		return api.Channel{}, false, errors.Join(errState, err)
	}
	if id != "" {
		ch, err := c.api.Channel(ctx, id)
		if err == nil || !channelGone(err) {
			return ch, err == nil, err
		}
	}
	if !o.Unsure {
		return api.Channel{}, false, nil
	}
	return c.marked(ctx, o.ConversationID)
}

// marked searches the guild for the conversation's marker.
func (c *Connector) marked(ctx context.Context, id kefu.ConversationID) (api.Channel, bool, error) {
	channels, err := c.api.GuildChannels(ctx, c.set.guildID)
	if err != nil {
		return api.Channel{}, false, err
	}
	for _, ch := range channels {
		if hasMarker(ch.Topic, id) && !c.archived(ch, channels) {
			return ch, true, nil
		}
	}
	if !slices.ContainsFunc(channels, func(ch api.Channel) bool { return ch.Type == api.ChannelForum }) {
		return api.Channel{}, false, nil
	}
	return c.markedPost(ctx, id)
}

// archived tells whether a channel is one that was put away: the conversation's new channel is not it.
func (c *Connector) archived(ch api.Channel, all []api.Channel) bool {
	i := slices.IndexFunc(all, func(p api.Channel) bool { return p.ID == ch.ParentID })
	return i >= 0 && numbered(all[i].Name, archiveCategory)
}

// markedPost searches the bot's forum posts: they have no topic, the marker is in their first message.
func (c *Connector) markedPost(ctx context.Context, id kefu.ConversationID) (api.Channel, bool, error) {
	bot, err := c.self(ctx)
	if err != nil {
		return api.Channel{}, false, err
	}
	threads, err := c.api.ActiveThreads(ctx, c.set.guildID)
	if err != nil {
		return api.Channel{}, false, err
	}
	slices.SortFunc(threads, func(a, b api.Channel) int { return api.Compare(b.ID, a.ID) })
	looked := 0
	for _, t := range threads {
		if t.OwnerID != bot.ID || looked == maxForumLook {
			continue
		}
		looked++
		first, err := c.api.Message(ctx, t.ID, t.ID)
		switch {
		case api.Code(err) == api.CodeUnknownMessage:
		case err != nil:
			return api.Channel{}, false, err
		case first.Author.ID == bot.ID && tagged(first, marker(id)):
			return t, true, nil
		}
	}
	return api.Channel{}, false, nil
}

// makeChannel makes the channel wherever there is room.
func (c *Connector) makeChannel(ctx context.Context, o connector.Opening) (api.Channel, error) {
	l := c.language(ctx)
	names := channelNames(o)
	create := api.ChannelCreate{Name: names[0], Type: api.ChannelText, Topic: c.topic(l, o)}
	where := c.ticketCategories()
	for range maxTries {
		var err error
		if create.ParentID, create.Overwrites, err = c.home(ctx, where); err != nil {
			return c.overflow(ctx, l, o, create.Name, err)
		}
		ch, err := c.create(ctx, create)
		switch {
		case err == nil:
			return ch, nil
		case categoryFull(err):
			c.markFull(ctx, where, create.ParentID)
		case nameRefused(err) && len(names) > 1:
			c.log.InfoContext(ctx, "discord: channel name refused", "ticket", o.Ticket.Number)
			names = names[1:]
			create.Name = names[0]
		case categoryWrong(err) || channelGone(err):
			c.lose(ctx, where, create.ParentID)
		default:
			return c.overflow(ctx, l, o, create.Name, err)
		}
	}
	return api.Channel{}, errNoRoom
}

func (c *Connector) create(ctx context.Context, ch api.ChannelCreate) (made api.Channel, err error) {
	err = patiently(ctx, func() (err error) {
		made, err = c.api.CreateGuildChannel(ctx, c.set.guildID, ch)
		return err
	})
	return made, err
}

// channelNames are the names to try, best first. Discord's word filter is not public, and refuses numbers as well: of ticket 1488 the
// neutral name is no better than the first, so that the last one has no word or number in it that anybody chose.
func channelNames(o connector.Opening) []string {
	neutral := []string{fmt.Sprintf("ticket-%d", o.Ticket.Number), "ticket-" + digest(8, "name", string(o.ConversationID))}
	if name := api.NormalizeChannelName(o.Name); name != "" && name != neutral[0] {
		return slices.Concat([]string{name}, neutral)
	}
	return neutral
}

// topic says what the channel is, for people and for finding it again.
func (c *Connector) topic(l lang, o connector.Opening) string {
	link := c.deps.PublicURL + "/console/conversations/" + string(o.ConversationID)
	return cut(l.say("topic", o.Ticket.Number, link, marker(o.ConversationID)), api.MaxTopic)
}

// overflow opens a forum post if the trouble is that the guild is full; any other error is the caller's again.
func (c *Connector) overflow(ctx context.Context, l lang, o connector.Opening, name string, err error) (api.Channel, error) {
	if api.Code(err) != api.CodeGuildFull {
		return api.Channel{}, err
	}
	forum, ok, look := c.forum(ctx)
	if look != nil {
		return api.Channel{}, look
	}
	if !ok {
		c.alert(ctx, "guild_full", l.say("guild_full"))
		return api.Channel{}, fail(connector.Retryable, connector.ScopeThread, pause, l.say("why_full"), err)
	}
	c.alert(ctx, "guild_full", l.say("guild_full_forum", forum.ID))
	first := api.Embed{Description: c.topic(l, o), Color: colourSystem, Footer: &api.EmbedFooter{Text: marker(o.ConversationID)}}
	return c.api.CreateForumPost(ctx, forum.ID, api.ForumPost{Name: name, Message: api.MessageSend{Embeds: []api.Embed{first}}})
}

// forum finds the forum that takes what the guild has no channels for: one that only staff see, if there is one. Never one of the
// community's own, which everybody reads.
func (c *Connector) forum(ctx context.Context) (api.Channel, bool, error) {
	s, err := c.guild(ctx)
	if err != nil {
		return api.Channel{}, false, err
	}
	channels, err := c.api.GuildChannels(ctx, c.set.guildID)
	if err != nil {
		return api.Channel{}, false, err
	}
	var best api.Channel
	for _, ch := range channels {
		if ch.Type == api.ChannelForum && !c.set.community.board(ch.ID) && (best.ID == "" || s.everyoneMaySee(best) && !s.everyoneMaySee(ch)) {
			best = ch
		}
	}
	return best, best.ID != "", nil
}

// openFailure classes what kept a channel from being made. A missing permission is told to staff, and tried again: the customer waits.
func (c *Connector) openFailure(ctx context.Context, err error) error {
	if !mayNot(err) {
		return c.failure(ctx, "", err)
	}
	c.forgetGuild()
	l := c.language(ctx)
	c.alert(ctx, "no_manage", l.say("no_manage"))
	words := strings.TrimPrefix(l.say("no_manage"), "⚠️ ")
	return fail(connector.Retryable, connector.ScopeThread, pause, words, err)
}
