package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Limits of the SQLite engine.
const (
	closeWait  = 10 * time.Second // what Close grants to transactions under way
	writeLimit = 30 * time.Second // the longest an Update may hold the only writer, as PostgreSQL's statement_timeout
)

// sqliteEngine is one writer, which groups commits, and a fixed set of readers.
type sqliteEngine struct {
	writers, readers *sql.DB
	group            *committer
	free             chan *session // readers nobody uses
	sessions         int           // readers there are
	clock            func() time.Time
	stop             chan struct{}
}

func openSQLite(ctx context.Context, rest string, o Options) (engine, error) {
	path, query, _ := strings.Cut(rest, "?")
	if path == "" || strings.Contains(path, ":memory:") {
		return nil, errors.New(`sqldb: sqlite needs a file: write "sqlite:path"`)
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}
	e := &sqliteEngine{clock: o.Clock, stop: make(chan struct{})}
	if err := e.connect(ctx, path, query, o); err != nil {
		return nil, fmt.Errorf("sqldb: open %s: %w", path, errors.Join(err, e.close()))
	}
	return e, nil
}

// connect opens the writer first: it turns the file to WAL, which readers cannot do.
func (e *sqliteEngine) connect(ctx context.Context, path, query string, o Options) error {
	var err error
	if e.writers, err = openPool(path, query, false, 1); err != nil {
		return err
	}
	s, err := newSession(ctx, e.writers)
	if err != nil {
		return err
	}
	e.group = startCommitter(s, o.Clock)
	n := max(o.ReadConns, 0)
	if n == 0 {
		n = 4
	}
	if e.readers, err = openPool(path, query, true, n); err != nil {
		return err
	}
	e.free = make(chan *session, n)
	for range n {
		if s, err = newSession(ctx, e.readers); err != nil {
			return err
		}
		e.free <- s
		e.sessions++
	}
	return nil
}

func (e *sqliteEngine) view(ctx context.Context, fn func(*Tx) error) error {
	s, err := e.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { e.free <- s }()
	if err := s.begin("BEGIN DEFERRED"); err != nil {
		return err
	}
	defer s.rollback()
	return call(&Tx{Now: stamp(e.clock()), ctx: nested(ctx), dialect: SQLite, run: s}, fn)
}

func (e *sqliteEngine) glance(ctx context.Context, fn func(*Tx) error) error { return e.view(ctx, fn) }

// reader waits for a free connection.
func (e *sqliteEngine) reader(ctx context.Context) (*session, error) {
	select {
	case s := <-e.free:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.stop:
		return nil, ErrClosed
	}
}

// call runs fn and settles tx, also when fn panics: its rows must be closed before the connection serves another.
func call(tx *Tx, fn func(*Tx) error) (err error) {
	err = errAborted
	defer func() { err = tx.finish(err) }()
	return fn(tx)
}

func (e *sqliteEngine) update(ctx context.Context, fn func(*Tx) error) error {
	return e.group.update(ctx, fn)
}

func (e *sqliteEngine) prepare(ctx context.Context, query string) error {
	s, err := e.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { e.free <- s }()
	return parse(ctx, s.conn, query)
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.view(ctx, func(tx *Tx) error {
		var one int
		return tx.QueryRow("SELECT 1").Scan(&one)
	})
}

// close waits for the committer and for every reader, but not for ever, and drops the connections.
func (e *sqliteEngine) close() error {
	close(e.stop)
	var errs []error
	if e.group != nil {
		errs = append(errs, e.group.close())
	}
	late := time.After(closeWait)
	for range e.sessions {
		select {
		case s := <-e.free:
			errs = append(errs, s.close())
		case <-late:
			errs = append(errs, errors.New("sqldb: a View is still running at Close: end it before"))
		}
	}
	for _, pool := range []*sql.DB{e.readers, e.writers} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}
