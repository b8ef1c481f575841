package sqldb

import (
	"context"
	"database/sql"
	"time"
)

// lockPoll is how often a migrator looks whether another has finished with a SQLite file: locks on files do not wake anybody in time.
const lockPoll = 20 * time.Millisecond

// migrationPool opens connections for migrating: apart from the engine's, which wait for nothing longer than a request would.
func (db *DB) migrationPool() (*sql.DB, error) {
	if db.dialect == SQLite {
		return openPool(db.path, db.query, false, 2)
	}
	config, err := pgConfig(db.url)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["statement_timeout"] = "0"
	config.RuntimeParams["lock_timeout"] = "0"
	return pgPool(config, 2, 2), nil
}

// lockMigrations waits until nobody else migrates this database.
func (db *DB) lockMigrations(ctx context.Context, pool *sql.DB) (release func(), err error) {
	if db.dialect == SQLite {
		return waitFileLock(ctx, db.path+".migrate")
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lockKey("kefu migrate")); err != nil {
		conn.Close()
		return nil, err
	}
	// The lock ends with its connection.
	return func() { discard(conn); conn.Close() }, nil
}

func waitFileLock(ctx context.Context, path string) (release func(), err error) {
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		release, ok, err := tryFileLock(path)
		if ok || err != nil {
			return release, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
