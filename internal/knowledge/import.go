package knowledge

import (
	"context"
	"errors"
	"slices"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// ImportOptions say how a folder is taken in.
type ImportOptions struct {
	Prune bool // unpublish articles with a key that the folder does not have
	Dry   bool // only count
}

// Imported is what an import did, or would do.
type Imported struct {
	Created, Updated, Unchanged, Unpublished int
}

// importBatch is how many articles share a commit: on SQLite messages wait for it.
const importBatch = 50

// Import takes in the articles of a folder: what is new is made, what is different changed, the rest left alone. An article is known by its
// key and locale. What was committed before an error stays; doing it again does the rest.
func (k *Knowledge) Import(ctx context.Context, by kefu.Caller, drafts []Draft, o ImportOptions) (Imported, error) {
	run := importing{k: k, by: by, o: o, shelves: map[string]kefu.CollectionID{}}
	for batch := range slices.Chunk(drafts, importBatch) {
		if err := run.commit(ctx, func(tx *store.Tx) error { return run.batch(tx, batch) }); err != nil {
			return run.done, err
		}
	}
	if !o.Prune {
		return run.done, nil
	}
	there := map[translation]bool{}
	for _, d := range drafts {
		there[translation{d.Key, d.Locale}] = true
	}
	return run.done, run.prune(ctx, there)
}

type importing struct {
	k       *Knowledge
	by      kefu.Caller
	o       ImportOptions
	done    Imported
	shelves map[string]kefu.CollectionID
}

// commit runs one transaction, or only looks. It may run more than once: counts are kept when it is over.
func (r *importing) commit(ctx context.Context, fn func(tx *store.Tx) error) error {
	before := r.done
	again := func(tx *store.Tx) error {
		r.done = before
		err := fn(tx)
		if err != nil || r.o.Dry || r.done.Created+r.done.Updated+r.done.Unpublished == before.Created+before.Updated+before.Unpublished {
			return err
		}
		return tx.Audit(r.by, "articles.imported", "", map[string]any{"created": r.done.Created - before.Created, "updated": r.done.Updated - before.Updated,
			"unpublished": r.done.Unpublished - before.Unpublished})
	}
	if r.o.Dry {
		return r.k.Store.View(ctx, again)
	}
	err := r.k.Store.Update(ctx, again)
	if err != nil {
		r.done = before
		return err
	}
	r.k.Bus.Signal(bus.Events)
	return nil
}

func (r *importing) batch(tx *store.Tx, drafts []Draft) error {
	for _, d := range drafts {
		if err := r.one(tx, d); err != nil {
			return err
		}
	}
	return nil
}

func (r *importing) one(tx *store.Tx, d Draft) (err error) {
	a := d.Article
	if a.CollectionID, err = r.shelf(tx, d.Collection); err != nil {
		return err
	}
	all, err := tx.Translations(d.Key)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(o kefu.Article) bool { return o.Locale == d.Locale })
	switch {
	case i < 0:
		r.done.Created++
		a.ID = kefu.ArticleID(ident.New("art"))
		return r.keep(a, tx.InsertArticle)
	case same(all[i], a):
		r.done.Unchanged++
		return nil
	}
	r.done.Updated++
	a.ID = all[i].ID
	return r.keep(a, tx.UpdateArticle)
}

func (r *importing) keep(a kefu.Article, with func(kefu.Article) (bool, error)) error {
	if r.o.Dry {
		return nil
	}
	ok, err := with(a)
	if err == nil && !ok {
		err = taken(articleNoun, "key", a.Key)
	}
	return err
}

// same tells whether an article is what a file says.
func same(a, b kefu.Article) bool {
	return a.Title == b.Title && a.Body == b.Body && a.URL == b.URL && a.Published == b.Published && a.CollectionID == b.CollectionID &&
		slices.Equal(a.Keywords, b.Keywords)
}

// shelf finds a collection by its name, or makes it.
func (r *importing) shelf(tx *store.Tx, name string) (kefu.CollectionID, error) {
	if name == "" {
		return "", nil
	}
	c, err := tx.CollectionNamed(name)
	if err == nil || !errors.Is(err, sqldb.ErrNoRows) {
		return c.ID, err
	}
	if r.o.Dry {
		return "new", nil
	}
	c = kefu.Collection{ID: kefu.CollectionID(ident.New("col")), Name: name}
	_, err = tx.InsertCollection(c)
	return c.ID, err
}

// prune unpublishes what has a key and is no longer there.
func (r *importing) prune(ctx context.Context, there map[translation]bool) error {
	page := store.Page{Limit: importBatch}
	for more := true; more; {
		var rows []kefu.Article
		err := r.commit(ctx, func(tx *store.Tx) (err error) {
			if rows, err = tx.Articles(store.ArticleFilter{Keyed: true, Published: kefu.Some(true)}, page); err != nil {
				return err
			}
			for _, a := range rows {
				if there[translation{a.Key, a.Locale}] {
					continue
				}
				r.done.Unpublished++
				a.Published = false
				if err := r.keep(a, tx.UpdateArticle); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if more = len(rows) == importBatch; more {
			last := rows[len(rows)-1]
			page.At, page.ID = last.CreatedAt, string(last.ID)
		}
	}
	return nil
}

// Export hands every article on as a file that Import takes: its path with slashes, and what is in it.
func (k *Knowledge) Export(ctx context.Context, keep func(name string, content []byte) error) error {
	page := store.Page{Limit: importBatch}
	for more := true; more; {
		files, err := look(ctx, k, func(tx *store.Tx) ([]exported, error) {
			rows, err := tx.Articles(store.ArticleFilter{}, page)
			if more = len(rows) == importBatch; more {
				last := rows[len(rows)-1]
				page.At, page.ID = last.CreatedAt, string(last.ID)
			}
			return exportAll(tx, rows, err)
		})
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := keep(f.name, f.content); err != nil {
				return err
			}
		}
	}
	return nil
}
