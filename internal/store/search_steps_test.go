package store

import (
	"context"
	"fmt"
	"testing"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

// TestASearchGoesOnFromStepToStep has matching rows so far apart that a search takes every length of step, and pages that end in the
// middle of one.
func TestASearchGoesOnFromStepToStep(t *testing.T) {
	const rows, apart, base = 300, 9001, int64(1) << 40
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s := New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), func(tx *Tx) error {
			for i := range int64(rows) {
				d := WordsOf(SearchDoc{Kind: FoundMessage, Ref: fmt.Sprint("msg_", i), ConversationID: "cnv_1", InboxID: "shop", Texts: []string{"訂單"}, At: i})
				if _, err := tx.searchEngine().insert(tx, base+i*apart, d); err != nil {
					return err
				}
			}
			_, err := tx.Exec(sqlMoveSearch, 0, WalkDone, "", base, base+rows*apart)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, patience := range []context.Context{nil, gone} {
			f := SearchFilter{Kinds: []SearchKind{FoundMessage}, Query: lexis.Parse("订单"), Limit: 7, Patience: patience}
			next := rows - 1
			for more := true; more; more = f.Before != 0 {
				err := s.View(t.Context(), func(tx *Tx) error {
					hits, before, err := tx.Search(kefu.Sight{Kind: kefu.SeesAll}, f)
					for _, h := range hits {
						if h.Ref != fmt.Sprint("msg_", next) {
							t.Fatalf("%s comes instead of %d", h.Ref, next)
						}
						next--
					}
					f.Before = before
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if next != -1 {
				t.Errorf("%d were not found", next+1)
			}
		}
	})
}
