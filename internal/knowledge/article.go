package knowledge

import (
	"context"
	"errors"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

const articleNoun = "article"

// CreateArticle makes an article.
func (k *Knowledge) CreateArticle(ctx context.Context, ask kefu.Ask, ch ArticleChange) (Article, error) {
	return do(ctx, k, ask, func(tx *store.Tx) (Article, error) {
		a := kefu.Article{ID: kefu.ArticleID(ident.New("art")), CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := applied(tx, &a, ch); err != nil {
			return Article{}, err
		}
		fresh, err := tx.InsertArticle(a)
		if err == nil && !fresh {
			err = taken(articleNoun, "key", a.Key)
		}
		if err != nil {
			return Article{}, err
		}
		return showArticle(a), tx.Audit(ask.Caller, "article.created", string(a.ID), toldOf(a))
	})
}

// applied changes an article, with every fault named.
func applied(tx *store.Tx, a *kefu.Article, ch ArticleChange) error {
	var f kefu.Faults
	ch.apply(a, &f)
	if a.CollectionID != "" && ch.CollectionID.Given {
		if _, err := tx.Collection(a.CollectionID); errors.Is(err, sqldb.ErrNoRows) {
			f.Add("collection_id", "%q is no collection", kefu.Excerpt(string(a.CollectionID), 60))
		} else if err != nil {
			return err
		}
	}
	return f.Err("the article cannot be kept")
}

// toldOf is what the audit log keeps of an article.
func toldOf(a kefu.Article) map[string]any {
	return map[string]any{"locale": a.Locale, "published": a.Published}
}

// UpdateArticle changes the members that are present.
func (k *Knowledge) UpdateArticle(ctx context.Context, ask kefu.Ask, id kefu.ArticleID, ch ArticleChange) (Article, error) {
	return do(ctx, k, ask, func(tx *store.Tx) (Article, error) {
		a, err := lockArticle(tx, ask, id)
		if err != nil {
			return Article{}, err
		}
		if err := applied(tx, &a, ch); err != nil {
			return Article{}, err
		}
		fresh, err := tx.UpdateArticle(a)
		if err == nil && !fresh {
			err = taken(articleNoun, "key", a.Key)
		}
		if err != nil {
			return Article{}, err
		}
		a.UpdatedAt = tx.Now
		return showArticle(a), tx.Audit(ask.Caller, "article.updated", string(a.ID), toldOf(a))
	})
}

func lockArticle(tx *store.Tx, ask kefu.Ask, id kefu.ArticleID) (kefu.Article, error) {
	a, err := tx.LockArticle(id)
	if err != nil {
		return a, found(err, articleNoun)
	}
	return a, ask.Match(showArticle(a).State())
}

// DeleteArticle removes an article.
func (k *Knowledge) DeleteArticle(ctx context.Context, ask kefu.Ask, id kefu.ArticleID) error {
	_, err := do(ctx, k, ask, func(tx *store.Tx) (struct{}, error) {
		a, err := lockArticle(tx, ask, id)
		if err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteArticle(id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ask.Caller, "article.deleted", string(id), toldOf(a))
	})
	return err
}

// Helped counts that an article helped somebody who asked, or did not.
func (k *Knowledge) Helped(ctx context.Context, id kefu.ArticleID, helped bool) error {
	return k.Store.Update(ctx, func(tx *store.Tx) error { return found(tx.CountHelp(id, helped), articleNoun) })
}

// Article reads one article.
func (k *Knowledge) Article(ctx context.Context, by kefu.Caller, id kefu.ArticleID) (Article, error) {
	return look(ctx, k, func(tx *store.Tx) (Article, error) {
		a, err := tx.Article(id)
		if err == nil && !a.Published && !mayWrite(by) {
			err = sqldb.ErrNoRows
		}
		return showArticle(a), found(err, articleNoun)
	})
}

// ArticleQuery narrows the list of articles; zero members do not.
type ArticleQuery struct {
	Locale       kefu.Locale
	CollectionID kefu.CollectionID
	Key          string
	Published    kefu.Opt[bool]
}

// Articles lists articles, oldest first.
func (k *Knowledge) Articles(ctx context.Context, by kefu.Caller, q ArticleQuery, p kefu.Paging) (kefu.List[Article], error) {
	page, err := store.PageOf(p, false)
	if err != nil {
		return kefu.List[Article]{}, err
	}
	f := store.ArticleFilter{Locale: q.Locale, CollectionID: q.CollectionID, Key: q.Key, Published: q.Published}
	if !mayWrite(by) {
		if q.Published.Given && !q.Published.Value {
			return kefu.List[Article]{Items: []Article{}}, nil
		}
		f.Published = kefu.Some(true)
	}
	return look(ctx, k, func(tx *store.Tx) (kefu.List[Article], error) {
		rows, err := tx.Articles(f, page)
		return store.CutPage(rows, p, showArticle, func(a kefu.Article) (time.Time, string) { return a.CreatedAt, string(a.ID) }), err
	})
}
