package store

import (
	"time"

	"kefu/internal/sqldb"
)

// Page is a place in a list that is sorted by a time and, where that is equal, by id, and how many rows are wanted from there on. The zero
// place is the list's beginning.
type Page struct {
	At     time.Time
	ID     string
	Newest bool // newest first
	Limit  int
}

// after orders a query over the columns at and id and begins it behind the page's place.
func (p Page) after(q *query, at, id string) {
	compare, direction := `>`, ``
	if p.Newest {
		compare, direction = `<`, ` DESC`
	}
	q.andIf(p.ID != "", `(`+at+`, `+id+`) `+compare+` (?, ?)`, sqldb.Micros(p.At), p.ID)
	q.order(at+direction+`, `+id+direction, p.Limit)
}
