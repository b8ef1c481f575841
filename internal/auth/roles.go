package auth

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// RoleRights is a role as the API shows it.
type RoleRights struct {
	Role      kefu.Role  `json:"role" doc:"The role." enum:"admin,supervisor,agent"`
	Scopes    []string   `json:"scopes" doc:"What agents of this role may do."`
	Addresses []string   `json:"addresses" doc:"Networks from which they may; none is any."`
	UpdatedAt *time.Time `json:"updated_at" doc:"When the networks were changed last, or null."`
}

// RoleChange is what can be changed of a role.
type RoleChange struct {
	Addresses kefu.Opt[[]string] `json:"addresses,omitzero" doc:"Addresses or networks from which agents of this role may come; null or none is any."`
}

// Roles lists the roles. The list has one page.
func (a *Auth) Roles(ctx context.Context) (List[RoleRights], error) {
	return look(ctx, a, func(t *tx) (List[RoleRights], error) {
		out := List[RoleRights]{Items: []RoleRights{}}
		for _, r := range kefu.Roles() {
			shown, err := role(t, r)
			if err != nil {
				return out, err
			}
			out.Items = append(out.Items, shown)
		}
		return out, nil
	})
}

// Role reads one role.
func (a *Auth) Role(ctx context.Context, r kefu.Role) (RoleRights, error) {
	return look(ctx, a, func(t *tx) (RoleRights, error) { return role(t, r) })
}

func role(t *tx, r kefu.Role) (RoleRights, error) {
	if !r.Valid() {
		return RoleRights{}, kefu.Errorf(kefu.KindNotFound, "no role of this name: the roles are admin, supervisor and agent")
	}
	have, err := t.RoleAddress(r)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return RoleRights{}, err
	}
	return showRole(r, have), nil
}

func showRole(r kefu.Role, have store.RoleAddress) RoleRights {
	return RoleRights{Role: r, Scopes: ScopesOf(r), Addresses: networks(have.Allow), UpdatedAt: orNull(have.UpdatedAt)}
}

// UpdateRole changes from where a role may be used. It refuses a list that would shut out whoever asks; the command line never goes by it.
func (a *Auth) UpdateRole(ctx context.Context, ask kefu.Ask, r kefu.Role, ch RoleChange) (RoleRights, error) {
	return do(ctx, a, ask, func(t *tx) (RoleRights, error) {
		now, err := role(t, r)
		if err != nil {
			return now, err
		}
		if err := ask.Match(now); err != nil || !ch.Addresses.Given {
			return now, err
		}
		var f kefu.Faults
		allow := cleanNetworks("addresses", ch.Addresses.Value, &f)
		if from, err := netip.ParseAddr(ask.Caller.Address); len(f) == 0 && ask.Caller.Role == r && (err != nil || !within(allow, from)) && allow != "" {
			f.Add("addresses", "must hold the address from which you ask, %s: you would shut yourself out", ask.Caller.Address)
		}
		if err := f.Err("the role's addresses cannot be kept"); err != nil {
			return now, err
		}
		if err := t.SetRoleAddress(r, allow); err != nil {
			return now, err
		}
		if err := t.RightsChanged(store.RightsOfAll); err != nil {
			return now, err
		}
		return showRole(r, store.RoleAddress{Role: r, Allow: allow, UpdatedAt: t.Now}),
			t.Audit(ask.Caller, "role.updated", string(r), map[string]any{"addresses": networks(allow)})
	})
}
