package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// CannedResponse is a text that agents send often.
type CannedResponse struct {
	Tagged

	ID        string    `json:"id"`
	Shortcut  string    `json:"shortcut"` // unique for each locale
	Content   string    `json:"content"`
	Locale    string    `json:"locale"` // "" is for every language
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// NewCannedResponse is what a canned response is made of.
type NewCannedResponse struct {
	Shortcut string `json:"shortcut"`
	Content  string `json:"content"`
	Locale   string `json:"locale,omitempty"`
}

// CannedResponseChange is what changes; absent members stay.
type CannedResponseChange struct {
	Shortcut Opt[string] `json:"shortcut,omitzero"`
	Content  Opt[string] `json:"content,omitzero"`
	Locale   Opt[string] `json:"locale,omitzero"`
}

// CannedResponseFilter narrows a list; empty members do not.
type CannedResponseFilter struct {
	Query  string // in the shortcut or content
	Locale string
}

// CannedResponses are texts that agents send often.
type CannedResponses struct{ c *Client }

// Create makes one.
func (s CannedResponses) Create(ctx context.Context, in NewCannedResponse) (*CannedResponse, error) {
	return post[CannedResponse](ctx, s.c, "/canned-responses", in)
}

// Get reads one.
func (s CannedResponses) Get(ctx context.Context, id string) (*CannedResponse, error) {
	return get[CannedResponse](ctx, s.c, at("/canned-responses", id), nil)
}

// List walks those that the filter keeps.
func (s CannedResponses) List(ctx context.Context, f CannedResponseFilter) iter.Seq2[CannedResponse, error] {
	return items[CannedResponse](ctx, s.c, "/canned-responses", url.Values(filter{}.text("q", f.Query).text("locale", f.Locale)))
}

// Update changes the members that are present.
func (s CannedResponses) Update(ctx context.Context, id string, ch CannedResponseChange, opts ...CallOption) (*CannedResponse, error) {
	return put[CannedResponse](ctx, s.c, at("/canned-responses", id), ch, opts)
}

// Delete removes one.
func (s CannedResponses) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/canned-responses", id), opts)
}
