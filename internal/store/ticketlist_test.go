package store_test

import (
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// TestATicketListIsReadInItsOrder: whatever narrows it and whoever asks, nothing is sorted, so that it stops at its limit. Only the few with
// one external id, or of one contact, are sorted.
func TestATicketListIsReadInItsOrder(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	now := time.Now()
	filters := map[string]store.TicketFilter{
		"none": {}, "status": {Status: kefu.TicketPending}, "priority": {Priority: kefu.PriorityHigh}, "category": {Category: "bug"},
		"assignee": {Assignee: "a1"}, "unassigned": {Unassigned: true}, "team": {Team: "t1"}, "teamless": {Teamless: true}, "inbox": {Inbox: "shop"},
		"since": {UpdatedSince: now}, "due": {DueBefore: now}, "text": {Text: "x"},
		"many": {Status: kefu.TicketPending, Assignee: "a1", Team: "t1", Inbox: "shop", UpdatedSince: now},
	}
	for name, f := range filters {
		for _, sight := range sights() {
			for _, page := range []store.Page{{Newest: true, Limit: 10}, {Newest: true, Limit: 10, At: now, ID: "x"}} {
				err := s.View(t.Context(), func(tx *store.Tx) error {
					for _, p := range tx.TicketPlans(sight, f, page) {
						steps, err := sqldb.Many(tx.Tx, func(r sqldb.Scanner) (detail string, err error) {
							var id, parent, unused int
							err = r.Scan(&id, &parent, &unused, &detail)
							return detail, err
						}, "EXPLAIN QUERY PLAN "+p.Text, p.Args...)
						if err != nil {
							return err
						}
						if all := strings.Join(steps, "; "); strings.Contains(all, "TEMP B-TREE") {
							t.Errorf("%s for %s: %s", name, sight.Kind, all)
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
