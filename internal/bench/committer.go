package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	bareColumns  = ` ticket BIGINT NOT NULL, sender TEXT NOT NULL, text TEXT NOT NULL, at BIGINT NOT NULL)`
	sqlTableLite = `CREATE TABLE message (id INTEGER PRIMARY KEY,` + bareColumns
	sqlTablePg   = `CREATE TABLE message (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,` + bareColumns
	sqlBareLite  = `INSERT INTO message (ticket, sender, text, at) VALUES (?, ?, ?, ?)`
	sqlBarePg    = `INSERT INTO message (ticket, sender, text, at) VALUES ($1, $2, $3, $4)`
)

// lite commits to SQLite in groups: one goroutine writes, and whoever waits by then shares its commit.
type lite struct {
	db     *sql.DB
	insert *sql.Stmt
	queue  chan waiting
	ended  chan struct{}
}

type waiting struct {
	row  row
	done chan error
}

func openLite(ctx context.Context, path string) (*lite, error) {
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, sqlTableLite); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	insert, err := db.PrepareContext(ctx, sqlBareLite)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	l := &lite{db: db, insert: insert, queue: make(chan waiting, 1024), ended: make(chan struct{})}
	go l.write(ctx)
	return l, nil
}

func (l *lite) commit(ctx context.Context, r row) error {
	w := waiting{row: r, done: make(chan error, 1)}
	select {
	case l.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write commits group after group until ctx ends.
func (l *lite) write(ctx context.Context) {
	defer close(l.ended)
	for {
		select {
		case first := <-l.queue:
			group := []waiting{first}
			for len(l.queue) > 0 && len(group) < cap(l.queue) {
				group = append(group, <-l.queue)
			}
			err := l.store(group)
			for _, w := range group {
				w.done <- err
			}
		case <-ctx.Done():
			return
		}
	}
}

// store runs without the callers' contexts: a group outlives each of them.
func (l *lite) store(group []waiting) error {
	ctx := context.Background()
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()    // nothing to undo after the commit
	insert := tx.StmtContext(ctx, l.insert) //nolint:sqlclosecheck // it ends with the transaction
	for _, w := range group {
		if _, err := insert.ExecContext(ctx, w.row.ticket, w.row.sender, w.row.text, w.row.at); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (l *lite) close() {
	<-l.ended
	_ = l.insert.Close()
	_ = l.db.Close()
}

// pool commits each row by itself: PostgreSQL groups the commits.
type pool struct{ *pgxpool.Pool }

func openPool(ctx context.Context, url string) (*pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 16 // as many as Kefu writes with
	p, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := p.Exec(ctx, sqlTablePg); err != nil {
		p.Close()
		return nil, err
	}
	return &pool{p}, nil
}

func (p *pool) commit(ctx context.Context, r row) error {
	_, err := p.Exec(ctx, sqlBarePg, r.ticket, r.sender, r.text, r.at)
	return err
}

func (p *pool) close() { p.Close() }
