package switchboard

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// do runs a verb that somebody asked for through an open door: in one transaction, once for its Idempotency-Key. What it returns is what
// every repetition gets, so T holds the whole answer and survives being written as JSON.
func do[T any](ctx context.Context, b *Switchboard, ask kefu.Ask, fn func(*change) (T, error)) (out T, err error) {
	err = b.update(ctx, func(c *change) (err error) {
		out, err = store.Once(c.Tx, b.box, ask, func() (T, error) { return fn(c) })
		return err
	})
	return out, err
}

// look reads on one snapshot for a caller, with what the caller may see.
func look[T any](ctx context.Context, b *Switchboard, by kefu.Caller, fn func(*store.Tx, kefu.Sight) (T, error)) (out T, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		sight, err := tx.Sight(by)
		if err != nil {
			return err
		}
		out, err = fn(tx, sight)
		return err
	})
	return out, err
}

// found turns "no row" into NotFound: the same words for what is not there and for what the caller may not see.
func found(err error, what string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return kefu.Errorf(kefu.KindNotFound, "no %s with this id", what)
	}
	return err
}

// List is one page of a list (contracts: api).
type List[T any] struct {
	Items []T `json:"items"`
	// NextCursor asks for the next page; "" when this was the last.
	NextCursor string `json:"next_cursor,omitempty"`
}

// Paging asks for a page: at most Limit items after Cursor. Limit is 1 to 200; 0 is 50.
type Paging struct {
	Cursor string
	Limit  int
}

// Limits of a page.
const (
	DefaultPage = 50
	MaxPage     = 200
)

func (p Paging) limit() int {
	if p.Limit <= 0 {
		return DefaultPage
	}
	return min(p.Limit, MaxPage)
}

// place is what a cursor holds: the last item's sort key and id.
type place struct {
	Key int64  `json:"k"`
	ID  string `json:"i,omitempty"`
}

func encodeCursor(p place) string {
	raw, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (p Paging) place() (at place, err error) {
	if p.Cursor == "" {
		return at, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil {
		var f kefu.Faults
		f.Add("cursor", "is not one that a list gave: leave it out to begin again")
		return at, f.Err("the page cannot be found")
	}
	return at, nil
}

// byTime is the page of a list that is sorted by a time; it asks for one row more than the page holds, to know whether there are more.
func (p Paging) byTime(newest bool) (store.Page, error) {
	at, err := p.place()
	page := store.Page{ID: at.ID, Newest: newest, Limit: p.limit() + 1}
	if at.ID != "" {
		page.At = time.UnixMicro(at.Key)
	}
	return page, err
}

// pageOf cuts the rows of byTime to one page and makes its cursor.
func pageOf[R, T any](rows []R, p Paging, show func(R) T, at func(R) (time.Time, string)) List[T] {
	out := List[T]{Items: make([]T, 0, min(len(rows), p.limit()))}
	for i, r := range rows {
		if i == p.limit() {
			t, id := at(rows[i-1])
			out.NextCursor = encodeCursor(place{Key: t.UnixMicro(), ID: id})
			break
		}
		out.Items = append(out.Items, show(r))
	}
	return out
}
