package sqldb_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

func TestLease(t *testing.T) {
	clock := &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	db := openWithTable(t, storetest.SQLite(t), sqldb.Options{Clock: clock.now})
	const ttl = 10 * time.Second
	steps := []struct {
		name   string
		step   time.Duration
		holder string
		want   bool
	}{
		{"free", 0, "a", true},
		{"taken", time.Second, "b", false},
		{"renewed", 4 * time.Second, "a", true},
		{"still taken", 9 * time.Second, "b", false},
		{"expired", time.Second, "b", true},
		{"lost", 0, "a", false},
		{"clock an hour back", -time.Hour, "a", true},
		{"and taken as ever", time.Second, "b", false},
	}
	for _, s := range steps {
		clock.add(s.step)
		if got := acquire(t, db, s.holder, ttl); got != s.want {
			t.Errorf("%s: %s got it: %v", s.name, s.holder, got)
		}
	}
}

func TestLeaseOnBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		var wg sync.WaitGroup
		won := make([]bool, 8)
		for i := range won {
			wg.Go(func() { won[i] = acquire(t, db, fmt.Sprint(i), time.Minute) })
		}
		wg.Wait()
		holder := -1
		for i, w := range won {
			if w && holder >= 0 {
				t.Fatalf("both %d and %d have the lease", holder, i)
			} else if w {
				holder = i
			}
		}
		if holder < 0 {
			t.Fatal("nobody has the lease")
		}
		release := func(name string) {
			err := db.Update(context.Background(), func(tx *sqldb.Tx) error { return sqldb.ReleaseLease(tx, "gateway", name) })
			if err != nil {
				t.Fatal(err)
			}
		}
		release("somebody else")
		if acquire(t, db, "x", time.Minute) {
			t.Error("released by somebody else")
		}
		release(fmt.Sprint(holder))
		if !acquire(t, db, "x", time.Minute) {
			t.Error("not free after its release")
		}
	})
}

func acquire(t *testing.T, db *sqldb.DB, holder string, ttl time.Duration) (ok bool) {
	t.Helper()
	err := db.Update(context.Background(), func(tx *sqldb.Tx) (err error) {
		ok, err = sqldb.AcquireLease(tx, "gateway", holder, ttl)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return ok
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
