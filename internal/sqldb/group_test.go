package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

// crowd is a group in the making: a leader whose transaction is open, and callers who wait behind it. It runs in a synctest bubble,
// which knows when everybody waits.
type crowd struct {
	t    *testing.T
	db   *sqldb.DB
	gate chan struct{}
	fail error // what the leader's function returns
	wg   sync.WaitGroup
}

// inCrowd runs fn with a leader that has stored "lead" and not yet committed. fn adds members; they run as one group when it returns.
func inCrowd(t *testing.T, query string, fn func(c *crowd)) (stored []string) {
	t.Helper()
	url := storetest.SQLite(t) + query
	synctest.Test(t, func(t *testing.T) {
		db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		do(t, db, "CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL)")
		do(t, db, "CREATE TABLE part (id TEXT PRIMARY KEY, of_id TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED)")
		c := &crowd{t: t, db: db, gate: make(chan struct{})}
		c.wg.Go(c.lead)
		synctest.Wait()
		fn(c)
		close(c.gate)
		c.wg.Wait()
		stored = ids(t, db)
	})
	return stored
}

func (c *crowd) lead() {
	err := c.db.Update(context.Background(), func(tx *sqldb.Tx) error {
		<-c.gate
		return cmpErr(insert(tx, "lead"), c.fail)
	})
	if !errors.Is(err, c.fail) {
		c.t.Errorf("leader: got %v, want %v", err, c.fail)
	}
}

// add starts a caller whose Update must end with want, and returns once it waits.
func (c *crowd) add(name string, want error, fn func(tx *sqldb.Tx) error) {
	c.wg.Go(func() {
		if err := c.db.Update(context.Background(), fn); !errors.Is(err, want) {
			c.t.Errorf("%s: got %v, want %v", name, err, want)
		}
	})
	synctest.Wait()
}

// together fails the test unless the leader's row is there and not yet committed.
func (c *crowd) together(tx *sqldb.Tx) {
	var inside int
	if err := tx.QueryRow("SELECT count(*) FROM thing WHERE id = 'lead'").Scan(&inside); err != nil || inside != 1 {
		c.t.Errorf("the group does not see its leader: %d, %v", inside, err)
	}
	if outside := ids(c.t, c.db); slices.Contains(outside, "lead") {
		c.t.Error("the leader was committed alone: there is no group")
	}
}

