package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

// TestLockedFile has another program hold SQLite's write lock while many callers want it.
func TestLockedFile(t *testing.T) {
	url := storetest.SQLite(t)
	db := openWithTable(t, url+"?_busy_timeout=50", sqldb.Options{})
	other, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := db.Update(context.Background(), func(tx *sqldb.Tx) error { return insert(tx, fmt.Sprint(i)) })
			if !sqldb.IsBusy(err) || !sqldb.IsUnavailable(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if waited := time.Since(start); waited > 2*time.Second {
		t.Errorf("64 callers waited %v for a lock whose limit is 50 ms", waited)
	}
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	store := func(tx *sqldb.Tx) error { return insert(tx, "after") }
	if err := db.Update(context.Background(), store); err != nil {
		t.Errorf("the lock is free: %v", err)
	}
	if diff := cmp.Diff([]string{"after"}, ids(t, db)); diff != "" {
		t.Error(diff)
	}
}

func TestCancelledContext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{ReadConns: 1})
		ctx, cancel := context.WithCancel(context.Background())
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			cancel()
			_, err := sqldb.Many(tx, scanString, "SELECT id FROM thing")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("View: %v", err)
		}
		if err := db.Update(ctx, func(tx *sqldb.Tx) error { t.Error("entered"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("Update: %v", err)
		}
		ids(t, db) // the one reader is as good as new
	})
}

// TestLongReadIsInterrupted cancels a query that would run for minutes.
func TestLongReadIsInterrupted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{ReadConns: 1})
		before := connection(t, db)
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			var n int64
			return tx.QueryRow(`WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000)
				SELECT count(*) FROM c`).Scan(&n)
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if db.Dialect() == sqldb.PostgreSQL && connection(t, db) != before {
			t.Error("the connection was dropped")
		}
		ids(t, db)
	})
}

// connection tells one PostgreSQL connection from another; 0 on SQLite.
func connection(t *testing.T, db *sqldb.DB) (pid int) {
	t.Helper()
	if db.Dialect() == sqldb.SQLite {
		return 0
	}
	err := db.View(context.Background(), func(tx *sqldb.Tx) error { return tx.QueryRow("SELECT pg_backend_pid()").Scan(&pid) })
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestPostgresRetriesDeadlock(t *testing.T) {
	db := openWithTable(t, storetest.Postgres(t), sqldb.Options{})
	do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 0), ('b', 0)")
	var wg, met sync.WaitGroup
	met.Add(2)
	runs := make([]int, 2)
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		wg.Go(func() {
			err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
				runs[i]++
				if _, err := tx.Exec("UPDATE thing SET n = n + 1 WHERE id = $1", order[0]); err != nil {
					return err
				}
				if runs[i] == 1 {
					met.Done()
					met.Wait() // each holds its first row now
				}
				_, err := tx.Exec("UPDATE thing SET n = n + 1 WHERE id = $1", order[1])
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if runs[0]+runs[1] != 3 {
		t.Errorf("runs %v: one of two was to run twice", runs)
	}
	var sum int
	err := db.View(context.Background(), func(tx *sqldb.Tx) error { return tx.QueryRow("SELECT sum(n) FROM thing").Scan(&sum) })
	if sum != 4 || err != nil {
		t.Errorf("sum %d, %v", sum, err)
	}
}

// TestPostgresConnectionsCutOff ends every idle connection, as a restart of the server does.
func TestPostgresConnectionsCutOff(t *testing.T) {
	url := storetest.Postgres(t)
	db := openWithTable(t, url, sqldb.Options{WriteConns: 1, ReadConns: 1})
	other := openOther(t, url, sqldb.Options{WriteConns: 1})
	ids(t, db)
	cutOff(t, other)
	do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 1)")
	if diff := cmp.Diff([]string{"a"}, ids(t, db)); diff != "" {
		t.Error(diff)
	}
	err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
		cutOff(t, other)
		return insert(tx, "b")
	})
	if !sqldb.IsUnavailable(err) {
		t.Errorf("cut off inside a transaction: %v", err)
	}
	if diff := cmp.Diff([]string{"a"}, ids(t, db)); diff != "" {
		t.Error(diff)
	}
}

// TestGlanceOutlivesItsConnections: every connection is cut off, and who only reads is not told.
func TestGlanceOutlivesItsConnections(t *testing.T) {
	db := openWithTable(t, storetest.Postgres(t), sqldb.Options{})
	do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 1)")
	for range 2 {
		err := db.Glance(t.Context(), func(tx *sqldb.Tx) error {
			seen, err := sqldb.Many(tx, scanString, "SELECT id FROM thing")
			if err == nil && len(seen) != 1 {
				t.Errorf("%v", seen)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		cutOff(t, db)
	}
}

func cutOff(t *testing.T, db *sqldb.DB) {
	t.Helper()
	do(t, db, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}

func TestUnreachableServer(t *testing.T) {
	_, err := sqldb.Open(context.Background(), "postgres://u:hunter2@127.0.0.1:1/none?connect_timeout=2", sqldb.Options{})
	if !sqldb.IsUnavailable(err) {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v repeats the password", err)
	}
}
