package discord

import "time"

// ChannelType tells the kinds of channel apart.
type ChannelType int

// Kinds of channel.
const (
	ChannelText          ChannelType = 0
	ChannelDM            ChannelType = 1
	ChannelVoice         ChannelType = 2
	ChannelCategory      ChannelType = 4
	ChannelAnnouncement  ChannelType = 5
	ChannelPublicThread  ChannelType = 11
	ChannelPrivateThread ChannelType = 12
	ChannelForum         ChannelType = 15
)

// Thread says whether the channel is a thread or a forum post.
func (t ChannelType) Thread() bool {
	return t >= 10 && t <= 12
}

// Channel is a channel, a category, a thread, a forum post or a DM.
type Channel struct {
	ID               string          `json:"id"`
	Type             ChannelType     `json:"type"`
	GuildID          string          `json:"guild_id,omitempty"`
	Name             string          `json:"name,omitempty"`
	Topic            string          `json:"topic,omitempty"`
	ParentID         string          `json:"parent_id,omitempty"`
	Position         int             `json:"position"`
	NSFW             bool            `json:"nsfw,omitempty"`
	Overwrites       []Overwrite     `json:"permission_overwrites,omitempty"`
	LastMessageID    string          `json:"last_message_id,omitempty"`
	RateLimitPerUser int             `json:"rate_limit_per_user,omitempty"`
	Recipients       []User          `json:"recipients,omitempty"`
	OwnerID          string          `json:"owner_id,omitempty"`
	Flags            int             `json:"flags,omitempty"`
	Thread           *ThreadMetadata `json:"thread_metadata,omitempty"`
	AvailableTags    []ForumTag      `json:"available_tags,omitempty"`
	AppliedTags      []string        `json:"applied_tags,omitempty"`
	// Message is the first message of a forum post, in the answer to CreateForumPost only.
	Message *Message `json:"message,omitempty"`
	// Permissions is what the member of an interaction may do in its channel.
	Permissions Permissions `json:"permissions,omitzero"`
}

// ThreadMetadata is what a thread has beyond a channel. AutoArchive is in minutes: 60, 1440, 4320 or 10080.
type ThreadMetadata struct {
	Archived         bool      `json:"archived"`
	Locked           bool      `json:"locked"`
	Invitable        bool      `json:"invitable,omitempty"`
	AutoArchive      int       `json:"auto_archive_duration"`
	ArchiveTimestamp time.Time `json:"archive_timestamp,omitzero"`
}

// ForumTag is a label that a forum offers for its posts.
type ForumTag struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name"`
	Moderated bool   `json:"moderated,omitempty"`
}

// OverwriteType says whom an overwrite is for.
type OverwriteType int

// Whom an overwrite is for.
const (
	OverwriteRole   OverwriteType = 0
	OverwriteMember OverwriteType = 1
)

// Overwrite changes what one role or one member may do in a channel. ID is the role's or the user's; @everyone is the guild's id.
type Overwrite struct {
	ID    string        `json:"id"`
	Type  OverwriteType `json:"type"`
	Allow Permissions   `json:"allow"`
	Deny  Permissions   `json:"deny"`
}

// ChannelCreate makes a channel or a category. Name is normalised by Discord: see NormalizeChannelName. Topic: up to 1,024 characters.
type ChannelCreate struct {
	Name       string      `json:"name"`
	Type       ChannelType `json:"type"`
	Topic      string      `json:"topic,omitempty"`
	ParentID   string      `json:"parent_id,omitempty"`
	Position   *int        `json:"position,omitempty"`
	Overwrites []Overwrite `json:"permission_overwrites,omitempty"`
}

// ChannelEdit changes what is not nil. Name and Topic may change twice in ten minutes and have a limit of their own here, so that a
// rename never holds up anything else; to move and to rename, make two calls. Archived, Locked and AppliedTags are for threads.
type ChannelEdit struct {
	Name        *string      `json:"name,omitempty"`
	Topic       *string      `json:"topic,omitempty"`
	ParentID    *string      `json:"parent_id,omitempty"`
	Position    *int         `json:"position,omitempty"`
	Overwrites  *[]Overwrite `json:"permission_overwrites,omitempty"`
	Archived    *bool        `json:"archived,omitempty"`
	Locked      *bool        `json:"locked,omitempty"`
	AppliedTags *[]string    `json:"applied_tags,omitempty"`
}

// ThreadCreate starts a thread that hangs on no message. Type is ChannelPublicThread or ChannelPrivateThread; Invitable, for
// private threads, says whether those in it may add others (nil: true).
type ThreadCreate struct {
	Name        string      `json:"name"`
	Type        ChannelType `json:"type"`
	AutoArchive int         `json:"auto_archive_duration,omitempty"`
	Invitable   *bool       `json:"invitable,omitempty"`
}

// ForumPost opens a post in a forum with its first message.
type ForumPost struct {
	Name        string      `json:"name"`
	AutoArchive int         `json:"auto_archive_duration,omitempty"`
	Message     MessageSend `json:"message"`
	AppliedTags []string    `json:"applied_tags,omitempty"`
}
