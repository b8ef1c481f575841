package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Errors of this package's own rules. ErrNoRows is the standard library's, under the name stores use.
var (
	ErrNoRows = sql.ErrNoRows
	ErrClosed = errors.New("sqldb: the database is closed")
	ErrTxDone = errors.New("sqldb: the transaction is over: use a Tx only inside its function")
	ErrNested = errors.New("sqldb: a transaction inside a transaction: pass the Tx on instead")

	errRowsOpen = errors.New("sqldb: rows of an earlier query are still open: close them before the next statement")
	errAborted  = errors.New("sqldb: the transaction's function panicked or left its goroutine")
)

// runner sends statements, already in the engine's own dialect or not, to one connection.
type runner interface {
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
	// execAll stops at the first statement that fails, and names it.
	execAll(ctx context.Context, all []Statement) (changed []int64, failed string, err error)
}

// Statement is a statement that returns no rows, with its arguments.
type Statement struct {
	Query string
	Args  []any
}

// Tx is one transaction. It lives as long as the function it was given to, on that function's goroutine.
type Tx struct {
	// Now is the one time of this transaction: UTC, truncated to microseconds, by the database's clock on PostgreSQL.
	Now time.Time

	ctx     context.Context
	dialect Dialect
	run     runner
	rows    *sql.Rows
	hooks   []func()
	err     error // the first failed statement; everything after it repeats it
}

// Ctx is the context the statements run under. On SQLite an Update's is not cancelled with its caller's: a cancelled statement would
// undo the work of everyone in the group.
func (tx *Tx) Ctx() context.Context { return tx.ctx }

// Dialect says which engine the transaction runs on.
func (tx *Tx) Dialect() Dialect { return tx.dialect }

// Exec runs a statement that returns no rows and reports how many rows it changed.
func (tx *Tx) Exec(query string, args ...any) (rowsAffected int64, err error) {
	if err := tx.ready(); err != nil {
		return 0, err
	}
	res, err := tx.run.exec(tx.ctx, query, args)
	if err != nil {
		return 0, tx.fail(query, err)
	}
	return res.RowsAffected()
}

// ExecAll runs statements one after the other and reports how many rows each changed. On PostgreSQL they travel together and cost one
// round trip.
func (tx *Tx) ExecAll(all []Statement) (rowsAffected []int64, err error) {
	if len(all) == 0 {
		return nil, tx.err
	}
	if err := tx.ready(); err != nil {
		return nil, err
	}
	changed, failed, err := tx.run.execAll(tx.ctx, all)
	if err != nil {
		return nil, tx.fail(failed, err)
	}
	return changed, nil
}

// Query runs a statement that returns rows. Close them before the next statement; what is left open is closed with the transaction.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if err := tx.ready(); err != nil {
		return nil, err
	}
	rows, err := tx.run.query(tx.ctx, query, args)
	if err != nil {
		return nil, tx.fail(query, err)
	}
	tx.rows = rows
	return rows, nil
}

// QueryRow runs a statement of which the first row is wanted. Its error comes from Scan.
func (tx *Tx) QueryRow(query string, args ...any) Row {
	rows, err := tx.Query(query, args...) //nolint:rowserrcheck // Scan does
	return Row{tx: tx, rows: rows, err: err, query: query}
}

// AfterCommit has fn run once, after the commit and before Update returns, in the order of the calls. A transaction that is rolled back
// or tried again forgets its functions. fn runs outside of the transaction, on its caller's goroutine, while those of others may run.
func (tx *Tx) AfterCommit(fn func()) { tx.hooks = append(tx.hooks, fn) }

// ready refuses a statement that one of the engines could not run.
func (tx *Tx) ready() error {
	if tx.err != nil {
		return tx.err
	}
	if tx.rows == nil {
		return nil
	}
	// Columns is the one question database/sql answers about whether rows are closed.
	if _, err := tx.rows.Columns(); err == nil {
		tx.err = errRowsOpen
		return tx.err
	}
	return tx.settle()
}

// settle takes in the outcome of the last result set: its error may have come after the caller stopped looking.
func (tx *Tx) settle() error {
	if tx.rows == nil {
		return tx.err
	}
	rows := tx.rows
	tx.rows = nil
	closeErr := rows.Close()
	if err := cmpErr(rows.Err(), closeErr); err != nil && tx.err == nil {
		tx.err = err
	}
	return tx.err
}

// finish ends the use of tx and returns what its function's outcome amounts to.
func (tx *Tx) finish(err error) error {
	failed := tx.settle()
	tx.err = ErrTxDone
	if err == nil {
		return failed
	}
	return err
}

func (tx *Tx) fail(query string, err error) error {
	// The engines answer in many ways when the caller is gone; what matters is that it is gone.
	if ended := tx.ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w (%v)", ended, err) //nolint:errorlint // the engine's answer must not make a caller's leaving look like a fault
	}
	tx.err = fmt.Errorf("sql %q: %w", head(query), err)
	return tx.err
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// head names a statement in an error: enough to find it, and never a value, for values are arguments.
func head(query string) string {
	const most = 60
	s := strings.Join(strings.Fields(query[:min(len(query), 4*most)]), " ")
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

type nestKey struct{}

// nested marks a transaction's context, so that a second transaction inside it is refused instead of waiting for itself.
func nested(ctx context.Context) context.Context { return context.WithValue(ctx, nestKey{}, true) }

func isNested(ctx context.Context) bool { return ctx.Value(nestKey{}) != nil }
