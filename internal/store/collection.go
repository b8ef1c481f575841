package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	collectionColumns   = `id, name, description, position, created_at, updated_at`
	sqlInsertCollection = `INSERT INTO collection (` + collectionColumns + `) VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (name) DO NOTHING`
	sqlCollection       = `SELECT ` + collectionColumns + ` FROM collection WHERE id = $1`
	sqlLockCollection   = `SELECT ` + collectionColumns + ` FROM collection WHERE id = $1 /*for update*/`
	sqlCollectionNamed  = `SELECT ` + collectionColumns + ` FROM collection WHERE name = $1`
	sqlUpdateCollection = `UPDATE collection SET name = $2, description = $3, position = $4, updated_at = $5 WHERE id = $1
AND NOT EXISTS (SELECT 1 FROM collection o WHERE o.name = $2 AND o.id <> $1)`
	sqlDeleteCollection = `DELETE FROM collection WHERE id = $1`
	sqlUncollect        = `UPDATE article SET collection_id = '' WHERE collection_id = $1`
)

func scanCollection(s sqldb.Scanner) (c kefu.Collection, err error) {
	var created, updated int64
	err = s.Scan(&c.ID, &c.Name, &c.Description, &c.Position, &created, &updated)
	c.CreatedAt, c.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return c, err
}

// InsertCollection stores a new collection; false when its name is taken.
func (tx *Tx) InsertCollection(c kefu.Collection) (bool, error) {
	n, err := tx.Exec(sqlInsertCollection, c.ID, c.Name, c.Description, c.Position, tx.now())
	return n > 0, err
}

// Collection reads one collection; ErrNoRows when there is none.
func (tx *Tx) Collection(id kefu.CollectionID) (kefu.Collection, error) {
	return sqldb.One(tx.Tx, scanCollection, sqlCollection, id)
}

// LockCollection reads one collection and holds its row until the transaction ends.
func (tx *Tx) LockCollection(id kefu.CollectionID) (kefu.Collection, error) {
	return sqldb.One(tx.Tx, scanCollection, sqlLockCollection, id)
}

// CollectionNamed reads the collection with a name; ErrNoRows when there is none.
func (tx *Tx) CollectionNamed(name string) (kefu.Collection, error) {
	return sqldb.One(tx.Tx, scanCollection, sqlCollectionNamed, name)
}

// UpdateCollection stores a collection's name, description and position; false when the name is taken.
func (tx *Tx) UpdateCollection(c kefu.Collection) (bool, error) {
	n, err := tx.Exec(sqlUpdateCollection, c.ID, c.Name, c.Description, c.Position, tx.now())
	return n > 0, err
}

// DeleteCollection removes a collection; its articles stay, on no collection.
func (tx *Tx) DeleteCollection(id kefu.CollectionID) error {
	if _, err := tx.Exec(sqlUncollect, id); err != nil {
		return err
	}
	_, err := tx.Exec(sqlDeleteCollection, id)
	return err
}

// Collections lists collections, the lowest position first. at is the last of the page before: its position and id.
func (tx *Tx) Collections(at kefu.Place, limit int) ([]kefu.Collection, error) {
	q := newQuery(`SELECT ` + collectionColumns + ` FROM collection`)
	q.andIf(at.ID != "", `(position, id) > (?, ?)`, at.Key, at.ID)
	q.order(`position, id`, limit)
	return list(tx, q, scanCollection)
}
