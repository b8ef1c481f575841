package client

import (
	"context"
)

// RoleAddresses are the networks from which a role may be used; none is any.
type RoleAddresses struct {
	Tagged

	Role      string   `json:"role"`
	Addresses []string `json:"addresses"`
}

// Roles are admin, supervisor and agent.
type Roles struct{ c *Client }

// Addresses reads from where a role may be used.
func (s Roles) Addresses(ctx context.Context, role string) (*RoleAddresses, error) {
	return get[RoleAddresses](ctx, s.c, at("/roles", role, "addresses"), nil)
}

// SetAddresses says from where a role may be used; none is from anywhere.
func (s Roles) SetAddresses(ctx context.Context, role string, networks []string, opts ...CallOption) (*RoleAddresses, error) {
	if networks == nil {
		networks = []string{}
	}
	return put[RoleAddresses](ctx, s.c, at("/roles", role, "addresses"), map[string][]string{"addresses": networks}, opts)
}
