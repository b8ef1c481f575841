package store

import (
	"encoding/json"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const sqlInsertAudit = `INSERT INTO audit (at, actor_kind, actor_id, actor_name, credential, address, action, target, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

// AuditEntry is one line of the append-only log of who changed what.
type AuditEntry struct {
	N      int64
	At     time.Time
	Actor  kefu.Caller // Kind, ID, Name, Credential and Address are kept
	Action string      // noun.verb
	Target string      // id of what was changed
	Detail json.RawMessage
}

// Audit writes a line into the transaction of the change. detail is an object of what changed; it must hold no secret and no text of a
// person, because the log outlives their erasure. nil is {}.
func (tx *Tx) Audit(by kefu.Caller, action, target string, detail any) error {
	raw := "{}"
	if detail != nil {
		raw = encode(detail)
	}
	_, err := tx.Exec(sqlInsertAudit, tx.now(), by.Kind, by.ID, by.Name, by.Credential, by.Address, action, target, raw)
	return err
}

// AuditFilter narrows the log. Before is the cursor: entries older than N; 0 begins with the newest.
type AuditFilter struct {
	Actor, Action, Target string
	Since, Until          time.Time
	Before                int64
	Limit                 int
}

// AuditLog lists entries, newest first.
func (tx *Tx) AuditLog(f AuditFilter) ([]AuditEntry, error) {
	q := newQuery(`SELECT n, at, actor_kind, actor_id, actor_name, credential, address, action, target, detail FROM audit`)
	q.andIf(f.Actor != "", `actor_id = ?`, f.Actor)
	if kind, all := strings.CutSuffix(f.Action, ".*"); all {
		q.and(`action >= ? AND action < ?`, kind+".", kind+"/")
	} else {
		q.andIf(f.Action != "", `action = ?`, f.Action)
	}
	q.andIf(f.Target != "", `target = ?`, f.Target)
	q.andIf(!f.Since.IsZero(), `at >= ?`, sqldb.Micros(f.Since))
	q.andIf(!f.Until.IsZero(), `at < ?`, sqldb.Micros(f.Until))
	q.andIf(f.Before > 0, `n < ?`, f.Before)
	q.order(`n DESC`, f.Limit)
	return list(tx, q, func(s sqldb.Scanner) (e AuditEntry, err error) {
		var at int64
		var detail string
		err = s.Scan(&e.N, &at, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &e.Actor.Credential, &e.Actor.Address, &e.Action, &e.Target, &detail)
		e.At, e.Detail = sqldb.Time(at), json.RawMessage(detail)
		return e, err
	})
}
