package knowledge_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/knowledge"
)

func folder(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

func (r *rig) take(in fs.FS, o knowledge.ImportOptions) knowledge.Imported {
	r.t.Helper()
	drafts, err := knowledge.ReadFolder(in)
	if err != nil {
		r.t.Fatal(err)
	}
	done, err := r.Import(r.t.Context(), admin().Caller, drafts, o)
	if err != nil {
		r.t.Fatal(err)
	}
	return done
}

func TestWhatAFileSays(t *testing.T) {
	got, err := knowledge.ReadFolder(folder(
		"zh-TW/orders/refund.md", "\ufeff# 如何退貨\r\n\r\n七天內。\r\n",
		"a/b.md", "---\ntitle: \"No: 1\"\nlocale: en\nkey: other\nkeywords: money back, return\npublished: no\ncollection: 1\nurl: https://x.example/a\n---\n\n# Head\nText\n",
		"en/orders/refund.MD", "---\ntitle: Refunds\nkeywords: [a, 2, a]\n---",
		"README.txt", "no article", ".hidden/x.md", "no article", "en/.x.md", "no article"))
	if err != nil {
		t.Fatal(err)
	}
	want := []knowledge.Draft{
		{File: "a/b.md", Collection: "1", Article: kefu.Article{Key: "other", Locale: "en", Title: "No: 1", Body: "# Head\nText", Keywords: []string{"money back", "return"},
			URL: "https://x.example/a"}},
		{File: "en/orders/refund.MD", Article: kefu.Article{Key: "orders/refund", Locale: "en", Title: "Refunds", Keywords: []string{"a", "2"}, Published: true}},
		{File: "zh-TW/orders/refund.md", Article: kefu.Article{Key: "orders/refund", Locale: "zh-TW", Title: "如何退貨", Body: "七天內。", Keywords: []string{}, Published: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEveryFaultOfEveryFileIsNamed(t *testing.T) {
	_, err := knowledge.ReadFolder(folder(
		"a.md", "---\ntitel: x\ntitle: y\nlocale: fr\nurl: nowhere\n---\n",
		"b.md", "---\ntitle: [x\n---\n",
		"en/c.md", "no heading",
		"en/d.md", "---\ntitle: d\nno end",
		"en/e.md", "# e\n\xff",
		"en/f.md", "# f\n"+strings.Repeat("x", knowledge.MaxBody+1),
		"en/g.md", "# g\n"+strings.Repeat("x", 2*knowledge.MaxBody),
		"en/h.md", "---\ntitle: h\ntitle: h\npublished: perhaps\nkeywords: [[x]]\nkey: [x]\n---\n",
		"en/i.md", "---\n- x\n---\n# i",
		"en/j.md", "---\ntitle: j\nkey: same\n---\n",
		"en/k.md", "---\ntitle: k\nkey: same\n---\n",
	))
	for _, want := range []string{
		`a.md:2 titel is not known`, `a.md:4 locale must be`, `a.md:5 url must be`, `b.md:2 the front matter is not YAML`, `b.md:1 locale must be`,
		`en/c.md:1 title is needed`, `en/d.md:1 the front matter has no end`, `en/e.md is not UTF-8`, `en/f.md:1 body must have`, `en/g.md has 200004 bytes`,
		`en/h.md:3 title stands twice`, `en/h.md:4 published must be`, `en/h.md:5 keywords must be a list`, `en/h.md:6 key must be one text`,
		`en/i.md:2 the front matter must be lines`, `en/k.md:3 key and locale are those of en/j.md`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not named: %s, in\n%s", want, strings.ReplaceAll(err.Error(), ";", "\n"))
		}
	}
	if _, err := knowledge.ReadFolder(folder("x.txt", "")); kefu.KindOf(err) != kefu.KindInvalid {
		t.Errorf("a folder without articles: %v", err)
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.md"), []byte("# secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"file.md": filepath.Join(outside, "secret.md"), "folder": outside} {
		if err := os.Symlink(to, filepath.Join(inside, name)); err != nil {
			t.Skipf("NOT TESTED that links out of the folder are left alone: this system makes no symbolic links (%v)", err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	if got, err := knowledge.ReadFolder(root.FS()); err == nil || !strings.Contains(err.Error(), "file.md cannot be read") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnImportChangesWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first := folder("en/a.md", "---\ntitle: a\ncollection: Shelf\n---\nx", "en/b.md", "# b", "zh-TW/a.md", "# 甲")
		for _, step := range []struct {
			what string
			in   fs.FS
			o    knowledge.ImportOptions
			want knowledge.Imported
		}{
			{"dry", first, knowledge.ImportOptions{Dry: true}, knowledge.Imported{Created: 3}},
			{"first", first, knowledge.ImportOptions{}, knowledge.Imported{Created: 3}},
			{"again", first, knowledge.ImportOptions{Prune: true}, knowledge.Imported{Unchanged: 3}},
			{"one changed", folder("en/a.md", "---\ntitle: a\ncollection: Other\n---\nx", "en/c.md", "# c"), knowledge.ImportOptions{}, knowledge.Imported{Created: 1, Updated: 1}},
			{"another title", folder("en/c.md", "# See"), knowledge.ImportOptions{}, knowledge.Imported{Updated: 1}},
			{"the old title", folder("en/c.md", "# c"), knowledge.ImportOptions{}, knowledge.Imported{Updated: 1}},
			{"pruned dry", folder("en/c.md", "# c"), knowledge.ImportOptions{Prune: true, Dry: true}, knowledge.Imported{Unchanged: 1, Unpublished: 3}},
			{"pruned", folder("en/c.md", "# c"), knowledge.ImportOptions{Prune: true}, knowledge.Imported{Unchanged: 1, Unpublished: 3}},
			{"pruned again", folder("en/c.md", "# c"), knowledge.ImportOptions{Prune: true}, knowledge.Imported{Unchanged: 1}},
		} {
			if step.what == "first" {
				r.make(some(kefu.LocaleEnglish, "", "without a key", ""))
			}
			if got := r.take(step.in, step.o); got != step.want {
				t.Errorf("%s: %+v, want %+v", step.what, got, step.want)
			}
		}
		list, err := r.Articles(t.Context(), reader(), knowledge.ArticleQuery{}, kefu.Paging{})
		var left []string
		for _, a := range list.Items {
			left = append(left, a.Title)
		}
		if got := strings.Join(left, " "); err != nil || got != "without a key c" && got != "c without a key" {
			t.Errorf("published are %s, %v", got, err)
		}
	})
}

func TestAnExportIsAnImport(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.articles()
		odd := some(kefu.LocaleChina, "../up", "- odd: \"title\"", "---\nbody: yes\n---\n\ntext")
		odd.Keywords, odd.URL = kefu.Some([]string{"a: b", "[c]"}), kefu.Some("https://x.example/?a=1#b")
		r.make(odd)
		files := fstest.MapFS{}
		err := r.Export(t.Context(), func(name string, content []byte) error {
			if !fs.ValidPath(name) || files[name] != nil {
				t.Errorf("%s is no name for a file, or one twice", name)
			}
			files[name] = &fstest.MapFile{Data: content}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := r.take(files, knowledge.ImportOptions{Prune: true}), (knowledge.Imported{Unchanged: len(files)}); got != want || len(files) < 41 {
			t.Errorf("%+v of %d", got, len(files))
		}
	})
}

func FuzzReadFolder(f *testing.F) {
	f.Add("---\ntitle: a\nkeywords: [b]\n---\n# c")
	f.Add("---\n&a [*a]\n---\n")
	f.Add("---\n? x\n: y\n---")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := knowledge.ReadFolder(folder("en/a.md", text))
		if err == nil && (len(got) != 1 || got[0].Title == "" || !got[0].Locale.Valid() || len(got[0].Body) > knowledge.MaxBody) {
			t.Errorf("%+v", got)
		}
	})
}
