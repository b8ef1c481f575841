package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"kefu/internal/store"
)

// Audiences of session tokens: one is never good for the other's.
const (
	audienceAgent   = "kefu:agent"
	audienceContact = "kefu:contact"
)

// maxToken bounds what is parsed.
const maxToken = 4096

// claims are what a session token says. What its subject may do is not in it: that is read anew for each request.
type claims struct {
	jwt.Claims

	Session string `json:"sid"`
}

// signer makes and reads session tokens: HS256 and nothing else.
type signer struct {
	key    []byte
	id     string // of the key
	issuer string
	jose   jose.Signer
}

func newSigner(key []byte, issuer string) (*signer, error) {
	sum := sha256.Sum256(key)
	s := &signer{key: key, id: hex.EncodeToString(sum[:4]), issuer: issuer}
	var err error
	s.jose, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", s.id))
	return s, err
}

func audience(kind store.SessionKind) string {
	if kind == store.SessionContact {
		return audienceContact
	}
	return audienceAgent
}

// sign gives a session's token that is good until a time.
func (s *signer) sign(ses store.Session, now, until time.Time) (string, error) {
	return jwt.Signed(s.jose).Claims(claims{Session: ses.ID, Claims: jwt.Claims{Issuer: s.issuer, Subject: ses.Subject,
		Audience: jwt.Audience{audience(ses.Kind)}, IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(until)}}).Serialize()
}

// bearer is what a good token says.
type bearer struct {
	kind    store.SessionKind
	session string
	subject string
	until   time.Time
}

// read checks all of a token but the time. Issuer, audience and expiry are required.
func (s *signer) read(token string) (bearer, error) {
	if len(token) > maxToken {
		return bearer{}, unauthorized("the token is too long to be one of ours")
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil || len(parsed.Headers) != 1 {
		return bearer{}, unauthorized("the token is not one of ours: log in again, or send an API key")
	}
	if kid := parsed.Headers[0].KeyID; kid != s.id {
		return bearer{}, unauthorized("the token was signed with another key: log in again")
	}
	var c claims
	if err := parsed.Claims(s.key, &c); err != nil {
		return bearer{}, unauthorized("the token's signature is wrong: log in again")
	}
	b := bearer{session: c.Session, subject: c.Subject}
	if c.Issuer != s.issuer {
		return bearer{}, unauthorized("the token is from another issuer: log in here")
	}
	if len(c.Audience) != 1 || c.Audience[0] != audienceAgent && c.Audience[0] != audienceContact {
		return bearer{}, unauthorized("the token is for another audience: log in here")
	}
	b.kind = map[string]store.SessionKind{audienceAgent: store.SessionAgent, audienceContact: store.SessionContact}[c.Audience[0]]
	if c.Expiry == nil || c.Session == "" || c.Subject == "" {
		return bearer{}, unauthorized("the token does not say whose it is or when it ends: log in again")
	}
	b.until = c.Expiry.Time()
	return b, nil
}
