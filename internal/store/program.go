package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// ProgramKind says by what a program shows who it is.
type ProgramKind string

// Kinds of programs.
const (
	ProgramKey     ProgramKind = "key"     // an API key
	ProgramOAuth   ProgramKind = "oauth"   // an OAuth2 client
	ProgramSigning ProgramKind = "signing" // a signing key
)

// Program is a stored credential of a program. The secret itself is never stored readable: Hash is what is kept of one that only comes
// back, Sealed of one that signs.
type Program struct {
	ID           string
	Kind         ProgramKind
	Name         string
	Hash, Sealed string
	Scopes       string // separated by spaces
	Allow        string // networks, separated by spaces; "" is any address
	Bound        bool   // sees only Inboxes and Teams
	Inboxes      []kefu.InboxID
	Teams        []kefu.TeamID
	CreatedBy    string
	ExpiresAt    time.Time // zero is never
	LastUsedAt   time.Time
	RevokedAt    time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

const (
	programColumns   = `id, kind, name, hash, sealed, scopes, allow, bound, created_by, expires_at, last_used_at, revoked_at, created_at, updated_at`
	sqlInsertProgram = `INSERT INTO api_key (` + programColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $11)`
	sqlProgram       = `SELECT ` + programColumns + ` FROM api_key WHERE id = $1`
	sqlLockProgram   = `SELECT ` + programColumns + ` FROM api_key WHERE id = $1 /*for update*/`
	sqlProgramByHash = `SELECT ` + programColumns + ` FROM api_key WHERE hash = $1`
	sqlUpdateProgram = `UPDATE api_key SET name = $2, hash = $3, sealed = $4, scopes = $5, allow = $6, bound = $7, expires_at = $8, revoked_at = $9,
updated_at = $10 WHERE id = $1`
	sqlUseProgram  = `UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2`
	sqlInsertBound = `INSERT INTO client_bound (client_id, kind, ref) VALUES ($1, $2, $3) ON CONFLICT (client_id, kind, ref) DO NOTHING`
	sqlHasInbox    = `SELECT EXISTS (SELECT 1 FROM inbox WHERE id = $1 AND deleted_at = 0)`
	sqlHasTeam     = `SELECT EXISTS (SELECT 1 FROM team WHERE id = $1)`
	sqlDeleteBound = `DELETE FROM client_bound WHERE client_id = $1`
)

func scanProgram(s sqldb.Scanner) (p Program, err error) {
	var expires, used, revoked, created, updated int64
	err = s.Scan(&p.ID, &p.Kind, &p.Name, &p.Hash, &p.Sealed, &p.Scopes, &p.Allow, &p.Bound, &p.CreatedBy, &expires, &used, &revoked, &created, &updated)
	p.ExpiresAt, p.LastUsedAt, p.RevokedAt = sqldb.Time(expires), sqldb.Time(used), sqldb.Time(revoked)
	p.CreatedAt, p.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return p, err
}

// InsertProgram stores a new credential of a program, with what it is bound to.
func (tx *Tx) InsertProgram(p Program) error {
	_, err := tx.Exec(sqlInsertProgram, p.ID, p.Kind, p.Name, p.Hash, p.Sealed, p.Scopes, p.Allow, p.Bound, p.CreatedBy, sqldb.Micros(p.ExpiresAt), tx.now())
	if err != nil {
		return err
	}
	return tx.bind(p)
}

// UpdateProgram stores what can change of a program, and what it is bound to.
func (tx *Tx) UpdateProgram(p Program) error {
	n, err := tx.Exec(sqlUpdateProgram, p.ID, p.Name, p.Hash, p.Sealed, p.Scopes, p.Allow, p.Bound, sqldb.Micros(p.ExpiresAt), sqldb.Micros(p.RevokedAt), tx.now())
	if err := must(n, err, "program", p.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(sqlDeleteBound, p.ID); err != nil {
		return err
	}
	return tx.bind(p)
}

func (tx *Tx) bind(p Program) error {
	for _, id := range p.Inboxes {
		if _, err := tx.Exec(sqlInsertBound, p.ID, "inbox", id); err != nil {
			return err
		}
	}
	for _, id := range p.Teams {
		if _, err := tx.Exec(sqlInsertBound, p.ID, "team", id); err != nil {
			return err
		}
	}
	return nil
}

// Program reads one with what it is bound to; ErrNoRows when there is none.
func (tx *Tx) Program(id string) (Program, error) {
	p, err := sqldb.One(tx.Tx, scanProgram, sqlProgram, id)
	if err != nil {
		return p, err
	}
	return tx.withBound(p)
}

// ProgramAlone reads one without what it is bound to, for those who only ask whether it is good.
func (tx *Tx) ProgramAlone(id string) (Program, error) {
	return sqldb.One(tx.Tx, scanProgram, sqlProgram, id)
}

// LockProgram reads one with what it is bound to and holds its row until the transaction ends.
func (tx *Tx) LockProgram(id string) (Program, error) {
	p, err := sqldb.One(tx.Tx, scanProgram, sqlLockProgram, id)
	if err != nil {
		return p, err
	}
	return tx.withBound(p)
}

// ProgramByHash finds one by the hash of its secret, without what it is bound to; ErrNoRows when there is none.
func (tx *Tx) ProgramByHash(hash string) (Program, error) {
	return sqldb.One(tx.Tx, scanProgram, sqlProgramByHash, hash)
}

// UseProgram notes when a program was last seen.
func (tx *Tx) UseProgram(id string, at time.Time) error {
	_, err := tx.Exec(sqlUseProgram, id, sqldb.Micros(at))
	return err
}

// Programs lists those of a kind, the revoked ones too, with what they are bound to.
func (tx *Tx) Programs(kind ProgramKind, page Page) ([]Program, error) {
	q := newQuery(`SELECT ` + programColumns + ` FROM api_key`)
	q.and(`kind = ?`, kind)
	page.after(q, `created_at`, `id`)
	all, err := list(tx, q, scanProgram)
	for i := range all {
		if err == nil && all[i].Bound {
			all[i], err = tx.withBound(all[i])
		}
	}
	return all, err
}

func (tx *Tx) withBound(p Program) (Program, error) {
	s := kefu.Sight{ID: p.ID}
	err := tx.bound(&s)
	p.Inboxes, p.Teams = s.Inboxes, s.Teams
	return p, err
}

// HasInbox tells whether there is an inbox to be bound to.
func (tx *Tx) HasInbox(id kefu.InboxID) (bool, error) {
	return sqldb.One(tx.Tx, scanBool, sqlHasInbox, id)
}

// HasTeam tells whether there is a team to be bound to.
func (tx *Tx) HasTeam(id kefu.TeamID) (bool, error) {
	return sqldb.One(tx.Tx, scanBool, sqlHasTeam, id)
}

func scanBool(s sqldb.Scanner) (v bool, err error) {
	err = s.Scan(&v)
	return v, err
}
