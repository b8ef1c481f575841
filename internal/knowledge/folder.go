package knowledge

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"kefu"
)

// Limits of a folder that is imported.
const (
	maxFiles = 20_000
	maxFront = 64 << 10 // bytes before the text
	// maxFileFaults is how many faults of a folder are named.
	maxFileFaults = 500
)

// Draft is an article as it stands in a file.
type Draft struct {
	kefu.Article

	Collection string // by name; "" for none
	File       string
}

// ReadFolder reads the Markdown files of a folder: all of them, or all that is wrong with them, by file and line. Links are followed as far
// as the file system does; links to folders are not.
func ReadFolder(folder fs.FS) ([]Draft, error) {
	r := folderReader{folder: folder, seen: map[translation]string{}}
	if err := fs.WalkDir(folder, ".", r.visit); err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	if len(r.faults) == 0 && len(r.drafts) == 0 {
		return nil, kefu.Errorf(kefu.KindInvalid, "there is no Markdown file (*.md) in the folder")
	}
	if more := len(r.faults) - maxFileFaults; more > 0 {
		r.faults = r.faults[:maxFileFaults]
		r.faults.Add("and", "%d more faults", more)
	}
	return r.drafts, r.faults.Err("nothing was imported")
}

// translation is what there is one article of.
type translation struct {
	key    string
	locale kefu.Locale
}

type folderReader struct {
	folder fs.FS
	drafts []Draft
	faults kefu.Faults
	files  int
	seen   map[translation]string // the file of each
}

func (r *folderReader) visit(name string, e fs.DirEntry, err error) error {
	hidden := name != "." && strings.HasPrefix(path.Base(name), ".")
	switch {
	case err != nil:
		return err
	case e.IsDir() && hidden:
		return fs.SkipDir
	case e.IsDir() || hidden || !strings.EqualFold(path.Ext(name), ".md"):
		return nil
	}
	if r.files++; r.files > maxFiles {
		return kefu.Errorf(kefu.KindInvalid, "there are more than %d files", maxFiles)
	}
	if text, ok := r.text(name); ok {
		r.take(name, text)
	}
	return nil
}

// text reads a file that may be one of an article.
func (r *folderReader) text(name string) (string, bool) {
	info, err := fs.Stat(r.folder, name)
	switch {
	case err != nil:
		r.faults.Add(name, "cannot be read (a link out of the folder is not followed): %v", err)
		return "", false
	case !info.Mode().IsRegular():
		r.faults.Add(name, "is no file")
		return "", false
	case info.Size() > MaxBody+maxFront:
		r.faults.Add(name, "has %d bytes, and may have %d", info.Size(), MaxBody+maxFront)
		return "", false
	}
	raw, err := fs.ReadFile(r.folder, name)
	switch text := strings.ReplaceAll(strings.TrimPrefix(string(raw), "\ufeff"), "\r\n", "\n"); {
	case err != nil:
		r.faults.Add(name, "cannot be read: %v", err)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		r.faults.Add(name, "is not UTF-8 text")
	default:
		return text, true
	}
	return "", false
}

// take makes a draft of a file.
func (r *folderReader) take(name, text string) {
	front := readFront(text)
	d := Draft{File: name, Collection: front.Collection, Article: kefu.Article{Published: front.Published}}
	locale, key := placeOf(name)
	ch := ArticleChange{Key: kefu.Some(firstOf(front.Key, key)), Locale: kefu.Some(kefu.Locale(firstOf(front.Locale, string(locale)))),
		Title: kefu.Some(front.Title), Keywords: kefu.Some(front.Keywords), URL: kefu.Some(front.URL), Body: kefu.Some(front.body)}
	if front.Title == "" {
		title, body := heading(front.body)
		ch.Title, ch.Body = kefu.Some(title), kefu.Some(body)
	}
	var f kefu.Faults
	ch.apply(&d.Article, &f)
	if n := utf8.RuneCountInString(d.Collection); n > maxCollectionName {
		f.Add("collection", "must have at most %d characters", maxCollectionName)
	}
	for _, fault := range f {
		front.fault(front.lines[fault.Field], fault.Field+" "+fault.Msg)
	}
	at := translation{d.Key, d.Locale}
	if other, twice := r.seen[at]; twice {
		front.fault(front.lines["key"], "key and locale are those of "+other)
	}
	r.seen[at] = name
	slices.SortStableFunc(front.faults, func(a, b lineFault) int { return a.line - b.line })
	for _, fault := range front.faults {
		r.faults.Add(fmt.Sprintf("%s:%d", name, fault.line), "%s", fault.msg)
	}
	r.drafts = append(r.drafts, d)
}

func firstOf(given, otherwise string) string {
	if given != "" {
		return given
	}
	return otherwise
}

// placeOf is what the place of a file says: zh-TW/orders/refund.md is orders/refund in zh-TW.
func placeOf(name string) (locale kefu.Locale, key string) {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSuffix(name, path.Ext(name)), "/") {
		if locale == "" && kefu.Locale(part).Valid() {
			locale = kefu.Locale(part)
			continue
		}
		parts = append(parts, part)
	}
	return locale, strings.Join(parts, "/")
}

// heading takes the first heading off a text.
func heading(body string) (title, rest string) {
	first, rest, _ := strings.Cut(strings.TrimLeft(body, "\n"), "\n")
	if mark := strings.TrimLeft(first, "#"); mark != first && strings.HasPrefix(mark, " ") {
		return strings.Trim(mark, " #"), strings.TrimLeft(rest, "\n")
	}
	return "", body
}
