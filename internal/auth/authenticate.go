package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"kefu"
	"kefu/internal/store"
)

// Prefixes of secrets, so that people, and scanners for leaked ones, know them.
const (
	prefixKey     = "kefu_"
	prefixAccess  = "kefu_at_"
	prefixRefresh = "kefu_rt_"
	prefixTicket  = "kefu_wt_"
	prefixClient  = "kefu_cs_"
	prefixSigning = "ksec_"
)

const (
	secretLen = 43 // 256 bits in base64
	maxHeader = 4096
)

// newSecret makes a secret of 256 random bits.
func newSecret(prefix string) string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: the program stops instead
	return prefix + base64.RawURLEncoding.EncodeToString(raw)
}

// hash is what is stored of a secret of ours. It is random and long, so that a plain hash is enough.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// HashKey is what is stored of a key.
func HashKey(key string) string { return hash(key) }

// shaped tells whether a text looks like a secret of ours with this prefix. A key's own characters may begin like a longer prefix: the
// length tells them apart.
func shaped(text, prefix string) bool {
	return len(text) == len(prefix)+secretLen && strings.HasPrefix(text, prefix)
}

// shown is the one credential that a request came with.
type shown struct {
	value  string
	inURL  bool
	signed bool
}

// pick finds the credential. Two of them are refused: it would be for us to guess who asks.
func pick(r Request) (shown, error) {
	auth, key, sign := r.Header.Values("Authorization"), r.Header.Values("X-Api-Key"), r.Header.Values("X-Kefu-Key")
	for _, v := range [][]string{auth, key, sign} {
		if len(v) > 1 || len(v) == 1 && len(v[0]) > maxHeader {
			return shown{}, unauthorized("send each credential header once, with at most %d bytes", maxHeader)
		}
	}
	n := len(auth) + len(key) + len(sign)
	if r.Token != "" {
		n++
	}
	switch {
	case n == 0:
		return shown{}, unauthorized("say who you are: Authorization: Bearer with an API key or a token, X-API-Key, or a signature")
	case n > 1:
		return shown{}, unauthorized("send one credential, not several")
	case len(key) == 1:
		return shown{value: key[0]}, nil
	case len(sign) == 1:
		return shown{value: sign[0], signed: true}, nil
	case r.Token != "":
		if len(r.Token) > maxHeader {
			return shown{}, unauthorized("the token is too long to be one of ours")
		}
		return shown{value: r.Token, inURL: true}, nil
	}
	scheme, value, _ := strings.Cut(auth[0], " ")
	if value = strings.TrimSpace(value); !strings.EqualFold(scheme, "Bearer") || value == "" {
		return shown{}, unauthorized("write Authorization: Bearer and the key or token behind it")
	}
	return shown{value: value}, nil
}

func (a *Auth) authenticate(ctx context.Context, r Request) (kefu.Caller, error) {
	s, err := pick(r)
	if err != nil {
		return kefu.Caller{}, err
	}
	session := strings.Count(s.value, ".") == 2
	switch {
	case s.signed:
		return a.bySignature(ctx, r, s.value)
	case s.inURL && shaped(s.value, prefixTicket):
		return a.byTicket(ctx, s.value, r.Address)
	case s.inURL && !session:
		return kefu.Caller{}, unauthorized("keys do not belong into URLs, which are logged: send it as Authorization: Bearer, or ask for a ticket with POST /api/v1/ws-tickets")
	case session && len(r.Header.Values("X-Api-Key")) == 0:
		return a.bySession(ctx, s.value, r.Address)
	case shaped(s.value, prefixAccess):
		return a.byAccessToken(ctx, s.value, r.Address)
	case shaped(s.value, prefixKey):
		return a.byKey(ctx, s.value, r.Address)
	}
	return kefu.Caller{}, unauthorized("this is no key or token of ours: keys begin with %s and are %d characters long", prefixKey, len(prefixKey)+secretLen)
}

func (a *Auth) byKey(ctx context.Context, key string, from netip.Addr) (kefu.Caller, error) {
	return glance(ctx, a, func(t *tx) (kefu.Caller, error) {
		p, err := t.ProgramByHash(hash(key))
		if err == nil && p.Kind != store.ProgramKey {
			return kefu.Caller{}, unauthorized("this secret is not an API key: use it as what it was made for")
		}
		if err != nil {
			return kefu.Caller{}, known(err, "no such API key")
		}
		return a.program(t, p, from)
	})
}

// program is a caller of a program's credential that is good now.
func (a *Auth) program(t *tx, p store.Program, from netip.Addr) (kefu.Caller, error) {
	what := programName(p.Kind)
	switch {
	case !p.RevokedAt.IsZero():
		return kefu.Caller{}, unauthorized("the %s was revoked: make another", what)
	case over(p.ExpiresAt, t.now):
		return kefu.Caller{}, unauthorized("the %s has expired: make another", what)
	case !within(p.Allow, from):
		return kefu.Caller{}, kefu.Errorf(kefu.KindForbidden, "the %s may not be used from %s: add the address to its list", what, from)
	}
	a.used.note(p.ID, t.now)
	return kefu.Caller{Kind: kefu.CallerClient, ID: p.ID, Name: p.Name, Scopes: strings.Fields(p.Scopes), Bound: p.Bound, Credential: p.ID,
		Address: address(from), ExpiresAt: p.ExpiresAt}, nil
}

