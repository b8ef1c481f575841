package api

import (
	"context"

	"kefu"
	"kefu/internal/auth"
)

func (s *server) roleRoutes() []operation {
	return under("Roles",
		list("/roles", "roles:read", "listRoles", "List roles", s.listRoles),
		get("/roles/{role}", "roles:read", "getRole", "Read a role", s.getRole),
		put("/roles/{role}", "roles:write", "updateRole", "Change from where a role may be used", s.updateRole).
			about("A list that would shut out whoever asks is refused. The command line is not bound by it."),
	)
}

// ByRole is the part of an input that names a role.
type ByRole struct {
	Role string `path:"role" maxLength:"40" doc:"admin, supervisor or agent." example:"agent"`
}

type roleUpdate struct {
	ByRole
	Body auth.RoleChange
}

func (s *server) listRoles(ctx context.Context, _ *struct{}) (auth.List[auth.RoleRights], error) {
	return s.Accounts.Roles(ctx)
}

func (s *server) getRole(ctx context.Context, in *ByRole) (auth.RoleRights, error) {
	return s.Accounts.Role(ctx, kefu.Role(in.Role))
}

func (s *server) updateRole(ctx context.Context, in *roleUpdate) (auth.RoleRights, error) {
	return s.Accounts.UpdateRole(ctx, ask(ctx), kefu.Role(in.Role), in.Body)
}
