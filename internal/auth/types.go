package auth

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/secret"
	"kefu/internal/store"
)

// Options are what New needs.
type Options struct {
	Store *store.Store
	// Box seals the secrets of signing keys, and answers that hold a secret.
	Box *secret.Box
	// Key is the installation's secret key; keys for each purpose are derived from it.
	Key []byte
	// PublicURL is the issuer of tokens and the base of what the OAuth2 metadata name.
	PublicURL string
	Log       *slog.Logger
	// Bus wakes those who follow events after a right has changed; nil lets them find it at their next look.
	Bus *bus.Bus
	// Now is for tests: nil reads the database's clock inside transactions.
	Now func() time.Time
}

// Request is what auth looks at of a request.
type Request struct {
	Method string
	// Target is the request target as it was sent: the path, and ? with the query if there is one.
	Target string
	Header http.Header
	// Body is whole: a signature is over all of it.
	Body []byte
	// Address is the visitor's, after trusted proxies.
	Address netip.Addr
	// Token is ?token= of a WebSocket: a session token or a single-use ticket. REST leaves it empty.
	Token string
}

// Limit is how much a caller may still ask, for the RateLimit headers. Limit 0 says that nothing is counted.
type Limit struct {
	// Name is the policy's: "key", "user", "contact" or "address".
	Name string
	// Limit is how many requests may come at once, Remaining how many of them are left.
	Limit, Remaining int
	// Window is the time in which a spent Limit comes back wholly, Reset the time until it has.
	Window, Reset time.Duration
	// RetryAfter is how long to wait when the limit is passed; 0 when it is not.
	RetryAfter time.Duration
}

// Auth knows who asks, and gives and takes the credentials by which it knows. Make it with New; it is safe for concurrent use.
type Auth struct {
	Options

	tokens *signer
	limits *limits
	hasher *hasher
	used   *uses
}

// New makes an Auth. It starts no goroutine.
func New(o Options) (*Auth, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	tokens, err := newSigner(secret.Derive(o.Key, "session tokens"), o.PublicURL)
	if err != nil {
		return nil, err
	}
	limits, err := newLimits(o.Now)
	if err != nil {
		return nil, err
	}
	return &Auth{Options: o, tokens: tokens, limits: limits, hasher: newHasher(), used: newUses()}, nil
}

// Authenticate tells who sends a request. A request without credentials, or with one that is not good (any more), is Unauthorized, in words
// that say what to mend; a good one from an address that is not on its list is Forbidden. A signed request counts once: its nonce is stored.
func (a *Auth) Authenticate(ctx context.Context, r Request) (kefu.Caller, error) {
	c, err := a.authenticate(ctx, r)
	if err != nil {
		return kefu.Caller{}, unreadable(err)
	}
	return c, nil
}

// Again tells what a caller of Authenticate is by now, for lines that stay open: the same credential is looked up anew, and is Unauthorized
// when it has expired or was revoked, or when its agent was deactivated. It costs one read.
func (a *Auth) Again(ctx context.Context, c kefu.Caller) (kefu.Caller, error) {
	now, err := a.again(ctx, c)
	if err != nil {
		return kefu.Caller{}, unreadable(err)
	}
	return now, nil
}

// Allow counts a request against its limit: of the key or user who sends it, or of the visitor's address for contacts and for those who have
// not said who they are (the zero Caller). Over the limit the error is RateLimited and the Limit says when to come again.
func (a *Auth) Allow(ctx context.Context, c kefu.Caller, visitor netip.Addr) (Limit, error) {
	return a.limits.allow(ctx, c, visitor)
}
