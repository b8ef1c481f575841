package sqldb

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

const onlyMark = "-- only: "

// dialectFS shows migrations as one engine is to see them.
type dialectFS struct {
	fs.FS
	dialect Dialect
}

func forDialect(d Dialect, fsys fs.FS, dir string) (fs.FS, error) {
	sub, err := fs.Sub(fsys, dir)
	return dialectFS{sub, d}, err
}

// Open filters .sql files and passes everything else through.
func (f dialectFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return filteredFile{file, strings.NewReader(filter(f.dialect, string(text)))}, nil
}

// filteredFile is a file whose text was replaced. Its Stat still tells the size on disk.
type filteredFile struct {
	fs.File
	text io.Reader
}

func (f filteredFile) Read(p []byte) (int, error) { return f.text.Read(p) }

// filter leaves out the lines meant for the other engine, and COLLATE "C" on SQLite.
func filter(d Dialect, text string) string {
	var b bytes.Buffer
	for line := range strings.Lines(text) {
		sql, only, marked := strings.Cut(line, onlyMark)
		if marked && strings.TrimSpace(only) != d.String() {
			continue
		}
		if marked {
			line = strings.TrimRight(sql, " \t") + "\n"
		}
		if d == SQLite {
			line = strings.ReplaceAll(line, " "+bytewise, "")
		}
		b.WriteString(line)
	}
	return b.String()
}
