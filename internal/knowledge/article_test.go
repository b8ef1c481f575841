package knowledge_test

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/knowledge"
)

func TestAnArticleNamesEveryFault(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, err := r.CreateArticle(t.Context(), admin(), knowledge.ArticleChange{Locale: kefu.Some(kefu.Locale("fr")), Title: kefu.Some(" "),
			Body: kefu.Some(strings.Repeat("x", knowledge.MaxBody+1)), URL: kefu.Some("javascript:alert(1)"), CollectionID: kefu.Some(kefu.CollectionID("col_none")),
			Key: kefu.Some(strings.Repeat("k", 301)), Keywords: kefu.Some([]string{strings.Repeat("字", 101)})})
		for _, field := range []string{"locale", "title", "body", "url", "collection_id", "key", "keywords"} {
			if err == nil || !strings.Contains(err.Error(), field+" ") {
				t.Errorf("%s is not named: %v", field, err)
			}
		}
	})
}

func TestAKeyIsUniqueInItsLocale(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.make(some(kefu.LocaleTaiwan, "refund", "退貨", ""))
		second := r.make(some(kefu.LocaleEnglish, "refund", "Refunds", ""))
		r.make(some(kefu.LocaleEnglish, "", "a", ""))
		r.make(some(kefu.LocaleEnglish, "", "b", ""))
		if _, err := r.CreateArticle(t.Context(), admin(), some(kefu.LocaleTaiwan, "refund", "x", "")); kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("the same key and locale: %v", err)
		}
		change := knowledge.ArticleChange{Locale: kefu.Some(kefu.LocaleTaiwan)}
		if _, err := r.UpdateArticle(t.Context(), admin(), second.ID, change); kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("a change to a taken key: %v", err)
		}
	})
}

func TestThatItHelpedMakesNoOtherArticle(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a := r.make(some(kefu.LocaleTaiwan, "refund", "退貨", ""))
		for _, helped := range []bool{true, true, false} {
			if err := r.Helped(t.Context(), a.ID, helped); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Helped(t.Context(), "art_none", true); kefu.KindOf(err) != kefu.KindNotFound {
			t.Errorf("of nobody: %v", err)
		}
		got, err := r.Article(t.Context(), reader(), a.ID)
		if err != nil || got.Helped != 2 || got.NotHelped != 1 || kefu.ETag(got.State()) != kefu.ETag(a.State()) {
			t.Errorf("%+v, %v", got, err)
		}
		ask := admin()
		ask.IfMatch = kefu.ETag(a.State())
		if _, err := r.UpdateArticle(t.Context(), ask, a.ID, knowledge.ArticleChange{Title: kefu.Some("換貨")}); err != nil {
			t.Errorf("a change after it helped: %v", err)
		}
		if err := r.DeleteArticle(t.Context(), ask, a.ID); kefu.KindOf(err) != kefu.KindPrecondition {
			t.Errorf("a lost race: %v", err)
		}
	})
}

func TestACollectionGoesAndItsArticlesStay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var ids []kefu.CollectionID
		for i, name := range []string{"last", "first", "second"} {
			c, err := r.CreateCollection(t.Context(), admin(), knowledge.CollectionChange{Name: kefu.Some(name), Position: kefu.Some([]int64{9, 1, 1}[i])})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, c.ID)
		}
		var names []string
		for p := (kefu.Paging{Limit: 1}); ; {
			page, err := r.Collections(t.Context(), reader(), p)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, page.Items[0].Name)
			if p.Cursor = page.NextCursor; p.Cursor == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != "first second last" {
			t.Errorf("in the order %s", got)
		}
		ch := some(kefu.LocaleTaiwan, "", "退貨", "")
		ch.CollectionID = kefu.Some(ids[0])
		a := r.make(ch)
		if err := r.DeleteCollection(t.Context(), admin(), ids[0]); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Article(t.Context(), reader(), a.ID); err != nil || got.CollectionID != nil {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
