package client

import (
	"context"
	"iter"
	"time"
)

// Program is the credential of a program: an API key, a signing key or an OAuth2 client.
type Program struct {
	Tagged

	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Scopes     []string   `json:"scopes"`
	Addresses  []string   `json:"addresses"` // networks from which it may be used; none is any
	Bound      bool       `json:"bound"`     // it sees only the inboxes and teams that it names
	InboxIDs   []string   `json:"inbox_ids"`
	TeamIDs    []string   `json:"team_ids"`
	CreatedBy  string     `json:"created_by"`
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	// Secret is shown once, by Create and Rotate.
	Secret string `json:"secret,omitempty"`
}

// NewProgram is what a credential is made of. Its scopes are at most the caller's own.
type NewProgram struct {
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"` // "conversations:read", "messages:*", …
	Addresses []string   `json:"addresses,omitempty"`
	InboxIDs  []string   `json:"inbox_ids,omitempty"`
	TeamIDs   []string   `json:"team_ids,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// ProgramChange is what changes; absent members stay.
type ProgramChange struct {
	Name      Opt[string]    `json:"name,omitzero"`
	Scopes    Opt[[]string]  `json:"scopes,omitzero"`
	Addresses Opt[[]string]  `json:"addresses,omitzero"`
	Bound     Opt[bool]      `json:"bound,omitzero"`
	InboxIDs  Opt[[]string]  `json:"inbox_ids,omitzero"`
	TeamIDs   Opt[[]string]  `json:"team_ids,omitzero"`
	ExpiresAt Opt[time.Time] `json:"expires_at,omitzero"`
}

// Programs are the credentials of one kind.
type Programs struct {
	c    *Client
	path string
}

// Create makes one. Its secret is in the answer, and never again.
func (s Programs) Create(ctx context.Context, in NewProgram) (*Program, error) {
	return post[Program](ctx, s.c, s.path, in)
}

// Get reads one.
func (s Programs) Get(ctx context.Context, id string) (*Program, error) {
	return get[Program](ctx, s.c, at(s.path, id), nil)
}

// List walks all of them.
func (s Programs) List(ctx context.Context) iter.Seq2[Program, error] {
	return items[Program](ctx, s.c, s.path, nil)
}

// Update changes the members that are present.
func (s Programs) Update(ctx context.Context, id string, ch ProgramChange, opts ...CallOption) (*Program, error) {
	return put[Program](ctx, s.c, at(s.path, id), ch, opts)
}

// Rotate gives one another secret; the old one is worthless at once.
func (s Programs) Rotate(ctx context.Context, id string) (*Program, error) {
	return post[Program](ctx, s.c, at(s.path, id, "rotate"), nil)
}

// Revoke makes one worthless, at once and for good.
func (s Programs) Revoke(ctx context.Context, id string) error {
	return remove(ctx, s.c, at(s.path, id), nil)
}

// APIKeys are keys that a program shows as they are.
type APIKeys struct{ Programs }

// SigningKeys are keys with which a program signs its requests.
type SigningKeys struct{ Programs }

// OAuthClients get short-lived tokens by OAuth2 client credentials.
type OAuthClients struct{ Programs }
