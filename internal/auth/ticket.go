package auth

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"kefu"
)

// TicketFor is how long a WebSocket ticket is good.
const TicketFor = time.Minute

// Ticket is a credential for one WebSocket: it may stand in a URL because it is worthless once it was used.
type Ticket struct {
	Ticket    string    `json:"ticket" doc:"Goes into the address of the WebSocket as token; good once." example:"kefu_wt_…"`
	ExpiresAt time.Time `json:"expires_at" doc:"When it is too late to use it."`
}

// IssueTicket makes a ticket by which a WebSocket is the caller's. The line ends when the caller's own credential does.
func (a *Auth) IssueTicket(ctx context.Context, ask kefu.Ask) (Ticket, error) {
	return do(ctx, a, ask, func(t *tx) (Ticket, error) {
		raw, err := json.Marshal(ask.Caller)
		if err != nil {
			return Ticket{}, err
		}
		out := Ticket{Ticket: newSecret(prefixTicket), ExpiresAt: t.now.Add(TicketFor).UTC().Truncate(time.Microsecond)}
		return out, t.InsertPass(hash(out.Ticket), string(raw), out.ExpiresAt)
	})
}

// byTicket takes a ticket, which ends it, and looks its caller up anew.
func (a *Auth) byTicket(ctx context.Context, ticket string, from netip.Addr) (kefu.Caller, error) {
	c, err := update(ctx, a, func(t *tx) (c kefu.Caller, err error) {
		p, err := t.TakePass(hash(ticket))
		if err != nil {
			return c, known(err, "this ticket was used, or never was one: ask for another with POST /api/v1/ws-tickets")
		}
		if !over(p.ExpiresAt, t.now) {
			return c, json.Unmarshal([]byte(p.Caller), &c)
		}
		return kefu.Caller{}, nil // the ticket is gone all the same
	})
	if err != nil {
		return c, err
	}
	if c.ID == "" {
		return c, unauthorized("this ticket has expired: ask for another with POST /api/v1/ws-tickets")
	}
	c.Address = address(from)
	return a.again(ctx, c)
}
