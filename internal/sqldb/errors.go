package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsBusy reports that another holds a lock we waited for in vain: nothing is stored, and trying again later may work.
func IsBusy(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return true
	}
	switch pgCode(err) {
	case "55P03", "40001", "40P01", "53300":
		return true
	}
	return false
}

// IsFull reports that the disk, or a limit set on the database's size, is used up.
func IsFull(err error) bool {
	return sqliteCode(err) == sqlite3.SQLITE_FULL || pgCode(err) == "53100"
}

// IsUnavailable reports that the database cannot store now, for reasons that lie in its surroundings and not in the statement: busy,
// full, unreachable, shutting down, read-only, closed. A caller who went away is none of them.
func IsUnavailable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	return IsBusy(err) || IsFull(err) || sqliteUnavailable(err) || pgUnavailable(err) || isLost(err)
}

// isLost reports that the connection is gone, or never came about.
func isLost(err error) bool {
	for _, target := range []error{ErrClosed, driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, target) {
			return true
		}
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network)
}

func sqliteUnavailable(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// pgUnavailable goes by PostgreSQL's classes: connection (08), resources (53), and shutting down or not yet up (57P).
func pgUnavailable(err error) bool {
	code := pgCode(err)
	for _, class := range []string{"08", "53", "57P", "58"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return code == "25006"
}

// sqliteCode returns the primary result code, 0 when err is none of SQLite's.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

func pgCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
