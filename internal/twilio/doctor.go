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
