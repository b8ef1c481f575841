package discord

import (
	"encoding/json"
	"time"
)

// Channel types.
const (
	TypeText          = 0
	TypeDM            = 1
	TypeVoice         = 2
	TypeCategory      = 4
	TypeAnnouncement  = 5
	TypePublicThread  = 11
	TypePrivateThread = 12
	TypeForum         = 15
)

// Component types.
const (
	ComponentActionRow = 1
	ComponentButton    = 2
	ComponentSelect    = 3
	ComponentTextInput = 4
	ComponentLabel     = 18
)

// Message flags.
const (
	FlagCrossposted  = 1 << 0
	FlagEphemeral    = 1 << 6
	FlagLoading      = 1 << 7
	FlagVoice        = 1 << 13
	FlagComponentsV2 = 1 << 15
)

// User is an account.
type User struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	GlobalName    *string `json:"global_name"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	PublicFlags   int     `json:"public_flags"`
}

// Role is a guild's role; @everyone has the guild's id.
type Role struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Color       int         `json:"color"`
	Hoist       bool        `json:"hoist"`
	Position    int         `json:"position"`
	Permissions Permissions `json:"permissions"`
	Managed     bool        `json:"managed"`
	Mentionable bool        `json:"mentionable"`
	Flags       int         `json:"flags"`
}

// Member is a user in the guild.
type Member struct {
	ID          string       `json:"-"` // the user's id
	User        *User        `json:"user,omitempty"`
	Nick        *string      `json:"nick"`
	Avatar      *string      `json:"avatar"`
	Roles       []string     `json:"roles"`
	JoinedAt    time.Time    `json:"joined_at"`
	Deaf        bool         `json:"deaf"`
	Mute        bool         `json:"mute"`
	Pending     bool         `json:"pending"`
	Flags       int          `json:"flags"`
	Permissions *Permissions `json:"permissions,omitempty"` // in interactions only
}

// Overwrite types.
const (
	OverwriteRole   = 0
	OverwriteMember = 1
)

// Overwrite changes what a role or member may do in one channel.
type Overwrite struct {
	ID    string      `json:"id"`
	Type  int         `json:"type"`
	Allow Permissions `json:"allow"`
	Deny  Permissions `json:"deny"`
}

// Channel is a guild channel, category, thread or DM.
type Channel struct {
	ID               string          `json:"id"`
	Type             int             `json:"type"`
	GuildID          string          `json:"guild_id,omitempty"`
	Name             string          `json:"name,omitempty"`
	Position         int             `json:"position"`
	Flags            int             `json:"flags"`
	Topic            string          `json:"topic"`
	ParentID         string          `json:"parent_id"`
	LastMessageID    string          `json:"last_message_id"`
	NSFW             bool            `json:"nsfw"`
	RateLimitPerUser int             `json:"rate_limit_per_user"`
	Overwrites       []Overwrite     `json:"permission_overwrites,omitempty"`
	Recipients       []User          `json:"recipients,omitempty"`
	OwnerID          string          `json:"owner_id,omitempty"`
	Thread           *ThreadMetadata `json:"thread_metadata,omitempty"`
	MessageCount     int             `json:"message_count,omitempty"`
	MemberCount      int             `json:"member_count,omitempty"`
	AvailableTags    []ForumTag      `json:"available_tags,omitempty"`
	AppliedTags      []string        `json:"applied_tags,omitempty"`
	FirstMessage     *Message        `json:"message,omitempty"` // in the answer to a new forum post only
	Deleted          bool            `json:"-"`
}

// MarshalJSON writes null where Discord does for what is not set.
func (c Channel) MarshalJSON() ([]byte, error) {
	type plain Channel
	var overwrites *[]Overwrite
	if c.GuildID != "" && c.Thread == nil {
		list := append([]Overwrite{}, c.Overwrites...)
		overwrites = &list
	}
	return json.Marshal(struct {
		plain
		Topic         *string      `json:"topic"`
		ParentID      *string      `json:"parent_id"`
		LastMessageID *string      `json:"last_message_id"`
		Overwrites    *[]Overwrite `json:"permission_overwrites,omitempty"`
	}{plain(c), nullable(c.Topic), nullable(c.ParentID), nullable(c.LastMessageID), overwrites})
}

func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ThreadMetadata is the state of a thread.
type ThreadMetadata struct {
	Archived            bool      `json:"archived"`
	AutoArchiveDuration int       `json:"auto_archive_duration"`
	ArchiveTimestamp    time.Time `json:"archive_timestamp"`
	Locked              bool      `json:"locked"`
	Invitable           bool      `json:"invitable"`
}

// ForumTag is a tag that a forum offers.
type ForumTag struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Moderated bool    `json:"moderated"`
	EmojiID   *string `json:"emoji_id"`
	EmojiName *string `json:"emoji_name"`
}

// Message is a message in a channel. Deleted and Ephemeral are for readers of
// the ledger and never sent.
type Message struct {
	ID                string            `json:"id"`
	ChannelID         string            `json:"channel_id"`
	GuildID           string            `json:"guild_id,omitempty"` // in gateway events only
	Author            User              `json:"author"`
	Member            *Member           `json:"member,omitempty"` // in gateway events only
	Content           string            `json:"content"`
	Timestamp         time.Time         `json:"timestamp"`
	EditedTimestamp   *time.Time        `json:"edited_timestamp"`
	TTS               bool              `json:"tts"`
	MentionEveryone   bool              `json:"mention_everyone"`
	Mentions          []User            `json:"mentions"`
	MentionRoles      []string          `json:"mention_roles"`
	Attachments       []Attachment      `json:"attachments"`
	Embeds            []Embed           `json:"embeds"`
	Components        []Component       `json:"components"`
	Reactions         []Reaction        `json:"reactions,omitempty"`
	Nonce             string            `json:"nonce,omitempty"` // echo of create and of the gateway, not in history
	Pinned            bool              `json:"pinned"`
	Type              int               `json:"type"`
	Flags             int               `json:"flags"`
	ApplicationID     string            `json:"application_id,omitempty"`
	WebhookID         string            `json:"webhook_id,omitempty"`
	Reference         *MessageReference `json:"message_reference,omitempty"`
	ReferencedMessage *Message          `json:"referenced_message,omitempty"`
	Thread            *Channel          `json:"thread,omitempty"`
	Stickers          []Sticker         `json:"sticker_items,omitempty"`
	Snapshots         []Snapshot        `json:"message_snapshots,omitempty"` // of what was forwarded
	Poll              *Poll             `json:"poll,omitempty"`
	Deleted           bool              `json:"-"`
	Ephemeral         bool              `json:"-"`
	InteractionID     string            `json:"-"` // set on answers to an interaction
}

// MessageReference points at the message replied to.
type MessageReference struct {
	Type      int    `json:"type"`
	MessageID string `json:"message_id,omitempty"`
	ChannelID string `json:"channel_id,omitempty"`
	GuildID   string `json:"guild_id,omitempty"`
}

// Attachment is a file of a message; URL is on the fake's CDN and expires.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	// Duration and Waveform are set on voice messages.
	Duration float64 `json:"duration_secs,omitempty"`
	Waveform string  `json:"waveform,omitempty"`
}

// Emoji is a Unicode emoji (no id) or a custom one.
type Emoji struct {
	ID   *string `json:"id"`
	Name string  `json:"name"`
}

// Reaction counts who reacted with one emoji.
type Reaction struct {
	Emoji   Emoji    `json:"emoji"`
	Count   int      `json:"count"`
	Me      bool     `json:"me"`
	UserIDs []string `json:"-"` // in order of reacting
}

// Embed is a rich card.
type Embed struct {
	Type        string       `json:"type,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       int          `json:"color,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Image       *EmbedImage  `json:"image,omitempty"`
	Thumbnail   *EmbedImage  `json:"thumbnail,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
}

// EmbedAuthor is the line above an embed's title.
type EmbedAuthor struct {
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedFooter is the line below an embed.
type EmbedFooter struct {
	Text    string `json:"text"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedImage is a picture by address; attachment://name is replaced.
