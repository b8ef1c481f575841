package store

import (
	"slices"
	"strconv"
	"strings"

	"kefu/internal/sqldb"
)

// query is the text of a list whose filters are given by the caller: fixed fragments of portable SQL, joined. Values are arguments,
// always. Write ? for one; the text gets the numbers.
type query struct {
	head  string
	conds []string
	args  []any // of conds, in their order
	tail  string
	limit int
}

func newQuery(head string) *query { return &query{head: head} }

// and adds a condition.
func (q *query) and(cond string, args ...any) {
	q.conds, q.args = append(q.conds, cond), append(q.args, args...)
}

// andIf adds a condition when the filter is set.
func (q *query) andIf(set bool, cond string, args ...any) {
	if set {
		q.and(cond, args...)
	}
}

// order ends the text: every list has a total order and a limit.
func (q *query) order(by string, limit int) { q.tail, q.limit = by, limit }

// text is the statement with its arguments.
func (q *query) text() (string, []any) {
	var b strings.Builder
	b.WriteString(q.head)
	for i, c := range q.conds {
		b.WriteString(map[bool]string{true: " WHERE ", false: " AND "}[i == 0])
		b.WriteString(c)
	}
	args := q.args
	if q.tail != "" {
		b.WriteString(" ORDER BY " + q.tail + " LIMIT CAST(? AS BIGINT)")
		args = append(slices.Clip(args), q.limit)
	}
	return numbered(b.String()), args
}

// numbered gives each ? its number: $1, $2 and so on.
func numbered(text string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitAfterSeq(text, "?") {
		cut, found := strings.CutSuffix(part, "?")
		b.WriteString(cut)
		if found {
			n++
			b.WriteString("$" + strconv.Itoa(n))
		}
	}
	return b.String()
}

// union puts branches together whose rows are disjoint and sorted alike: each reads its own index and stops at the limit.
func union(branches []*query, by string, limit int) (string, []any) {
	if len(branches) == 1 {
		return branches[0].text()
	}
	var parts []string
	var args []any
	for i, q := range branches {
		var b strings.Builder
		b.WriteString(q.head)
		for i, c := range q.conds {
			b.WriteString(map[bool]string{true: " WHERE ", false: " AND "}[i == 0] + c)
		}
		parts = append(parts, "SELECT * FROM ("+b.String()+" ORDER BY "+q.tail+" LIMIT CAST(? AS BIGINT)) AS b"+strconv.Itoa(i))
		args = append(append(args, q.args...), q.limit)
	}
	return numbered(strings.Join(parts, " UNION ALL ") + " ORDER BY " + by + " LIMIT CAST(? AS BIGINT)"), append(args, limit)
}

func list[T any](tx *Tx, q *query, scan func(sqldb.Scanner) (T, error)) ([]T, error) {
	text, args := q.text()
	return sqldb.Many(tx.Tx, scan, text, args...)
}
