package storetest

import (
	"strings"
	"testing"

	"kefu/internal/sqldb"
)

// Dump gives all that the tables of a database hold, as text by table: for tests of what must not be there any more.
func Dump(tb testing.TB, db *sqldb.DB) map[string]string {
	tb.Helper()
	columns := `SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.sql NOT LIKE '%VIRTUAL%'`
	if db.Dialect() == sqldb.PostgreSQL {
		columns = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	out := map[string]string{}
	err := db.View(tb.Context(), func(tx *sqldb.Tx) error {
		type column struct{ table, name string }
		all, err := sqldb.Many(tx, func(s sqldb.Scanner) (c column, err error) {
			err = s.Scan(&c.table, &c.name)
			return c, err
		}, columns)
		if err != nil {
			return err
		}
		for _, c := range all {
			values, err := sqldb.Many(tx, func(s sqldb.Scanner) (v string, err error) {
				err = s.Scan(&v)
				return v, err
			}, `SELECT COALESCE(CAST("`+c.name+`" AS TEXT), '') FROM "`+c.table+`"`)
			if err != nil {
				return err
			}
			out[c.table+"."+c.name] = strings.Join(values, "\n")
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(out) == 0 {
		tb.Fatal("no tables")
	}
	return out
}
