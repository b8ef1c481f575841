package knowledge

import (
	"io/fs"

	"kefu"
	"kefu/internal/store"
)

// exported is an article as a file.
type exported struct {
	name    string
	content []byte
}

func exportAll(tx *store.Tx, rows []kefu.Article, err error) ([]exported, error) {
	files := make([]exported, 0, len(rows))
	for _, a := range rows {
		if err != nil {
			break
		}
		var f exported
		f, err = export(tx, a)
		files = append(files, f)
	}
	return files, err
}

func export(tx *store.Tx, a kefu.Article) (exported, error) {
	f := front{Title: a.Title, Locale: string(a.Locale), Key: a.Key, Keywords: a.Keywords, URL: a.URL, Published: a.Published, body: a.Body}
	if f.Key == "" {
		f.Key = string(a.ID)
	}
	if a.CollectionID != "" {
		c, err := tx.Collection(a.CollectionID)
		if err != nil {
			return exported{}, err
		}
		f.Collection = c.Name
	}
	content, err := f.file()
	return exported{fileOf(a, f.Key), content}, err
}

// fileOf is the path of an article's file: of its key when that can be one.
func fileOf(a kefu.Article, key string) string {
	name := string(a.Locale) + "/" + key + ".md"
	if !fs.ValidPath(name) {
		name = string(a.Locale) + "/" + string(a.ID) + ".md"
	}
	return name
}
