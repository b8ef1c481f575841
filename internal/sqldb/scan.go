package sqldb

import "database/sql"

// Scanner reads the columns of one row: *sql.Rows and Row are Scanners.
type Scanner interface{ Scan(dest ...any) error }

// Row is the first row of a query.
type Row struct {
	tx    *Tx
	rows  *sql.Rows
	err   error
	query string
}

// Scan reads the row's columns into dest. It returns ErrNoRows when there is no row.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return r.tx.first(r.query, r.rows, func(s Scanner) error { return s.Scan(dest...) })
}

// first reads the first row and closes the rest. A result set that breaks ends the transaction; a failed scan does not.
func (tx *Tx) first(query string, rows *sql.Rows, scan func(Scanner) error) error {
	err := ErrNoRows
	if rows.Next() {
		err = scan(rows)
	}
	return tx.closeRows(query, rows, err)
}

func (tx *Tx) closeRows(query string, rows *sql.Rows, err error) error {
	closeErr := rows.Close()
	tx.rows = nil
	if broken := cmpErr(rows.Err(), closeErr); broken != nil {
		return tx.fail(query, broken)
	}
	return err
}

// One returns the first row of a query, read by scan, or ErrNoRows.
func One[T any](tx *Tx, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	var v T
	rows, err := tx.Query(query, args...)
	if err != nil {
		return v, err
	}
	err = tx.first(query, rows, func(s Scanner) (err error) {
		v, err = scan(s)
		return err
	})
	return v, err
}

// Many returns all rows of a query, read by scan: nil when there are none. The query itself carries the limit.
func Many[T any](tx *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var all []T
	for err == nil && rows.Next() {
		var v T
		if v, err = scan(rows); err == nil {
			all = append(all, v)
		}
	}
	if err := tx.closeRows(query, rows, err); err != nil {
		return nil, err
	}
	return all, nil
}
