package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

// Limits of the PostgreSQL engine.
const (
	attempts     = 5                // runs of an Update whose transaction lost against another
	endLimit     = 10 * time.Second // for COMMIT and ROLLBACK, which run even when the caller is gone
	cancelLimit  = 2 * time.Second  // for the server to stop a statement whose caller is gone
	cachedTexts  = 4096             // rewritten statements kept
	connIdleTime = 5 * time.Minute
	connLifeTime = time.Hour
)

// begin opens a transaction and reads the database's clock in the same message, so that a Now costs no second round trip.
const (
	readClock   = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
	beginView   = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + readClock
	beginUpdate = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; " + readClock
)

type pgEngine struct {
	writers, readers *sql.DB // apart, so that slow reports never keep a customer's message waiting
	texts            *texts
	log              *slog.Logger
}

func openPostgres(ctx context.Context, url string, o Options) (engine, error) {
	config, err := pgConfig(url)
	if err != nil {
		return nil, err
	}
	e := &pgEngine{texts: &texts{}, log: o.Log}
	e.writers = pgPool(config, o.WriteConns, 16)
	e.readers = pgPool(config, o.ReadConns, 8)
	if err := e.ping(ctx); err != nil {
		e.close()
		return nil, fmt.Errorf("sqldb: open postgres: %w", err)
	}
	return e, nil
}

// pgConfig reads the url and sets what a session needs, unless the url says otherwise.
func pgConfig(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("sqldb: read the postgres url: %w", err) // pgx leaves the password out
	}
	for key, value := range map[string]string{
		"application_name":                    "kefu",
		"statement_timeout":                   "30s",
		"lock_timeout":                        "30s",
		"idle_in_transaction_session_timeout": "60s",
		"timezone":                            "UTC",
	} {
		if config.RuntimeParams[key] == "" {
			config.RuntimeParams[key] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	return config, nil
}

func pgPool(config *pgx.ConnConfig, conns, otherwise int) *sql.DB {
	if conns <= 0 {
		conns = otherwise
	}
	config = config.Copy()
	// pgx's own answer to a cancelled context is to drop the connection; customers who close their browsers would make us reconnect all
	// day. So the server is asked to stop the statement first.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelLimit}
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(connIdleTime)
	pool.SetConnMaxLifetime(connLifeTime)
	return pool
}

func (e *pgEngine) view(ctx context.Context, fn func(*Tx) error) error {
	_, err := e.once(ctx, e.readers, beginView, fn)
	return err
}

// update tries again what lost against another transaction. Row locks are what orders writers, so read committed is enough and
// serialization failures are rare; deadlocks are what remains.
func (e *pgEngine) update(ctx context.Context, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		hooks, err := e.once(ctx, e.writers, beginUpdate, fn)
		if err == nil {
			runHooks(hooks)
			return nil
		}
		if attempt == attempts || !isRetryable(err) {
			return err
		}
		e.log.DebugContext(ctx, "transaction tried again", "attempt", attempt, "error", err)
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// pause waits a random time below 10 ms, doubled with each attempt, so that two who collided do not collide again.
func pause(ctx context.Context, attempt int) error {
	t := time.NewTimer(rand.N(10 * time.Millisecond << attempt))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isRetryable(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01"
}

// once runs fn in one transaction on one connection.
func (e *pgEngine) once(ctx context.Context, pool *sql.DB, begin string, fn func(*Tx) error) ([]func(), error) {
	conn, now, err := acquire(ctx, pool, begin)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	open := true
	defer func() {
		if open {
			end(ctx, conn, "ROLLBACK")
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
func acquire(ctx context.Context, pool *sql.DB, begin string) (conn *sql.Conn, now time.Time, err error) {
	for range attempts {
		if conn, err = pool.Conn(ctx); err != nil {
			return nil, now, err
		}
		if now, err = beginAt(ctx, conn, begin); err == nil {
			return conn, now, nil
		}
		discard(conn)
		conn.Close()
		if ctx.Err() != nil || !isLost(err) && pgCode(err) != "57P01" {
			break
		}
	}
	return nil, now, fmt.Errorf("begin: %w", err)
}

// beginAt sends begin, two statements in one message, on the bare connection: database/sql would need a round trip for each.
func beginAt(ctx context.Context, conn *sql.Conn, begin string) (now time.Time, err error) {
	err = conn.Raw(func(c any) error {
		results, err := c.(*stdlib.Conn).Conn().PgConn().Exec(ctx, begin).ReadAll()
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
		results, err := c.(*stdlib.Conn).Conn().PgConn().Exec(ctx, how).ReadAll()
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

// discard keeps a connection of unknown state out of the pool.
func discard(conn *sql.Conn) {
	conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (e *pgEngine) prepare(ctx context.Context, query string) error {
	conn, err := e.readers.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	st, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	return st.Close()
}

func (e *pgEngine) ping(ctx context.Context) error { return e.writers.PingContext(ctx) }

func (e *pgEngine) close() error { return errors.Join(e.readers.Close(), e.writers.Close()) }

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

// texts remembers rewritten statements, up to a bound: texts that are built on the fly must not fill the memory.
type texts struct {
	m sync.Map
	n atomic.Int64
}

func (t *texts) rewritten(query string) string {
	if own, ok := t.m.Load(query); ok {
		return own.(string)
	}
	own := rewrite(PostgreSQL, query)
	if t.n.Add(1) <= cachedTexts {
		t.m.Store(query, own)
	}
	return own
}
