package sqldb_test

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		os.Exit(child(url))
	}
	os.Exit(storetest.Main(m))
}

// open opens url, makes the tables of these tests, and closes the database with the test, which must leave no goroutine behind.
func open(tb testing.TB, url string, o sqldb.Options) *sqldb.DB {
	tb.Helper()
	before := goleak.IgnoreCurrent()
	tb.Cleanup(func() { goleak.VerifyNone(tb, before) })
	return openOther(tb, url, o)
}

// openOther opens url once more: without looking for leaks, which would find what the first one still runs.
func openOther(tb testing.TB, url string, o sqldb.Options) *sqldb.DB {
	tb.Helper()
	db, err := sqldb.Open(context.Background(), url, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

func openWithTable(tb testing.TB, url string, o sqldb.Options) *sqldb.DB {
	tb.Helper()
	db := open(tb, url, o)
	do(tb, db, "CREATE TABLE IF NOT EXISTS thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL)")
	do(tb, db, sqldb.LeaseDDL)
	return db
}

func do(tb testing.TB, db *sqldb.DB, query string, args ...any) {
	tb.Helper()
	err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func insert(tx *sqldb.Tx, id string) error {
	_, err := tx.Exec("INSERT INTO thing (id, n) VALUES ($1, $2)", id, 1)
	return err
}

func ids(tb testing.TB, db *sqldb.DB) []string {
	tb.Helper()
	var all []string
	err := db.View(context.Background(), func(tx *sqldb.Tx) (err error) {
		all, err = sqldb.Many(tx, scanString, "SELECT id FROM thing ORDER BY id")
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func scanString(s sqldb.Scanner) (v string, err error) {
	err = s.Scan(&v)
	return v, err
}
