package store

import (
	"time"

	"kefu/internal/sqldb"
)

// RefreshToken is one link of a session's chain; of the token itself only a hash is stored.
type RefreshToken struct {
	Hash, SessionID   string
	ExpiresAt, UsedAt time.Time
}

const (
	sqlInsertRefresh = `INSERT INTO refresh_token (hash, session_id, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, 0)`
	sqlRefresh       = `SELECT hash, session_id, expires_at, used_at FROM refresh_token WHERE hash = $1`
	sqlUseRefresh    = `UPDATE refresh_token SET used_at = $2 WHERE hash = $1 AND used_at = 0`
	// A successor that nobody has used is put out of use, long ago, so that nobody may.
	sqlSupersede = `UPDATE refresh_token SET used_at = 1 WHERE session_id = $1 AND used_at = 0`
)

// InsertRefreshToken stores a new token.
func (tx *Tx) InsertRefreshToken(t RefreshToken) error {
	_, err := tx.Exec(sqlInsertRefresh, t.Hash, t.SessionID, tx.now(), sqldb.Micros(t.ExpiresAt))
	return err
}

// RefreshToken finds one; ErrNoRows when there is none. Lock its session before you change it.
func (tx *Tx) RefreshToken(hash string) (RefreshToken, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (t RefreshToken, err error) {
		var expires, used int64
		err = s.Scan(&t.Hash, &t.SessionID, &expires, &used)
		t.ExpiresAt, t.UsedAt = sqldb.Time(expires), sqldb.Time(used)
		return t, err
	}, sqlRefresh, hash)
}

// UseRefreshToken notes that a token was exchanged; false when it was before.
func (tx *Tx) UseRefreshToken(hash string, at time.Time) (bool, error) {
	n, err := tx.Exec(sqlUseRefresh, hash, sqldb.Micros(at))
	return n > 0, err
}

// SupersedeRefreshTokens puts every unused token of a session out of use: shown later, they count as used long ago.
func (tx *Tx) SupersedeRefreshTokens(session string) error {
	_, err := tx.Exec(sqlSupersede, session)
	return err
}
