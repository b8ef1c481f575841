package store

import (
	"strconv"
	"strings"

	"kefu/internal/lexis"
)

// pgSearch is the search on PostgreSQL: a tsvector of the program's words under a GIN index. A tsvector is written as such, so that no
// configuration of the server parses, stems or leaves out words. GIN knows no order and no bounds: each row has a word for its block of
// numbers, so that a search can ask for the newest blocks first.
type pgSearch struct{}

// blockBits is how many bits of a row's number are below that of its block.
const blockBits = 14

func (pgSearch) insert(tx *Tx, n int64, d SearchWords) (bool, error) {
	added, err := tx.Exec(`INSERT INTO `+searchTable(d.Kind)+` (n, ref, conversation_id, kind, hash, at, words)
VALUES ($1, $2, $3, $4, $5, $6, CAST(CAST($7 AS TEXT) AS TSVECTOR)) ON CONFLICT (n) DO NOTHING`,
		n, d.Ref, d.ConversationID, d.Kind, d.hash, d.At, pgWords(n, d))
	return added > 0, err
}

func (pgSearch) change(tx *Tx, n int64, d SearchWords) error {
	_, err := tx.Exec(`UPDATE `+searchTable(d.Kind)+` SET hash = $2, conversation_id = $3, at = $4, words = CAST(CAST($5 AS TEXT) AS TSVECTOR)
WHERE n = $1`, n, d.hash, d.ConversationID, d.At, pgWords(n, d))
	return err
}

func (pgSearch) remove(tx *Tx, kind SearchKind, n int64) error {
	_, err := tx.Exec(`DELETE FROM `+searchTable(kind)+` WHERE n = $1`, n)
	return err
}

// pgWords writes a document as a tsvector: its words with their places, and the words of its scope and block, which no text can have.
func pgWords(n int64, d SearchWords) string {
	var b strings.Builder
	for i, w := range d.words {
		b.WriteString(pgWord(w) + `:` + strconv.Itoa(i+1) + ` `)
	}
	for _, w := range d.scope {
		b.WriteString(pgWord(`@`+w) + ` `)
	}
	if d.Kind == FoundMessage {
		b.WriteString(pgWord(blockWord(n >> blockBits)))
	}
	return b.String()
}

func blockWord(block int64) string { return `#` + strconv.FormatInt(block, 10) }

// pgWord quotes a word for tsvector and tsquery: nothing that somebody typed is read as a command.
func pgWord(w string) string {
	return `'` + strings.ReplaceAll(strings.ReplaceAll(w, `\`, `\\`), `'`, `''`) + `'`
}

// hits asks the GIN index, and it alone: the numbers are written so that no other index can answer for them.
func (pgSearch) hits(m searchMatch) *query {
	q := newQuery(`SELECT s.n, s.ref, s.kind, s.at FROM ` + m.table + ` s`)
	q.and(`s.words @@ CAST(CAST(? AS TEXT) AS TSQUERY)`, pgMatch(m, true))
	q.and(`s.n + 0 >= ? AND s.n + 0 < ?`, m.low, m.high)
	q.tail = `s.n + 0 DESC`
	return q
}

// pgHead is how many of the newest rows are looked at one by one, before the index is asked: a common word is found there at once.
const pgHead = 2048

// head looks at the newest rows one by one. The function is the operator's own, which no index can answer for.
func (pgSearch) head(m searchMatch) *query {
	q := newQuery(`SELECT s.n, s.ref, s.kind, s.at FROM (SELECT * FROM ` + m.table + ` WHERE n >= ? AND n < ? ORDER BY n DESC LIMIT ` +
		strconv.Itoa(pgHead) + `) s`)
	q.args = []any{m.low, m.high}
	m.low, m.high = 0, 0
	q.and(`ts_match_vq(s.words, CAST(CAST(? AS TEXT) AS TSQUERY))`, pgMatch(m, false))
	q.tail = `s.n DESC`
	return q
}

// pgMatch is a match in the language of tsquery, with its blocks when they are few.
func pgMatch(m searchMatch, blocks bool) string {
	all := []string{`(` + pgTerms(m.terms, m.loose) + `)`}
	for _, words := range m.scopes {
		all = append(all, `(`+pgAny(words, `@`)+`)`)
	}
	if first, last := m.low>>blockBits, (m.high-1)>>blockBits; blocks && m.table == searchTable(FoundMessage) && last-first < maxBlocks {
		var names []string
		for ; first <= last; first++ {
			names = append(names, blockWord(first))
		}
		all = append(all, `(`+pgAny(names, ``)+`)`)
	}
	return strings.Join(all, ` & `)
}

// maxBlocks is how many blocks a query names at most.
const maxBlocks = 72

func pgAny(words []string, mark string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = pgWord(mark + w)
	}
	return strings.Join(quoted, `|`)
}

// pgTerms writes terms for tsquery.
func pgTerms(terms []lexis.Term, loose bool) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		words := make([]string, len(t.Tokens))
		for j, w := range t.Tokens {
			words[j] = pgWord(w)
		}
		parts[i] = strings.Join(words, `<->`)
		if t.Prefix {
			parts[i] += `:*`
		} else if len(words) > 1 {
			parts[i] = `(` + parts[i] + `)`
		}
	}
	return strings.Join(parts, map[bool]string{false: ` & `, true: ` | `}[loose])
}
