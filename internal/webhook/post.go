package webhook

import (
	"context"
	"net/netip"
)

// Poster makes attempts.
type Poster struct{}

// NewPoster makes one whose requests reach public addresses and those of allow.
func NewPoster(allow []netip.Prefix, version string) *Poster { return &Poster{} }

// Close lets go of idle connections.
func (p *Poster) Close() {}

// Request is one attempt to be made.
type Request struct {
	Target   Target
	EventID  string
	Type     string
	Delivery string // id, for the receiver's questions to us
	Attempt  int    // 1 is the first
	Body     []byte // with the member signature in it
}

// Post makes one attempt. It blocks for at most the endpoint's timeout, and never fails otherwise than in its Result.
func (p *Poster) Post(ctx context.Context, r Request) Result { return Result{Error: FailConnect} }

// Post makes one attempt.
func (w *Webhooks) Post(ctx context.Context, r Request) Result { return w.poster.Post(ctx, r) }
