package api

import (
	"context"

	"kefu"
	"kefu/internal/alert"
)

func (s *server) alertRoutes() []operation {
	return under("Alerts",
		list("/alerts", "webhooks:read", "listAlerts", "List alerts", s.listAlerts).
			about("What is wrong, or was: newest first. As it happens: the events alert.raised and alert.cleared, by webhook, WebSocket and GET /events."),
		get("/alerts/{id}", "webhooks:read", "getAlert", "Read an alert", s.getAlert),
	)
}

type alertList struct {
	Paging

	State alert.State `query:"state" enum:"open,cleared,all" default:"open" doc:"open: what is wrong now; cleared: what was, for 90 days; all: both."`
}

func (s *server) listAlerts(ctx context.Context, in *alertList) (kefu.List[alert.Alert], error) {
	return s.Alerts.List(ctx, caller(ctx), in.State, in.page())
}

func (s *server) getAlert(ctx context.Context, in *ByID) (alert.Alert, error) {
	return s.Alerts.Read(ctx, caller(ctx), in.ID)
}
