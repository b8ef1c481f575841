package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// Limits of Discord, and from where on doctor speaks of them.
const (
	guildChannels    = 500
	categoryChannels = 50
	nearlyFull       = 90 // percent
)

// atLarge is what the bot needs in the whole guild: it can give staff in its channels only what it has itself.
const atLarge = inTickets | api.PermissionUseCommands

// archiving is needed as well to lock a channel: changing who may write there counts as managing roles.
const archiving = api.PermissionManageRoles

// inTickets is what the bot needs where tickets are.
const inTickets = sending | api.PermissionAddReactions | api.PermissionManageChannels

// Probe asks Discord what is wrong and how to mend it. It changes nothing there. The error is ctx's only: what Discord refuses is a
// finding.
func (c *Connector) Probe(ctx context.Context) ([]connector.Finding, error) {
	c.api.Reset()
	c.forgetGuild()
	p := probe{c: c}
	if p.token(ctx) && p.membership(ctx) {
		p.intents(ctx)
		p.atLarge()
		p.categories()
		p.roles()
		p.transcripts()
		p.room()
		p.forum()
		p.community(ctx)
	}
	return p.found, ctx.Err()
}

// probe collects findings.
type probe struct {
	c        *Connector
	s        *server
	channels []api.Channel
	found    []connector.Finding
}

func (p *probe) ok(check, words string, args ...any) {
	p.found = append(p.found, connector.Finding{Level: connector.LevelOK, Check: check, Words: fmt.Sprintf(words, args...)})
}

func (p *probe) fail(check, mend, words string, args ...any) {
	p.found = append(p.found, connector.Finding{Level: connector.LevelFail, Check: check, Words: fmt.Sprintf(words, args...), Mend: mend})
}

func (p *probe) warn(check, mend, words string, args ...any) {
	p.found = append(p.found, connector.Finding{Level: connector.LevelWarn, Check: check, Words: fmt.Sprintf(words, args...), Mend: mend})
}

func (p *probe) token(ctx context.Context) bool {
	u, err := p.c.api.CurrentUser(ctx)
	switch {
	case statusOf(err) == http.StatusUnauthorized:
		p.fail("token", "make a new token in the developer portal, under Bot, and put it into the setting token", "Discord does not accept the bot token")
	case err != nil:
		p.fail("api", "check api_url and the network between Kefu and Discord", "Discord cannot be reached: %v", err)
	default:
		p.c.setSelf(u)
		p.ok("token", "logged in as %s", u.DisplayName())
	}
	return err == nil
}

func (p *probe) membership(ctx context.Context) bool {
	const invite = "invite the bot into the server with the scopes bot and applications.commands, and check guild_id"
	var err error
	if p.s, err = p.c.guild(ctx); err == nil {
		p.channels, err = p.c.api.GuildChannels(ctx, p.c.set.guildID)
	}
	if err != nil {
		p.fail("guild", invite, "the bot is not in the server %s, or cannot see it: %v", p.c.set.guildID, err)
		return false
	}
	p.ok("guild", "member of %s", p.s.guild.Name)
	return true
}

func (p *probe) intents(ctx context.Context) {
	app, err := p.c.api.CurrentApplication(ctx)
	switch {
	case err != nil:
		p.warn("intents", "run doctor again later", "the application's intents cannot be read: %v", err)
	case !app.Flags.MessageContent():
		p.warn("intents", "switch on Message Content Intent in the developer portal, under Bot",
			"commands only mode: without the message content intent, what staff write in ticket channels cannot be read; /reply and buttons work")
	default:
		p.ok("intents", "message content can be read")
	}
}

func (p *probe) atLarge() {
	want := atLarge
	if p.c.set.onClose == onCloseArchive {
		want |= archiving
	}
	if missing := lackingOf(p.s.permissions(), want); len(missing) > 0 {
		p.fail("permissions", "give them to the bot's role in Server Settings → Roles", "the bot's role lacks: %s", strings.Join(missing, ", "))
		return
	}
	p.ok("permissions", "the bot's role has what it needs")
}

func lackingOf(have, want api.Permissions) []string {
	if have.Has(want) {
		return nil
	}
	return (want &^ have).Names()
}

