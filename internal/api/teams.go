package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) teamRoutes() []operation {
	return under("Teams",
		list("/teams", "teams:read", "listTeams", "List teams", s.listTeams),
		post("/teams", "teams:write", "createTeam", "Create a team", s.createTeam),
		get("/teams/{id}", "teams:read", "getTeam", "Read a team", s.getTeam),
		put("/teams/{id}", "teams:write", "updateTeam", "Change a team", s.updateTeam),
		del("/teams/{id}", "teams:write", "deleteTeam", "Delete a team", s.deleteTeam).
			about("Its conversations have no team from then on; no event is sent for each of them."),
	)
}

type teamCreate struct{ Body switchboard.TeamChange }

type teamUpdate struct {
	ByID

	Body switchboard.TeamChange
}

type teamList struct {
	Paging

	Q string `query:"q" maxLength:"200" doc:"Part of a name."`
}

func (s *server) listTeams(ctx context.Context, in *teamList) (switchboard.List[switchboard.Team], error) {
	return s.Board.Teams(ctx, caller(ctx), in.Q, in.page())
}

func (s *server) createTeam(ctx context.Context, in *teamCreate) (switchboard.Team, error) {
	return s.Board.CreateTeam(ctx, ask(ctx), in.Body)
}

func (s *server) getTeam(ctx context.Context, in *ByID) (switchboard.Team, error) {
	return s.Board.Team(ctx, caller(ctx), kefu.TeamID(in.ID))
}

func (s *server) updateTeam(ctx context.Context, in *teamUpdate) (switchboard.Team, error) {
	return s.Board.UpdateTeam(ctx, ask(ctx), kefu.TeamID(in.ID), in.Body)
}

func (s *server) deleteTeam(ctx context.Context, in *ByID) error {
	return s.Board.DeleteTeam(ctx, ask(ctx), kefu.TeamID(in.ID))
}
