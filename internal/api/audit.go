package api

import (
	"context"
	"time"

	"kefu/internal/switchboard"
)

func (s *server) auditRoutes() []operation {
	return under("Audit",
		list("/audit", "audit:read", "listAudit", "Read the audit log", s.listAudit).
			about("Who changed settings, rights or data, newest first. The log is append-only."),
	)
}

type auditList struct {
	Paging

	Actor  string    `query:"actor" maxLength:"200" doc:"Only what this agent, contact or client did."`
	Action string    `query:"action" maxLength:"100" doc:"Only this action; agent.* is every action on agents."`
	Target string    `query:"target" maxLength:"200" doc:"Only what was done to this."`
	Since  time.Time `query:"since" doc:"Only at this time or later."`
	Until  time.Time `query:"until" doc:"Only before this time."`
}

func (s *server) listAudit(ctx context.Context, in *auditList) (switchboard.List[switchboard.AuditEntry], error) {
	return s.Board.AuditLog(ctx, caller(ctx), switchboard.AuditQuery{Actor: in.Actor, Action: in.Action, Target: in.Target, Since: in.Since,
		Until: in.Until}, in.page())
}
