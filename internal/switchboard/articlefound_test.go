package switchboard_test

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// TestSearchFindsPublishedArticles looks for an article as everybody, through what happens to it.
func TestSearchFindsPublishedArticles(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.take("shop", opening("100", "我要退貨"))
		a := kefu.Article{ID: "art_1", Locale: kefu.LocaleTaiwan, Title: "如何申請", Body: "七天內可以退貨。", Published: true}
		b.change(func(tx *store.Tx) error {
			if _, err := tx.InsertArticle(a); err != nil {
				return err
			}
			_, err := tx.InsertArticle(kefu.Article{ID: "art_2", Locale: kefu.LocaleTaiwan, Title: "退貨草稿"})
			return err
		})
		agent := kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Role: kefu.RoleAgent, Scopes: []string{"articles:read", "search:read", "contacts:read"}}
		find := func(by kefu.Caller, q switchboard.SearchQuery) string {
			b.index()
			q.Text = "退货"
			var out []string
			for _, h := range b.search(by, q).Items {
				out = append(out, h.Type+" "+h.ID+" "+h.Title)
			}
			return strings.Join(out, ", ")
		}
		const want = "article art_1 如何申請"
		articles := switchboard.SearchQuery{Types: []switchboard.SearchType{switchboard.SearchArticles}}
		for name, by := range map[string]kefu.Caller{"admin": admin(), "agent": agent} {
			if got := find(by, articles); got != want {
				t.Errorf("%s finds %q", name, got)
			}
		}
		if got := find(agent, switchboard.SearchQuery{}); got != want { // beside contacts, of which this one sees none
			t.Errorf("among all it finds %q", got)
		}
		articles.InboxID = "shop"
		if got := find(admin(), articles); got != "" {
			t.Errorf("an inbox has %q", got)
		}
		articles.InboxID = ""
		agent.Scopes = []string{"search:read"}
		if _, err := b.Search(t.Context(), agent, switchboard.SearchQuery{Text: "a", Types: articles.Types}); kefu.KindOf(err) != kefu.KindForbidden {
			t.Errorf("without the scope: %v", err)
		}
		a.Published = false
		b.change(func(tx *store.Tx) error {
			_, err := tx.UpdateArticle(a)
			return err
		})
		if got := find(admin(), articles); got != "" {
			t.Errorf("unpublished: %q", got)
		}
	})
}

// TestWhatHappensToArticlesIsToldToNobody holds back the facts that the search index alone follows.
func TestWhatHappensToArticlesIsToldToNobody(t *testing.T) {
	for _, kind := range []string{store.EventArticleCreated, store.EventArticleUpdated, store.EventArticleDeleted} {
		e := switchboard.FeedEvent{Event: kefu.Event{Type: kind, Data: []byte(`{"article_id":"art_1"}`)}}
		if out, ok := switchboard.Visible(admin(), kefu.Sight{Kind: kefu.SeesAll}, e); ok {
			t.Errorf("%s is shown: %+v", kind, out)
		}
	}
}
