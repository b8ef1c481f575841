package client

import (
	"context"
	"iter"
	"time"
)

// Inbox is a place where customers write or staff answer.
type Inbox struct {
	Tagged

	ID       string `json:"id"`
	Channel  string `json:"channel"`
	Name     string `json:"name"`
	Settings any    `json:"settings"` // secrets are ***
	// Provisioned inboxes stand in the server's file, and are not changed here.
	Provisioned bool      `json:"provisioned"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// NewInbox is what an inbox is made of.
type NewInbox struct {
	ID       string         `json:"id"`
	Channel  string         `json:"channel"`
	Name     string         `json:"name,omitempty"`
	Settings map[string]any `json:"settings,omitempty"`
}

// InboxChange is what changes; absent members stay.
type InboxChange struct {
	Name     Opt[string]         `json:"name,omitzero"`
	Settings Opt[map[string]any] `json:"settings,omitzero"`
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

// List walks all inboxes.
func (s Inboxes) List(ctx context.Context) iter.Seq2[Inbox, error] {
	return items[Inbox](ctx, s.c, "/inboxes", nil)
}

// Update changes the members that are present.
func (s Inboxes) Update(ctx context.Context, id string, ch InboxChange, opts ...CallOption) (*Inbox, error) {
	return put[Inbox](ctx, s.c, at("/inboxes", id), ch, opts)
}

// Delete removes an inbox that has no open conversations.
func (s Inboxes) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/inboxes", id), opts)
}
