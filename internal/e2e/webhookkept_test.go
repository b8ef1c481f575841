package e2e

import (
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"kefu/internal/sqldb"
	"kefu/internal/store"
)

const (
	finished = 100_000 // deliveries that lie in the log
	part     = 5_000   // of them, in one transaction: SQLite's may take some seconds and no longer
	// The rows are made here and not by sending: what counts is that they lie there.
	makeFinished = `WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < CAST($1 AS BIGINT))
INSERT INTO webhook_delivery (endpoint_id, event_n, event_id, event_type, occurred_at, cause, state, attempts, due_at, status, error, body, created_at, done_at)
SELECT CAST($2 AS TEXT), 0, 'evt_finished_' || CAST(i AS TEXT), 'message.sent', CAST($3 AS BIGINT), 'event', 'delivered', 1, CAST($3 AS BIGINT), 200, '', '',
CAST($3 AS BIGINT), CAST($3 AS BIGINT) FROM k`
	makeAttempts = `INSERT INTO webhook_attempt (delivery_n, no, started_at, duration, status, error, answer, address)
SELECT n, 1, created_at, 1000, 200, '', '', '127.0.0.1:1' FROM webhook_delivery
WHERE n > (SELECT COALESCE(MAX(delivery_n), 0) FROM webhook_attempt) AND event_n = 0`
	countOld     = `SELECT COUNT(*) FROM webhook_delivery WHERE event_n = 0`
	countOrphans = `SELECT COUNT(*) FROM webhook_attempt WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.n = delivery_n)`
	// What PostgreSQL has read of the log so far: rows by going through the tables, rows by their indexes, and how often it was asked.
	rowsRead = `SELECT CAST(COALESCE(SUM(seq_tup_read), 0) + COALESCE(SUM(idx_tup_fetch), 0) AS BIGINT) FROM pg_stat_user_tables
WHERE relname IN ('webhook_delivery', 'webhook_attempt')`
	entriesRead = `SELECT CAST(COALESCE(SUM(idx_tup_read), 0) AS BIGINT) FROM pg_stat_user_indexes WHERE relname IN ('webhook_delivery', 'webhook_attempt')`
	looks       = `SELECT CAST(COALESCE(SUM(idx_scan), 0) AS BIGINT) FROM pg_stat_user_tables WHERE relname = 'webhook_delivery'`
)

// sum reads a single number out of the database.
func (r *rig) sum(query string) (n int64) {
	r.t.Helper()
	db, err := sqldb.Open(r.ctx, r.db, sqldb.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	err = db.View(r.ctx, func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(tx, func(s sqldb.Scanner) (n int64, err error) {
			err = s.Scan(&n)
			return n, err
		}, query)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// TestFinishedDeliveriesCostNothing lets 100,000 finished deliveries lie in the log of a program that has nothing to do, then says that the
// log is kept for less long: they are deleted in batches while new ones go out.
func TestFinishedDeliveriesCostNothing(t *testing.T) {
	o := hooked()
	o.idle = true
	eachRig(t, o, func(r *rig) {
		p := r.spawn()
		c := r.callbacks()
		k := c.consumer(nil)
		r.tellAll(1)
		r.got(k.Server, "the program sends", func() bool { return k.Count() == 1 })
		without := r.idle(p)
		r.end(p)
		tenDaysAgo := time.Now().Add(-10 * 24 * time.Hour).UnixMicro()
		for range finished / part {
			r.update(func(tx *store.Tx) error {
				if _, err := tx.Exec(makeFinished, part, k.endpoint.ID, tenDaysAgo); err != nil {
					return err
				}
				_, err := tx.Exec(makeAttempts)
				return err
			})
		}
		p = r.spawn()
		with := r.idle(p)
		r.t.Logf("processor time of a second with nothing to do: %s, with %d finished deliveries %s", without, finished, with)
		r.end(p)
		if n := r.sum(countOld); n != finished {
			r.t.Fatalf("%d of %d are left before they are too old", n, finished)
		}

		r.o.config = maps.Clone(r.o.config)
		r.o.config["webhooks"] = settings{"allow_http": true, "attempt_days": 5}
		r.happen(1000)
		r.pruned(c, k, r.spawn())
	})
}

// pruned waits until what is too old is gone, while what has just happened is sent.
func (r *rig) pruned(c *callbacks, k *consumer, p *process) {
	r.t.Helper()
	parts, arrived := 0, int64(0)
	r.until("what is too old is gone", func() bool {
		left := r.sum(countOld)
		if left > 0 && left < finished {
			if parts++; arrived == 0 {
				arrived = k.Unique()
			}
		}
		return left == 0
	})
	r.t.Logf("seen between two batches %d times; %d of 1,001 had arrived by the first time, %d when all were gone", parts, arrived, k.Unique())
	if parts == 0 {
		r.t.Error("it was all deleted at once")
	}
	r.got(k.Server, "what has happened arrives", func() bool { return k.Unique() == 1001 })
	r.quiet()
	r.onceEach(c, k, nil)
	if n := r.sum(countOrphans); n != 0 {
		r.t.Errorf("%d attempts of deliveries that are gone are left", n)
	}
	r.end(p)
}

// idle lets the program have nothing to do for some seconds and gives the processor time of one. PostgreSQL tells what was read meanwhile: the log
// must not be gone through.
func (r *rig) idle(p *process) time.Duration {
	r.t.Helper()
	const seconds = 3
	postgres := strings.HasPrefix(r.db, "postgres")
	var rows, entries, asked int64
	if postgres {
		rows, entries, asked = r.sum(rowsRead), r.sum(entriesRead), r.sum(looks)
	}
	before, _ := p.cpu()
	pause(r.ctx, seconds*time.Second) // what is measured is logged, and shows nothing by itself
	after, known := p.cpu()
	if !known {
		r.t.Log("processor time not measured: there is no /proc here")
	}
	if postgres {
		r.until("the program has looked for what is due", func() bool {
			pause(r.ctx, 100*time.Millisecond)
			return r.sum(looks) >= asked+3
		})
		if read, through := r.sum(rowsRead)-rows, r.sum(entriesRead)-entries; read >= finished || through >= finished {
			r.t.Errorf("a program with nothing to do has read %d rows of the log, and %d entries of its indexes", read, through)
		}
	}
	return (after - before) / seconds
}

// cpu is the processor time that the process has used, where the system tells.
func (p *process) cpu() (used time.Duration, known bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name before it may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond
	return time.Duration(user+system) * tick, err1 == nil && err2 == nil
}
