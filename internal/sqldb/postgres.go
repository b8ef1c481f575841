package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
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

type pgEngine struct {
	writers, readers *sql.DB // apart, so that slow reports never keep a customer's message waiting
	texts            *texts
	log              *slog.Logger
	ahead            ahead
}

func openPostgres(ctx context.Context, url string, o Options) (engine, error) {
	config, err := pgConfig(url)
	if err != nil {
		return nil, err
	}
	e := &pgEngine{texts: &texts{}, log: o.Log}
	e.writers = pgPool(config, o.WriteConns, 16)
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on" // also where no BEGIN says so
	e.readers = pgPool(reading, o.ReadConns, 8)
	if err := e.ping(ctx); err != nil {
		_ = e.close()
		return nil, unreachableError{err}
	}
	return e, nil
}

// unreachableError words what the driver says in several lines, with repetitions, in one, and names the mend.
type unreachableError struct{ cause error }

func (e unreachableError) Error() string {
	text, _, _ := strings.Cut(strings.ReplaceAll(e.cause.Error(), ":\n\t", ": "), "\n")
	return "sqldb: PostgreSQL does not let us in: " + text + " (check the database url, that the server runs, and that it admits this user from here)"
}

func (e unreachableError) Unwrap() error { return e.cause }

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
		// A kept statement keeps the plan of the day its tables were small, and that plan reads them whole. Every statement has its index.
		"enable_seqscan": "off",
		"jit":            "off", // a plan that must read a table whole counts as costly now, and compiling it costs more than running it
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

func (e *pgEngine) prepare(ctx context.Context, query string) error {
	conn, err := e.readers.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return parse(ctx, conn, query)
}

func (e *pgEngine) ping(ctx context.Context) error { return e.writers.PingContext(ctx) }

func (e *pgEngine) close() error { return errors.Join(e.readers.Close(), e.writers.Close()) }
