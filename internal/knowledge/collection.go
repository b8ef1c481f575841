package knowledge

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

const collectionNoun = "collection"

// Collection is a collection as the API shows it.
type Collection struct {
	ID          kefu.CollectionID `json:"id" doc:"Id of the collection." example:"col_06c0000000000000000000000g"`
	Name        string            `json:"name" doc:"What people read; unique."`
	Description string            `json:"description" doc:"What its articles are about."`
	Position    int64             `json:"position" doc:"Collections are shown in this order, the lowest first."`
	CreatedAt   time.Time         `json:"created_at" doc:"When it was made."`
	UpdatedAt   time.Time         `json:"updated_at" doc:"When it was changed last."`
}

func showCollection(c kefu.Collection) Collection { return Collection(c) }

// CollectionChange is what a collection is made of, or what of it changes: absent members stay, null clears.
type CollectionChange struct {
	Name        kefu.Opt[string] `json:"name,omitzero" doc:"What people read; unique, 1 to 100 characters."`
	Description kefu.Opt[string] `json:"description,omitzero" doc:"What its articles are about, at most 500 characters."`
	Position    kefu.Opt[int64]  `json:"position,omitzero" doc:"Its place among the others, from 0 to 1,000,000."`
}

const (
	maxCollectionName = 100
	maxDescription    = 500
	maxPosition       = 1_000_000
)

// apply changes a collection and names every fault.
func (ch CollectionChange) apply(c *kefu.Collection) error {
	ch.Name.Set(&c.Name)
	ch.Description.Set(&c.Description)
	ch.Position.Set(&c.Position)
	c.Name = strings.TrimSpace(c.Name)
	var f kefu.Faults
	if n := utf8.RuneCountInString(c.Name); n < 1 || n > maxCollectionName {
		f.Add("name", "is needed, with at most %d characters", maxCollectionName)
	}
	if utf8.RuneCountInString(c.Description) > maxDescription {
		f.Add("description", "must have at most %d characters", maxDescription)
	}
	if c.Position < 0 || c.Position > maxPosition {
		f.Add("position", "must be from 0 to %d", maxPosition)
	}
	return f.Err("the collection cannot be kept")
}

// CreateCollection makes a collection.
func (k *Knowledge) CreateCollection(ctx context.Context, ask kefu.Ask, ch CollectionChange) (Collection, error) {
	return do(ctx, k, ask, func(tx *store.Tx) (Collection, error) {
		c := kefu.Collection{ID: kefu.CollectionID(ident.New("col")), CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := ch.apply(&c); err != nil {
			return Collection{}, err
		}
		fresh, err := tx.InsertCollection(c)
		if err == nil && !fresh {
			err = taken(collectionNoun, "name", c.Name)
		}
		if err != nil {
			return Collection{}, err
		}
		return showCollection(c), tx.Audit(ask.Caller, "collection.created", string(c.ID), nil)
	})
}

// UpdateCollection changes the members that are present.
func (k *Knowledge) UpdateCollection(ctx context.Context, ask kefu.Ask, id kefu.CollectionID, ch CollectionChange) (Collection, error) {
	return do(ctx, k, ask, func(tx *store.Tx) (Collection, error) {
		c, err := lockCollection(tx, ask, id)
		if err != nil {
			return Collection{}, err
		}
		if err := ch.apply(&c); err != nil {
			return Collection{}, err
		}
		fresh, err := tx.UpdateCollection(c)
		if err == nil && !fresh {
			err = taken(collectionNoun, "name", c.Name)
		}
		if err != nil {
			return Collection{}, err
		}
		c.UpdatedAt = tx.Now
		return showCollection(c), tx.Audit(ask.Caller, "collection.updated", string(c.ID), nil)
	})
}

func lockCollection(tx *store.Tx, ask kefu.Ask, id kefu.CollectionID) (kefu.Collection, error) {
	c, err := tx.LockCollection(id)
	if err != nil {
		return c, found(err, collectionNoun)
	}
	return c, ask.Match(showCollection(c))
}

// DeleteCollection removes a collection; its articles stay, on no collection.
func (k *Knowledge) DeleteCollection(ctx context.Context, ask kefu.Ask, id kefu.CollectionID) error {
	_, err := do(ctx, k, ask, func(tx *store.Tx) (struct{}, error) {
		if _, err := lockCollection(tx, ask, id); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteCollection(id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ask.Caller, "collection.deleted", string(id), nil)
	})
	return err
}

// Collection reads one collection.
func (k *Knowledge) Collection(ctx context.Context, _ kefu.Caller, id kefu.CollectionID) (Collection, error) {
	return look(ctx, k, func(tx *store.Tx) (Collection, error) {
		c, err := tx.Collection(id)
		return showCollection(c), found(err, collectionNoun)
	})
}

// Collections lists collections, the lowest position first.
func (k *Knowledge) Collections(ctx context.Context, _ kefu.Caller, p kefu.Paging) (kefu.List[Collection], error) {
	at, err := p.Place()
	if err != nil {
		return kefu.List[Collection]{}, err
	}
	return look(ctx, k, func(tx *store.Tx) (kefu.List[Collection], error) {
		rows, err := tx.Collections(at, p.Size()+1)
		out := kefu.List[Collection]{Items: make([]Collection, 0, len(rows))}
		for i, c := range rows {
			if i == p.Size() {
				out.NextCursor = kefu.Place{Key: rows[i-1].Position, ID: string(rows[i-1].ID)}.Cursor()
				break
			}
			out.Items = append(out.Items, showCollection(c))
		}
		return out, err
	})
}
