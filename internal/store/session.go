package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// SessionKind says whose a session is.
type SessionKind string

// Kinds of sessions.
const (
	SessionAgent   SessionKind = "agent"
	SessionContact SessionKind = "contact"
)

// Session is a login, or what a contact was given to speak for themselves. Its tokens are worthless once it is revoked.
type Session struct {
	ID                   string
	Kind                 SessionKind
	Subject              string // the agent's or contact's id
	CreatedBy            string // the client that asked for a contact session
	Address, UserAgent   string
	CreatedAt, ExpiresAt time.Time
	RevokedAt            time.Time
	RevokedWhy           string
}

// Bearer is a session with what its subject is now.
type Bearer struct {
	Session

	Name  string
	Role  kefu.Role // of an agent
	Allow string    // networks of the role; "" is any address
	// Gone says that the agent is deactivated, or the contact merged or erased.
	Gone bool
}

const (
	sessionColumns   = `s.id, s.kind, s.subject_id, s.created_by, s.address, s.user_agent, s.created_at, s.expires_at, s.revoked_at, s.revoked_why`
	sqlInsertSession = `INSERT INTO session (id, kind, subject_id, created_by, address, user_agent, created_at, expires_at, revoked_at, revoked_why)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')`
	sqlLockSession = `SELECT ` + sessionColumns + ` FROM session s WHERE s.id = $1 /*for update*/`
	sqlAgentBearer = `SELECT ` + sessionColumns + `, a.name, a.role, COALESCE(r.allow, ''), a.deactivated_at <> 0 FROM session s
JOIN agent a ON a.id = s.subject_id LEFT JOIN role_address r ON r.role = a.role WHERE s.id = $1 AND s.kind = 'agent'`
	sqlContactBearer = `SELECT ` + sessionColumns + `, c.name, '', '', c.erased_at <> 0 OR c.merged_into <> '' FROM session s
JOIN contact c ON c.id = s.subject_id WHERE s.id = $1 AND s.kind = 'contact'`
	sqlExtendSession  = `UPDATE session SET expires_at = $2 WHERE id = $1`
	sqlRevokeSession  = `UPDATE session SET revoked_at = $2, revoked_why = $3 WHERE id = $1 AND revoked_at = 0`
	sqlRevokeSessions = `UPDATE session SET revoked_at = $3, revoked_why = $4 WHERE subject_id = $1 AND kind = $2 AND id <> $5 AND revoked_at = 0`
)

func (s *Session) scan(row sqldb.Scanner, more ...any) error {
	var created, expires, revoked int64
	err := row.Scan(append([]any{&s.ID, &s.Kind, &s.Subject, &s.CreatedBy, &s.Address, &s.UserAgent, &created, &expires, &revoked, &s.RevokedWhy}, more...)...)
	s.CreatedAt, s.ExpiresAt, s.RevokedAt = sqldb.Time(created), sqldb.Time(expires), sqldb.Time(revoked)
	return err
}

func scanSession(row sqldb.Scanner) (s Session, err error) {
	err = s.scan(row)
	return s, err
}

func scanBearer(row sqldb.Scanner) (b Bearer, err error) {
	err = b.scan(row, &b.Name, &b.Role, &b.Allow, &b.Gone)
	return b, err
}

// InsertSession stores a new session.
func (tx *Tx) InsertSession(s Session) error {
	_, err := tx.Exec(sqlInsertSession, s.ID, s.Kind, s.Subject, s.CreatedBy, s.Address, s.UserAgent, tx.now(), sqldb.Micros(s.ExpiresAt))
	return err
}

// Bearer reads a session with what its subject is now; ErrNoRows when there is none of the kind.
func (tx *Tx) Bearer(kind SessionKind, id string) (Bearer, error) {
	if kind == SessionContact {
		return sqldb.One(tx.Tx, scanBearer, sqlContactBearer, id)
	}
	return sqldb.One(tx.Tx, scanBearer, sqlAgentBearer, id)
}

// LockSession reads a session and holds its row until the transaction ends.
func (tx *Tx) LockSession(id string) (Session, error) {
	return sqldb.One(tx.Tx, scanSession, sqlLockSession, id)
}

// ExtendSession moves a session's end.
func (tx *Tx) ExtendSession(id string, until time.Time) error {
	n, err := tx.Exec(sqlExtendSession, id, sqldb.Micros(until))
	return must(n, err, "session", id)
}

// RevokeSession ends a session; false when it had ended before.
func (tx *Tx) RevokeSession(id, why string) (bool, error) {
	n, err := tx.Exec(sqlRevokeSession, id, tx.now(), why)
	return n > 0, err
}

// RevokeSessions ends the sessions of an agent or contact, but for keep ("" for none), and returns how many had not ended before.
func (tx *Tx) RevokeSessions(kind SessionKind, subject, keep, why string) (int64, error) {
	return tx.Exec(sqlRevokeSessions, subject, kind, tx.now(), why, keep)
}
