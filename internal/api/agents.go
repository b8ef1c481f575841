package api

import (
	"context"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/switchboard"
)

func (s *server) agentRoutes() []operation {
	return under("Agents",
		list("/agents", "agents:read", "listAgents", "List agents", s.listAgents),
		post("/agents", "agents:write", "createAgent", "Create an agent", s.createAgent).
			about("An agent who has an e-mail and a password can log in."),
		get("/agents/{id}", "agents:read", "getAgent", "Read an agent", s.getAgent),
		put("/agents/{id}", "agents:write", "updateAgent", "Change an agent", s.updateAgent).
			about("Giving an e-mail and a password to one who is known from a desk only makes an account of them. The last admin who can log in "+
				"cannot be deactivated or given another role."),
		del("/agents/{id}", "agents:write", "deleteAgent", "Deactivate an agent", s.deleteAgent).
			about("The history stays. Conversations that are assigned to the agent go back to the queue; sessions and sockets end."),
		list("/agents/{id}/identities", "agents:read", "listAgentIdentities", "List where an agent is known", s.listAgentIdentities),
		post("/agents/{id}/identities", "agents:write", "bindAgentIdentity", "Bind a desk's user to an agent", s.bindAgentIdentity).
			about("Says that the user whom a desk knows by external_id (a Discord user id) is this agent, so that both are one person. One who was "+
				"known from that desk only becomes part of this agent: the open conversations move."),
	)
}

// agentFields are what an agent is made of, with the password, which the rules never see.
type agentFields struct {
	switchboard.AgentChange

	Password kefu.Opt[string] `json:"password,omitzero" minLength:"8" maxLength:"200" doc:"For logging in, 8 to 200 characters. Null takes it away."`
}

// hashed gives the change with the password's hash, which takes long: a rehearsal does without.
func (f agentFields) hashed(ask kefu.Ask) (switchboard.AgentChange, error) {
	ch := f.AgentChange
	if !f.Password.Given {
		return ch, nil
	}
	if f.Password.Null {
		ch.ClearPassword = true
		return ch, nil
	}
	if ask.Dry {
		ch.PasswordHash = "-"
		return ch, nil
	}
	hash, err := auth.HashPassword(f.Password.Value)
	ch.PasswordHash = hash
	return ch, err
}

type agentCreate struct{ Body agentFields }

type agentUpdate struct {
	ByID

	Body agentFields
}

type agentList struct {
	Paging

	Role   kefu.Role        `query:"role" doc:"Only agents with this role."`
	Status kefu.AgentStatus `query:"status" doc:"Only agents with this status."`
	Team   string           `query:"team" maxLength:"200" doc:"Only members of this team."`
	Active string           `query:"active" enum:"true,false" doc:"Only active agents, or only deactivated ones."`
	Q      string           `query:"q" maxLength:"200" doc:"Part of a name or e-mail."`
}

type identityBind struct {
	ByID

	Body switchboard.IdentityBinding
}

func (s *server) listAgents(ctx context.Context, in *agentList) (switchboard.List[switchboard.Agent], error) {
	q := switchboard.AgentQuery{Role: in.Role, Status: in.Status, Team: kefu.TeamID(in.Team), Q: in.Q}
	if in.Active != "" {
		active := in.Active == "true"
		q.Active = &active
	}
	return s.Board.Agents(ctx, caller(ctx), q, in.page())
}

func (s *server) createAgent(ctx context.Context, in *agentCreate) (switchboard.Agent, error) {
	ch, err := in.Body.hashed(ask(ctx))
	if err != nil {
		return switchboard.Agent{}, err
	}
	return s.Board.CreateAgent(ctx, ask(ctx), ch)
}

func (s *server) getAgent(ctx context.Context, in *ByID) (switchboard.Agent, error) {
	return s.Board.Agent(ctx, caller(ctx), kefu.AgentID(in.ID))
}

func (s *server) updateAgent(ctx context.Context, in *agentUpdate) (switchboard.Agent, error) {
	ch, err := in.Body.hashed(ask(ctx))
	if err != nil {
		return switchboard.Agent{}, err
	}
	return s.Board.UpdateAgent(ctx, ask(ctx), kefu.AgentID(in.ID), ch)
}

func (s *server) deleteAgent(ctx context.Context, in *ByID) error {
	return s.Board.DeactivateAgent(ctx, ask(ctx), kefu.AgentID(in.ID))
}

func (s *server) listAgentIdentities(ctx context.Context, in *ByID) (switchboard.List[switchboard.Identity], error) {
	return s.Board.AgentIdentities(ctx, caller(ctx), kefu.AgentID(in.ID))
}

func (s *server) bindAgentIdentity(ctx context.Context, in *identityBind) (switchboard.Identity, error) {
	return s.Board.BindIdentity(ctx, ask(ctx), kefu.AgentID(in.ID), in.Body)
}
