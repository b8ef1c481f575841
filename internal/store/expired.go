package store

import (
	"time"

	"kefu/internal/sqldb"
)

const (
	sqlPurgeNonces = `DELETE FROM nonce WHERE (key_id, nonce) IN
(SELECT n.key_id, n.nonce FROM nonce n WHERE n.expires_at <= $1 ORDER BY n.expires_at LIMIT CAST($2 AS BIGINT))`
	sqlPurgeTickets = `DELETE FROM ws_ticket WHERE hash IN
(SELECT w.hash FROM ws_ticket w WHERE w.expires_at <= $1 ORDER BY w.expires_at LIMIT CAST($2 AS BIGINT))`
	sqlPurgeOAuth = `DELETE FROM oauth_token WHERE hash IN
(SELECT o.hash FROM oauth_token o WHERE o.expires_at <= $1 ORDER BY o.expires_at LIMIT CAST($2 AS BIGINT))`
	sqlPurgeRefresh = `DELETE FROM refresh_token WHERE hash IN
(SELECT r.hash FROM refresh_token r WHERE r.expires_at <= $1 ORDER BY r.expires_at LIMIT CAST($2 AS BIGINT))`
	sqlPurgeSessions = `DELETE FROM session WHERE id IN
(SELECT s.id FROM session s WHERE s.expires_at <= $1 ORDER BY s.expires_at LIMIT CAST($2 AS BIGINT))`
	sqlPurgeOnce = `DELETE FROM idempotency WHERE (caller, key) IN
(SELECT i.caller, i.key FROM idempotency i WHERE i.created_at <= $1 ORDER BY i.created_at LIMIT CAST($2 AS BIGINT))`
)

// PurgeExpired deletes at most limit rows of each kind that nobody can use any more, and returns how many of the fullest kind: fewer than
// limit says that nothing is left.
func (tx *Tx) PurgeExpired(limit int64) (most int64, err error) {
	now := tx.now()
	for _, q := range []string{sqlPurgeNonces, sqlPurgeTickets, sqlPurgeOAuth, sqlPurgeRefresh, sqlPurgeSessions} {
		n, err := tx.Exec(q, now, limit)
		if err != nil {
			return most, err
		}
		most = max(most, n)
	}
	for _, old := range []struct {
		query string
		kept  time.Duration
	}{{sqlPurgeOnce, OnceFor}, {sqlPurgeDialogues, DialogueFor}} {
		n, err := tx.Exec(old.query, sqldb.Micros(tx.Now.Add(-old.kept)), limit)
		if err != nil {
			return most, err
		}
		most = max(most, n)
	}
	return most, nil
}
