package discord

import (
	"context"
	"net/http"
	"net/url"
)

// GatewayBot asks where the gateway is and how many sessions may still be started.
func (c *Client) GatewayBot(ctx context.Context) (GatewayBot, error) {
	return fetch[GatewayBot](ctx, c, request(http.MethodGet, "/gateway/bot"))
}

// CurrentUser gives the bot's own user.
func (c *Client) CurrentUser(ctx context.Context) (User, error) {
	return fetch[User](ctx, c, request(http.MethodGet, "/users/@me"))
}

// CurrentApplication gives the bot's application, whose flags tell the privileged intents.
func (c *Client) CurrentApplication(ctx context.Context) (Application, error) {
	return fetch[Application](ctx, c, request(http.MethodGet, "/applications/@me"))
}

// Guild gives a guild with its roles and approximate counts.
func (c *Client) Guild(ctx context.Context, guildID string) (Guild, error) {
	k := request(http.MethodGet, "/guilds/{}", guildID).query(url.Values{"with_counts": {"true"}})
	return fetch[Guild](ctx, c, k)
}

// GuildChannels gives the channels and categories of a guild, without threads, in no order.
func (c *Client) GuildChannels(ctx context.Context, guildID string) ([]Channel, error) {
	return fetch[[]Channel](ctx, c, request(http.MethodGet, "/guilds/{}/channels", guildID))
}

// ActiveThreads gives the threads and forum posts of a guild that are not archived.
func (c *Client) ActiveThreads(ctx context.Context, guildID string) ([]Channel, error) {
	out, err := fetch[struct {
		Threads []Channel `json:"threads"`
	}](ctx, c, request(http.MethodGet, "/guilds/{}/threads/active", guildID))
	return out.Threads, err
}

// CreateGuildChannel makes a channel or category. It fails with FormCategoryFull, FormNameRefused or CodeGuildFull where there is no
// room or the name is refused.
func (c *Client) CreateGuildChannel(ctx context.Context, guildID string, ch ChannelCreate) (Channel, error) {
	return fetch[Channel](ctx, c, request(http.MethodPost, "/guilds/{}/channels", guildID).with(ch))
}

// GuildRoles gives the roles of a guild.
func (c *Client) GuildRoles(ctx context.Context, guildID string) ([]Role, error) {
	return fetch[[]Role](ctx, c, request(http.MethodGet, "/guilds/{}/roles", guildID))
}

// GuildMember gives one member.
func (c *Client) GuildMember(ctx context.Context, guildID, userID string) (Member, error) {
	return fetch[Member](ctx, c, request(http.MethodGet, "/guilds/{}/members/{}", guildID, userID))
}

// CurrentMember gives the bot as a member of a guild. The first call asks who the bot is as well: a bot has no @me here.
func (c *Client) CurrentMember(ctx context.Context, guildID string) (Member, error) {
	id, err := c.selfID(ctx)
	if err != nil {
		return Member{}, err
	}
	return c.GuildMember(ctx, guildID, id)
}

func (c *Client) selfID(ctx context.Context) (string, error) {
	c.mu.Lock()
	id := c.self
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	u, err := c.CurrentUser(ctx)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = u.ID
	return u.ID, nil
}

// OverwriteGuildCommands makes cmds the bot's commands in a guild, all others being removed, and gives them with their ids.
func (c *Client) OverwriteGuildCommands(ctx context.Context, appID, guildID string, cmds []ApplicationCommand) ([]ApplicationCommand, error) {
	if cmds == nil {
		cmds = []ApplicationCommand{}
	}
	return fetch[[]ApplicationCommand](ctx, c, request(http.MethodPut, "/applications/{}/guilds/{}/commands", appID, guildID).with(cmds))
}

// GuildCommands gives the bot's commands in a guild.
func (c *Client) GuildCommands(ctx context.Context, appID, guildID string) ([]ApplicationCommand, error) {
	return fetch[[]ApplicationCommand](ctx, c, request(http.MethodGet, "/applications/{}/guilds/{}/commands", appID, guildID))
}

// CreateCommand makes a command that belongs to no guild, or changes the one of that name.
func (c *Client) CreateCommand(ctx context.Context, appID string, cmd ApplicationCommand) (ApplicationCommand, error) {
	return fetch[ApplicationCommand](ctx, c, request(http.MethodPost, "/applications/{}/commands", appID).with(cmd))
}

// DeleteCommand takes a command away that belongs to no guild. One that is gone fails with CodeUnknownCommand.
func (c *Client) DeleteCommand(ctx context.Context, appID, commandID string) error {
	return c.do(ctx, request(http.MethodDelete, "/applications/{}/commands/{}", appID, commandID), nil)
}

// fetch makes the call and gives what it answers.
func fetch[T any](ctx context.Context, c *Client, k call) (T, error) {
	var out T
	err := c.do(ctx, k, &out)
	return out, err
}
