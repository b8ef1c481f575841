package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// keyPrefix begins every key, so that scanners for leaked secrets can know it.
const keyPrefix = "kefu_"

var scopePattern = regexp.MustCompile(`^([a-z][a-z-]*|\*):(read|write|sessions|\*)$`)

// NewKey asks for an API key. Expires is how long it is good for; 0 is for ever.
type NewKey struct {
	Name    string
	Scopes  []string
	Expires time.Duration
}

// CreateKey makes a key of 256 random bits, stores its hash and returns the key: the only time that it can be seen.
func CreateKey(ctx context.Context, s *store.Store, n NewKey) (string, error) {
	if err := n.validate(); err != nil {
		return "", err
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	key := keyPrefix + base64.RawURLEncoding.EncodeToString(raw)
	err := s.Update(ctx, func(tx *store.Tx) error {
		k := store.APIKey{ID: ident.New("key"), Name: n.Name, Hash: HashKey(key), Scopes: strings.Join(n.Scopes, " ")}
		if n.Expires > 0 {
			k.ExpiresAt = tx.Now.Add(n.Expires)
		}
		return tx.InsertAPIKey(k)
	})
	return key, err
}

func (n NewKey) validate() error {
	var faults kefu.Faults
	if strings.TrimSpace(n.Name) == "" || len(n.Name) > 100 {
		faults.Add("name", "is needed, and at most 100 bytes long")
	}
	if len(n.Scopes) == 0 {
		faults.Add("scopes", "at least one is needed, such as conversations:read")
	}
	for _, s := range n.Scopes {
		if !scopePattern.MatchString(s) {
			faults.Add("scopes", "%q is not a scope; scopes are resource:read or resource:write", s)
		}
	}
	if n.Expires < 0 {
		faults.Add("expires", "must not be in the past")
	}
	return faults.Err("the key cannot be made")
}

// HashKey is what is stored of a key. The key is random and long, so that a plain hash is enough.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
