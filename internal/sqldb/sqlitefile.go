package sqldb

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// makeFile makes the database file for the owner only: SQLite gives its journal files the same mode.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("sqldb: make the database's directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("sqldb: make the database file: %w", err)
	}
	return f.Close()
}

func openPool(path, query string, readOnly bool, conns int) (*sql.DB, error) {
	dsn, err := sqliteDSN(path, query, readOnly)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// sqliteDSN writes the driver's name of a file. What the caller's query says stands before our own settings.
func sqliteDSN(path, query string, readOnly bool) (string, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return "", fmt.Errorf("read the options after the file name: %w", err)
	}
	for key, value := range map[string]string{
		"_busy_timeout": "5000",
		"_foreign_keys": "on",
		"_journal_mode": "WAL",
		"_synchronous":  "FULL",
		"_txlock":       "immediate",
		"_dqs":          "0", // a misspelt "column" is an error and not a string
	} {
		if !q.Has(key) {
			q.Set(key, value)
		}
	}
	if readOnly {
		q.Set("_query_only", "on")
	}
	own := []string{"cache_size(-4000)", "journal_size_limit(67108864)", "temp_store(memory)"}
	q["_pragma"] = append(own, q["_pragma"]...)
	file := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	if filepath.IsAbs(path) && !strings.HasPrefix(file, "/") {
		file = "/" + file // a Windows drive
	}
	return "file:" + file + "?" + q.Encode(), nil
}
