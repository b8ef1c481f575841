package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// TestEnginesHaveTheSameSchema compares what the one set of migrations made on each engine.
func TestEnginesHaveTheSameSchema(t *testing.T) {
	prints := map[sqldb.Dialect]string{}
	each(t, func(t *testing.T, s *store.Store) {
		schema, err := sqldb.Fingerprint(t.Context(), s.DB())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(schema, "delivery") {
			t.Fatalf("the fingerprint does not name the tables:\n%s", schema)
		}
		prints[s.DB().Dialect()] = schema
	})
	if len(prints) == 2 {
		if diff := cmp.Diff(prints[sqldb.SQLite], prints[sqldb.PostgreSQL]); diff != "" {
			t.Errorf("schemas differ (-sqlite +postgres):\n%s", diff)
		}
	}
}
