package discord

import (
	"context"
	"slices"
	"time"

	api "kefu/internal/discord"
)

const (
	guildFresh   = 5 * time.Minute  // how long what is known of the guild is believed
	guildRetry   = 30 * time.Second // how soon it is asked for again after it could not be had
	alertEvery   = time.Hour
	systemKey    = "system_channel"
	allOverrides = ^api.Permissions(0)
)

// server is what is known of the guild and of the bot in it.
type server struct {
	guild api.Guild
	bot   api.Member
	botID string
	asked time.Time
	err   error // why it is not known
}

// guild gives what is known of the guild, asked for at most every few minutes, by one at a time.
func (c *Connector) guild(ctx context.Context) (*server, error) {
	if s := c.knownGuild(); s != nil {
		return s, s.err
	}
	select {
	case c.asking <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-c.asking }()
	if s := c.knownGuild(); s != nil {
		return s, s.err // whoever asked before us has just learnt it
	}
	s := c.askGuild(ctx)
	s.asked = c.deps.Now()
	if ctx.Err() == nil { // else the failure says nothing about the guild
		c.learn(s)
	}
	return s, s.err
}

func (c *Connector) learn(s *server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = s
	if s.err == nil {
		l := langOf(s.guild.PreferredLocale)
		c.speaks = &l
	}
}

// knownGuild is what is known and fresh enough, nil for nothing.
func (c *Connector) knownGuild() *server {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.server
	if s == nil {
		return nil
	}
	age := c.deps.Now().Sub(s.asked)
	if s.err == nil && age < guildFresh || s.err != nil && age < guildRetry {
		return s
	}
	return nil
}

func (c *Connector) askGuild(ctx context.Context) *server {
	var s server
	s.err = patiently(ctx, func() (err error) {
		s.guild, err = c.api.Guild(ctx, c.set.guildID)
		return err
	})
	if s.err != nil {
		return &s
	}
	self, err := c.self(ctx)
	if err != nil {
		s.err = err
		return &s
	}
	s.botID = self.ID
	s.err = patiently(ctx, func() (err error) {
		s.bot, err = c.api.GuildMember(ctx, c.set.guildID, s.botID)
		return err
	})
	return &s
}

// forgetGuild makes the next question go to Discord: roles or permissions have changed.
func (c *Connector) forgetGuild() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = nil
}

// self gives the bot's own user, asked for once.
func (c *Connector) self(ctx context.Context) (api.User, error) {
	c.mu.Lock()
	bot := c.bot
	c.mu.Unlock()
	if bot.ID != "" {
		return bot, nil
	}
	err := patiently(ctx, func() (err error) {
		bot, err = c.api.CurrentUser(ctx)
		return err
	})
	if err == nil {
		c.setSelf(bot)
	}
	return bot, err
}

func (c *Connector) setSelf(bot api.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bot = bot
}

// language is what the connector speaks in channels: the guild's, as it was last heard of, so that nothing waits for it; the default
// while the guild could not be asked yet.
func (c *Connector) language(ctx context.Context) lang {
	c.mu.Lock()
	known := c.speaks
	c.mu.Unlock()
	if known != nil {
		return *known
	}
	if s, err := c.guild(ctx); err == nil {
		return langOf(s.guild.PreferredLocale)
	}
	return zhTW
}

// permissions are what the bot may do in the guild at large.
func (s *server) permissions() api.Permissions {
	if s.guild.OwnerID == s.botID {
		return allOverrides
	}
	var sum api.Permissions
	for _, r := range s.guild.Roles {
		if r.ID == s.guild.ID || slices.Contains(s.bot.Roles, r.ID) {
			sum |= r.Permissions
		}
	}
	if sum.Has(api.PermissionAdministrator) {
		return allOverrides
	}
	return sum
}

// permissionsIn are what the bot may do in a channel: Discord's order is everyone, roles together, member.
func (s *server) permissionsIn(ch api.Channel) api.Permissions {
	sum := s.permissions()
	if sum == allOverrides {
		return sum
	}
	var allow, deny api.Permissions
	for _, o := range ch.Overwrites {
		switch {
		case o.ID == s.guild.ID:
			sum = sum&^o.Deny | o.Allow
		case o.Type == api.OverwriteRole && slices.Contains(s.bot.Roles, o.ID):
			allow |= o.Allow
			deny |= o.Deny
		}
	}
	sum = sum&^deny | allow
	for _, o := range ch.Overwrites {
		if o.Type == api.OverwriteMember && o.ID == s.botID {
			sum = sum&^o.Deny | o.Allow
		}
	}
	return sum
}

// everyoneMaySee tells whether members without any role see a channel.
func (s *server) everyoneMaySee(ch api.Channel) bool {
	var base api.Permissions
	for _, r := range s.guild.Roles {
		if r.ID == s.guild.ID {
			base = r.Permissions
		}
	}
	for _, o := range ch.Overwrites {
		if o.ID == s.guild.ID {
			base = base&^o.Deny | o.Allow
		}
	}
	return base.Has(api.PermissionViewChannel)
}

// alert tells staff something that no ticket's channel can: in the guild's system channel, else where transcripts go, and in the log.
// The same thing is told once an hour.
func (c *Connector) alert(ctx context.Context, key, text string) {
	now := c.deps.Now()
	if !c.tellNow(key, now) {
		return
	}
	c.log.WarnContext(ctx, "discord desk needs attention", "what", key)
	channel, err := c.deps.State.Load(ctx, systemKey)
	if err != nil || channel == "" {
		channel = c.set.transcriptChannel
	}
	if channel == "" {
		return
	}
	m := api.MessageSend{Content: text, Nonce: nonce(key, now.UTC().Format("2006010215")), EnforceNonce: true}
	if _, err := c.api.CreateMessage(ctx, channel, m); err != nil {
		c.log.WarnContext(ctx, "discord: staff could not be told", "what", key, "err", err)
	}
}

// tellNow notes that a thing is told now, unless it was within the hour.
func (c *Connector) tellNow(key string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, at := range c.told {
		if now.Sub(at) >= alertEvery {
			delete(c.told, k)
		}
	}
	if _, told := c.told[key]; told {
		return false
	}
	c.told[key] = now
	return true
}
