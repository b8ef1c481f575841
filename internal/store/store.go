package store

import (
	"context"
	"embed"
	"fmt"

	"kefu/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store gives transactions on one database. It is safe for concurrent use.
type Store struct{ db *sqldb.DB }

// New wraps an open database; Migrate brings its schema up to date.
func New(db *sqldb.DB) *Store { return &Store{db: db} }

// DB is the database below, for leases, presence and health.
func (s *Store) DB() *sqldb.DB { return s.db }

// Migrate applies what is missing and returns how many migrations that were. Idempotent; refuses a schema newer than this program.
func (s *Store) Migrate(ctx context.Context) (int, error) {
	return sqldb.Migrate(ctx, s.db, migrations, "migrations")
}

// MigrationStatus tells which version the schema has and which one this program wants.
func (s *Store) MigrationStatus(ctx context.Context) (have, want int64, err error) {
	return sqldb.MigrationStatus(ctx, s.db, migrations, "migrations")
}

// Tx is one transaction with the statements of this package on it.
type Tx struct{ *sqldb.Tx }

// View runs fn on a read-only snapshot.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	return s.db.View(ctx, func(tx *sqldb.Tx) error { return fn(&Tx{tx}) })
}

// Glance runs fn for reading without a snapshot: for one statement, or several that need not agree. fn may run more than once.
func (s *Store) Glance(ctx context.Context, fn func(*Tx) error) error {
	return s.db.Glance(ctx, func(tx *sqldb.Tx) error { return fn(&Tx{tx}) })
}

// Update runs fn and returns nil only after a durable commit. fn may run more than once.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error { return fn(&Tx{tx}) })
}

// now is the transaction's time as the tables keep it.
func (tx *Tx) now() int64 { return sqldb.Micros(tx.Now) }

// must turns "no row was changed" into an error that names what was missing.
func must(n int64, err error, what string, id any) error {
	if err == nil && n == 0 {
		return fmt.Errorf("%s %v: %w", what, id, sqldb.ErrNoRows)
	}
	return err
}
