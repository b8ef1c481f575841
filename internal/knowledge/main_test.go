package knowledge_test

import (
	"os"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/knowledge"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// rig is the rules on a real store.
type rig struct {
	*knowledge.Knowledge

	t     testing.TB
	store *store.Store
}

// each runs fn on each engine.
func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	storetest.Each(t, func(t *testing.T, url string) { fn(t, newRig(t, url)) })
}

func newRig(t testing.TB, url string) *rig {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	st := store.New(db)
	if _, err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	box, err := secret.NewBox(secret.Derive([]byte(strings.Repeat("k", 32)), "sealed"))
	if err != nil {
		t.Fatal(err)
	}
	return &rig{knowledge.New(knowledge.Options{Store: st, Bus: bus.New(), Box: box}), t, st}
}

func admin() kefu.Ask { return kefu.Ask{Caller: kefu.SystemCaller("test")} }

// reader is somebody who may read articles and nothing else.
func reader() kefu.Caller {
	return kefu.Caller{Kind: kefu.CallerContact, ID: "con_1", Scopes: []string{"articles:read"}}
}

// make stores an article.
func (r *rig) make(ch knowledge.ArticleChange) knowledge.Article {
	r.t.Helper()
	a, err := r.CreateArticle(r.t.Context(), admin(), ch)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *rig) find(by kefu.Caller, q knowledge.Query) []knowledge.Hit {
	r.t.Helper()
	hits, err := r.Search(r.t.Context(), by, q)
	if err != nil {
		r.t.Fatal(err)
	}
	return hits.Items
}

func some(locale kefu.Locale, key, title, body string) knowledge.ArticleChange {
	return knowledge.ArticleChange{Locale: kefu.Some(locale), Key: kefu.Some(key), Title: kefu.Some(title), Body: kefu.Some(body), Published: kefu.Some(true)}
}

func titles(hits []knowledge.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Title)
	}
	return strings.Join(out, " | ")
}
