package twilio

import "context"

// Account is what doctor reads of the account.
type Account struct {
	SID    string `json:"sid"`
	Name   string `json:"friendly_name"`
	Status string `json:"status"` // active, suspended, closed
	Type   string `json:"type"`   // Trial, Full
}

// Account reads the account, which shows whether the credentials are good. A restricted API key may be refused here and be good elsewhere.
func (c *Client) Account(ctx context.Context) (Account, error) {
	return fetch[Account](ctx, c, get(c.o.Bases.API, "/2010-04-01/Accounts/{}.json", c.o.Account))
}

// Workspace is a workspace of TaskRouter.
type Workspace struct {
	SID  string `json:"sid"`
	Name string `json:"friendly_name"`
}

// Workspace reads a workspace, WS….
func (c *Client) Workspace(ctx context.Context, workspace string) (Workspace, error) {
	return fetch[Workspace](ctx, c, get(c.o.Bases.TaskRouter, "/v1/Workspaces/{}", workspace))
}

// Workflow is a workflow of a workspace.
type Workflow struct {
	SID  string `json:"sid"`
	Name string `json:"friendly_name"`
}

// Workflow reads a workflow of a workspace, WW….
func (c *Client) Workflow(ctx context.Context, workspace, workflow string) (Workflow, error) {
	return fetch[Workflow](ctx, c, get(c.o.Bases.TaskRouter, "/v1/Workspaces/{}/Workflows/{}", workspace, workflow))
}

// Hooks is where what happens in all conversations is told. PreURL is asked before, PostURL is told after; both may be empty.
type Hooks struct {
	PreURL  string   `json:"pre_webhook_url"`
	PostURL string   `json:"post_webhook_url"`
	Method  string   `json:"method"` // GET or POST
	Filters []string `json:"filters"`
}

// AccountHooks are those of all conversations of the account.
func (c *Client) AccountHooks(ctx context.Context) (Hooks, error) {
	return fetch[Hooks](ctx, c, get(c.o.Bases.Conversations, "/v1/Configuration/Webhooks"))
}

// ServiceHooks are those of one service of Conversations, IS….
func (c *Client) ServiceHooks(ctx context.Context, service string) (Hooks, error) {
	return fetch[Hooks](ctx, c, get(c.o.Bases.Conversations, "/v1/Services/{}/Configuration/Webhooks", service))
}

// Flow is a flow of Studio.
type Flow struct {
	SID    string `json:"sid"`
	Name   string `json:"friendly_name"`
	Status string `json:"status"` // draft, published
}

// Flow reads a flow, FW….
func (c *Client) Flow(ctx context.Context, sid string) (Flow, error) {
	return fetch[Flow](ctx, c, get(c.o.Bases.Studio, "/v2/Flows/{}", sid))
}
