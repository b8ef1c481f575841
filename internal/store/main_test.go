package store_test

import (
	"os"
	"testing"

	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// each runs a test against a migrated store on both engines.
func each(t *testing.T, fn func(t *testing.T, s *store.Store)) {
	storetest.Each(t, func(t *testing.T, url string) { fn(t, openStore(t, url)) })
}

// openStore opens and migrates a store that is closed with the test.
func openStore(t *testing.T, url string) *store.Store {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := store.New(db)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
