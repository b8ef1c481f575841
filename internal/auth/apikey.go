package auth

import (
	"context"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// NewKey asks for an API key on the command line. Expires is how long it is good for; 0 is for ever.
type NewKey struct {
	Name    string
	Scopes  []string
	Expires time.Duration
}

// CreateKey makes a key of 256 random bits for the command line, stores its hash and returns the key: the only time that it can be seen.
func CreateKey(ctx context.Context, s *store.Store, n NewKey) (string, error) {
	scopes, err := n.validate()
	if err != nil {
		return "", err
	}
	key := newSecret(prefixKey)
	err = s.Update(ctx, func(tx *store.Tx) error {
		p := store.Program{ID: ident.New("key"), Kind: store.ProgramKey, Name: n.Name, Hash: hash(key), Scopes: strings.Join(scopes, " "), CreatedBy: "system"}
		if n.Expires > 0 {
			p.ExpiresAt = tx.Now.Add(n.Expires)
		}
		if err := tx.InsertProgram(p); err != nil {
			return err
		}
		return tx.Audit(kefu.SystemCaller("command line"), "api_key.created", p.ID, rightsOf(p))
	})
	return key, err
}

func (n NewKey) validate() ([]string, error) {
	var f kefu.Faults
	if strings.TrimSpace(n.Name) == "" || len(n.Name) > 100 {
		f.Add("name", "is needed, and at most 100 bytes long")
	}
	scopes := cleanScopes(n.Scopes, &f)
	if n.Expires < 0 {
		f.Add("expires", "must not be in the past")
	}
	return scopes, f.Err("the key cannot be made")
}
