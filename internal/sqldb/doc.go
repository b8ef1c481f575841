// Package sqldb is the ground every stored thing stands on: one SQL text for two engines, SQLite and PostgreSQL.
//
// It owns opening and pooling, the dialect shim, transactions with one Now, after-commit hooks, migrations, leases, presence and the
// classes of storage errors. It is the only package that imports database drivers, and it knows nothing of Kefu's tables. It may import
// the standard library, the two drivers and goose.
//
// Invariants:
//   - No statement runs outside a transaction: everything hangs on a *Tx, and a *Tx is dead once its function returned.
//   - Update returns nil only after a durable commit. Its function may run more than once, so it resets every variable it writes.
//   - A failed statement ends its transaction on both engines: later statements repeat the failure, and Update reports it even when
//     the function swallowed it. Conflicts are met with ON CONFLICT.
//   - One result set at a time: rows are closed before the next statement, on both engines.
//   - Time comes from Tx.Now: microseconds, UTC; on PostgreSQL it is the database's clock.
//
// SQL is written for PostgreSQL's placeholders ($1). The shim turns $N into ?N on SQLite, the comment /*skip locked*/ into FOR UPDATE
// SKIP LOCKED and /*for update*/ into FOR UPDATE on PostgreSQL (nothing on SQLite, whose writer is alone anyway), and drops COLLATE "C"
// on SQLite, whose order is bytewise already.
//
// On SQLite one connection writes. Callers of Update who wait at the same time share one transaction and one fsync: each runs in a
// savepoint, so that its error or panic undoes its own work only. Readers see snapshots and never wait for the writer.
//
// DB is safe for concurrent use. A Tx belongs to the goroutine its function runs on.
package sqldb
