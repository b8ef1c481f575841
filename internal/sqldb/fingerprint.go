package sqldb

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Fingerprint describes the schema in a text that is the same on both engines when the schemas are: each table's columns with type and
// nullability, its primary key, its unique constraints and its indexes with order and condition. Types are reduced to int, text, bool,
// real and blob. Left out is what only one engine has: SQLite's virtual tables, columns of type tsvector, indexes other than b-trees,
// tables called …_fts, and goose's own table. It is for tests and `doctor`; it reads the catalogue and takes milliseconds.
func Fingerprint(ctx context.Context, db *DB) (string, error) {
	var lines []string
	err := db.View(ctx, func(tx *Tx) (err error) {
		source := sqliteCatalogue
		if tx.Dialect() == PostgreSQL {
			source = pgCatalogue
		}
		lines, err = describe(tx, source())
		return err
	})
	return strings.Join(lines, "\n"), err
}

// catalogue holds the queries that ask one engine about its schema. columns yields table, name, type, not null. keys yields table, kind
// ("primary key" or "unique") and columns. indexes yields table, name, unique, columns, condition.
type catalogue struct{ columns, keys, indexes string }

func sqliteCatalogue() catalogue {
	const tables = `FROM pragma_table_list AS t `
	const ours = `WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' `
	const columnsOf = `(SELECT group_concat(name || CASE WHEN "desc" THEN ' desc' ELSE '' END, ', ') FROM
		(SELECT coalesce(name, '(expression)') AS name, "desc" FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno)) `
	return catalogue{
		columns: `SELECT t.name, c.name, c.type, c."notnull" OR c.pk > 0 ` + tables + `JOIN pragma_table_xinfo(t.name) AS c ` +
			ours + `AND c.hidden IN (0, 2, 3)`,
		keys: `SELECT t.name, 'primary key', (SELECT group_concat(name, ', ') FROM
			(SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk)) ` + tables + ours + `
			AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE pk > 0)
			UNION ALL
			SELECT t.name, 'unique', ` + columnsOf + tables + `JOIN pragma_index_list(t.name) AS i ` + ours + `AND i.origin = 'u'`,
		indexes: `SELECT t.name, i.name, i."unique", ` + columnsOf + `, CASE WHEN i.partial
			THEN (SELECT substr(sql, instr(upper(sql), ' WHERE ') + 7) FROM sqlite_schema AS s WHERE s.name = i.name) ELSE '' END ` +
			tables + `JOIN pragma_index_list(t.name) AS i ` + ours + `AND i.origin = 'c'`,
	}
}

func pgCatalogue() catalogue {
	const ours = `r.relkind IN ('r', 'p') AND r.relnamespace = current_schema()::regnamespace `
	const columnsOf = `(SELECT string_agg(coalesce(a.attname, '(expression)')
		|| CASE WHEN x.indoption[k.n - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY k.n)
		FROM unnest(x.indkey[0:x.indnkeyatts - 1]) WITH ORDINALITY AS k (num, n)
		LEFT JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = k.num) `
	return catalogue{
		columns: `SELECT r.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull FROM pg_class AS r
			JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE a.atttypid <> 'tsvector'::regtype AND ` + ours,
		keys: `SELECT r.relname, CASE c.contype WHEN 'p' THEN 'primary key' ELSE 'unique' END, ` + columnsOf + `
			FROM pg_class AS r JOIN pg_constraint AS c ON c.conrelid = r.oid AND c.contype IN ('p', 'u')
			JOIN pg_index AS x ON x.indexrelid = c.conindid WHERE ` + ours,
		indexes: `SELECT r.relname, i.relname, x.indisunique, ` + columnsOf + `, coalesce(pg_get_expr(x.indpred, x.indrelid), '')
			FROM pg_class AS r JOIN pg_index AS x ON x.indrelid = r.oid
			JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
			WHERE NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u')) AND ` + ours,
	}
}

func describe(tx *Tx, c catalogue) ([]string, error) {
	var lines []string
	for _, part := range []struct {
		query string
		scan  func(Scanner) (string, error)
	}{{c.columns, scanColumn}, {c.keys, scanKey}, {c.indexes, scanIndex}} {
		more, err := Many(tx, part.scan, part.query)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		table, _, _ := strings.Cut(line, ":")
		return table == versionTable || strings.HasSuffix(table, "_fts")
	})
	slices.Sort(lines)
	return lines, nil
}

func scanColumn(s Scanner) (string, error) {
	var table, name, kind string
	var notNull bool
	err := s.Scan(&table, &name, &kind, &notNull)
	line := fmt.Sprintf("%s: column %s %s", table, name, plainType(kind))
	if notNull {
		line += " not null"
	}
	return line, err
}

func scanKey(s Scanner) (string, error) {
	var table, kind, columns string
	err := s.Scan(&table, &kind, &columns)
	return fmt.Sprintf("%s: %s (%s)", table, kind, columns), err
}

func scanIndex(s Scanner) (string, error) {
	var table, name, columns, where string
	var unique bool
	err := s.Scan(&table, &name, &unique, &columns, &where)
	kind := "index"
	if unique {
		kind = "unique index"
	}
	line := fmt.Sprintf("%s: %s %s (%s)", table, kind, name, columns)
	if where != "" {
		line += " where " + plainCondition(where)
	}
	return line, err
}

// plainType reduces a declared type to what both engines mean by it.
func plainType(kind string) string {
	kind, _, _ = strings.Cut(strings.ToLower(kind), "(")
	switch strings.TrimSpace(kind) {
	case "integer", "bigint", "int", "smallint":
		return "int"
	case "text", "character varying", "varchar":
		return "text"
	case "boolean", "bool":
		return "bool"
	case "double precision", "real", "float":
		return "real"
	case "bytea", "blob":
		return "blob"
	}
	return kind
}

var (
	conditionCast  = regexp.MustCompile(`::[a-z]+( varying)?(\[\])?`)
	conditionArray = regexp.MustCompile(`= any array\[([^\]]*)\]`)
	conditionSpace = regexp.MustCompile(`\s+`)
)

// plainCondition undoes what PostgreSQL makes of an index's condition: casts, brackets, and IN turned into an array. It is a comparison
// of texts, so a condition is best written the way PostgreSQL prints it: `a = 'x' AND b IS NULL`.
func plainCondition(where string) string {
	s := strings.NewReplacer("(", " ", ")", " ").Replace(conditionCast.ReplaceAllString(strings.ToLower(where), ""))
	s = strings.TrimSpace(conditionSpace.ReplaceAllString(s, " "))
	s = conditionArray.ReplaceAllString(s, "in $1")
	s = strings.NewReplacer("<>", "!=", " = true", "", " ,", ",", ", ", ",").Replace(s)
	return s
}
