package sqldb

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Options tune Open. The zero value is right for most.
type Options struct {
	ReadConns  int              // connections for View: 0 means 4 on SQLite, 8 on PostgreSQL
	WriteConns int              // connections for Update on PostgreSQL: 0 means 16. SQLite always has one writer
	Log        *slog.Logger     // nil discards
	Clock      func() time.Time // what Tx.Now is read from on SQLite: nil means time.Now. PostgreSQL uses the database's clock
}

// DB is an open database.
type DB struct {
	engine  engine
	dialect Dialect
	url     string
	path    string // of the SQLite file
	query   string // the driver's options after it
	log     *slog.Logger

	life context.Context // ends with Close: what runs on its own runs under it
	end  context.CancelFunc
	wg   sync.WaitGroup

	closing  sync.Once
	closeErr error

	mu   sync.Mutex
	held map[string]bool // presences of this process on SQLite
}

// engine is what differs below View and Update.
type engine interface {
	view(ctx context.Context, fn func(*Tx) error) error
	glance(ctx context.Context, fn func(*Tx) error) error
	update(ctx context.Context, fn func(*Tx) error) error
	prepare(ctx context.Context, query string) error
	ping(ctx context.Context) error
	close() error
}

// Open opens the database that url names, "sqlite:path" or "postgres://…", and checks that it answers. A SQLite file and its directory
// are made when missing, for the owner only. Options of the SQLite driver may follow the path after a "?". Open does not migrate.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	db := &DB{url: url, log: o.Log, held: map[string]bool{}}
	db.life, db.end = context.WithCancel(context.Background())
	if err := db.open(ctx, o); err != nil {
		db.end()
		return nil, err
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, o Options) (err error) {
	scheme, rest, _ := strings.Cut(db.url, ":")
	switch scheme {
	case "sqlite":
		db.dialect = SQLite
		db.path, db.query, _ = strings.Cut(rest, "?")
		db.engine, err = openSQLite(ctx, rest, o)
	case "postgres", "postgresql":
		db.dialect = PostgreSQL
		db.engine, err = openPostgres(ctx, db.url, o)
	default:
		// The url may hold a password, so the error does not repeat it.
		err = fmt.Errorf(`sqldb: unknown form of database url: write "sqlite:path" or "postgres://user@host/database"`)
	}
	return err
}

// Close waits for SQLite's transactions under way, at most ten seconds, and closes every connection; PostgreSQL's are cut off. What is
// asked of db afterwards is refused with ErrClosed. Close may be called again.
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.end()
		db.wg.Wait()
		db.closeErr = db.engine.close()
	})
	return db.closeErr
}

// Dialect says which engine db runs on.
func (db *DB) Dialect() Dialect { return db.dialect }

// Ping asks the database for a sign of life.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	return db.engine.ping(ctx)
}

// View runs fn once with a read-only snapshot: everything it reads is of one moment. A write inside it fails.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	return db.engine.view(ctx, fn)
}

// Glance runs fn for reading without a snapshot of its own: each statement sees what is committed when it runs. For one statement, or for
// several that need not agree, it costs PostgreSQL no BEGIN and no COMMIT; on SQLite it is View. Now is an estimate of the database's clock,
// by what it said last. fn may run more than once.
func (db *DB) Glance(ctx context.Context, fn func(*Tx) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	return db.engine.glance(ctx, fn)
}

// Update runs fn in a transaction and returns nil only after a durable commit; any error means that nothing of it is stored, save for a
// connection lost during the commit itself, when nobody can know. fn may run more than once and must reset what it writes to outside.
// On SQLite ctx is obeyed until fn is entered: from then on the transaction runs to its end, bounded by a time limit of its own after which
// no further statement is begun.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	return db.engine.update(ctx, fn)
}

// Prepare has the engine parse query without running it: for tests that hold every statement against both engines.
func Prepare(ctx context.Context, db *DB, query string) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	return db.engine.prepare(ctx, rewrite(db.dialect, query))
}

func (db *DB) enter(ctx context.Context) error {
	if db.life.Err() != nil {
		return ErrClosed
	}
	if isNested(ctx) {
		return ErrNested
	}
	return ctx.Err()
}

// runHooks runs what AfterCommit collected.
func runHooks(hooks []func()) {
	for _, fn := range hooks {
		fn()
	}
}

// stamp makes a Tx.Now of a clock's reading. It drops the monotonic part, which no column can hold.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
