package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

// labelRoutes is the pattern of a resource: each line is one call, each handler hands on to one verb.
func (s *server) labelRoutes() []operation {
	return under("Labels",
		list("/labels", "labels:read", "listLabels", "List labels", s.listLabels),
		post("/labels", "labels:write", "createLabel", "Create a label", s.createLabel),
		get("/labels/{id}", "labels:read", "getLabel", "Read a label", s.getLabel),
		put("/labels/{id}", "labels:write", "updateLabel", "Change a label", s.updateLabel),
		del("/labels/{id}", "labels:write", "deleteLabel", "Delete a label", s.deleteLabel).
			about("Takes the label off every conversation."),
	)
}

type labelCreate struct{ Body switchboard.LabelChange }

type labelUpdate struct {
	ByID
	Body switchboard.LabelChange
}

func (s *server) listLabels(ctx context.Context, in *Paging) (switchboard.List[switchboard.Label], error) {
	return s.Board.Labels(ctx, caller(ctx), in.page())
}

func (s *server) createLabel(ctx context.Context, in *labelCreate) (switchboard.Label, error) {
	return s.Board.CreateLabel(ctx, ask(ctx), in.Body)
}

func (s *server) getLabel(ctx context.Context, in *ByID) (switchboard.Label, error) {
	return s.Board.Label(ctx, caller(ctx), kefu.LabelID(in.ID))
}

func (s *server) updateLabel(ctx context.Context, in *labelUpdate) (switchboard.Label, error) {
	return s.Board.UpdateLabel(ctx, ask(ctx), kefu.LabelID(in.ID), in.Body)
}

func (s *server) deleteLabel(ctx context.Context, in *ByID) error {
	return s.Board.DeleteLabel(ctx, ask(ctx), kefu.LabelID(in.ID))
}
