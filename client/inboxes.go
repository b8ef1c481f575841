package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Inbox is a place where customers write or staff answer.
type Inbox struct {
	Tagged

	ID       string         `json:"id"`
	Channel  string         `json:"channel"`
	Name     string         `json:"name"`
	Settings map[string]any `json:"settings"` // secrets are ***
	Hours    *InboxHours    `json:"hours"`    // when people answer; nil is always
	OpenNow  bool           `json:"open_now"` // somebody answers at this moment
	// NextOpening is when somebody answers again; nil while it is open, and when that is not within a year.
	NextOpening *time.Time `json:"next_opening"`
	// Provisioned inboxes stand in the server's file, and are not changed here.
	Provisioned bool      `json:"provisioned"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// InboxHours are the business hours of an inbox.
type InboxHours struct {
	Zone     string    `json:"zone"` // Asia/Taipei
	Week     WeekHours `json:"week"`
	Holidays []string  `json:"holidays,omitempty"` // 2026-01-01, 01-01 for every year, 2026-02-16..2026-02-20
}

// WeekHours are the hours of each day: "09:00-12:00,13:00-18:00"; "" is closed. A range that ends before it begins reaches into the next
// day.
type WeekHours struct {
	Mon string `json:"mon,omitempty"`
	Tue string `json:"tue,omitempty"`
	Wed string `json:"wed,omitempty"`
	Thu string `json:"thu,omitempty"`
	Fri string `json:"fri,omitempty"`
	Sat string `json:"sat,omitempty"`
	Sun string `json:"sun,omitempty"`
}

// NewInbox is what an inbox is made of.
type NewInbox struct {
	ID       string         `json:"id"`
	Channel  string         `json:"channel"`
	Name     string         `json:"name,omitempty"`
	Settings map[string]any `json:"settings,omitempty"`
	Hours    *InboxHours    `json:"hours,omitempty"`
}

// InboxChange is what changes; absent members stay.
type InboxChange struct {
	Name Opt[string] `json:"name,omitzero"`
	// Settings that are not named stay, nil clears one, *** leaves a secret as it is.
	Settings Opt[map[string]any] `json:"settings,omitzero"`
	Hours    Opt[InboxHours]     `json:"hours,omitzero"` // all of them; null is always open
}

// Channel is a kind of inbox.
type Channel struct {
	Kind         string            `json:"kind"`
	Title        map[string]string `json:"title"`    // by language
	Customer     bool              `json:"customer"` // customers can write by it
	Desk         bool              `json:"desk"`     // agents can answer by it
	Fields       []ChannelField    `json:"fields"`   // of Settings
	Capabilities []string          `json:"capabilities"`
}

// ChannelField is a setting of a kind of inbox.
type ChannelField struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"` // string, secret, bool, duration, list or map
	Required bool              `json:"required"`
	Default  string            `json:"default"`
	Label    map[string]string `json:"label"` // by language
	Doc      string            `json:"doc"`
}

// Inboxes are the places where customers write or staff answer.
type Inboxes struct{ c *Client }

// Create makes an inbox.
func (s Inboxes) Create(ctx context.Context, in NewInbox) (*Inbox, error) {
	return post[Inbox](ctx, s.c, "/inboxes", in)
}

// Get reads one.
func (s Inboxes) Get(ctx context.Context, id string) (*Inbox, error) {
	return get[Inbox](ctx, s.c, at("/inboxes", id), nil)
}

// List walks the inboxes of a channel; "" is all of them.
func (s Inboxes) List(ctx context.Context, channel string) iter.Seq2[Inbox, error] {
	return items[Inbox](ctx, s.c, "/inboxes", url.Values(filter{}.text("channel", channel)))
}

// Channels walks the kinds of inbox that there are, with the settings that each needs.
func (s Inboxes) Channels(ctx context.Context) iter.Seq2[Channel, error] {
	return whole[Channel](ctx, s.c, "/channels", nil)
}

// Update changes the members that are present.
func (s Inboxes) Update(ctx context.Context, id string, ch InboxChange, opts ...CallOption) (*Inbox, error) {
	return put[Inbox](ctx, s.c, at("/inboxes", id), ch, opts)
}

// Delete removes an inbox that has no open conversations.
func (s Inboxes) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/inboxes", id), opts)
}
