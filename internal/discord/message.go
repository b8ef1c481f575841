package discord

import (
	"encoding/json"
	"io"
	"time"
)

// Limits of Discord, in UTF-16 code units where they are of text.
const (
	MaxContent     = 2000
	MaxEmbedTotal  = 6000
	MaxEmbeds      = 10
	MaxAttachments = 10
	MaxNonce       = 25
	MaxChannelName = 100
	MaxTopic       = 1024
	MaxPage        = 100 // messages
	MaxModalTitle  = 45
	MaxCustomID    = 100
)

// MessageType tells talk from what Discord writes itself.
type MessageType int

// Kinds of message. Any other type is one of Discord's own notices (pins, joins, boosts and so on).
const (
	MessageDefault      MessageType = 0
	MessagePinned       MessageType = 6
	MessageThreadMade   MessageType = 18
	MessageReply        MessageType = 19
	MessageCommand      MessageType = 20
	MessageThreadFirst  MessageType = 21
	MessageContextMenu  MessageType = 23
	MessageAutoModEvent MessageType = 24
)

// MessageFlags are the flags of a message.
type MessageFlags int

// Flags of a message.
const (
	MessageCrossposted    MessageFlags = 1 << 0
	MessageSuppressEmbeds MessageFlags = 1 << 2
	MessageHasThread      MessageFlags = 1 << 5
	MessageEphemeral      MessageFlags = 1 << 6
	MessageLoading        MessageFlags = 1 << 7
	MessageSilent         MessageFlags = 1 << 12
	MessageVoice          MessageFlags = 1 << 13
)

// Nonce is the sender's mark on a message, at most 25 characters. Discord sends it back as a string or as a number.
type Nonce string

// UnmarshalJSON reads a string, a number or null.
func (n *Nonce) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(n))
	}
	*n = ""
	if string(b) != "null" {
		*n = Nonce(b)
	}
	return nil
}

// Message is a message as Discord tells it. Content, Embeds, Attachments and Components are empty without the message content intent,
// unless the message is the bot's own, mentions it, or is in a DM. GuildID and Member come with gateway events only.
type Message struct {
	ID              string            `json:"id"`
	ChannelID       string            `json:"channel_id"`
	GuildID         string            `json:"guild_id,omitempty"`
	Author          User              `json:"author"`
	Member          *Member           `json:"member,omitempty"`
	Content         string            `json:"content"`
	Timestamp       time.Time         `json:"timestamp,omitzero"`
	EditedTimestamp *time.Time        `json:"edited_timestamp"`
	TTS             bool              `json:"tts"`
	MentionEveryone bool              `json:"mention_everyone"`
	Mentions        []User            `json:"mentions"`
	MentionRoles    []string          `json:"mention_roles"`
	Attachments     []Attachment      `json:"attachments"`
	Embeds          []Embed           `json:"embeds"`
	Reactions       []Reaction        `json:"reactions,omitempty"`
	Nonce           Nonce             `json:"nonce,omitempty"`
	Pinned          bool              `json:"pinned"`
	WebhookID       string            `json:"webhook_id,omitempty"`
	ApplicationID   string            `json:"application_id,omitempty"`
	Type            MessageType       `json:"type"`
	Flags           MessageFlags      `json:"flags"`
	Reference       *MessageReference `json:"message_reference,omitempty"`
	Referenced      *Message          `json:"referenced_message,omitempty"`
	Components      []Component       `json:"components,omitempty"`
	Thread          *Channel          `json:"thread,omitempty"`
	Stickers        []Sticker         `json:"sticker_items,omitempty"`
	Snapshots       []MessageSnapshot `json:"message_snapshots,omitempty"`
	Poll            *Poll             `json:"poll,omitempty"`
}

// ReferenceForward is the type of a reference to what was forwarded; what it said is in Snapshots.
const ReferenceForward = 1

// MessageSnapshot is a message as it was when it was forwarded.
type MessageSnapshot struct {
	Message Message `json:"message"`
}

// StickerFormat says what a sticker's file is.
type StickerFormat int

// Formats of stickers.
const (
	StickerPNG    StickerFormat = 1
	StickerAPNG   StickerFormat = 2
	StickerLottie StickerFormat = 3 // an animation that needs a player of its own
	StickerGIF    StickerFormat = 4
)

// Sticker is a sticker of a message.
type Sticker struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Format StickerFormat `json:"format_type"`
}

// Poll is a question with answers to vote for.
type Poll struct {
	Question PollMedia    `json:"question"`
	Answers  []PollAnswer `json:"answers"`
}

// PollAnswer is one of the answers.
type PollAnswer struct {
	Media PollMedia `json:"poll_media"`
}

// PollMedia is what a question or answer says.
type PollMedia struct {
	Text string `json:"text,omitempty"`
}

