package discord

import (
	"context"
	"slices"
	"strings"

	api "kefu/internal/discord"
)

// inBoards is what the bot needs where tickets of members are shown, and where news are announced.
const inBoards = api.PermissionViewChannel | api.PermissionSendMessages | api.PermissionEmbedLinks | api.PermissionReadMessageHistory

// community speaks of what members need: commands, channels, threads, and that it is noticed who leaves.
func (p *probe) community(ctx context.Context) {
	set := p.c.set.community
	if !set.on {
		return
	}
	app, err := p.c.api.CurrentApplication(ctx)
	if err != nil {
		p.warn("community", "run doctor again later", "the application cannot be read: %v", err)
		return
	}
	p.ok("community", "members of the server are customers")
	p.commands(ctx, app.ID)
	p.leavers(app)
	for _, place := range []struct{ setting, id string }{
		{"bug_channel", set.bugChannel}, {"feature_channel", set.featureChannel}, {"announcement_channel", set.announcementChannel},
	} {
		p.board("community."+place.setting, place.id)
	}
	p.threads()
}

// commands checks that Discord lists what members may ask for; they are registered when Kefu starts.
func (p *probe) commands(ctx context.Context, app string) {
	listed, err := p.c.api.GuildCommands(ctx, app, p.c.set.guildID)
	if err != nil {
		p.fail("commands", "invite the bot again with the scopes bot and applications.commands", "the slash commands cannot be read: %v", err)
		return
	}
	var missing []string
	for _, want := range p.c.commands() {
		if !slices.ContainsFunc(listed, func(c api.ApplicationCommand) bool { return c.Name == want.Name }) {
			missing = append(missing, "/"+want.Name)
		}
	}
	if len(missing) > 0 {
		p.warn("commands", "start Kefu: it registers them; the bot needs the scope applications.commands", "not registered: %s", strings.Join(missing, ", "))
		return
	}
	p.ok("commands", "slash commands are registered")
}

func (p *probe) leavers(app api.Application) {
	if app.Flags.GuildMembers() {
		p.ok("members", "it is noticed when a customer leaves the server")
		return
	}
	p.warn("members", "switch on Server Members Intent in the developer portal, under Bot, and restart Kefu",
		"without the server members intent it is not noticed that a customer left: staff learn of it when an answer cannot be delivered")
}

// board checks a channel of the settings that Kefu posts in.
func (p *probe) board(check, id string) {
	if id == "" {
		return
	}
	ch, ok := p.channel(id)
	switch {
	case !ok:
		p.fail(check, "put the id of a channel of this server there, and let the bot see it", "the channel %s does not exist, or the bot cannot see it", id)
	case ch.Type != api.ChannelText && ch.Type != api.ChannelAnnouncement && ch.Type != api.ChannelForum:
		p.fail(check, "put the id of a text channel there", "#%s is no channel for text", ch.Name)
	case len(lackingOf(p.s.permissionsIn(ch), inBoards)) > 0:
		p.channelPermissions(check, ch, inBoards)
	default:
		p.ok(check, "#%s is there and can be written in", ch.Name)
	}
}

// threads speaks of members whose direct messages are closed.
func (p *probe) threads() {
	if missing := lackingOf(p.s.permissions(), inRooms); len(missing) > 0 {
		p.warn("private threads", "give them to the bot's role in Server Settings → Roles",
			"members whose direct messages are closed cannot be helped: the bot's role lacks: %s", strings.Join(missing, ", "))
		return
	}
	p.ok("private threads", "members whose direct messages are closed can be helped in private threads")
}