type EmbedImage struct {
	URL string `json:"url"`
}

// EmbedField is one name and value of an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// Component is an action row, button, select, text input or label, of a
// message or a modal.
type Component struct {
	Type        int            `json:"type"`
	ID          int            `json:"id,omitempty"`
	CustomID    string         `json:"custom_id,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	Description string         `json:"description,omitempty"`
	Content     string         `json:"content,omitempty"`
	URL         string         `json:"url,omitempty"`
	Emoji       *Emoji         `json:"emoji,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   *int           `json:"max_values,omitempty"`
	MinLength   *int           `json:"min_length,omitempty"`
	MaxLength   *int           `json:"max_length,omitempty"`
	Required    *bool          `json:"required,omitempty"`
	Value       string         `json:"value,omitempty"`
	Values      []string       `json:"values,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	Components  []Component    `json:"components,omitempty"`
	Component   *Component     `json:"component,omitempty"` // inside a label
}

// SelectOption is one choice of a select.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Emoji       *Emoji `json:"emoji,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// Command is an application command as the bot registered it.
type Command struct {
	ID                string          `json:"id"`
	ApplicationID     string          `json:"application_id"`
	GuildID           string          `json:"guild_id,omitempty"`
	Version           string          `json:"version"`
	Type              int             `json:"type"`
	Name              string          `json:"name"`
	Names             Localized       `json:"name_localizations,omitempty"`
	Description       string          `json:"description"`
	Descriptions      Localized       `json:"description_localizations,omitempty"`
	Options           []CommandOption `json:"options,omitempty"`
	MemberPermissions *Permissions    `json:"default_member_permissions"`
	NSFW              bool            `json:"nsfw"`
	Contexts          []int           `json:"contexts,omitempty"`
	IntegrationTypes  []int           `json:"integration_types,omitempty"`
	DMPermission      *bool           `json:"dm_permission,omitempty"`
}

// Localized is a text by the language of its readers.
type Localized map[string]string

// CommandOption is a parameter or subcommand of a command.
type CommandOption struct {
	Type         int             `json:"type"`
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	Required     bool            `json:"required,omitempty"`
	Autocomplete bool            `json:"autocomplete,omitempty"`
	MinValue     *float64        `json:"min_value,omitempty"`
	MaxValue     *float64        `json:"max_value,omitempty"`
	MinLength    *int            `json:"min_length,omitempty"`
	MaxLength    *int            `json:"max_length,omitempty"`
	ChannelTypes []int           `json:"channel_types,omitempty"`
	Choices      []CommandChoice `json:"choices,omitempty"`
	Options      []CommandOption `json:"options,omitempty"`
}

// CommandChoice is one allowed value of an option.
type CommandChoice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}
