package sqldb

import (
	"errors"
	"time"
)

// LeaseDDL makes the table of leases. A migration includes it.
const LeaseDDL = `CREATE TABLE lease (
	name       TEXT   NOT NULL PRIMARY KEY,
	holder     TEXT   NOT NULL,
	expires_at BIGINT NOT NULL
)`

// leaseHorizon times its own duration is the furthest a lease can honestly be from expiring.
const leaseHorizon = 10

// AcquireLease takes or renews the lease called name for holder and reports whether holder has it until tx.Now + ttl. The holder renews
// well before that and stops its work when it cannot. Everybody who wants a lease asks for the same ttl: a lease that would last more
// than ten times that was set before the clock stepped back, and counts as expired instead of blocking everyone until the clock is back.
func AcquireLease(tx *Tx, name, holder string, ttl time.Duration) (bool, error) {
	if ttl <= 0 || holder == "" {
		return false, errors.New("sqldb: a lease needs a holder and a positive duration")
	}
	n, err := tx.Exec(`INSERT INTO lease (name, holder, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
		WHERE lease.holder = excluded.holder OR lease.expires_at <= $4 OR lease.expires_at > $5`,
		name, holder, Micros(tx.Now.Add(ttl)), Micros(tx.Now), Micros(tx.Now.Add(leaseHorizon*ttl)))
	return n > 0, err
}

// ReleaseLease gives the lease up, if holder has it, so that another need not wait for it to expire.
func ReleaseLease(tx *Tx, name, holder string) error {
	_, err := tx.Exec("DELETE FROM lease WHERE name = $1 AND holder = $2", name, holder)
	return err
}
