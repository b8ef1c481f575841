package knowledge_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/knowledge"
	"kefu/internal/store"
)

// another is a node on the same database that has read nothing.
func (r *rig) another() *rig { return &rig{knowledge.New(r.Options), r.t, r.store} }

func (r *rig) fillWith(n int) {
	r.t.Helper()
	err := r.store.Update(r.t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if _, err := tx.InsertArticle(kefu.Article{ID: kefu.ArticleID(fmt.Sprintf("art_%05d", i)), Locale: kefu.LocaleEnglish, Title: fmt.Sprint("word", i), Published: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestQuestionsWhileTheArticlesAreRead asks a node that has read nothing, many at once: each has the answer of a node that has read all.
func TestQuestionsWhileTheArticlesAreRead(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const many = 700 // more than one batch
		r.fillWith(many)
		fresh := r.another()
		var asking sync.WaitGroup
		for range 20 {
			asking.Go(func() {
				hits, err := fresh.Search(t.Context(), reader(), knowledge.Query{Text: fmt.Sprint("word", many-1)})
				if err != nil || len(hits.Items) != 1 {
					t.Errorf("%d found, %v", len(hits.Items), err)
				}
			})
		}
		asking.Wait()
	})
}

func TestAQuestionDoesNotWaitForever(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.fillWith(1)
		release := r.HoldReading(10 * time.Millisecond)
		if _, err := r.Search(t.Context(), reader(), knowledge.Query{Text: "word0"}); kefu.KindOf(err) != kefu.KindUnavailable {
			t.Errorf("while another one reads: %v", err)
		}
		if _, err := r.Say(t.Context(), "word0", ""); kefu.KindOf(err) != kefu.KindUnavailable {
			t.Errorf("the bot says: %v", err)
		}
		release()
		if got := titles(r.find(reader(), knowledge.Query{Text: "word0"})); got != "word0" {
			t.Errorf("after that: %q", got)
		}
	})
}

// TestWhatWasForgottenIsReadAnew has a node that has slept through a deletion, and its being forgotten.
func TestWhatWasForgottenIsReadAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		gone := r.make(some(kefu.LocaleEnglish, "", "gone", ""))
		r.make(some(kefu.LocaleEnglish, "", "other", ""))
		sleeper := r.another()
		sleeper.find(reader(), knowledge.Query{Text: "gone"})
		if err := r.DeleteArticle(t.Context(), admin(), gone.ID); err != nil {
			t.Fatal(err)
		}
		if n, err := r.Prune(t.Context(), 10); n != 0 || err != nil {
			t.Errorf("what was deleted just now is forgotten: %d, %v", n, err)
		}
		r.do(func(tx *store.Tx) error {
			n, err := tx.ForgetArticles(tx.Now.Add(time.Hour), 10)
			if n != 1 {
				t.Errorf("%d are forgotten", n)
			}
			return err
		})
		r.make(some(kefu.LocaleEnglish, "", "new", ""))
		if got := titles(sleeper.find(reader(), knowledge.Query{Text: "gone"})); got != "" {
			t.Errorf("found %q", got)
		}
		if got := sleeper.Held(); got != 2 {
			t.Errorf("it holds %d articles", got)
		}
	})
}

func (r *rig) do(fn func(*store.Tx) error) {
	r.t.Helper()
	if err := r.store.Update(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}
