package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// OnceFor is how long the answer to a POST with an Idempotency-Key is kept (contracts: api).
const OnceFor = 24 * time.Hour

const (
	sqlBeginOnce = `INSERT INTO idempotency (caller, key, fingerprint, answer, created_at) VALUES ($1, $2, $3, '', $4)
ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = '', created_at = excluded.created_at
WHERE idempotency.created_at <= $5`
	sqlOnce       = `SELECT fingerprint, answer FROM idempotency WHERE caller = $1 AND key = $2`
	sqlFinishOnce = `UPDATE idempotency SET answer = $3 WHERE caller = $1 AND key = $2`
)

// Sealer keeps answers unreadable in the database: some hold secrets that are shown once.
type Sealer interface {
	// Seal gives plain as printable text that only Open with the same aad reads.
	Seal(plain, aad string) (string, error)
	// Open gives back what was sealed, or an error when it was not sealed by this key with this aad.
	Open(sealed, aad string) (string, error)
}

// Once runs a change at most once for an Idempotency-Key and gives every repetition the first answer, which is stored in the commit of the
// change; a concurrent twin waits for that commit. Without a key it only runs fn. T must survive being written as JSON.
func Once[T any](tx *Tx, box Sealer, ask kefu.Ask, fn func() (T, error)) (out T, err error) {
	if ask.Key == "" {
		return fn()
	}
	caller := string(ask.Caller.Kind) + "/" + ask.Caller.ID
	fresh, err := tx.Exec(sqlBeginOnce, caller, ask.Key, ask.Fingerprint, tx.now(), sqldb.Micros(tx.Now.Add(-OnceFor)))
	if err != nil {
		return out, err
	}
	if fresh == 0 {
		return again[T](tx, box, caller, ask)
	}
	if out, err = fn(); err != nil {
		return out, err
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return out, err
	}
	sealed, err := box.Seal(string(raw), caller+"/"+ask.Key)
	if err != nil {
		return out, err
	}
	_, err = tx.Exec(sqlFinishOnce, caller, ask.Key, sealed)
	return out, err
}

func again[T any](tx *Tx, box Sealer, caller string, ask kefu.Ask) (out T, err error) {
	type row struct{ fingerprint, answer string }
	first, err := sqldb.One(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.fingerprint, &r.answer)
		return r, err
	}, sqlOnce, caller, ask.Key)
	if err != nil {
		return out, err
	}
	if first.fingerprint != ask.Fingerprint {
		return out, kefu.Errorf(kefu.KindConflict, "this Idempotency-Key was used for another request: use a new key for each different request")
	}
	raw, err := box.Open(first.answer, caller+"/"+ask.Key)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal([]byte(raw), &out)
}
