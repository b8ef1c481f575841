package discord

import (
	"slices"
	"strings"
	"time"
)

// world is the whole state behind the server. Its methods never lock: they run
// under Server.mu.
type world struct {
	opt    Options
	faults *faults
	base   func() string // the server's root address
	ids    snowflakes

	guildID, appID, botID, botRoleID, ownerID string

	roles    []*Role
	members  map[string]*member // by user id, those who left too
	channels map[string]*channel
	living   []string // ids of living guild channels and threads, oldest first
	inGuild  int      // living channels that count towards the guild's limit

	messages map[string]*Message
	ledger   []*Message
	kept     int // messages and channels ever made

	files        cdn
	commands     []Command
	interactions map[string]*interaction // by id
	acted        []*Interaction
	sessions     map[string]*session
	conns        map[*conn]struct{}
	connections  []*Connection
	starts       sessionStarts
	violations   []Violation
	changed      chan struct{} // closed on the next change; nil when nobody waits
}

// member is a person or the bot.
type member struct {
	Member
	left     bool
	dmClosed bool
	dm       string // channel id, "" until opened
	locale   string // of the person's client
}

// channel is a Channel with what only the server knows.
type channel struct {
	Channel
	messages []*Message // in order of ids, deleted ones too
	living   int        // messages that are not deleted
	nonces   map[string]nonce
	nonceAge []string    // keys of nonces, oldest first
	renames  []time.Time // within the rename window
	children int         // living channels in this category
	joined   map[string]bool
}

type nonce struct {
	message *Message
	at      time.Time
}

func newWorld(o Options, f *faults, base func() string) *world {
	w := &world{
		opt: o, faults: f, base: base,
		members:      map[string]*member{},
		channels:     map[string]*channel{},
		messages:     map[string]*Message{},
		files:        newCDN(),
		interactions: map[string]*interaction{},
		sessions:     map[string]*session{},
		conns:        map[*conn]struct{}{},
		starts:       sessionStarts{remaining: 1000},
	}
	w.guildID, w.appID = w.id(), w.id()
	w.botID = w.appID
	w.roles = []*Role{{ID: w.guildID, Name: "@everyone", Permissions: EveryonePermissions}}
	bot := w.addRole(o.BotName, o.BotPermissions)
	bot.Managed = true
	w.botRoleID = bot.ID
	w.ownerID = w.join(w.id(), "owner", false).ID
	w.join(w.botID, o.BotName, true, bot.ID)
	w.openGeneral()
	return w
}

// openGeneral makes the channel that every new guild has.
func (w *world) openGeneral() {
	w.addChannel(Channel{Type: TypeText, Name: "general"})
}

func (w *world) now() time.Time { return w.opt.Now().UTC() }

func (w *world) id() string { return w.ids.next(w.now()) }

// announce wakes those who wait for a change.
func (w *world) announce() {
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// stop cancels what would run later.
func (w *world) stop() {
	for _, i := range w.interactions {
		i.deadline.Stop()
	}
}

func (w *world) violate(rule, text string) {
	if len(w.violations) < 1000 {
		w.violations = append(w.violations, Violation{At: w.now(), Rule: rule, Text: text})
	}
	w.announce()
}

func (s *Server) violate(rule, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.violate(rule, text)
}

func (w *world) addRole(name string, p Permissions) *Role {
	r := &Role{ID: w.id(), Name: name, Permissions: p, Position: len(w.roles)}
	w.roles = append(w.roles, r)
	return r
}

func (w *world) role(id string) *Role {
	i := slices.IndexFunc(w.roles, func(r *Role) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return w.roles[i]
}

func (w *world) join(id, name string, bot bool, roleIDs ...string) *member {
	shown := name
	m := &member{Member: Member{
		ID:       id,
		User:     &User{ID: id, Username: strings.ToLower(strings.ReplaceAll(name, " ", "_")), Discriminator: "0", GlobalName: &shown, Bot: bot},
		Roles:    append([]string{}, roleIDs...),
		JoinedAt: w.now(),
	}}
	w.members[id] = m
	return m
}

// user is the account behind an id, the bot's for an unknown one.
func (w *world) user(id string) User {
	if m := w.members[id]; m != nil {
		return *m.User
	}
	return *w.members[w.botID].User
}

// present is a member who has not left.
func (w *world) present(id string) (*member, error) {
	m := w.members[id]
	if m == nil || m.left {
		return nil, errUnknownMember
	}
	return m, nil
}

// find is a living channel.
func (w *world) find(id string) (*channel, error) {
	c := w.channels[id]
	if c == nil || c.Deleted {
		return nil, errUnknownChannel
	}
	return c, nil
}

// findMessage is a living message of a living channel, with its channel.
func (w *world) findMessage(channelID, messageID string) (*channel, *Message, error) {
	c, err := w.find(channelID)
	if err != nil {
		return nil, nil, err
	}
	m := w.messages[messageID]
	if m == nil || m.Deleted || m.Ephemeral || m.ChannelID != channelID {
		return c, nil, errUnknownMessage
	}
	return c, m, nil
}
