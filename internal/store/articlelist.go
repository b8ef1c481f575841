package store

import (
	"slices"

	"kefu"
	"kefu/internal/sqldb"
)

// ArticleFilter narrows a list of articles; zero members do not.
type ArticleFilter struct {
	Locale       kefu.Locale
	CollectionID kefu.CollectionID
	Key          string
	Published    kefu.Opt[bool]
	Keyed        bool // those with a key
}

// Articles lists articles, oldest first.
func (tx *Tx) Articles(f ArticleFilter, p Page) ([]kefu.Article, error) {
	q := newQuery(`SELECT ` + articleColumns + ` FROM article`)
	q.andIf(f.Locale != "", `locale = ?`, f.Locale)
	q.andIf(f.CollectionID != "", `collection_id = ?`, f.CollectionID)
	q.andIf(f.Key != "", `article_key = ?`, f.Key)
	q.andIf(f.Published.Given, `published = ?`, f.Published.Value)
	q.andIf(f.Keyed, `article_key <> ''`)
	p.after(q, `created_at`, `id`)
	return list(tx, q, scanArticle)
}

// ArticlesByID reads articles, in any order. What is gone is left out.
func (tx *Tx) ArticlesByID(ids []kefu.ArticleID) (all []kefu.Article, err error) {
	for batch := range slices.Chunk(ids, inBatch) {
		some, err := sqldb.Many(tx.Tx, scanArticle, sqlArticles, inList(batch)...)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// ArticlesSince lists at most limit articles that changed after one number and up to another, in the order of their changes, and tells the
// number of the last.
func (tx *Tx) ArticlesSince(rev, upTo int64, limit int) (all []kefu.Article, last int64, err error) {
	all, err = sqldb.Many(tx.Tx, func(s sqldb.Scanner) (kefu.Article, error) { return scanArticleAfter(s, &last) }, sqlArticlesSince, rev, upTo, limit)
	return all, last, err
}
