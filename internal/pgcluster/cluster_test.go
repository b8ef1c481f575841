package pgcluster_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"kefu/internal/pgcluster"
)

const parentMark = "KEFU_TEST_CLUSTER_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(parentMark) != "" {
		os.Exit(parent())
	}
	os.Exit(m.Run())
}

func start(t *testing.T) *pgcluster.Cluster {
	t.Helper()
	c, err := pgcluster.Start(context.Background(), pgcluster.Options{})
	if errors.Is(err, pgcluster.ErrNoBinaries) {
		t.Skipf("NOT TESTED that a PostgreSQL of our own starts and ends: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	return c
}

func ask(url, sql string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgconn.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil || len(results) == 0 || len(results[0].Rows) == 0 {
		return "", err
	}
	return string(results[0].Rows[0][0]), nil
}

func TestClusterLife(t *testing.T) {
	c := start(t)
	if err := c.CreateDatabase(context.Background(), `odd "name`); err != nil {
		t.Fatal(err)
	}
	url := c.URL(`odd "name`)
	for sql, want := range map[string]string{
		"SELECT current_database()": `odd "name`,
		"SHOW server_encoding":      "UTF8",
		"SHOW fsync":                "off",
	} {
		if got, err := ask(url, sql); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", sql, got, err, want)
		}
	}
	if err := pgcluster.DropDatabase(context.Background(), c.URL("postgres"), `odd "name`); err != nil {
		t.Error(err)
	}
	if _, err := ask(url, "SELECT 1"); err == nil {
		t.Error("the dropped database answers")
	}
	c.Stop()
	c.Stop()
	if _, err := ask(c.URL("postgres"), "SELECT 1"); err == nil {
		t.Error("the stopped server answers")
	}
}

func TestStartStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if c, err := pgcluster.Start(ctx, pgcluster.Options{}); err == nil {
		c.Stop()
		t.Error("started for nobody")
	}
}

func TestDatabaseURL(t *testing.T) {
	got, err := pgcluster.DatabaseURL("postgres://u:p@h:5/old?sslmode=disable", "new")
	if want := "postgres://u:p@h:5/new?sslmode=disable"; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := pgcluster.DatabaseURL("host=h password=hunter2", "new"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// TestClusterEndsWithItsParent kills the process that has started a cluster.
func TestClusterEndsWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: only Linux ends a child with its parent")
	}
	start(t).Stop() // skips where there is no PostgreSQL
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // the server may run as another user
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentMark+"=1", "TMPDIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	running := servers(t, dir)
	cmd.Process.Kill()
	cmd.Wait()
	if err != nil || running != 1 {
		t.Fatalf("%d servers, %v: %s", running, err, line)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(10 * time.Second); servers(t, dir) > 0; {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("the server outlives its parent")
		}
	}
}

// servers counts the files that running servers keep below dir.
func servers(t *testing.T, dir string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// parent starts a cluster, says where, and stays until it is killed or its own parent is gone.
func parent() int {
	c, err := pgcluster.Start(context.Background(), pgcluster.Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer c.Stop()
	fmt.Println(c.URL("postgres"))
	io.Copy(io.Discard, os.Stdin)
	return 0
}
