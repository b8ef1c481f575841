package discord

import "time"

// User is an account. Bot says whether a program is behind it.
type User struct {
	ID            string `json:"id"`
	Username      string `json:"username"`
	Discriminator string `json:"discriminator,omitempty"`
	GlobalName    string `json:"global_name,omitempty"`
	Avatar        string `json:"avatar,omitempty"`
	Bot           bool   `json:"bot,omitempty"`
	System        bool   `json:"system,omitempty"`
	Locale        string `json:"locale,omitempty"`
	PublicFlags   int    `json:"public_flags"`
}

// DisplayName gives the name that people see: the global name, else the user name.
func (u User) DisplayName() string {
	if u.GlobalName != "" {
		return u.GlobalName
	}
	return u.Username
}

// Member is a user in a guild. User is nil in the member of a message, whose author says who it is. Permissions is present in
// interactions only: what the member may do in that channel, overwrites counted in. Pending: has not passed the membership screening.
type Member struct {
	User        *User       `json:"user,omitempty"`
	Nick        string      `json:"nick,omitempty"`
	Roles       []string    `json:"roles"`
	JoinedAt    time.Time   `json:"joined_at,omitzero"`
	Pending     bool        `json:"pending,omitempty"`
	Permissions Permissions `json:"permissions,omitzero"`
}

// Role is a named set of permissions. The role whose id is the guild's id is @everyone.
type Role struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Color       int         `json:"color"`
	Position    int         `json:"position"`
	Permissions Permissions `json:"permissions"`
	Managed     bool        `json:"managed"`
	Mentionable bool        `json:"mentionable"`
	Hoist       bool        `json:"hoist"`
}

// Guild is a server. The approximate counts come only if asked for; Channels, Members and Threads only in GUILD_CREATE.
type Guild struct {
	ID                       string    `json:"id"`
	Name                     string    `json:"name"`
	Icon                     string    `json:"icon,omitempty"`
	OwnerID                  string    `json:"owner_id,omitempty"`
	Features                 []string  `json:"features,omitempty"`
	PreferredLocale          string    `json:"preferred_locale,omitempty"`
	PremiumTier              int       `json:"premium_tier"`
	ApproximateMemberCount   int       `json:"approximate_member_count,omitempty"`
	ApproximatePresenceCount int       `json:"approximate_presence_count,omitempty"`
	MemberCount              int       `json:"member_count,omitempty"`
	Unavailable              bool      `json:"unavailable,omitempty"`
	Roles                    []Role    `json:"roles,omitempty"`
	Channels                 []Channel `json:"channels,omitempty"`
	Threads                  []Channel `json:"threads,omitempty"`
	Members                  []Member  `json:"members,omitempty"`
}

// ApplicationFlags says, among other things, which privileged intents the owner has switched on.
type ApplicationFlags int

// Privileged intents as flags of the application. The Limited form is what a bot in fewer than 100 guilds has; both allow the intent.
const (
	FlagGuildMembers          ApplicationFlags = 1 << 14
	FlagGuildMembersLimited   ApplicationFlags = 1 << 15
	FlagMessageContent        ApplicationFlags = 1 << 18
	FlagMessageContentLimited ApplicationFlags = 1 << 19
)

// MessageContent says whether the bot may identify with IntentMessageContent.
func (f ApplicationFlags) MessageContent() bool {
	return f&(FlagMessageContent|FlagMessageContentLimited) != 0
}

// GuildMembers says whether the bot may identify with IntentGuildMembers.
func (f ApplicationFlags) GuildMembers() bool {
	return f&(FlagGuildMembers|FlagGuildMembersLimited) != 0
}

// Application is the bot's entry in the developer portal.
type Application struct {
	ID    string           `json:"id"`
	Name  string           `json:"name,omitempty"`
	Flags ApplicationFlags `json:"flags"`
	Bot   *User            `json:"bot,omitempty"`
	Owner *User            `json:"owner,omitempty"`
}
