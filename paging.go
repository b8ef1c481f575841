package kefu

import (
	"encoding/base64"
	"encoding/json"
)

// List is one page of a list (contracts: api).
type List[T any] struct {
	Items []T `json:"items"`
	// NextCursor asks for the next page; "" when this was the last.
	NextCursor string `json:"next_cursor,omitempty"`
}

// Limits of a page.
const (
	DefaultPage = 50
	MaxPage     = 200
)

// Paging asks for a page: at most Limit items after Cursor. Limit is 1 to MaxPage; 0 is DefaultPage.
type Paging struct {
	Cursor string
	Limit  int
}

// Size is how many items the page holds.
func (p Paging) Size() int {
	if p.Limit <= 0 {
		return DefaultPage
	}
	return min(p.Limit, MaxPage)
}

// Place is what a cursor holds: the last item's sort key and id.
type Place struct {
	Key int64  `json:"k"`
	ID  string `json:"i,omitempty"`
}

// Cursor writes the place for the caller, to whom it says nothing.
func (p Place) Cursor() string {
	raw, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Place reads the cursor; no cursor is the zero Place. What no list gave is refused.
func (p Paging) Place() (at Place, err error) {
	if p.Cursor == "" {
		return at, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil {
		var f Faults
		f.Add("cursor", "is not one that a list gave: leave it out to begin again")
		return at, f.Err("the page cannot be found")
	}
	return at, nil
}