// categories checks the categories that tickets are opened in, and every channel in them.
func (p *probe) categories() {
	own := p.ticketCategories()
	for _, id := range own {
		ch, ok := p.channel(id)
		if !ok || ch.Type != api.ChannelCategory {
			p.fail("category "+id, "put the id of a category into ticket_categories, or leave it empty", "it is not a category of the server")
			continue
		}
		p.channelPermissions("category "+ch.Name, ch, inTickets)
		if p.s.everyoneMaySee(ch) {
			p.warn("category "+ch.Name, "deny View Channel to @everyone on the category", "every member of the server can read customers' tickets there")
		}
		p.filling(ch)
	}
	for _, ch := range p.channels {
		if ch.Type != api.ChannelCategory && slices.Contains(own, ch.ParentID) {
			p.channelPermissions("channel #"+ch.Name, ch, inTickets)
		}
	}
}

func (p *probe) ticketCategories() []string {
	if len(p.c.set.ticketCategories) > 0 {
		return p.c.set.ticketCategories
	}
	var own []string
	for _, ch := range p.channels {
		if ch.Type == api.ChannelCategory && numbered(ch.Name, ownCategory) && !p.s.everyoneMaySee(ch) {
			own = append(own, ch.ID)
		}
	}
	return own
}

func (p *probe) channel(id string) (api.Channel, bool) {
	i := slices.IndexFunc(p.channels, func(ch api.Channel) bool { return ch.ID == id })
	if i < 0 {
		return api.Channel{}, false
	}
	return p.channels[i], true
}

func (p *probe) channelPermissions(check string, ch api.Channel, want api.Permissions) {
	if missing := lackingOf(p.s.permissionsIn(ch), want); len(missing) > 0 {
		p.fail(check, "allow them to the bot's role in the channel's permissions", "the bot lacks: %s", strings.Join(missing, ", "))
	}
}

func (p *probe) filling(category api.Channel) {
	n := 0
	for _, ch := range p.channels {
		if ch.ParentID == category.ID {
			n++
		}
	}
	if n*100 >= categoryChannels*nearlyFull {
		p.warn("category "+category.Name, "nothing to do: the next category is made by itself; close what is done", "%d of %d channels", n, categoryChannels)
	}
}

func (p *probe) roles() {
	if len(p.c.set.agentRoles) == 0 {
		p.warn("agent_roles", "put the ids of your staff's roles into agent_roles",
			"no role is set: only administrators see the ticket channels that Kefu makes, and whoever sees one may answer")
		return
	}
	for _, id := range p.c.set.agentRoles {
		if !slices.ContainsFunc(p.s.guild.Roles, func(r api.Role) bool { return r.ID == id }) {
			p.fail("agent_roles", "put the id of a role of this server there", "the role %s does not exist", id)
		}
	}
	p.calls()
}

// calls tells whether the roles of staff are pinged when somebody waits for a person: Discord ignores it silently.
func (p *probe) calls() {
	if !p.c.set.community.on || p.s.permissions()&api.PermissionMentionEveryone != 0 {
		return
	}
	for _, r := range p.s.guild.Roles {
		if slices.Contains(p.c.set.agentRoles, r.ID) && !r.Mentionable {
			p.warn("agent_roles", "allow anyone to @mention the role, or give Kefu's role the permission Mention Everyone",
				"the role %s is not pinged when a customer waits for a person: nobody may mention it", r.Name)
		}
	}
}

func (p *probe) transcripts() {
	id := p.c.set.transcriptChannel
	if id == "" {
		return
	}
	ch, ok := p.channel(id)
	if !ok {
		p.fail("transcript_channel", "put the id of a text channel there", "the channel %s does not exist, or the bot cannot see it", id)
		return
	}
	p.channelPermissions("transcript_channel", ch, sending)
	if p.s.everyoneMaySee(ch) {
		p.warn("transcript_channel", "deny View Channel to @everyone there", "every member of the server can read the transcripts")
	}
}

func (p *probe) room() {
	n := len(p.channels)
	if n*100 >= guildChannels*nearlyFull {
		p.warn("channels", "delete channels that are not needed, or set on_close to delete", "%d of %d channels of the server are used", n, guildChannels)
	}
}

// forum speaks of where tickets go when the server is full.
func (p *probe) forum() {
	for _, ch := range p.channels {
		if ch.Type == api.ChannelForum && !p.s.everyoneMaySee(ch) {
			return
		}
	}
	for _, ch := range p.channels {
		if ch.Type == api.ChannelForum && !p.c.set.community.board(ch.ID) {
			p.warn("forum", "make a forum that @everyone cannot see, for when the server is full",
				"when the server has no room for channels, tickets would go to #%s, which every member can read", ch.Name)
			return
		}
	}
}
