package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertCanned = `INSERT INTO canned_response (id, shortcut, content, locale, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (shortcut, locale) DO NOTHING`
	cannedColumns   = `id, shortcut, content, locale, created_at, updated_at`
	sqlCanned       = `SELECT ` + cannedColumns + ` FROM canned_response WHERE id = $1`
	sqlLockCanned   = `SELECT ` + cannedColumns + ` FROM canned_response WHERE id = $1 /*for update*/`
	sqlUpdateCanned = `UPDATE canned_response SET shortcut = $2, content = $3, locale = $4, updated_at = $5 WHERE id = $1
AND NOT EXISTS (SELECT 1 FROM canned_response o WHERE o.shortcut = $2 AND o.locale = $4 AND o.id <> $1)`
	sqlDeleteCanned = `DELETE FROM canned_response WHERE id = $1`
)

func scanCanned(s sqldb.Scanner) (r kefu.CannedResponse, err error) {
	var created, updated int64
	err = s.Scan(&r.ID, &r.Shortcut, &r.Content, &r.Locale, &created, &updated)
	r.CreatedAt, r.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return r, err
}

// InsertCanned stores a new canned response; false when its shortcut is taken in its locale.
func (tx *Tx) InsertCanned(r kefu.CannedResponse) (bool, error) {
	n, err := tx.Exec(sqlInsertCanned, r.ID, r.Shortcut, r.Content, r.Locale, tx.now())
	return n > 0, err
}

// Canned reads one canned response; ErrNoRows when there is none.
func (tx *Tx) Canned(id kefu.CannedID) (kefu.CannedResponse, error) {
	return sqldb.One(tx.Tx, scanCanned, sqlCanned, id)
}

// LockCanned reads one canned response and holds its row until the transaction ends.
func (tx *Tx) LockCanned(id kefu.CannedID) (kefu.CannedResponse, error) {
	return sqldb.One(tx.Tx, scanCanned, sqlLockCanned, id)
}

// UpdateCanned stores a canned response; false when its shortcut is taken in its locale.
func (tx *Tx) UpdateCanned(r kefu.CannedResponse) (bool, error) {
	n, err := tx.Exec(sqlUpdateCanned, r.ID, r.Shortcut, r.Content, r.Locale, tx.now())
	return n > 0, err
}

// DeleteCanned removes a canned response.
func (tx *Tx) DeleteCanned(id kefu.CannedID) error {
	_, err := tx.Exec(sqlDeleteCanned, id)
	return err
}

// CannedFilter narrows the list of canned responses; zero members do not.
type CannedFilter struct {
	Q      string  // part of a shortcut or of a content
	Locale *string // "" is those of every language
}

// CannedResponses lists canned responses, in the page's order.
func (tx *Tx) CannedResponses(f CannedFilter, p Page) ([]kefu.CannedResponse, error) {
	q := newQuery(`SELECT ` + cannedColumns + ` FROM canned_response`)
	q.andIf(f.Q != "", `(LOWER(shortcut) LIKE ? ESCAPE '\' OR LOWER(content) LIKE ? ESCAPE '\')`, containing(f.Q), containing(f.Q))
	if f.Locale != nil {
		q.and(`locale = ?`, *f.Locale)
	}
	p.after(q, `created_at`, `id`)
	return list(tx, q, scanCanned)
}
