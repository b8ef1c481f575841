package store

import (
	"encoding/json"
	"errors"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// OnceFor is how long the answer to a POST with an Idempotency-Key is kept (contracts: api).
const OnceFor = 24 * time.Hour

const (
	sqlBeginOnce = `INSERT INTO idempotency (caller, key, answer, created_at) VALUES ($1, $2, '', $3)
ON CONFLICT (caller, key) DO UPDATE SET answer = '', created_at = excluded.created_at WHERE idempotency.created_at <= $4`
	sqlOnce       = `SELECT answer FROM idempotency WHERE caller = $1 AND key = $2`
	sqlFinishOnce = `UPDATE idempotency SET answer = $3 WHERE caller = $1 AND key = $2`
)

// Sealer keeps answers unreadable in the database: some hold secrets that are shown once.
type Sealer interface {
	// Seal gives plain as printable text that only Open with the same aad reads.
	Seal(plain, aad string) (string, error)
	// Open gives back what was sealed, or an error when it was not sealed by this key with this aad.
	Open(sealed, aad string) (string, error)
}

// ErrDry ends the transaction of a change that was only tried (kefu.Ask.Dry) and has no fault.
var ErrDry = errors.New("this was only tried: nothing was kept")

// Once runs a change at most once for an Idempotency-Key and gives every repetition the first answer, which is stored in the commit of the
// change; a concurrent twin waits for that commit. Without a key it only runs fn. T must survive being written as JSON. What is asked dry never
// succeeds, so that its transaction is rolled back.
func Once[T any](tx *Tx, box Sealer, ask kefu.Ask, fn func() (T, error)) (out T, err error) {
	if ask.Dry {
		if out, err = fn(); err == nil {
			err = ErrDry
		}
		return out, err
	}
	if ask.Key == "" {
		return fn()
	}
	caller := string(ask.Caller.Kind) + "/" + ask.Caller.ID
	fresh, err := tx.Exec(sqlBeginOnce, caller, ask.Key, tx.now(), sqldb.Micros(tx.Now.Add(-OnceFor)))
	if err != nil {
		return out, err
	}
	if fresh == 0 {
		return again[T](tx, box, caller, ask)
	}
	if out, err = fn(); err != nil {
		return out, err
	}
	raw, err := json.Marshal(onceAnswer[T]{ask.Fingerprint, out})
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

// onceAnswer is what is sealed: the digest of the request too, because that of a short secret could be guessed.
type onceAnswer[T any] struct {
	Fingerprint string `json:"f"`
	Answer      T      `json:"a"`
}

func again[T any](tx *Tx, box Sealer, caller string, ask kefu.Ask) (out T, err error) {
	sealed, err := sqldb.One(tx.Tx, scanString, sqlOnce, caller, ask.Key)
	if err != nil {
		return out, err
	}
	raw, err := box.Open(sealed, caller+"/"+ask.Key)
	if err != nil {
		return out, err
	}
	var first onceAnswer[json.RawMessage]
	if err := json.Unmarshal([]byte(raw), &first); err != nil {
		return out, err
	}
	if first.Fingerprint != ask.Fingerprint {
		return out, kefu.Errorf(kefu.KindConflict, "this Idempotency-Key was used for another request: use a new key for each different request")
	}
	return out, json.Unmarshal(first.Answer, &out)
}
