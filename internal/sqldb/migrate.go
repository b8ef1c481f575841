package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

const versionTable = "goose_db_version"

// Migrate brings the schema to the newest migration of fsys's directory dir and returns how many it applied. Several processes may
// call it at once: one works, the others wait until ctx ends and then find nothing to do. A schema newer than the migrations is
// refused. Each migration is a transaction of its own; what was applied before a failure stays.
//
// Both engines read the same files. A line that ends in "-- only: sqlite" or "-- only: postgres" is left out on the other engine.
func Migrate(ctx context.Context, db *DB, fsys fs.FS, dir string) (applied int, err error) {
	if err := db.enter(ctx); err != nil {
		return 0, err
	}
	pool, err := db.migrationPool()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	release, err := db.lockMigrations(ctx, pool)
	if err != nil {
		return 0, fmt.Errorf("sqldb: wait for another migration: %w", err)
	}
	defer release()
	// Asked under the lock: the one we waited for may have been a newer program.
	if err := refuseNewer(ctx, db, fsys, dir); err != nil {
		return 0, err
	}
	return db.migrate(ctx, pool, fsys, dir)
}

func (db *DB) migrate(ctx context.Context, pool *sql.DB, fsys fs.FS, dir string) (int, error) {
	files, err := forDialect(db.dialect, fsys, dir)
	if err != nil {
		return 0, err
	}
	dialect := goose.DialectSQLite3
	if db.dialect == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, pool, files, goose.WithSlog(db.log), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, fmt.Errorf("sqldb: read the migrations: %w", err)
	}
	done, err := p.Up(ctx)
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		return len(partial.Applied), fmt.Errorf("sqldb: migrate: %w", err)
	}
	if err != nil {
		return 0, fmt.Errorf("sqldb: migrate: %w", err)
	}
	return len(done), nil
}

// MigrationStatus returns the version the schema is at, 0 when there is none, and the version dir's migrations lead to. It writes
// nothing.
func MigrationStatus(ctx context.Context, db *DB, fsys fs.FS, dir string) (have, want int64, err error) {
	if want, err = newest(fsys, dir); err != nil {
		return 0, 0, err
	}
	err = db.View(ctx, func(tx *Tx) error {
		exists, err := hasTable(tx, versionTable)
		if err != nil || !exists {
			return err
		}
		return tx.QueryRow("SELECT COALESCE(max(version_id), 0) FROM " + versionTable).Scan(&have)
	})
	return have, want, err
}

func hasTable(tx *Tx, name string) (exists bool, err error) {
	query := "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1)"
	if tx.Dialect() == PostgreSQL {
		query = "SELECT to_regclass($1) IS NOT NULL"
	}
	err = tx.QueryRow(query, name).Scan(&exists)
	return exists, err
}

func refuseNewer(ctx context.Context, db *DB, fsys fs.FS, dir string) error {
	have, want, err := MigrationStatus(ctx, db, fsys, dir)
	if err == nil && have > want {
		err = fmt.Errorf("sqldb: the schema is at version %d and this program knows only %d: run the newer kefu that made it, "+
			"or restore a backup from before", have, want)
	}
	return err
}

// newest returns the highest version among dir's files.
func newest(fsys fs.FS, dir string) (version int64, err error) {
	names, err := fs.Glob(fsys, dir+"/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("sqldb: name of migration %s: %w", name, err)
		}
		version = max(version, n)
	}
	return version, nil
}
