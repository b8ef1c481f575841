package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

// agentStatusRoutes are what is said of agents' presence. Who may set it is more than a scope says: agents set their own.
func (s *server) agentStatusRoutes() []operation {
	return under("Agents",
		get("/agents/{id}/status", "agents:read", "getAgentStatus", "Read an agent's status", s.getAgentStatus).
			about("The effective status and what each source says; the best of them counts."),
		put("/agents/{id}/status", anyone, "setAgentStatus", "Set an agent's status", s.setAgentStatus).
			about("Agents set their own; others need the scope agents:write. It stays until something else is said, in contrast to a status that is set "+
				"over a WebSocket, which ends a minute after the agent's last connection."),
	)
}

type statusUpdate struct {
	ByID
	Body switchboard.StatusRequest
}

func (s *server) getAgentStatus(ctx context.Context, in *ByID) (switchboard.AgentPresence, error) {
	return s.Board.AgentPresence(ctx, caller(ctx), kefu.AgentID(in.ID))
}

func (s *server) setAgentStatus(ctx context.Context, in *statusUpdate) (switchboard.AgentPresence, error) {
	return s.Board.SetAgentStatus(ctx, ask(ctx), kefu.AgentID(in.ID), in.Body)
}
