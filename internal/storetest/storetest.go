package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/internal/pgcluster"
)

// limit bounds making and dropping one database.
const limit = 30 * time.Second

// Each runs fn as the subtests "sqlite" and "postgres", each with the url of an empty database that goes away after the subtest.
func Each(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// EachB is Each for benchmarks: PostgreSQL's commits are durable then, as SQLite's always are.
func EachB(b *testing.B, fn func(b *testing.B, url string)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { fn(b, SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { fn(b, Postgres(b)) })
}

// SQLite returns the url of a database file that does not exist yet.
func SQLite(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "kefu.db")
}

// Postgres returns the url of an empty PostgreSQL database. It ends the test when there is no server to make it on.
func Postgres(tb testing.TB) string {
	tb.Helper()
	_, bench := tb.(*testing.B)
	server, err := serverURL(bench)
	if err != nil {
		giveUp(tb, err)
	}
	name := "kefu_" + strings.ToLower(rand.Text())
	url, err := pgcluster.DatabaseURL(server, name)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := pgcluster.CreateDatabase(ctx, server, name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { drop(tb, server, name) })
	return url
}

func drop(tb testing.TB, server, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := pgcluster.DropDatabase(ctx, server, name); err != nil {
		tb.Error(err)
	}
}

func giveUp(tb testing.TB, err error) {
	tb.Helper()
	if !errors.Is(err, pgcluster.ErrNoBinaries) || os.Getenv("KEFU_TEST_REQUIRE") == "postgres" {
		tb.Fatal(err)
	}
	tb.Skip(err)
}

// clusters are the servers this test binary has started: one that syncs its commits, for benchmarks, and one that does not.
type clusters struct {
	mu   sync.Mutex
	made map[bool]*pgcluster.Cluster
	errs map[bool]error
}

// started is shared by all tests of a binary: a cluster takes a second to make. Main ends it.
var started = clusters{made: map[bool]*pgcluster.Cluster{}, errs: map[bool]error{}}

func serverURL(fsync bool) (string, error) {
	if url := os.Getenv("KEFU_TEST_POSTGRES"); url != "" {
		return url, nil
	}
	return started.url(fsync)
}

// url starts the cluster on first use. A failure is remembered: every other test would wait to see it again.
func (c *clusters) url(fsync bool) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made[fsync] == nil && c.errs[fsync] == nil {
		c.made[fsync], c.errs[fsync] = pgcluster.Start(context.Background(), pgcluster.Options{Fsync: fsync})
	}
	if err := c.errs[fsync]; err != nil {
		return "", err
	}
	return c.made[fsync].URL("postgres"), nil
}

func (c *clusters) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, made := range c.made {
		if made != nil {
			made.Stop()
		}
	}
	for _, err := range c.errs {
		if err != nil {
			fmt.Fprintln(os.Stderr, err) // go test shows skips only when asked to
		}
	}
}

// Main runs a package's tests and ends the clusters they started. It returns the exit code: os.Exit(storetest.Main(m)).
func Main(m *testing.M) int {
	defer started.stop()
	return m.Run()
}
