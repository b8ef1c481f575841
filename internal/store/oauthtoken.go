package store

import (
	"time"

	"kefu/internal/sqldb"
)

// OAuthToken is an access token of an OAuth2 client; of the token itself only a hash is stored.
type OAuthToken struct {
	ID, Hash, ClientID, Scopes string
	ExpiresAt, RevokedAt       time.Time
}

const (
	oauthColumns       = `id, hash, client_id, scopes, expires_at, revoked_at`
	sqlInsertOAuth     = `INSERT INTO oauth_token (id, hash, client_id, scopes, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`
	sqlOAuth           = `SELECT ` + oauthColumns + ` FROM oauth_token WHERE id = $1`
	sqlOAuthByHash     = `SELECT ` + oauthColumns + ` FROM oauth_token WHERE hash = $1`
	sqlRevokeOAuth     = `UPDATE oauth_token SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0`
	sqlOAuthOfClient   = `SELECT ` + oauthColumns + ` FROM oauth_token WHERE client_id = $1 AND revoked_at = 0 ORDER BY id`
	sqlRevokeAllOAuths = `UPDATE oauth_token SET revoked_at = $2 WHERE client_id = $1 AND revoked_at = 0`
)

func scanOAuth(s sqldb.Scanner) (t OAuthToken, err error) {
	var expires, revoked int64
	err = s.Scan(&t.ID, &t.Hash, &t.ClientID, &t.Scopes, &expires, &revoked)
	t.ExpiresAt, t.RevokedAt = sqldb.Time(expires), sqldb.Time(revoked)
	return t, err
}

// InsertOAuthToken stores a new token.
func (tx *Tx) InsertOAuthToken(t OAuthToken) error {
	_, err := tx.Exec(sqlInsertOAuth, t.ID, t.Hash, t.ClientID, t.Scopes, tx.now(), sqldb.Micros(t.ExpiresAt))
	return err
}

// OAuthToken reads one by its id; ErrNoRows when there is none.
func (tx *Tx) OAuthToken(id string) (OAuthToken, error) {
	return sqldb.One(tx.Tx, scanOAuth, sqlOAuth, id)
}

// OAuthTokenByHash finds one; ErrNoRows when there is none.
func (tx *Tx) OAuthTokenByHash(hash string) (OAuthToken, error) {
	return sqldb.One(tx.Tx, scanOAuth, sqlOAuthByHash, hash)
}

// RevokeOAuthToken ends one; false when it had ended before.
func (tx *Tx) RevokeOAuthToken(id string) (bool, error) {
	n, err := tx.Exec(sqlRevokeOAuth, id, tx.now())
	return n > 0, err
}

// RevokeOAuthTokens ends those of a client and returns them.
func (tx *Tx) RevokeOAuthTokens(client string) ([]OAuthToken, error) {
	all, err := sqldb.Many(tx.Tx, scanOAuth, sqlOAuthOfClient, client)
	if err != nil || len(all) == 0 {
		return all, err
	}
	_, err = tx.Exec(sqlRevokeAllOAuths, client, tx.now())
	return all, err
}
