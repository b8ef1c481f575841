package discord

import "time"

// Snapshot is a message as it was when it was forwarded.
type Snapshot struct {
	Message SnapshotMessage `json:"message"`
}

// SnapshotMessage is the little that Discord forwards of a message: no author.
type SnapshotMessage struct {
	Type            int          `json:"type"`
	Content         string       `json:"content"`
	Embeds          []Embed      `json:"embeds"`
	Attachments     []Attachment `json:"attachments"`
	Timestamp       time.Time    `json:"timestamp"`
	EditedTimestamp *time.Time   `json:"edited_timestamp"`
	Flags           int          `json:"flags"`
	Mentions        []User       `json:"mentions"`
	MentionRoles    []string     `json:"mention_roles"`
	Stickers        []Sticker    `json:"sticker_items,omitempty"`
}

// Formats of stickers.
const (
	StickerPNG    = 1
	StickerAPNG   = 2
	StickerLottie = 3
	StickerGIF    = 4
)

// Sticker is a sticker in a message.
type Sticker struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Format int    `json:"format_type"`
}

// Poll is a question with answers.
type Poll struct {
	Question PollMedia    `json:"question"`
	Answers  []PollAnswer `json:"answers"`
	Expiry   *time.Time   `json:"expiry"`
	Multiple bool         `json:"allow_multiselect"`
	Layout   int          `json:"layout_type"`
}

// PollAnswer is one of the answers.
type PollAnswer struct {
	ID    int       `json:"answer_id"`
	Media PollMedia `json:"poll_media"`
}

// PollMedia is what a question or answer says.
type PollMedia struct {
	Text string `json:"text,omitempty"`
}
