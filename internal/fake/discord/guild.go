package discord

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Application flags that tell a bot which privileged intents it has.
const (
	appMembersLimited = 1 << 15
	appContentLimited = 1 << 19
)

func (s *Server) currentUser(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(s.w.user(s.w.botID))
}

func (s *Server) user(c *call) (reply, error) {
	id, err := c.id("user")
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w.members[id] == nil {
		return reply{}, errUnknownUser
	}
	return ok(s.w.user(id))
}

func (s *Server) currentGuilds(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok([]any{map[string]any{
		"id": s.w.guildID, "name": s.opt.GuildName, "icon": nil, "owner": false,
		"permissions": s.w.basePermissions(s.w.botID), "features": s.w.features(),
	}})
}

func (s *Server) currentApplication(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(map[string]any{
		"id": s.w.appID, "name": s.opt.BotName, "icon": nil, "description": "", "bot_public": false,
		"bot_require_code_grant": false, "verify_key": "", "flags": s.w.appFlags(), "bot": s.w.user(s.w.botID),
		"owner": s.w.user(s.w.ownerID), "summary": "", "team": nil, "rpc_origins": []string{},
	})
}

func (w *world) appFlags() int {
	flags := 0
	if !w.opt.MembersIntentOff {
		flags |= appMembersLimited
	}
	if !w.opt.ContentIntentOff {
		flags |= appContentLimited
	}
	return flags
}

func (w *world) features() []string {
	if w.opt.Community {
		return []string{"COMMUNITY", "NEWS"}
	}
	return []string{}
}

// inGuild refuses every guild but the one there is.
func (s *Server) inGuild(next handler) handler {
	return func(c *call) (reply, error) {
		id, err := c.id("guild")
		if err != nil {
			return reply{}, err
		}
		if id != s.w.guildID {
			return reply{}, errUnknownGuild
		}
		return next(c)
	}
}

func (s *Server) guildObject(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.w.guild()
	if c.r.URL.Query().Get("with_counts") == "true" {
		g["approximate_member_count"] = len(s.w.memberList())
		g["approximate_presence_count"] = len(s.w.memberList())
	}
	return ok(g)
}

// guild is the guild object without what only GUILD_CREATE carries.
func (w *world) guild() map[string]any {
	return map[string]any{
		"id": w.guildID, "name": w.opt.GuildName, "icon": nil, "splash": nil, "discovery_splash": nil,
		"description": nil, "banner": nil, "owner_id": w.ownerID, "afk_channel_id": nil, "afk_timeout": 300,
		"verification_level": 1, "default_message_notifications": 0, "explicit_content_filter": 0,
		"roles": w.roleList(), "emojis": []any{}, "stickers": []any{}, "features": w.features(),
		"mfa_level": 0, "nsfw_level": 0, "application_id": nil, "system_channel_id": nil,
		"system_channel_flags": 0, "rules_channel_id": nil, "public_updates_channel_id": nil,
		"vanity_url_code": nil, "premium_tier": 0, "premium_subscription_count": 0,
		"premium_progress_bar_enabled": false, "preferred_locale": "zh-TW", "max_members": 500000,
	}
}

// guildCreate is the object that the gateway sends after READY.
func (w *world) guildCreate() map[string]any {
	g := w.guild()
	channels, threads := []Channel{}, []Channel{}
	for _, id := range w.living {
		if c := w.channels[id]; c.isThread() {
			threads = append(threads, c.Channel)
		} else {
			channels = append(channels, c.Channel)
		}
	}
	g["channels"], g["threads"] = channels, threads
	g["members"], g["member_count"] = w.memberList(), len(w.memberList())
	g["joined_at"], g["large"], g["unavailable"] = w.members[w.botID].JoinedAt, false, false
	for _, empty := range []string{"voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"} {
		g[empty] = []any{}
	}
	return g
}

func (w *world) roleList() []Role {
	out := make([]Role, len(w.roles))
	for i, r := range w.roles {
		out[i] = *r
	}
	return out
}

// memberList are the members present, by id.
func (w *world) memberList() []Member {
	out := []Member{}
	for _, m := range w.members {
		if !m.left {
			out = append(out, m.Member)
		}
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (s *Server) guildRoles(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(s.w.roleList())
}

func (s *Server) guildMembers(c *call) (reply, error) {
	limit, err := strconv.Atoi(cmp.Or(c.r.URL.Query().Get("limit"), "1"))
	if err != nil || limit < 1 || limit > 1000 {
		f := newForm()
		f.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
		return reply{}, f.err()
	}
	if s.opt.MembersIntentOff {
		return reply{}, errMissingAccess
	}
	after := c.r.URL.Query().Get("after")
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.DeleteFunc(s.w.memberList(), func(m Member) bool { return after != "" && !older(after, m.ID) })
	return ok(list[:min(limit, len(list))])
}

func (s *Server) guildMember(c *call) (reply, error) {
	id, err := c.id("user")
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w.members[id] == nil {
		return reply{}, errUnknownUser
	}
	m, err := s.w.present(id)
	if err != nil {
		return reply{}, err
	}
	return ok(m.Member)
}

func (s *Server) createDM(c *call) (reply, error) {
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
	f := newForm()
	to := take[looseID](o, "recipient_id", f)
	if !to.set {
		f.required("recipient_id")
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.w.members[string(to.value)]; m == nil || m.User.Bot {
		return reply{}, &apiError{status: http.StatusBadRequest, code: 50033, message: "Invalid Recipient(s)"}
	}
	return ok(s.w.openDM(string(to.value)).Channel)
}

// openDM is the one direct channel between the bot and a person.
func (w *world) openDM(userID string) *channel {
	m := w.members[userID]
	if m.dm != "" {
		return w.channels[m.dm]
	}
	d := &channel{Channel: Channel{ID: w.id(), Type: TypeDM, Recipients: []User{*m.User}}}
	w.channels[d.ID], m.dm = d, d.ID
	w.kept++
	w.emit("CHANNEL_CREATE", intentDirectMessages, nil, d.Channel, nil)
	w.announce()
	return d
}

// timeField writes a time as Discord does: microseconds and +00:00.
func timeField(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
