package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertNonce = `INSERT INTO nonce (key_id, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT (key_id, nonce) DO NOTHING`
	sqlInsertEntry = `INSERT INTO ws_ticket (hash, caller, expires_at) VALUES ($1, $2, $3)`
	sqlTakeEntry   = `DELETE FROM ws_ticket WHERE hash = $1 RETURNING caller, expires_at`
)

// UseNonce keeps a signed request's nonce until a time after which the request is too old anyway; false when it was used before.
func (tx *Tx) UseNonce(key, nonce string, until time.Time) (bool, error) {
	n, err := tx.Exec(sqlInsertNonce, key, nonce, sqldb.Micros(until))
	return n > 0, err
}

// InsertPass stores the hash of a WebSocket ticket with who asked for it, as JSON.
func (tx *Tx) InsertPass(hash, caller string, until time.Time) error {
	_, err := tx.Exec(sqlInsertEntry, hash, caller, sqldb.Micros(until))
	return err
}

// Pass is a WebSocket ticket that was taken.
type Pass struct {
	Caller    string // JSON
	ExpiresAt time.Time
}

// TakePass removes a ticket and gives it; ErrNoRows when there is none (any more).
func (tx *Tx) TakePass(hash string) (Pass, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (t Pass, err error) {
		var expires int64
		err = s.Scan(&t.Caller, &expires)
		t.ExpiresAt = sqldb.Time(expires)
		return t, err
	}, sqlTakeEntry, hash)
}

// RoleAddress is the list of networks from which a role may be used.
type RoleAddress struct {
	Role      kefu.Role
	Allow     string // separated by spaces; "" is any address
	UpdatedAt time.Time
}

const (
	sqlRoleAddress    = `SELECT role, allow, updated_at FROM role_address WHERE role = $1`
	sqlSetRoleAddress = `INSERT INTO role_address (role, allow, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (role) DO UPDATE SET allow = excluded.allow, updated_at = excluded.updated_at`
)

// RoleAddress reads a role's list; ErrNoRows when it was never set.
func (tx *Tx) RoleAddress(role kefu.Role) (RoleAddress, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (r RoleAddress, err error) {
		var updated int64
		err = s.Scan(&r.Role, &r.Allow, &updated)
		r.UpdatedAt = sqldb.Time(updated)
		return r, err
	}, sqlRoleAddress, role)
}

// SetRoleAddress stores a role's list.
func (tx *Tx) SetRoleAddress(role kefu.Role, allow string) error {
	_, err := tx.Exec(sqlSetRoleAddress, role, allow, tx.now())
	return err
}
