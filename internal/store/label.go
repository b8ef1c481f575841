package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertLabel = `INSERT INTO label (id, name, color, description, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (name) DO NOTHING`
	labelColumns   = `id, name, color, description, created_at, updated_at`
	sqlLabel       = `SELECT ` + labelColumns + ` FROM label WHERE id = $1`
	sqlLockLabel   = `SELECT ` + labelColumns + ` FROM label WHERE id = $1 /*for update*/`
	sqlUpdateLabel = `UPDATE label SET name = $2, color = $3, description = $4, updated_at = $5 WHERE id = $1
AND NOT EXISTS (SELECT 1 FROM label o WHERE o.name = $2 AND o.id <> $1)`
	sqlDeleteLabel = `DELETE FROM label WHERE id = $1`
	sqlUnlabel     = `DELETE FROM conversation_label WHERE label_id = $1`
)

func scanLabel(s sqldb.Scanner) (l kefu.Label, err error) {
	var created, updated int64
	err = s.Scan(&l.ID, &l.Name, &l.Color, &l.Description, &created, &updated)
	l.CreatedAt, l.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return l, err
}

// InsertLabel stores a new label; false when its name is taken.
func (tx *Tx) InsertLabel(l kefu.Label) (bool, error) {
	n, err := tx.Exec(sqlInsertLabel, l.ID, l.Name, l.Color, l.Description, tx.now())
	return n > 0, err
}

// Label reads one label; ErrNoRows when there is none.
func (tx *Tx) Label(id kefu.LabelID) (kefu.Label, error) {
	return sqldb.One(tx.Tx, scanLabel, sqlLabel, id)
}

// LockLabel reads one label and holds its row until the transaction ends.
func (tx *Tx) LockLabel(id kefu.LabelID) (kefu.Label, error) {
	return sqldb.One(tx.Tx, scanLabel, sqlLockLabel, id)
}

// UpdateLabel stores a label's name, colour and description; false when the name is taken.
func (tx *Tx) UpdateLabel(l kefu.Label) (bool, error) {
	n, err := tx.Exec(sqlUpdateLabel, l.ID, l.Name, l.Color, l.Description, tx.now())
	return n > 0, err
}

// DeleteLabel removes a label from every conversation and then itself.
func (tx *Tx) DeleteLabel(id kefu.LabelID) error {
	if _, err := tx.Exec(sqlUnlabel, id); err != nil {
		return err
	}
	_, err := tx.Exec(sqlDeleteLabel, id)
	return err
}

// Labels lists labels, oldest first.
func (tx *Tx) Labels(p Page) ([]kefu.Label, error) {
	q := newQuery(`SELECT ` + labelColumns + ` FROM label`)
	p.after(q, `created_at`, `id`)
	return list(tx, q, scanLabel)
}
