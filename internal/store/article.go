package store

import (
	"encoding/json"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
)

// Types of the facts that an article changed. The search index follows them; no subscriber is told.
const (
	EventArticleCreated = "article.created"
	EventArticleUpdated = "article.updated"
	EventArticleDeleted = "article.deleted"
)

const (
	articleColumns = `id, article_key, collection_id, locale, title, body, keywords, url, published, helped, not_helped, created_at, updated_at`

	sqlInsertArticle = `INSERT INTO article (id, article_key, collection_id, locale, title, body, keywords, url, published, helped, not_helped, rev, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, $11) ON CONFLICT DO NOTHING`
	sqlArticle      = `SELECT ` + articleColumns + ` FROM article WHERE id = $1`
	sqlLockArticle  = `SELECT ` + articleColumns + ` FROM article WHERE id = $1 /*for update*/`
	sqlTranslations = `SELECT ` + articleColumns + ` FROM article WHERE article_key = $1 AND article_key <> '' ORDER BY locale LIMIT 10`
	sqlArticles     = `SELECT ` + articleColumns + ` FROM article WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY id LIMIT 8`

	sqlUpdateArticle = `UPDATE article SET article_key = $2, collection_id = $3, locale = $4, title = $5, body = $6, keywords = $7, url = $8, published = $9,
rev = $10, updated_at = $11 WHERE id = $1
AND NOT EXISTS (SELECT 1 FROM article o WHERE o.article_key = $2 AND o.article_key <> '' AND o.locale = $4 AND o.id <> $1)`
	sqlDeleteArticle = `DELETE FROM article WHERE id = $1`
	sqlHelped        = `UPDATE article SET helped = helped + 1 WHERE id = $1`
	sqlNotHelped     = `UPDATE article SET not_helped = not_helped + 1 WHERE id = $1`

	sqlNextKnowledge = `UPDATE knowledge_state SET rev = rev + 1 WHERE id = 1`
	sqlKnowledgeRev  = `SELECT rev FROM knowledge_state WHERE id = 1`
	sqlArticlesSince = `SELECT rev, ` + articleColumns + ` FROM article WHERE rev > $1 AND rev <= $2 ORDER BY rev LIMIT CAST($3 AS BIGINT)`
)

func scanArticle(s sqldb.Scanner) (a kefu.Article, err error) { return scanArticleAfter(s) }

// scanArticleAfter scans an article that stands behind other columns.
func scanArticleAfter(s sqldb.Scanner, first ...any) (a kefu.Article, err error) {
	var keywords string
	var created, updated int64
	if err = s.Scan(append(first, &a.ID, &a.Key, &a.CollectionID, &a.Locale, &a.Title, &a.Body, &keywords, &a.URL, &a.Published, &a.Helped, &a.NotHelped,
		&created, &updated)...); err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return a, json.Unmarshal([]byte(keywords), &a.Keywords)
}

// nextKnowledge gives the number of a change. Changes of articles wait for each other here, so that numbers become visible in their order.
func (tx *Tx) nextKnowledge() (int64, error) {
	if _, err := tx.Exec(sqlNextKnowledge); err != nil {
		return 0, err
	}
	return tx.KnowledgeRev()
}

// KnowledgeRev is the number of the newest change of an article.
func (tx *Tx) KnowledgeRev() (int64, error) { return sqldb.One(tx.Tx, scanInt, sqlKnowledgeRev) }

// InsertArticle stores a new article; false when its key is taken in its locale.
func (tx *Tx) InsertArticle(a kefu.Article) (bool, error) {
	rev, err := tx.nextKnowledge()
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(sqlInsertArticle, a.ID, a.Key, a.CollectionID, a.Locale, a.Title, a.Body, encode(words(a.Keywords)), a.URL, a.Published, rev, tx.now())
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.articleEvent(EventArticleCreated, a.ID)
}

// words is a list that is never null as JSON.
func words(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (tx *Tx) articleEvent(kind string, id kefu.ArticleID) error {
	return tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: kind, Actor: kefu.System(), OccurredAt: tx.Now,
		Data: json.RawMessage(encode(map[string]any{"article_id": id}))})
}

// Article reads one article; ErrNoRows when there is none.
func (tx *Tx) Article(id kefu.ArticleID) (kefu.Article, error) {
	return sqldb.One(tx.Tx, scanArticle, sqlArticle, id)
}

// LockArticle reads one article and holds its row until the transaction ends.
func (tx *Tx) LockArticle(id kefu.ArticleID) (kefu.Article, error) {
	return sqldb.One(tx.Tx, scanArticle, sqlLockArticle, id)
}

// Translations lists the articles with a key.
func (tx *Tx) Translations(key string) ([]kefu.Article, error) {
	return sqldb.Many(tx.Tx, scanArticle, sqlTranslations, key)
}

// UpdateArticle stores all of an article but its counts; false when the key is taken in its locale.
func (tx *Tx) UpdateArticle(a kefu.Article) (bool, error) {
	rev, err := tx.nextKnowledge()
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(sqlUpdateArticle, a.ID, a.Key, a.CollectionID, a.Locale, a.Title, a.Body, encode(words(a.Keywords)), a.URL, a.Published, rev, tx.now())
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.articleEvent(EventArticleUpdated, a.ID)
}

// DeleteArticle removes an article.
func (tx *Tx) DeleteArticle(id kefu.ArticleID) error {
	rev, err := tx.nextKnowledge()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(sqlDeleteArticle, id); err != nil {
		return err
	}
	if _, err := tx.Exec(sqlArticleGone, rev, id, tx.now()); err != nil {
		return err
	}
	return tx.articleEvent(EventArticleDeleted, id)
}

// CountHelp counts that an article helped somebody, or did not; ErrNoRows when there is none.
func (tx *Tx) CountHelp(id kefu.ArticleID, helped bool) error {
	text := sqlNotHelped
	if helped {
		text = sqlHelped
	}
	n, err := tx.Exec(text, id)
	return must(n, err, "article", id)
}