func (a *Auth) byAccessToken(ctx context.Context, token string, from netip.Addr) (kefu.Caller, error) {
	return glance(ctx, a, func(t *tx) (kefu.Caller, error) {
		o, err := t.OAuthTokenByHash(hash(token))
		if err != nil {
			return kefu.Caller{}, known(err, "no such access token: get one with POST /oauth/token")
		}
		return a.access(t, o, from)
	})
}

// access is a caller of an access token that is good now: with the token's scopes, as far as the client still has them.
func (a *Auth) access(t *tx, o store.OAuthToken, from netip.Addr) (kefu.Caller, error) {
	if !o.RevokedAt.IsZero() || over(o.ExpiresAt, t.now) {
		return kefu.Caller{}, unauthorized("the access token has expired or was revoked: get another with POST /oauth/token")
	}
	p, err := t.ProgramAlone(o.ClientID)
	if err != nil {
		return kefu.Caller{}, known(err, "no such OAuth2 client")
	}
	c, err := a.program(t, p, from)
	if err != nil {
		return kefu.Caller{}, err
	}
	var scopes []string
	for s := range strings.FieldsSeq(o.Scopes) {
		if covers(c.Scopes, s) {
			scopes = append(scopes, s)
		}
	}
	c.Scopes, c.Credential = scopes, o.ID
	if c.ExpiresAt.IsZero() || o.ExpiresAt.Before(c.ExpiresAt) {
		c.ExpiresAt = o.ExpiresAt
	}
	return c, nil
}

func (a *Auth) bySession(ctx context.Context, token string, from netip.Addr) (kefu.Caller, error) {
	b, err := a.tokens.read(token)
	if err != nil {
		return kefu.Caller{}, err
	}
	return glance(ctx, a, func(t *tx) (kefu.Caller, error) {
		if over(b.until, t.now) {
			return kefu.Caller{}, unauthorized("the token has expired: refresh it")
		}
		c, err := a.session(t, b.kind, b.session, from)
		if err == nil && c.ID != b.subject {
			err = unauthorized("the token is not of its session: log in again")
		}
		c.ExpiresAt = b.until
		return c, err
	})
}

// session is a caller of a session that is good now, with the role of now.
func (a *Auth) session(t *tx, kind store.SessionKind, id string, from netip.Addr) (kefu.Caller, error) {
	s, err := t.Bearer(kind, id)
	if err != nil {
		return kefu.Caller{}, known(err, "no such session: log in again")
	}
	switch {
	case !s.RevokedAt.IsZero():
		return kefu.Caller{}, unauthorized("the session was ended: log in again")
	case over(s.ExpiresAt, t.now):
		return kefu.Caller{}, unauthorized("the session has expired: log in again")
	case s.Gone && kind == store.SessionAgent:
		return kefu.Caller{}, unauthorized("the account was deactivated")
	case s.Gone:
		return kefu.Caller{}, unauthorized("the contact was merged or erased: ask for a new session")
	case !within(s.Allow, from):
		return kefu.Caller{}, kefu.Errorf(kefu.KindForbidden, "the role %s may not be used from %s", s.Role, from)
	}
	c := kefu.Caller{Kind: kefu.CallerAgent, ID: s.Subject, Name: s.Name, Role: s.Role, Scopes: ScopesOf(s.Role), Credential: s.ID,
		Address: address(from), ExpiresAt: s.ExpiresAt}
	if kind == store.SessionContact {
		c.Kind, c.Role, c.Scopes = kefu.CallerContact, "", ContactScopes()
	}
	return c, nil
}

// again looks a caller's credential up anew. The token that was shown ends when it ended before.
func (a *Auth) again(ctx context.Context, c kefu.Caller) (kefu.Caller, error) {
	if c.Kind == kefu.CallerSystem {
		return c, nil
	}
	return glance(ctx, a, func(t *tx) (kefu.Caller, error) { return a.anew(t, c) })
}

func (a *Auth) anew(t *tx, c kefu.Caller) (now kefu.Caller, err error) {
	if over(c.ExpiresAt, t.now) {
		return kefu.Caller{}, unauthorized("the token has expired: come with a new one")
	}
	from, _ := netip.ParseAddr(c.Address)
	switch {
	case c.Kind == kefu.CallerAgent:
		now, err = a.session(t, store.SessionAgent, c.Credential, from)
	case c.Kind == kefu.CallerContact:
		now, err = a.session(t, store.SessionContact, c.Credential, from)
	case c.Kind == kefu.CallerClient && strings.HasPrefix(c.Credential, "oat_"):
		var o store.OAuthToken
		if o, err = t.OAuthToken(c.Credential); err != nil {
			return kefu.Caller{}, known(err, "no such access token")
		}
		now, err = a.access(t, o, from)
	case c.Kind == kefu.CallerClient:
		var p store.Program
		if p, err = t.ProgramAlone(c.Credential); err != nil {
			return kefu.Caller{}, known(err, "no such key")
		}
		now, err = a.program(t, p, from)
	default:
		return kefu.Caller{}, unauthorized("say who you are")
	}
	if err == nil && now.ID != c.ID {
		err = unauthorized("the credential is another's by now")
	}
	if c.Kind == kefu.CallerAgent || c.Kind == kefu.CallerContact {
		now.ExpiresAt = c.ExpiresAt
	}
	return now, err
}

// over tells whether a time has come; the zero time never does.
func over(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.Unmap().String()
}

// one gives a header that must stand exactly once.
func one(h http.Header, name string, most int) (string, error) {
	v := h.Values(name)
	if len(v) != 1 || v[0] == "" || len(v[0]) > most {
		return "", unauthorized("a signed request needs the header %s once, with at most %d bytes", name, most)
	}
	return v[0], nil
}
