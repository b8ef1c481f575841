package api

import (
	"context"

	"kefu"
	"kefu/internal/auth"
)

// sessionRoutes are credentials that somebody gets with others: tickets, and sessions of contacts.
func (s *server) sessionRoutes() []operation {
	return append(
		under("Login", post("/ws-tickets", anyone, "createTicket", "Ask for a WebSocket ticket", s.createTicket).
			about("The ticket may stand in the address of one WebSocket, `?token=`, within 60 seconds.")),
		under("Contacts",
			post("/contacts/{id}/sessions", "contacts:session", "createContactSession", "Begin a session for a contact", s.createContactSession).
				about("The token is good for this contact alone, for REST and WebSocket: give it to the contact's browser or app."),
			del("/contacts/{id}/sessions", "contacts:session", "endContactSessions", "End every session of a contact", s.endContactSessions),
		)...)
}

// contactSessionInput's body may be left out.
type contactSessionInput struct {
	ByID
	Body *auth.ContactSessionAsk
}

func (s *server) createTicket(ctx context.Context, _ *struct{}) (auth.Ticket, error) {
	return s.Accounts.IssueTicket(ctx, ask(ctx))
}

func (s *server) createContactSession(ctx context.Context, in *contactSessionInput) (auth.ContactSession, error) {
	var want auth.ContactSessionAsk
	if in.Body != nil {
		want = *in.Body
	}
	return s.Accounts.CreateContactSession(ctx, ask(ctx), kefu.ContactID(in.ID), want)
}

func (s *server) endContactSessions(ctx context.Context, in *ByID) error {
	return s.Accounts.EndContactSessions(ctx, ask(ctx), kefu.ContactID(in.ID))
}
