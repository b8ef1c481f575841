package store

import (
	"context"
	"time"

	"kefu/internal/sqldb"
)

const sqlLeaseHolder = `SELECT holder FROM lease WHERE name = $1`

// LeaseHolder tells who holds a lease, expired or not; "" when nobody does.
func (tx *Tx) LeaseHolder(name string) (string, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlLeaseHolder, name)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// TakeLease takes or renews a lease for a node and tells whether the node has it: for ttl, unless it is renewed before. From a node that
// is gone it is taken at once.
func (s *Store) TakeLease(ctx context.Context, name, node string, ttl time.Duration) (held bool, err error) {
	var holder string
	err = s.View(ctx, func(tx *Tx) error {
		holder, err = tx.LeaseHolder(name)
		return err
	})
	if err != nil {
		return false, err
	}
	alive := true
	if holder != "" && holder != node {
		if alive, err = s.db.PresenceAlive(ctx, holder); err != nil {
			return false, err
		}
	}
	err = s.Update(ctx, func(tx *Tx) error {
		if !alive {
			if err := sqldb.ReleaseLease(tx.Tx, name, holder); err != nil {
				return err
			}
		}
		held, err = sqldb.AcquireLease(tx.Tx, name, node, ttl)
		return err
	})
	return held, err
}

// GiveLease gives a lease back, so that another node need not wait until it expires.
func (s *Store) GiveLease(ctx context.Context, name, node string) error {
	return s.Update(ctx, func(tx *Tx) error { return sqldb.ReleaseLease(tx.Tx, name, node) })
}
