package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"time"
)

// Contact is a person served.
type Contact struct {
	Tagged

	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Email      string         `json:"email"`
	Phone      string         `json:"phone"`
	ExternalID string         `json:"external_id"` // the person's id in your own systems
	Attributes map[string]any `json:"attributes"`
	Locale     *string        `json:"locale"`      // zh-TW, zh-CN or en; nil is not known
	BlockedAt  *time.Time     `json:"blocked_at"`  // since when nothing is taken from the person
	MergedInto *string        `json:"merged_into"` // the contact that this one became part of
	ErasedAt   *time.Time     `json:"erased_at"`
	CreatedAt  time.Time      `json:"created_at"`
	UpdatedAt  time.Time      `json:"updated_at"`
}

// NewContact is what a contact is made of.
type NewContact struct {
	Name       string         `json:"name,omitempty"`
	Email      string         `json:"email,omitempty"`
	Phone      string         `json:"phone,omitempty"`
	ExternalID string         `json:"external_id,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
	Locale     string         `json:"locale,omitempty"`
}

// ContactChange is what changes; absent members stay.
type ContactChange struct {
	Name       Opt[string]         `json:"name,omitzero"`
	Email      Opt[string]         `json:"email,omitzero"`
	Phone      Opt[string]         `json:"phone,omitzero"`
	ExternalID Opt[string]         `json:"external_id,omitzero"`
	Attributes Opt[map[string]any] `json:"attributes,omitzero"` // all of them
	Locale     Opt[string]         `json:"locale,omitzero"`     // zh-TW, zh-CN or en
	Blocked    Opt[bool]           `json:"blocked,omitzero"`    // nothing is taken from the person any more
}

// ContactFilter narrows a list; empty members do not.
type ContactFilter struct {
	Query        string // in the name, e-mail address or telephone number
	Email        string
	Phone        string
	ExternalID   string
	InboxID      string
	Blocked      bool // only those who are
	CreatedSince time.Time
	UpdatedSince time.Time
}

func (f ContactFilter) query() url.Values {
	return url.Values(filter{}.text("q", f.Query).text("email", f.Email).text("phone", f.Phone).text("external_id", f.ExternalID).
		text("inbox", f.InboxID).text("blocked", map[bool]string{true: "true"}[f.Blocked]).time("created_since", f.CreatedSince).time("updated_since", f.UpdatedSince))
}

// Erasure is the receipt of what was removed of a person.
type Erasure struct {
	ContactID     string    `json:"contact_id"`
	ErasedAt      time.Time `json:"erased_at"`
	Conversations int64     `json:"conversations"`
	Messages      int64     `json:"messages"`
	Files         int64     `json:"files"`
	Identities    int64     `json:"identities"`
	Events        int64     `json:"events"`
}

// ContactSession is a token for one contact alone, for their browser or app.
type ContactSession struct {
	ID        string    `json:"id"`
	ContactID string    `json:"contact_id"`
	Token     string    `json:"token"`
	TokenType string    `json:"token_type"`
	ExpiresIn int64     `json:"expires_in"` // seconds
	ExpiresAt time.Time `json:"expires_at"`
}

// Contacts are the people served.
type Contacts struct{ c *Client }

// Create makes a contact.
func (s Contacts) Create(ctx context.Context, in NewContact) (*Contact, error) {
	return post[Contact](ctx, s.c, "/contacts", in)
}

// Get reads one. One that was merged into another answers too, and says into which.
func (s Contacts) Get(ctx context.Context, id string) (*Contact, error) {
	return get[Contact](ctx, s.c, at("/contacts", id), nil)
}

// List walks those that the filter keeps, newest first; with UpdatedSince in the order of their last change, oldest first.
func (s Contacts) List(ctx context.Context, f ContactFilter) iter.Seq2[Contact, error] {
	return items[Contact](ctx, s.c, "/contacts", f.query())
}

// Update changes the members that are present.
func (s Contacts) Update(ctx context.Context, id string, ch ContactChange, opts ...CallOption) (*Contact, error) {
	return put[Contact](ctx, s.c, at("/contacts", id), ch, opts)
}

// Merge makes one contact part of another: its conversations and identities move there. It answers with the one that stays.
func (s Contacts) Merge(ctx context.Context, id, into string) (*Contact, error) {
	return post[Contact](ctx, s.c, at("/contacts", id, "merge"), map[string]string{"into": into})
}

// Unmerge parts a contact from the one that it became part of, within 30 days. It answers with the one that stands for itself again.
func (s Contacts) Unmerge(ctx context.Context, id, merged string) (*Contact, error) {
	return post[Contact](ctx, s.c, at("/contacts", id, "unmerge"), map[string]string{"contact_id": merged})
}

// Erase removes the person's data and words everywhere. It cannot be undone; again it gives the same receipt.
func (s Contacts) Erase(ctx context.Context, id string) (*Erasure, error) {
	return post[Erasure](ctx, s.c, at("/contacts", id, "erase"), nil)
}

// Export is everything that is known about the person, as one JSON document.
func (s Contacts) Export(ctx context.Context, id string) (json.RawMessage, error) {
	out, err := post[json.RawMessage](ctx, s.c, at("/contacts", id, "export"), nil)
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// NewSession makes a token that is good for this contact alone, for so long; 0 is a day.
func (s Contacts) NewSession(ctx context.Context, id string, expires time.Duration) (*ContactSession, error) {
	in := struct {
		ExpiresIn int64 `json:"expires_in,omitempty"`
	}{int64(expires / time.Second)}
	return post[ContactSession](ctx, s.c, at("/contacts", id, "sessions"), in)
}

// EndSessions makes all tokens of a contact worthless.
func (s Contacts) EndSessions(ctx context.Context, id string) error {
	return remove(ctx, s.c, at("/contacts", id, "sessions"), nil)
}
