package sqldb_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

func TestPresence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		ctx := context.Background()
		release, err := db.HoldPresence(ctx, "n1")
		if err != nil {
			t.Fatal(err)
		}
		if !alive(t, db, "n1") || alive(t, db, "n2") {
			t.Errorf("n1 alive: %v, n2 alive: %v", alive(t, db, "n1"), alive(t, db, "n2"))
		}
		if _, err := db.HoldPresence(ctx, "n1"); err == nil {
			t.Error("two hold one presence")
		}
		release()
		release()
		eventually(t, "n1 is dead after its release", func() bool { return !alive(t, db, "n1") })
		if _, err := db.HoldPresence(ctx, "n1"); err != nil { // left to Close
			t.Error(err)
		}
	})
}

func TestPresenceIsTakenAgain(t *testing.T) {
	url := storetest.Postgres(t)
	db := openWithTable(t, url, sqldb.Options{})
	other := openOther(t, url, sqldb.Options{WriteConns: 1})
	if _, err := db.HoldPresence(context.Background(), "n1"); err != nil {
		t.Fatal(err)
	}
	cutOff(t, other)
	eventually(t, "n1 is back", func() bool { return alive(t, other, "n1") })
}

func alive(t *testing.T, db *sqldb.DB, node string) bool {
	t.Helper()
	ok, err := db.PresenceAlive(context.Background(), node)
	if err != nil {
		t.Error(err)
	}
	return ok
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

func TestExclusive(t *testing.T) {
	url := storetest.SQLite(t)
	db, second := openWithTable(t, url, sqldb.Options{}), openOther(t, url, sqldb.Options{})
	release, err := db.Exclusive()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Exclusive(); err == nil || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("got %v", err)
	}
	release()
	release()
	again, err := second.Exclusive()
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// TestKilledProcess has a child claim everything, kills it without warning, and looks what it left.
func TestKilledProcess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		child := startChild(t, url)
		db := openWithTable(t, url, sqldb.Options{})
		if db.Dialect() == sqldb.PostgreSQL && !alive(t, db, "child") {
			t.Error("the child is not seen alive")
		}
		if _, err := db.Exclusive(); err == nil && db.Dialect() == sqldb.SQLite {
			t.Error("served twice")
		}
		child.Process.Kill()
		child.Wait()
		eventually(t, "the child is dead", func() bool { return !alive(t, db, "child") })
		eventually(t, "the file is free", func() bool {
			release, err := db.Exclusive()
			if err == nil {
				release()
			}
			return err == nil
		})
	})
}

const (
	childURL = "KEFU_TEST_CHILD_URL" // makes this test binary the child
	claimed  = "claimed"
)

func startChild(t *testing.T, url string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+url)
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
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == claimed {
			return cmd
		}
	}
	t.Fatal("the child ended before it had claimed everything")
	return nil
}

// child is the process of TestKilledProcess: it claims everything and stays until it is killed, or its parent is gone.
func child(url string) int {
	db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if _, err := db.Exclusive(); err != nil {
		fmt.Println(err)
		return 1
	}
	if _, err := db.HoldPresence(context.Background(), "child"); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(claimed)
	io.Copy(io.Discard, os.Stdin)
	return 0
}
