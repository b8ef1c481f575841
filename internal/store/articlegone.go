package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlArticleGone  = `INSERT INTO article_gone (rev, article_id, gone_at) VALUES ($1, $2, $3)`
	sqlArticlesGone = `SELECT article_id FROM article_gone WHERE rev > $1 AND rev <= $2 ORDER BY rev`
	sqlGoneBefore   = `SELECT rev FROM article_gone WHERE gone_at <= $1 ORDER BY rev LIMIT CAST($2 AS BIGINT)`
	sqlForgetGone   = `DELETE FROM article_gone WHERE rev <= $1`
	// What is forgotten stands beside what is known, in the row 2.
	sqlForgotten    = `SELECT rev FROM knowledge_state WHERE id = 2`
	sqlSetForgotten = `INSERT INTO knowledge_state (id, rev) VALUES (2, $1) ON CONFLICT (id) DO UPDATE SET rev = excluded.rev`
)

// ArticlesGone lists the articles that were deleted after one number and up to another.
func (tx *Tx) ArticlesGone(rev, upTo int64) ([]kefu.ArticleID, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (id kefu.ArticleID, err error) {
		err = s.Scan(&id)
		return id, err
	}, sqlArticlesGone, rev, upTo)
}

// ArticlesForgotten is the number up to which it is no longer known what was deleted: who knows less than that reads everything anew.
func (tx *Tx) ArticlesForgotten() (int64, error) {
	all, err := sqldb.Many(tx.Tx, scanInt, sqlForgotten)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

// ForgetArticles forgets that articles were deleted, of those that were before a time at most limit, and tells how many.
func (tx *Tx) ForgetArticles(before time.Time, limit int) (int64, error) {
	revs, err := sqldb.Many(tx.Tx, scanInt, sqlGoneBefore, sqldb.Micros(before), limit)
	if err != nil || len(revs) == 0 {
		return 0, err
	}
	last := revs[len(revs)-1]
	n, err := tx.Exec(sqlForgetGone, last)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(sqlSetForgotten, last)
	return n, err
}