// MessageReference points at the message that is answered. Discord takes a nil FailIfMissing for true: the answer to a message that is
// gone fails.
type MessageReference struct {
	Type          int    `json:"type,omitempty"`
	MessageID     string `json:"message_id,omitempty"`
	ChannelID     string `json:"channel_id,omitempty"`
	GuildID       string `json:"guild_id,omitempty"`
	FailIfMissing *bool  `json:"fail_if_not_exists,omitempty"`
}

// Attachment is a file of a message. URL is signed and expires within a day: copy the file at once. Size is in bytes.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int64  `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	Height      int    `json:"height,omitempty"`
	Width       int    `json:"width,omitempty"`
	Ephemeral   bool   `json:"ephemeral,omitempty"`
	// Duration is how long a voice message lasts, in seconds.
	Duration float64 `json:"duration_secs,omitempty"`
}

// Emoji is a Unicode emoji (Name only) or one of a guild (ID and Name).
type Emoji struct {
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Animated bool   `json:"animated,omitempty"`
}

// Reaction counts one emoji under a message. Me: the bot is among those who put it there.
type Reaction struct {
	Count int   `json:"count"`
	Me    bool  `json:"me"`
	Emoji Emoji `json:"emoji"`
}

// Embed is a card in a message. Together the embeds of a message hold at most MaxEmbedTotal characters.
type Embed struct {
	Title       string          `json:"title,omitempty"`
	Type        string          `json:"type,omitempty"`
	Description string          `json:"description,omitempty"`
	URL         string          `json:"url,omitempty"`
	Timestamp   time.Time       `json:"timestamp,omitzero"`
	Color       int             `json:"color,omitempty"`
	Footer      *EmbedFooter    `json:"footer,omitempty"`
	Image       *EmbedImage     `json:"image,omitempty"`
	Thumbnail   *EmbedThumbnail `json:"thumbnail,omitempty"`
	Author      *EmbedAuthor    `json:"author,omitempty"`
	Fields      []EmbedField    `json:"fields,omitempty"`
}

// EmbedAuthor is the line above the title; Name holds up to 256 characters.
type EmbedAuthor struct {
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedField is a named value, at most 25 in an embed; Name holds up to 256 characters, Value up to 1,024, and neither may be empty.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// EmbedFooter is the line below an embed; Text holds up to 2,048 characters.
type EmbedFooter struct {
	Text    string `json:"text"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedImage is the picture of an embed: an https URL, or attachment://NAME for a file of the same message.
type EmbedImage struct {
	URL    string `json:"url"`
	Height int    `json:"height,omitempty"`
	Width  int    `json:"width,omitempty"`
}

// EmbedThumbnail is the small picture of an embed.
type EmbedThumbnail struct {
	URL string `json:"url"`
}

// AllowedMentions says whom a message may ping. The zero value pings nobody, whatever the text says.
type AllowedMentions struct {
	// Parse lists the kinds that may ping wherever the text names them: "users", "roles", "everyone".
	Parse       []string `json:"parse"`
	Roles       []string `json:"roles,omitempty"`
	Users       []string `json:"users,omitempty"`
	RepliedUser bool     `json:"replied_user,omitempty"`
}

// MarshalJSON always writes the parse list: Discord takes a missing one to mean that everything may ping.
func (a AllowedMentions) MarshalJSON() ([]byte, error) {
	type plain AllowedMentions
	if a.Parse == nil {
		a.Parse = []string{}
	}
	return json.Marshal(plain(a))
}

// MessageSend is a message to be posted: in a channel, as a follow-up, or as the content of an interaction's answer. With EnforceNonce
// Discord answers a second message of the same Nonce with the first, for a few minutes.
type MessageSend struct {
	Content         string            `json:"content,omitempty"`
	Embeds          []Embed           `json:"embeds,omitempty"`
	Components      []Component       `json:"components,omitempty"`
	AllowedMentions AllowedMentions   `json:"allowed_mentions"`
	Reference       *MessageReference `json:"message_reference,omitempty"`
	Flags           MessageFlags      `json:"flags,omitempty"`
	Nonce           Nonce             `json:"nonce,omitempty"`
	EnforceNonce    bool              `json:"enforce_nonce,omitempty"`
	// Files are uploaded with the message, at most MaxAttachments.
	Files []File `json:"-"`
}

// MessageEdit changes what is not nil; an empty list removes what was there.
type MessageEdit struct {
	Content         *string         `json:"content,omitempty"`
	Embeds          *[]Embed        `json:"embeds,omitempty"`
	Components      *[]Component    `json:"components,omitempty"`
	AllowedMentions AllowedMentions `json:"allowed_mentions"`
	// Files take the place of the message's attachments.
	Files []File `json:"-"`
}

// File is a file to upload. Body is read once and is the caller's to close.
type File struct {
	Name        string
	ContentType string // application/octet-stream if empty
	Description string // the text for those who cannot see it
	Size        int64  // bytes; a body of another length fails the call
	Body        io.Reader
}
