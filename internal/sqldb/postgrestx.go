package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// begin opens a transaction and reads the database's clock in the same message, so that a Now costs no second round trip.
const (
	readClock   = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
	beginView   = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + readClock
	beginUpdate = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; " + readClock
)

// once runs fn in one transaction on one connection.
func (e *pgEngine) once(ctx context.Context, pool *sql.DB, begin string, fn func(*Tx) error) ([]func(), error) {
	conn, now, err := e.acquire(ctx, pool, begin)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	open := true
	defer func() {
		if open {
			_ = end(ctx, conn, "ROLLBACK") // the server does the same when the connection is gone
		}
	}()
	tx := &Tx{Now: now, ctx: nested(ctx), dialect: PostgreSQL, run: pgRunner{conn, e.texts}}
	if err := call(tx, fn); err != nil {
		return nil, err
	}
	open = false
	return tx.hooks, end(ctx, conn, "COMMIT")
}

// acquire takes a connection and begins. One that turns out to be dead, as all do when the server has restarted, is exchanged for
// another: nothing has been asked of it yet.
func (e *pgEngine) acquire(ctx context.Context, pool *sql.DB, begin string) (conn *sql.Conn, now time.Time, err error) {
	for range attempts {
		if conn, err = pool.Conn(ctx); err != nil {
			return nil, now, err
		}
		if now, err = beginAt(ctx, conn, begin); err == nil {
			e.ahead.learn(now)
			return conn, now, nil
		}
		discard(conn)
		conn.Close()
		if ctx.Err() != nil || !isDead(err) {
			break
		}
	}
	return nil, now, fmt.Errorf("begin: %w", err)
}

// isDead tells whether an error is about a connection that had been lost, and not about what was asked of it.
func isDead(err error) bool { return isLost(err) || pgCode(err) == "57P01" }

// beginAt sends begin, two statements in one message, on the bare connection: database/sql would need a round trip for each.
func beginAt(ctx context.Context, conn *sql.Conn, begin string) (now time.Time, err error) {
	err = conn.Raw(func(c any) error {
		results, err := send(ctx, c, begin)
		if err != nil {
			return err
		}
		us, err := strconv.ParseInt(string(results[len(results)-1].Rows[0][0]), 10, 64)
		now = Time(us)
		return err
	})
	return now, err
}

// end sends COMMIT or ROLLBACK, even when the caller has gone: a COMMIT cut off half-way leaves nobody knowing. PostgreSQL answers the
// COMMIT of a failed transaction with ROLLBACK and no error, so the answer is compared.
func end(ctx context.Context, conn *sql.Conn, how string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	err := conn.Raw(func(c any) error {
		results, err := send(ctx, c, how)
		if err == nil && results[0].CommandTag.String() != how {
			err = fmt.Errorf("the database answered %s", results[0].CommandTag)
		}
		return err
	})
	if err != nil {
		discard(conn)
		return fmt.Errorf("%s: %w", how, err)
	}
	return nil
}

// send runs statements as one message on the bare connection. What they yield is small.
func send(ctx context.Context, c any, sql string) ([]*pgconn.Result, error) {
	bare, ok := c.(*stdlib.Conn)
	if !ok {
		return nil, errDriver(c)
	}
	return bare.Conn().PgConn().Exec(ctx, sql).ReadAll()
}

func errDriver(c any) error {
	return fmt.Errorf("sqldb: the pool holds a %T instead of a PostgreSQL connection", c)
}

// discard keeps a connection of unknown state out of the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// pgRunner sends statements over one connection; pgx keeps the parsed ones.
type pgRunner struct {
	conn  *sql.Conn
	texts *texts
}

func (r pgRunner) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return r.conn.ExecContext(ctx, r.texts.rewritten(query), args...)
}

func (r pgRunner) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return r.conn.QueryContext(ctx, r.texts.rewritten(query), args...)
}

// execAll sends the statements as one pipeline: the server works through it without waiting for us.
func (r pgRunner) execAll(ctx context.Context, all []Statement) (changed []int64, failed string, err error) {
	batch := &pgx.Batch{}
	for _, one := range all {
		batch.Queue(r.texts.rewritten(one.Query), one.Args...)
	}
	err = r.conn.Raw(func(c any) error {
		bare, ok := c.(*stdlib.Conn)
		if !ok {
			return errDriver(c)
		}
		results := bare.Conn().SendBatch(ctx, batch)
		changed, failed, err = readAll(results, all)
		return cmpErr(err, results.Close())
	})
	return changed, failed, err
}

func readAll(results pgx.BatchResults, all []Statement) ([]int64, string, error) {
	changed := make([]int64, len(all))
	for i, one := range all {
		tag, err := results.Exec()
		if err != nil {
			return nil, one.Query, err
		}
		changed[i] = tag.RowsAffected()
	}
	return changed, "", nil
}

// texts remembers rewritten statements, up to a bound: texts that are built on the fly must not fill the memory.
type texts struct {
	m sync.Map
	n atomic.Int64
}

func (t *texts) rewritten(query string) string {
	known, _ := t.m.Load(query)
	if own, ok := known.(string); ok {
		return own
	}
	own := rewrite(PostgreSQL, query)
	if t.n.Add(1) <= cachedTexts {
		t.m.Store(query, own)
	}
	return own
}
