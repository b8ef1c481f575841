package sqldb_test

import (
	"context"
	"testing"
	"time"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

// TestASignalReachesOtherProcessesAfterTheCommit listens on one handle and signals on another, as two nodes do. SQLite has one process,
// and nobody to tell.
func TestASignalReachesOtherProcessesAfterTheCommit(t *testing.T) {
	url := storetest.Postgres(t)
	open := func() *sqldb.DB {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	listening, signalling := open(), open()
	heard := make(chan string, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- listening.Listen(ctx, "kefu", func(p string) { heard <- p }) }()
	signal := func(payload string) {
		if err := signalling.Update(t.Context(), func(tx *sqldb.Tx) error { return tx.Notify("kefu", payload) }); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.After(10 * time.Second)
	for ready := false; !ready; { // signals before it listens are lost, as documented
		signal("n2")
		select {
		case got := <-heard:
			if got != "n2" {
				t.Errorf("heard %q", got)
			}
			ready = true
		case <-deadline:
			t.Fatal("nothing was heard")
		case <-time.Tick(10 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("listening ended with %v", err)
	}
}

func TestOnSQLiteThereIsNobodyToTell(t *testing.T) {
	db, err := sqldb.Open(t.Context(), storetest.SQLite(t), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return tx.Notify("kefu", "x") }); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Listen(ctx, "kefu", func(string) { t.Error("heard something") }); err != nil {
		t.Error(err)
	}
}
