package client

import (
	"context"
	"iter"
	"time"
)

// Role is what agents may do, and from where.
type Role struct {
	Tagged

	Role      string     `json:"role"` // admin, supervisor or agent
	Scopes    []string   `json:"scopes"`
	Addresses []string   `json:"addresses"` // networks from which they may; none is any
	UpdatedAt *time.Time `json:"updated_at"`
}

// Roles are admin, supervisor and agent.
type Roles struct{ c *Client }

// List walks all roles.
func (s Roles) List(ctx context.Context) iter.Seq2[Role, error] {
	return whole[Role](ctx, s.c, "/roles", nil)
}

// Get reads one.
func (s Roles) Get(ctx context.Context, role string) (*Role, error) {
	return get[Role](ctx, s.c, at("/roles", role), nil)
}

// SetAddresses says from which networks a role may be used; none is from any. A list that shuts the caller out is refused.
func (s Roles) SetAddresses(ctx context.Context, role string, networks []string, opts ...CallOption) (*Role, error) {
	if networks == nil {
		networks = []string{}
	}
	return put[Role](ctx, s.c, at("/roles", role), map[string][]string{"addresses": networks}, opts)
}