func TestGroupMembersFailAlone(t *testing.T) {
	mine := errors.New("mine")
	got := inCrowd(t, "", func(c *crowd) {
		c.add("liar", mine, func(tx *sqldb.Tx) error { c.together(tx); return cmpErr(insert(tx, "liar"), mine) })
		c.add("good", nil, func(tx *sqldb.Tx) error { c.together(tx); return insert(tx, "good") })
		c.wg.Go(func() {
			err := c.db.Update(context.Background(), func(tx *sqldb.Tx) error { insert(tx, "x"); insert(tx, "lead"); return nil })
			if err == nil {
				t.Error("a swallowed duplicate was committed")
			}
		})
		synctest.Wait()
		c.add("last", nil, func(tx *sqldb.Tx) error { return insert(tx, "last") })
	})
	if diff := cmp.Diff([]string{"good", "last", "lead"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGroupLeaderFailsAlone(t *testing.T) {
	got := inCrowd(t, "", func(c *crowd) {
		c.fail = errors.New("mine")
		c.add("good", nil, func(tx *sqldb.Tx) error { return insert(tx, "good") })
	})
	if diff := cmp.Diff([]string{"good"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGroupSurvivesPanicAndGoexit(t *testing.T) {
	got := inCrowd(t, "", func(c *crowd) {
		for _, leave := range []func(){func() { panic("boom") }, runtime.Goexit} {
			c.wg.Go(func() {
				defer func() { recover() }()
				c.db.Update(context.Background(), func(tx *sqldb.Tx) error {
					c.together(tx)
					tx.Query("SELECT id FROM thing") //nolint:rowserrcheck // left open
					insert(tx, "gone")
					leave()
					return nil
				})
				t.Error("Update returned")
			})
			synctest.Wait()
		}
		c.add("good", nil, func(tx *sqldb.Tx) error { c.together(tx); return insert(tx, "good") })
	})
	if diff := cmp.Diff([]string{"good", "lead"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGroupIgnoresCancelledMember(t *testing.T) {
	got := inCrowd(t, "", func(c *crowd) {
		ctx, cancel := context.WithCancel(context.Background())
		c.wg.Go(func() {
			err := c.db.Update(ctx, func(tx *sqldb.Tx) error { c.together(tx); cancel(); return insert(tx, "entered") })
			if err != nil {
				t.Errorf("cancelled after it was let in: %v", err)
			}
		})
		synctest.Wait()
		c.add("good", nil, func(tx *sqldb.Tx) error { c.together(tx); return insert(tx, "good") })
	})
	if diff := cmp.Diff([]string{"entered", "good", "lead"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGroupQueueObeysContext(t *testing.T) {
	got := inCrowd(t, "", func(c *crowd) {
		ctx, cancel := context.WithCancel(context.Background())
		var err error
		left := make(chan struct{})
		go func() {
			defer close(left)
			err = c.db.Update(ctx, func(tx *sqldb.Tx) error { t.Error("ran for nobody"); return nil })
		}()
		synctest.Wait()
		cancel()
		<-left // while the leader still holds the writer
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	if diff := cmp.Diff([]string{"lead"}, got); diff != "" {
		t.Error(diff)
	}
}

// A deferred foreign key fails at COMMIT, when nobody can tell whose fault it is: everyone runs again alone, once.
func TestGroupFailedCommitRunsEachAlone(t *testing.T) {
	runs := map[string]int{}
	var mu sync.Mutex // hooks run on their callers' goroutines, side by side
	var hooks []string
	got := inCrowd(t, "", func(c *crowd) {
		for i := range 3 {
			name := fmt.Sprint("good", i)
			c.add(name, nil, func(tx *sqldb.Tx) error {
				runs[name]++
				tx.AfterCommit(func() {
					mu.Lock()
					defer mu.Unlock()
					hooks = append(hooks, name)
				})
				return insert(tx, name)
			})
		}
		c.wg.Go(func() {
			err := c.db.Update(context.Background(), func(tx *sqldb.Tx) error {
				runs["bad"]++
				tx.AfterCommit(func() { t.Error("hook of a failed member ran") })
				_, err := tx.Exec("INSERT INTO part (id, of_id) VALUES ('p', 'nothing')")
				return err
			})
			if err == nil {
				t.Error("a dangling reference was committed")
			}
		})
		synctest.Wait()
	})
	if diff := cmp.Diff([]string{"good0", "good1", "good2", "lead"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"good0": 2, "good1": 2, "good2": 2, "bad": 2}, runs); diff != "" {
		t.Error(diff)
	}
	slices.Sort(hooks)
	if diff := cmp.Diff([]string{"good0", "good1", "good2"}, hooks); diff != "" {
		t.Error("hooks", diff)
	}
}

// SQLite undoes the whole transaction when the disk is full, the work of the others included.
func TestGroupSurvivesFullDisk(t *testing.T) {
	got := inCrowd(t, "?_pragma=max_page_count(12)", func(c *crowd) {
		runs := 0
		c.add("good", nil, func(tx *sqldb.Tx) error {
			if runs++; runs == 1 {
				c.together(tx)
			}
			return insert(tx, "good")
		})
		c.wg.Go(func() {
			err := c.db.Update(context.Background(), func(tx *sqldb.Tx) error {
				if runs == 1 {
					c.together(tx)
				}
				_, err := tx.Exec("INSERT INTO thing (id, n) VALUES ($1, 1)", string(make([]byte, 1<<17)))
				return err
			})
			if !sqldb.IsFull(err) || !sqldb.IsUnavailable(err) {
				t.Errorf("got %v", err)
			}
			if runs != 2 {
				t.Errorf("the member before the one that filled the disk ran %d times: its work was not undone", runs)
			}
		})
		synctest.Wait()
		c.add("last", nil, func(tx *sqldb.Tx) error { return insert(tx, "last") })
	})
	if diff := cmp.Diff([]string{"good", "last", "lead"}, got); diff != "" {
		t.Error(diff)
	}
}

// A member who holds the writer too long is stopped, and does not get as long again.
func TestGroupStopsSlowMember(t *testing.T) {
	runs := 0
	got := inCrowd(t, "", func(c *crowd) {
		c.add("slow", context.DeadlineExceeded, func(tx *sqldb.Tx) error {
			runs++
			c.together(tx)
			<-tx.Ctx().Done()
			return insert(tx, "slow")
		})
		c.add("good", nil, func(tx *sqldb.Tx) error { return insert(tx, "good") })
	})
	if diff := cmp.Diff([]string{"good", "lead"}, got); diff != "" {
		t.Error(diff)
	}
	if runs != 1 {
		t.Errorf("ran %d times", runs)
	}
}

func TestManyCallersLoseNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		var wg sync.WaitGroup
		const callers, each = 32, 10
		for i := range callers {
			wg.Go(func() {
				for j := range each {
					err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
						if j%3 == 2 {
							return errors.Join(insert(tx, fmt.Sprintf("bad-%d-%d", i, j)), errors.New("mine"))
						}
						return insert(tx, fmt.Sprintf("%d-%d", i, j))
					})
					if (err != nil) != (j%3 == 2) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := len(ids(t, db)); got != callers*7 {
			t.Errorf("%d rows, want %d", got, callers*7)
		}
	})
}
