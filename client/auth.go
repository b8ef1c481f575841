package client

import (
	"context"
	"time"
)

// Me is who the caller is, and what they may do.
type Me struct {
	Kind       string     `json:"kind"` // agent, client or contact
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Role       *string    `json:"role"` // of an agent
	Scopes     []string   `json:"scopes"`
	Credential string     `json:"credential"` // the key or session that was shown
	ExpiresAt  *time.Time `json:"expires_at"`
	Sight      Sight      `json:"sight"`
}

// Sight says which conversations the caller sees.
type Sight struct {
	Rule     string   `json:"rule"` // all, supervisor, agent, client or contact
	TeamIDs  []string `json:"team_ids"`
	InboxIDs []string `json:"inbox_ids"`
}

// WSTicket opens one WebSocket, within a minute: it may stand in an address, where tokens do not belong.
type WSTicket struct {
	Ticket    string    `json:"ticket"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Auth is about the caller. Logging in is an option of New: WithLogin.
type Auth struct{ c *Client }

// Me tells who the server takes the caller for.
func (s Auth) Me(ctx context.Context) (*Me, error) {
	return get[Me](ctx, s.c, "/me", nil)
}

// Ticket makes a ticket for a browser's WebSocket. A Stream does not need one.
func (s Auth) Ticket(ctx context.Context) (*WSTicket, error) {
	return post[WSTicket](ctx, s.c, "/ws-tickets", nil)
}

// Logout ends the session of WithLogin or WithToken. A call after it begins another one, if there is a password.
func (s Auth) Logout(ctx context.Context) error {
	_, err := post[struct{}](ctx, s.c, "/auth/logout", nil)
	return err
}

// ChangePassword gives the agent another password. Every other session of theirs ends.
func (s Auth) ChangePassword(ctx context.Context, current, password string) error {
	_, err := post[struct{}](ctx, s.c, "/me/password", map[string]string{"current_password": current, "password": password})
	return err
}
