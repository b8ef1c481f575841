package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) cannedRoutes() []operation {
	return under("Canned responses",
		list("/canned-responses", "canned-responses:read", "listCannedResponses", "List canned responses", s.listCanned),
		post("/canned-responses", "canned-responses:write", "createCannedResponse", "Create a canned response", s.createCanned),
		get("/canned-responses/{id}", "canned-responses:read", "getCannedResponse", "Read a canned response", s.getCanned),
		put("/canned-responses/{id}", "canned-responses:write", "updateCannedResponse", "Change a canned response", s.updateCanned),
		del("/canned-responses/{id}", "canned-responses:write", "deleteCannedResponse", "Delete a canned response", s.deleteCanned),
	)
}

type cannedCreate struct{ Body switchboard.CannedChange }

type cannedUpdate struct {
	ByID

	Body switchboard.CannedChange
}

type cannedList struct {
	Paging

	Q      string `query:"q" maxLength:"200" doc:"Part of a shortcut or content."`
	Locale string `query:"locale" maxLength:"50" doc:"Only those of this language; empty are those of every language."`
}

func (s *server) listCanned(ctx context.Context, in *cannedList) (switchboard.List[switchboard.CannedResponse], error) {
	q := switchboard.CannedQuery{Q: in.Q}
	if r := request(ctx); r.URL != nil && r.URL.Query().Has("locale") {
		q.Locale = &in.Locale
	}
	return s.Board.CannedResponses(ctx, caller(ctx), q, in.page())
}

func (s *server) createCanned(ctx context.Context, in *cannedCreate) (switchboard.CannedResponse, error) {
	return s.Board.CreateCanned(ctx, ask(ctx), in.Body)
}

func (s *server) getCanned(ctx context.Context, in *ByID) (switchboard.CannedResponse, error) {
	return s.Board.Canned(ctx, caller(ctx), kefu.CannedID(in.ID))
}

func (s *server) updateCanned(ctx context.Context, in *cannedUpdate) (switchboard.CannedResponse, error) {
	return s.Board.UpdateCanned(ctx, ask(ctx), kefu.CannedID(in.ID), in.Body)
}

func (s *server) deleteCanned(ctx context.Context, in *ByID) error {
	return s.Board.DeleteCanned(ctx, ask(ctx), kefu.CannedID(in.ID))
}
