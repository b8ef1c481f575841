package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// TestTheLogOfWebhooksIsReadByItsIndexes: the log has a million lines after a while, and most are of what arrived. Filters by what is rare read
// what is rare, and nothing is sorted.
func TestTheLogOfWebhooksIsReadByItsIndexes(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	update(t, s, func(tx *store.Tx) error {
		for i := range 200 {
			if _, err := tx.InsertWebhookDelivery(kefu.WebhookDelivery{EndpointID: kefu.EndpointID(fmt.Sprint("whe_", i%4)), EventN: int64(i), EventID: kefu.EventID(fmt.Sprint("evt_", i)),
				EventType: "message.sent", Cause: kefu.CauseEvent, State: kefu.DeliveryDelivered}); err != nil {
				return err
			}
		}
		return nil
	})
	now := time.Now()
	for name, want := range map[string]struct {
		filter store.WebhookFilter
		step   string
	}{
		"all":               {store.WebhookFilter{}, "SCAN d"}, // from its end, and only as far as the page goes
		"next page":         {store.WebhookFilter{Before: 50}, "SEARCH d USING INTEGER PRIMARY KEY (rowid<?)"},
		"endpoint":          {store.WebhookFilter{EndpointID: "whe_1"}, "SEARCH d USING INDEX webhook_delivery_endpoint (endpoint_id=?)"},
		"endpoint, page":    {store.WebhookFilter{EndpointID: "whe_1", Before: 9}, "SEARCH d USING INDEX webhook_delivery_endpoint (endpoint_id=? AND n<?)"},
		"endpoint, failed":  {store.WebhookFilter{EndpointID: "whe_1", State: "failed"}, "SEARCH d USING INDEX webhook_delivery_trouble (endpoint_id=? AND state=?)"},
		"endpoint, skipped": {store.WebhookFilter{EndpointID: "whe_1", State: "skipped"}, "SEARCH d USING INDEX webhook_delivery_trouble (endpoint_id=? AND state=?)"},
		"failed":            {store.WebhookFilter{State: "failed"}, "SEARCH d USING INDEX webhook_delivery_state (state=?)"},
		"skipped, page":     {store.WebhookFilter{State: "skipped", Before: 9}, "SEARCH d USING INDEX webhook_delivery_state (state=? AND n<?)"},
		"sending":           {store.WebhookFilter{State: "sending"}, "SEARCH d USING INDEX webhook_delivery_state (state=?)"},
		"event":             {store.WebhookFilter{EventID: "evt_9"}, "SEARCH d USING INDEX webhook_delivery_event (event_id=?)"},
		"replays":           {store.WebhookFilter{Cause: "replay"}, "SEARCH d USING INDEX webhook_delivery_cause (cause=?)"},
		"since":             {store.WebhookFilter{Since: now}, "SEARCH d USING INTEGER PRIMARY KEY (rowid>?)"},
		"until":             {store.WebhookFilter{Until: now}, "SEARCH d USING INTEGER PRIMARY KEY (rowid<?)"},
	} {
		want.filter.Limit = 50
		steps := explained(t, s, func(tx *store.Tx) (store.Plan, error) { return tx.WebhookPlan(want.filter) })
		if len(steps) == 0 || steps[0] != want.step {
			t.Errorf("%s: %v, want %s", name, steps, want.step)
		}
		if all := strings.Join(steps, "; "); strings.Contains(all, "TEMP B-TREE") && want.filter.EventID == "" {
			t.Errorf("%s is sorted: %s", name, all)
		}
	}
	for status, want := range map[store.ReplayStatus]string{
		store.ReplayFailed:    "SEARCH d USING INDEX webhook_delivery_trouble (endpoint_id=? AND state=? AND n>? AND n<?)",
		store.ReplaySkipped:   "SEARCH d USING INDEX webhook_delivery_trouble (endpoint_id=? AND state=? AND n>? AND n<?)",
		store.ReplayDelivered: "SEARCH d USING INDEX webhook_delivery_endpoint (endpoint_id=? AND n>? AND n<?)",
	} {
		steps := explained(t, s, func(tx *store.Tx) (store.Plan, error) {
			return tx.ReplayPlan(store.WebhookReplay{EndpointID: "whe_1", Status: status, Last: 99}, 10), nil
		})
		if len(steps) == 0 || steps[0] != want || strings.Contains(strings.Join(steps, ";"), "SCAN") {
			t.Errorf("replay of what was %s: %v, want %s", status, steps, want)
		}
	}
}

// explained is how SQLite goes about a text.
func explained(t *testing.T, s *store.Store, text func(*store.Tx) (store.Plan, error)) (steps []string) {
	t.Helper()
	view(t, s, func(tx *store.Tx) error {
		p, err := text(tx)
		if err != nil {
			return err
		}
		steps, err = sqldb.Many(tx.Tx, func(r sqldb.Scanner) (detail string, err error) {
			var id, parent, unused int
			err = r.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+p.Text, p.Args...)
		return err
	})
	return steps
}

// TestNumbersAreFoundByTime is about gaps, ends and equal times.
func TestNumbersAreFoundByTime(t *testing.T) {
	ahead := time.Duration(0)
	began := time.Now().Truncate(time.Second)
	db, err := sqldb.Open(t.Context(), storetest.SQLite(t), sqldb.Options{Clock: func() time.Time { return began.Add(ahead) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := store.New(db)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	search := func(seconds int) (n int64) {
		view(t, s, func(tx *store.Tx) (err error) {
			n, err = tx.FirstWebhookSince(began.Add(time.Duration(seconds) * time.Second))
			return err
		})
		return n
	}
	if got := search(0); got != 1 {
		t.Errorf("in an empty log: %d", got)
	}
	for _, seconds := range []int{0, 10, 10, 10, 30, 40} {
		ahead = time.Duration(seconds) * time.Second
		update(t, s, func(tx *store.Tx) error {
			_, err := tx.InsertWebhookDelivery(kefu.WebhookDelivery{State: kefu.DeliveryDelivered})
			return err
		})
	}
	for at, want := range map[int]int64{-5: 1, 0: 1, 1: 2, 10: 2, 11: 5, 30: 5, 31: 6, 40: 6, 41: 7} {
		if got := search(at); got != want {
			t.Errorf("after %d s: %d, want %d", at, got, want)
		}
	}
}
