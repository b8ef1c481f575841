package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Agent is a human who answers.
type Agent struct {
	Tagged

	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"` // "" for one who is known from a desk only
	Role      string    `json:"role"`  // admin, supervisor or agent
	Status    string    `json:"status"`
	TeamIDs   []string  `json:"team_ids"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// NewAgent is what an agent is made of.
type NewAgent struct {
	Name     string   `json:"name"`
	Email    string   `json:"email,omitempty"`
	Role     string   `json:"role,omitempty"`     // agent without it
	Password string   `json:"password,omitempty"` // 8 to 200 characters; without it the agent cannot log in
	TeamIDs  []string `json:"team_ids,omitempty"`
}

// AgentChange is what changes; absent members stay.
type AgentChange struct {
	Name     Opt[string]   `json:"name,omitzero"`
	Email    Opt[string]   `json:"email,omitzero"`
	Role     Opt[string]   `json:"role,omitzero"`
	Password Opt[string]   `json:"password,omitzero"`
	TeamIDs  Opt[[]string] `json:"team_ids,omitzero"`
	Active   Opt[bool]     `json:"active,omitzero"` // true takes a deleted account up again
}

// AgentFilter narrows a list; empty members do not.
type AgentFilter struct {
	Role   string
	Status string
	TeamID string
	Active *bool
	Query  string // in the name or e-mail address
}

func (f AgentFilter) query() url.Values {
	return url.Values(filter{}.text("role", f.Role).text("status", f.Status).text("team", f.TeamID).truth("active", f.Active).text("q", f.Query))
}

// Presence is whether an agent can answer, and by whose word.
type Presence struct {
	AgentID string         `json:"agent_id"`
	Status  string         `json:"status"` // the best of what the sources say
	Sources []StatusSource `json:"sources"`
}

// StatusSource is what one source says of an agent.
type StatusSource struct {
	Source    string     `json:"source"` // "self", or the inbox of a desk
	Status    string     `json:"status"`
	ExpiresAt *time.Time `json:"expires_at"`
	Connected bool       `json:"connected"` // it ends a minute after the agent's last WebSocket
	UpdatedAt time.Time  `json:"updated_at"`
}

// Identity is the name by which an inbox knows somebody.
type Identity struct {
	InboxID    string    `json:"inbox_id"`
	ExternalID string    `json:"external_id"`
	CreatedAt  time.Time `json:"created_at"`
}

// Agents are the people who answer.
type Agents struct{ c *Client }

// Create makes an agent.
func (s Agents) Create(ctx context.Context, in NewAgent) (*Agent, error) {
	return post[Agent](ctx, s.c, "/agents", in)
}

// Get reads one.
func (s Agents) Get(ctx context.Context, id string) (*Agent, error) {
	return get[Agent](ctx, s.c, at("/agents", id), nil)
}

// List walks those that the filter keeps.
func (s Agents) List(ctx context.Context, f AgentFilter) iter.Seq2[Agent, error] {
	return items[Agent](ctx, s.c, "/agents", f.query())
}

// Update changes the members that are present.
func (s Agents) Update(ctx context.Context, id string, ch AgentChange, opts ...CallOption) (*Agent, error) {
	return put[Agent](ctx, s.c, at("/agents", id), ch, opts)
}

// Deactivate ends an account. Its history stays, and its conversations go back to the queue.
func (s Agents) Deactivate(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/agents", id), opts)
}

// SetStatus says whether an agent can answer: online, away, busy or offline. It stays until something else is said.
func (s Agents) SetStatus(ctx context.Context, id, status string) (*Presence, error) {
	return put[Presence](ctx, s.c, at("/agents", id, "status"), map[string]string{"status": status}, nil)
}

// Status reads whether an agent can answer, and by whose word.
func (s Agents) Status(ctx context.Context, id string) (*Presence, error) {
	return get[Presence](ctx, s.c, at("/agents", id, "status"), nil)
}

// Identities walks the names by which desks know an agent.
func (s Agents) Identities(ctx context.Context, id string) iter.Seq2[Identity, error] {
	return whole[Identity](ctx, s.c, at("/agents", id, "identities"), nil)
}

// Bind says who an agent is at a desk: externalID is what the inbox calls them, such as a Discord user id.
func (s Agents) Bind(ctx context.Context, id, inboxID, externalID string) (*Identity, error) {
	return post[Identity](ctx, s.c, at("/agents", id, "identities"), map[string]string{"inbox_id": inboxID, "external_id": externalID})
}

// Team is a group of agents that shares a queue.
type Team struct {
	Tagged

	ID        string    `json:"id"`
	Name      string    `json:"name"`
	MemberIDs []string  `json:"member_ids"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// NewTeam is what a team is made of.
type NewTeam struct {
	Name      string   `json:"name"`
	MemberIDs []string `json:"member_ids,omitempty"`
}

// TeamChange is what changes; absent members stay.
type TeamChange struct {
	Name      Opt[string]   `json:"name,omitzero"`
	MemberIDs Opt[[]string] `json:"member_ids,omitzero"` // all of them
}

// Teams are groups of agents.
type Teams struct{ c *Client }

// Create makes a team.
func (s Teams) Create(ctx context.Context, in NewTeam) (*Team, error) {
	return post[Team](ctx, s.c, "/teams", in)
}

// Get reads one.
func (s Teams) Get(ctx context.Context, id string) (*Team, error) {
	return get[Team](ctx, s.c, at("/teams", id), nil)
}

// List walks the teams with query in their names; "" is all of them.
func (s Teams) List(ctx context.Context, query string) iter.Seq2[Team, error] {
	return items[Team](ctx, s.c, "/teams", url.Values(filter{}.text("q", query)))
}

// Update changes the members that are present.
func (s Teams) Update(ctx context.Context, id string, ch TeamChange, opts ...CallOption) (*Team, error) {
	return put[Team](ctx, s.c, at("/teams", id), ch, opts)
}

// Delete removes a team; its conversations stay, with no team.
func (s Teams) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/teams", id), opts)
}
