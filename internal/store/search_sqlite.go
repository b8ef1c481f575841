package store

import (
	"strings"

	"kefu/internal/lexis"
)

// liteSearch is the search on SQLite: FTS5 over the program's words. It reads a word's rows from the newest on and stops at the limit.
type liteSearch struct{}

func (liteSearch) insert(tx *Tx, n int64, d SearchWords) (bool, error) {
	table := searchTable(d.Kind)
	added, err := tx.Exec(`INSERT INTO `+table+` (n, ref, conversation_id, kind, hash, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (n) DO NOTHING`,
		n, d.Ref, d.ConversationID, d.Kind, d.hash, d.At)
	if err != nil || added == 0 {
		return false, err
	}
	_, err = tx.Exec(`INSERT INTO `+table+`_fts (rowid, words, scope) VALUES ($1, $2, $3)`, n, strings.Join(d.words, " "), strings.Join(d.scope, " "))
	return true, err
}

func (liteSearch) change(tx *Tx, n int64, d SearchWords) error {
	table := searchTable(d.Kind)
	if _, err := tx.Exec(`UPDATE `+table+` SET hash = $2, conversation_id = $3, at = $4 WHERE n = $1`, n, d.hash, d.ConversationID, d.At); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT OR REPLACE INTO `+table+`_fts (rowid, words, scope) VALUES ($1, $2, $3)`, n, strings.Join(d.words, " "),
		strings.Join(d.scope, " "))
	return err
}

func (liteSearch) remove(tx *Tx, kind SearchKind, n int64) error {
	table := searchTable(kind)
	if _, err := tx.Exec(`DELETE FROM `+table+` WHERE n = $1`, n); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM `+table+`_fts WHERE rowid = $1`, n)
	return err
}

func (liteSearch) hits(m searchMatch) *query {
	fts := m.table + `_fts`
	// CROSS JOIN is SQLite's word for this order and no other.
	q := newQuery(`SELECT s.n, s.ref, s.kind, s.at FROM ` + fts + ` CROSS JOIN ` + m.table + ` s ON s.n = ` + fts + `.rowid`)
	q.and(fts+` MATCH ?`, liteMatch(m))
	q.and(fts+`.rowid >= ? AND `+fts+`.rowid < ?`, m.low, m.high)
	q.tail = fts + `.rowid DESC`
	return q
}

// head needs nothing of its own: the newest rows are read first anyway.
func (liteSearch) head(searchMatch) *query { return nil }

// liteMatch is a match in FTS5's language.
func liteMatch(m searchMatch) string {
	all := []string{`words : (` + liteTerms(m.terms, m.loose) + `)`}
	for _, words := range m.scopes {
		all = append(all, `scope : ("`+strings.Join(words, `" OR "`)+`")`)
	}
	return strings.Join(all, ` AND `)
}

// liteTerms writes terms for FTS5. Tokens stand in quotes: nothing that somebody typed is read as a command.
func liteTerms(terms []lexis.Term, loose bool) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = `"` + strings.ReplaceAll(strings.Join(t.Tokens, " "), `"`, `""`) + `"`
		if t.Prefix {
			parts[i] += `*`
		}
	}
	return strings.Join(parts, map[bool]string{false: ` AND `, true: ` OR `}[loose])
}
