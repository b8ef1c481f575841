package sqldb

import (
	"context"
	"database/sql"
)

// cachedStatements bounds the parsed statements one connection keeps: far more than the store has, and a lid on texts that are built.
const cachedStatements = 512

// session is one SQLite connection with its parsed statements, for parsing costs more than most statements do. One user at a time.
type session struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // by portable text
}

func newSession(ctx context.Context, pool *sql.DB) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

func (s *session) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	st, err := s.stmt(ctx, query) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (s *session) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	st, err := s.stmt(ctx, query) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// steady runs each statement to its end once it has begun; a context that is over is noticed between them. The driver and database/sql each
// start a goroutine for every statement whose context can end, which costs the writer more than most statements do.
type steady struct{ *session }

func (s steady) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.session.exec(context.WithoutCancel(ctx), query, args)
}

func (s steady) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.session.query(context.WithoutCancel(ctx), query, args)
}

func (s *session) execAll(ctx context.Context, all []Statement) ([]int64, string, error) {
	return oneByOne(ctx, s.exec, all)
}

func (s steady) execAll(ctx context.Context, all []Statement) ([]int64, string, error) {
	return oneByOne(ctx, s.exec, all)
}

func oneByOne(ctx context.Context, exec func(context.Context, string, []any) (sql.Result, error), all []Statement) ([]int64, string, error) {
	changed := make([]int64, len(all))
	for i, one := range all {
		res, err := exec(ctx, one.Query, one.Args)
		if err == nil {
			changed[i], err = res.RowsAffected()
		}
		if err != nil {
			return nil, one.Query, err
		}
	}
	return changed, "", nil
}

// do runs a statement of our own, such as COMMIT.
func (s *session) do(query string) error {
	_, err := s.exec(context.Background(), query, nil)
	return err
}

// begin opens a transaction, and closes one that a failed ROLLBACK left behind: the connection would be lost for good otherwise.
func (s *session) begin(query string) error {
	err := s.do(query)
	if err == nil || IsBusy(err) {
		return err
	}
	s.rollback()
	return s.do(query)
}

// rollback undoes the transaction. It fails when SQLite has already done so, and what else it fails of, the next begin runs into.
func (s *session) rollback() { _ = s.do("ROLLBACK") }

func (s *session) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	if len(s.stmts) >= cachedStatements {
		s.evict()
	}
	st, err := s.conn.PrepareContext(ctx, rewrite(SQLite, query))
	if err != nil {
		return nil, err
	}
	s.stmts[query] = st
	return st, nil
}

// evict drops any one statement. None is in use: a Tx refuses a statement while rows are open.
func (s *session) evict() {
	for query, st := range s.stmts {
		st.Close()
		delete(s.stmts, query)
		return
	}
}

// parse prepares query and throws the outcome away.
func parse(ctx context.Context, conn *sql.Conn, query string) error {
	st, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer st.Close()
	return nil
}

func (s *session) close() error {
	for len(s.stmts) > 0 {
		s.evict()
	}
	return s.conn.Close()
}
