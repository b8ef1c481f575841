package store_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// TestLimitsAreNotBare: a bare LIMIT $1 has SQLite parse the statement anew each time it is run, for the planner wants to see the value.
func TestLimitsAreNotBare(t *testing.T) {
	for name, text := range constants(t) {
		if strings.Contains(text, "LIMIT $") {
			t.Errorf("%s: write LIMIT CAST($n AS BIGINT)", name)
		}
	}
}

// TestNoStatementReadsAWholeTable asks SQLite for the plan of every statement: a missing index is invisible until the table has grown.
// SQLite is asked and not PostgreSQL, whose plans depend on the figures it has of a table, and whose planner sees the arguments.
func TestNoStatementReadsAWholeTable(t *testing.T) {
	may := map[string]string{
		"sqlCountMessages": "counts them all",
		"sqlSyncInbox":     "runs once, at the start",
		"sqlEventsAbout":   "erasing a person is rare; only events of no conversation are read",
		"sqlEventsOf":      "erasing a person is rare, and an index would cost every event",
		"sqlFileInMessage": "erasing a person is rare; only messages with more than text are read",
		"sqlFileInHistory": "erasing a person is rare",

		"sqlBlankLostReplies": "erasing a person is rare",
	}
	s := openStore(t, storetest.SQLite(t))
	for name, text := range constants(t) {
		for _, step := range plan(t, s, text) {
			if scan.MatchString(step) && !waiting.MatchString(step) && may[name] == "" {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}

// scan fits a step that reads every row of a stored table. The tables of a few rows are left out.
var scan = regexp.MustCompile(`^SCAN (contact|conversation|link|l|ticket|t|message|m|delivery|d|p|q|part|attempt|a|event|seen|parked|identity|transcript)\b`)

// waiting fits a step that reads the whole of an index that holds only what waits.
var waiting = regexp.MustCompile(`INDEX (delivery_due|delivery_line|delivery_claimed|event_unplaced|link_sync)\b`)

var parameter = regexp.MustCompile(`\$\d+`)

func plan(t *testing.T, s *store.Store, text string) (steps []string) {
	t.Helper()
	different := map[string]bool{}
	for _, p := range parameter.FindAllString(text, -1) {
		different[p] = true
	}
	args := slices.Repeat([]any{"1"}, len(different))
	err := s.View(t.Context(), func(tx *store.Tx) (err error) {
		steps, err = sqldb.Many(tx.Tx, func(r sqldb.Scanner) (detail string, err error) {
			var id, parent, unused int
			err = r.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+text, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return steps
}
