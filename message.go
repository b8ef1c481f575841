package kefu

import (
	"strings"
	"time"
	"unicode/utf8"
)

// MaxText is the longest text of one message, in bytes (contracts: site-tickets).
const MaxText = 64 << 10

// Message is one item in a conversation. Seq is its place and the only order there is.
type Message struct {
	ID             MessageID
	ConversationID ConversationID
	Seq            int64
	Author         Author
	Private        bool // a note: desks only
	Content        Content
	// SourceLinkID is the link that the message came in by; empty when it was written in Kefu itself. It is never delivered back there.
	SourceLinkID LinkID
	ExternalID   string // the message's id in its source, if it has one
	Meta         Meta
	CreatedAt    time.Time
}

// Content is what a message says, one form for every channel; each connector renders it in its own medium.
type Content struct {
	Type        ContentType  `json:"type"`
	Text        string       `json:"text,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Choices     []Choice     `json:"choices,omitempty"`
	Order       *Order       `json:"order,omitempty"`
	// Articles are what a bot's answer is based on, the best first; content type article.
	Articles []ArticleCard `json:"articles,omitempty"`
	// Form is what the customer is asked to fill in; Answer what they filled in or picked, of the message that it names.
	Form   *Form   `json:"form,omitempty"`
	Answer *Answer `json:"answer,omitempty"`
}

// ContentType is the kind of content (contracts: vocabulary).
type ContentType string

// Content types.
const (
	ContentText      ContentType = "text"
	ContentImage     ContentType = "image"
	ContentFile      ContentType = "file"
	ContentOrderCard ContentType = "order_card"
	ContentForm      ContentType = "form"
	ContentChoice    ContentType = "choice"
	ContentArticle   ContentType = "article"
	ContentEvent     ContentType = "event"
)

// Attachment is a picture or file: by an outside link (URL), or kept in the vault (SHA256), or both.
type Attachment struct {
	Name   string `json:"name,omitempty"`
	Type   string `json:"type,omitempty"` // sniffed media type; empty when not fetched yet
	Size   int64  `json:"size,omitempty"` // bytes
	URL    string `json:"url,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// IsImage tells whether it is to be shown rather than linked. An outside link that nobody fetched yet counts as a picture when it came
// as one.
func (a Attachment) IsImage() bool { return strings.HasPrefix(a.Type, "image/") }

// Choice is something to press or pick. Value goes back to Kefu as a command: "close", "keep_open".
type Choice struct {
	Label string `json:"label"`
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

// Meta is what Kefu notes about a message for those who look closer.
type Meta struct {
	Notes             []string `json:"notes,omitempty"`              // "picture link dropped: not http(s)"
	PossibleDuplicate bool     `json:"possible_duplicate,omitempty"` // equal to another of the last 30 s, until the site was asked
	Duplicate         bool     `json:"duplicate,omitempty"`          // the site has it once: a doubled hook
	Recovered         bool     `json:"recovered,omitempty"`          // its hook or gateway event was lost; found by comparison
	Hooked            bool     `json:"hooked,omitempty"`             // its late hook came after it had been recovered
	Late              bool     `json:"late,omitempty"`               // delivered by a manual retry, after what was written later
	Sender            string   `json:"sender,omitempty"`             // the site's sender text, verbatim
	Label             string   `json:"label,omitempty"`              // the bracket of the sender text: "顧客 - 初始訊息"
	Edited            bool     `json:"edited,omitempty"`
	Deleted           bool     `json:"deleted,omitempty"`
	Initial           bool     `json:"initial,omitempty"`  // the ticket's first message
	Source            string   `json:"source,omitempty"`   // of a bot's answer: excerpts, writer or none
	Unrouted          string   `json:"unrouted,omitempty"` // why it did not go to the customer: another desk owns the talk
}

// Empty tells whether there is nothing to show.
func (c Content) Empty() bool {
	return strings.TrimSpace(c.Text) == "" && len(c.Attachments) == 0 && len(c.Choices) == 0 && c.Order == nil && len(c.Articles) == 0 &&
		c.Form == nil && c.Answer == nil
}

// CleanText makes text storable on every engine and showable everywhere: invalid UTF-8 becomes U+FFFD, U+0000 is removed.
// It tells whether anything was changed, so that the change can be noted on the message.
func CleanText(s string) (clean string, changed bool) {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return s, false
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""), true
}

// Excerpt cuts text to at most n characters on a character border, with an ellipsis when something was cut.
func Excerpt(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:max(n-1, 0)]) + "…"
}
