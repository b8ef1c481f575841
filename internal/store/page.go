package store

import (
	"time"

	"kefu"
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

// PageOf is the page of a list that is sorted by a time. It asks for one row more than is shown, to know whether there are more (CutPage).
func PageOf(p kefu.Paging, newest bool) (Page, error) {
	at, err := p.Place()
	page := Page{ID: at.ID, Newest: newest, Limit: p.Size() + 1}
	if at.ID != "" {
		page.At = time.UnixMicro(at.Key)
	}
	return page, err
}

// CutPage shows the rows of a PageOf and makes the cursor of the next page.
func CutPage[R, T any](rows []R, p kefu.Paging, show func(R) T, at func(R) (time.Time, string)) kefu.List[T] {
	out := kefu.List[T]{Items: make([]T, 0, min(len(rows), p.Size()))}
	for i, r := range rows {
		if i == p.Size() {
			t, id := at(rows[i-1])
			out.NextCursor = kefu.Place{Key: t.UnixMicro(), ID: id}.Cursor()
			break
		}
		out.Items = append(out.Items, show(r))
	}
	return out
}
