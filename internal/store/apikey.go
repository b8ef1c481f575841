package store

import (
	"time"

	"kefu/internal/sqldb"
)

const (
	//nolint:gosec // a statement, not a credential
	sqlInsertAPIKey = `INSERT INTO api_key (id, name, hash, scopes, created_at, expires_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`
	//nolint:gosec // a statement, not a credential
	sqlAPIKey = `SELECT id, name, scopes, expires_at FROM api_key WHERE hash = $1`
)

// APIKey is a stored key; the key itself is never stored, only its hash.
type APIKey struct {
	ID, Name, Hash, Scopes string
	ExpiresAt              time.Time // zero is never
}

// InsertAPIKey stores a new key.
func (tx *Tx) InsertAPIKey(k APIKey) error {
	_, err := tx.Exec(sqlInsertAPIKey, k.ID, k.Name, k.Hash, k.Scopes, tx.now(), sqldb.Micros(k.ExpiresAt))
	return err
}

// APIKeyByHash finds a key by its hash; ErrNoRows when there is none.
func (tx *Tx) APIKeyByHash(hash string) (APIKey, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (k APIKey, err error) {
		var expires int64
		err = s.Scan(&k.ID, &k.Name, &k.Scopes, &expires)
		k.Hash, k.ExpiresAt = hash, sqldb.Time(expires)
		return k, err
	}, sqlAPIKey, hash)
}
