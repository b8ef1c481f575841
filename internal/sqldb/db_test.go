package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

func TestOpenRefusesOtherForms(t *testing.T) {
	for _, url := range []string{"", "mysql://u:hunter2@h/d", "kefu.db", "sqlite:", "sqlite::memory:"} {
		db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
		if err == nil {
			db.Close()
			t.Errorf("Open(%q) succeeded", url)
			continue
		}
		if !strings.Contains(err.Error(), "sqlite:path") {
			t.Errorf("Open(%q): %v does not say how to write it", url, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open(%q): %v repeats the password", url, err)
		}
	}
}

func TestUpdateThenView(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error { return insert(tx, "a") })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a"}, ids(t, db)); diff != "" {
			t.Error(diff)
		}
		if err := db.Ping(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestUpdateFailureStoresNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		mine := errors.New("mine")
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			tx.AfterCommit(func() { t.Error("hook of a failed transaction ran") })
			return cmpErr(insert(tx, "a"), mine)
		})
		if !errors.Is(err, mine) {
			t.Errorf("got %v", err)
		}
		if got := ids(t, db); got != nil {
			t.Errorf("stored %v", got)
		}
	})
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestFailedStatementEndsTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			if err := insert(tx, "a"); err != nil {
				return err
			}
			first := insert(tx, "a")
			if again := insert(tx, "b"); again == nil || first == nil || again.Error() != first.Error() {
				t.Errorf("after %v the next statement says %v", first, again)
			}
			return nil
		})
		if err == nil {
			t.Error("Update hid the failed statement")
		}
		if got := ids(t, db); got != nil {
			t.Errorf("stored %v", got)
		}
	})
}

func TestPanicReachesTheCaller(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{WriteConns: 1, ReadConns: 1})
		for _, run := range []func(context.Context, func(*sqldb.Tx) error) error{db.Update, db.View} {
			func() {
				defer func() {
					if v := recover(); v != "boom" {
						t.Errorf("recovered %v", v)
					}
				}()
				run(context.Background(), func(tx *sqldb.Tx) error {
					tx.Query("SELECT id FROM thing") //nolint:rowserrcheck // left open
					panic("boom")
				})
			}()
		}
		do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 1)")
		if diff := cmp.Diff([]string{"a"}, ids(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAfterCommitInOrderOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		var got []string
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			tx.AfterCommit(func() { got = append(got, "one") })
			tx.AfterCommit(func() { got = append(got, ids(t, db)...) })
			return insert(tx, "stored")
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"one", "stored"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestViewIsReadOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.View(context.Background(), func(tx *sqldb.Tx) error { return insert(tx, "a") })
		if err == nil {
			t.Error("a write in a View succeeded")
		}
		if !sqldb.IsUnavailable(err) {
			t.Errorf("%v is not classed as read-only", err)
		}
	})
}

func TestViewIsASnapshot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.View(context.Background(), func(tx *sqldb.Tx) error {
			before, err := sqldb.Many(tx, scanString, "SELECT id FROM thing")
			if err != nil {
				return err
			}
			do(t, db, "INSERT INTO thing (id, n) VALUES ('late', 1)")
			after, err := sqldb.Many(tx, scanString, "SELECT id FROM thing")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Error(diff)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"late"}, ids(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		odd := time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.FixedZone("east", 3600))
		db := openWithTable(t, url, sqldb.Options{Clock: func() time.Time { return odd }})
		for _, run := range []func(context.Context, func(*sqldb.Tx) error) error{db.Update, db.View} {
			var now time.Time
			if err := run(context.Background(), func(tx *sqldb.Tx) error { now = tx.Now; return nil }); err != nil {
				t.Fatal(err)
			}
			if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
				t.Errorf("Now %v is not in UTC microseconds", now)
			}
			if !now.Equal(sqldb.Time(sqldb.Micros(now))) {
				t.Errorf("Now %v does not survive storing", now)
			}
			if db.Dialect() == sqldb.SQLite && !now.Equal(odd.Truncate(time.Microsecond)) {
				t.Errorf("Now %v is not the clock's %v", now, odd)
			}
			if db.Dialect() == sqldb.PostgreSQL && time.Since(now).Abs() > time.Minute {
				t.Errorf("Now %v is not the database's", now)
			}
		}
	})
}

func TestRowsOpenIsRefusedAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 1), ('b', 2)")
		err := db.View(context.Background(), func(tx *sqldb.Tx) error {
			rows, err := tx.Query("SELECT id FROM thing") //nolint:rowserrcheck,sqlclosecheck // left open
			if err != nil {
				return err
			}
			rows.Next()
			_, err = sqldb.Many(tx, scanString, "SELECT id FROM thing")
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "close them") {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff([]string{"a", "b"}, ids(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTxIsDeadAfterwards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		var kept *sqldb.Tx
		if err := db.Update(context.Background(), func(tx *sqldb.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := insert(kept, "a"); !errors.Is(err, sqldb.ErrTxDone) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNestedIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			return db.Update(tx.Ctx(), func(*sqldb.Tx) error { return nil })
		})
		if !errors.Is(err, sqldb.ErrNested) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOneAndMany(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 1), ('b', 2)")
		err := db.View(context.Background(), func(tx *sqldb.Tx) error {
			if _, err := sqldb.One(tx, scanString, "SELECT id FROM thing WHERE n = $1", 9); !errors.Is(err, sqldb.ErrNoRows) {
				t.Errorf("One of none: %v", err)
			}
			if got, err := sqldb.One(tx, scanString, "SELECT id FROM thing WHERE n > $1 ORDER BY id", 0); got != "a" || err != nil {
				t.Errorf("One: %q, %v", got, err)
			}
			var n int
			if err := tx.QueryRow("SELECT count(*) FROM thing").Scan(&n); n != 2 || err != nil {
				t.Errorf("QueryRow: %d, %v", n, err)
			}
			mine := errors.New("mine")
			_, err := sqldb.Many(tx, func(sqldb.Scanner) (int, error) { return 0, mine }, "SELECT id FROM thing")
			if !errors.Is(err, mine) {
				t.Errorf("Many hides its scan's error: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestClosedIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		err = db.Update(context.Background(), func(*sqldb.Tx) error { return nil })
		if !errors.Is(err, sqldb.ErrClosed) || !sqldb.IsUnavailable(err) {
			t.Errorf("got %v", err)
		}
	})
}

// TestManyStatements runs more texts than a connection keeps parsed, and the first of them again.
func TestManyStatements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			for i := range 1200 {
				var got int
				if err := tx.QueryRow(fmt.Sprintf("SELECT %d", i%600)).Scan(&got); err != nil || got != i%600 {
					return fmt.Errorf("statement %d: %d, %w", i, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestGlanceReadsAndNothingElse: it sees what is committed, knows the time, and writes nothing, by no statement.
func TestGlanceReadsAndNothingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		var wrote time.Time
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			wrote = tx.Now
			return insert(tx, "a")
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second one knows the clock
			err = db.Glance(t.Context(), func(tx *sqldb.Tx) error {
				if d := tx.Now.Sub(wrote); d < -time.Second || d > time.Minute {
					t.Errorf("now is %s after the write", d)
				}
				seen, err := sqldb.Many(tx, scanString, "SELECT id FROM thing")
				if len(seen) != 1 {
					t.Errorf("%v", seen)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for name, write := range map[string]func(tx *sqldb.Tx) error{
			"exec": func(tx *sqldb.Tx) error { return insert(tx, "b") },
			"all": func(tx *sqldb.Tx) error {
				_, err := tx.ExecAll([]sqldb.Statement{{Query: "DELETE FROM thing"}})
				return err
			},
			"returned": func(tx *sqldb.Tx) error {
				_, err := sqldb.Many(tx, scanString, "DELETE FROM thing RETURNING id")
				return err
			},
		} {
			if err := db.Glance(t.Context(), write); err == nil {
				t.Errorf("%s was let pass", name)
			}
		}
		if diff := cmp.Diff([]string{"a"}, ids(t, db)); diff != "" {
			t.Error(diff)
		}
	})
}
