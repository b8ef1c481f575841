package client

import (
	"context"
	"time"
)

// Me is who the caller is, and what they may do.
type Me struct {
	Kind   string   `json:"kind"` // agent, client or contact
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Role   string   `json:"role"`
	Scopes []string `json:"scopes"`
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

// Logout ends the session of WithLogin or WithToken.
func (s Auth) Logout(ctx context.Context) error {
	_, err := post[struct{}](ctx, s.c, "/auth/logout", nil)
	return err
}
