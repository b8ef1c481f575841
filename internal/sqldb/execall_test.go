package sqldb_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

func add(id string, n int) sqldb.Statement {
	return sqldb.Statement{Query: "INSERT INTO thing (id, n) VALUES ($1, $2)", Args: []any{id, n}}
}

func TestExecAllRunsInOrderAndCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		var changed []int64
		err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			changed, err = tx.ExecAll([]sqldb.Statement{
				add("a", 1), add("b", 2),
				{Query: "UPDATE thing SET n = n + $1", Args: []any{10}},
				{Query: "DELETE FROM thing WHERE n = $1", Args: []any{1}},
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{1, 1, 2, 0}, changed); diff != "" {
			t.Error(diff)
		}
	})
}

func TestExecAllOfNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.ExecAll(nil)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestExecAllStopsAndEndsTheTransaction: the error names the statement that failed, nothing of the others is kept, the transaction is
// over, and the connection is good for the next one.
func TestExecAllStopsAndEndsTheTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{WriteConns: 1})
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, failed := tx.ExecAll([]sqldb.Statement{
				add("a", 1),
				{Query: "UPDATE thing SET n = NULL WHERE id = $1", Args: []any{"a"}},
				add("b", 2),
			})
			if failed == nil || !strings.Contains(failed.Error(), "SET n = NULL") {
				t.Errorf("error is %v, want one that names the statement", failed)
			}
			if _, err := tx.Exec("SELECT 1"); err == nil || err.Error() != failed.Error() {
				t.Errorf("the statement after says %v, want the failure again", err)
			}
			return nil
		})
		if err == nil {
			t.Error("Update swallowed the failure")
		}
		do(t, db, "INSERT INTO thing (id, n) VALUES ('a', 1)")
		do(t, db, "INSERT INTO thing (id, n) VALUES ('b', 2)")
	})
}
