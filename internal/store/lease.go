package store

import "kefu/internal/sqldb"

const sqlLeaseHolder = `SELECT holder FROM lease WHERE name = $1`

// LeaseHolder tells who holds a lease, expired or not; "" when nobody does.
func (tx *Tx) LeaseHolder(name string) (string, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlLeaseHolder, name)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}
