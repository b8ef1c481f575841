package chatwoot

import (
	"context"
	"net/http"
)

// Server is what a Chatwoot says of itself.
type Server struct {
	Version string `json:"version"`
	Now     Time   `json:"timestamp"` // its clock
}

// Server asks which version it is, which needs no token. Hooks of an account are signed since 4.12, those to bots and inboxes since 4.13.
func (c *Client) Server(ctx context.Context) (*Server, error) {
	return decode[Server](c.send(ctx, request{method: http.MethodGet, path: "/api"}))
}

// Agents lists the people who answer in the account.
func (c *Client) Agents(ctx context.Context) ([]Agent, error) {
	body, err := c.read(ctx, "/agents", nil)
	return many[Agent](body, err, "payload")
}

// Teams lists the teams of the account.
func (c *Client) Teams(ctx context.Context) ([]Team, error) {
	body, err := c.read(ctx, "/teams", nil)
	return many[Team](body, err, "payload")
}

// Label is a label that the account knows. A conversation can have others, which agents do not see in the list to choose from.
type Label struct {
	ID          int64  `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Color       string `json:"color"` // #ff8800
	Sidebar     bool   `json:"show_on_sidebar"`
}

// AccountLabels lists the labels that the account knows.
func (c *Client) AccountLabels(ctx context.Context) ([]Label, error) {
	body, err := c.read(ctx, "/labels", nil)
	return many[Label](body, err, "payload")
}

// CreateLabel makes a label known to the account. Chatwoot writes titles small. The owner of the token must be an administrator.
func (c *Client) CreateLabel(ctx context.Context, l Label) (*Label, error) {
	if err := checkLabels([]string{l.Title}); err != nil {
		return nil, err
	}
	in := struct {
		Title       string `json:"title"`
		Description string `json:"description,omitempty"`
		Color       string `json:"color,omitempty"`
		Sidebar     bool   `json:"show_on_sidebar"`
	}{l.Title, l.Description, l.Color, l.Sidebar}
	body, err := c.call(ctx, http.MethodPost, "/labels", in)
	return peeled[Label](body, err, "payload")
}
