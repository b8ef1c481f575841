package client

import (
	"context"
	"iter"
	"time"
)

// Label is a word that conversations are sorted by.
type Label struct {
	Tagged

	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Color       string    `json:"color"` // "#1f93ff", or ""
	Description string    `json:"description"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// NewLabel is what a label is made of.
type NewLabel struct {
	Name        string `json:"name"`
	Color       string `json:"color,omitempty"`
	Description string `json:"description,omitempty"`
}

// LabelChange is what changes; absent members stay.
type LabelChange struct {
	Name        Opt[string] `json:"name,omitzero"`
	Color       Opt[string] `json:"color,omitzero"`
	Description Opt[string] `json:"description,omitzero"`
}

// Labels are the words that conversations are sorted by.
type Labels struct{ c *Client }

// Create makes a label.
func (s Labels) Create(ctx context.Context, in NewLabel) (*Label, error) {
	return post[Label](ctx, s.c, "/labels", in)
}

// Get reads one.
func (s Labels) Get(ctx context.Context, id string) (*Label, error) {
	return get[Label](ctx, s.c, at("/labels", id), nil)
}

// List walks all labels, oldest first.
func (s Labels) List(ctx context.Context) iter.Seq2[Label, error] {
	return items[Label](ctx, s.c, "/labels", nil)
}

// Update changes the members that are present.
func (s Labels) Update(ctx context.Context, id string, ch LabelChange, opts ...CallOption) (*Label, error) {
	return put[Label](ctx, s.c, at("/labels", id), ch, opts)
}

// Delete takes a label off every conversation and removes it.
func (s Labels) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/labels", id), opts)
}
