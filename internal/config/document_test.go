package config

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"kefu/internal/connect"
	"kefu/internal/connector"
)

func doc(t *testing.T, kinds []connector.Descriptor) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Doc(&out, kinds); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestDocumentation keeps docs/configuration.md what `kefu config doc` says, with the settings of every channel there is.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	golden(t, filepath.Join("..", "..", "docs", "configuration.md"), doc(t, connect.Descriptors()))
}

func TestDocumentationOfChannels(t *testing.T) {
	t.Parallel()
	golden(t, filepath.Join("testdata", "doc.golden"), doc(t, testKinds()))
}

// TestIndex: the index of the documentation leads to pages that are there.
func TestIndex(t *testing.T) {
	t.Parallel()
	docs := filepath.Join("..", "..", "docs")
	index, err := os.ReadFile(filepath.Join(docs, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\]\(([^)]+)\)`).FindAllSubmatch(index, -1)
	if len(links) < 8 {
		t.Errorf("%d links", len(links))
	}
	for _, link := range links {
		if _, err := os.Stat(filepath.Join(docs, filepath.FromSlash(string(link[1])))); err != nil {
			t.Errorf("docs/README.md: %v", err)
		}
	}
}

// TestEveryKeyIsDocumented: a key without words, or without a key, is a field that somebody forgot to tag.
func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	for f := range leaves(&Config{}) {
		if f.tag.Get("yaml") == "" || f.tag.Get("doc") == "" {
			t.Errorf("%q: tags %q, want yaml and doc", f.path, f.tag)
		}
	}
	for _, part := range []reflect.Type{reflect.TypeFor[Inbox](), reflect.TypeFor[Route]()} {
		for f := range part.Fields() {
			if f.Tag.Get("yaml") == "" || f.Tag.Get("doc") == "" {
				t.Errorf("%s.%s: tags %q, want yaml and doc", part.Name(), f.Name, f.Tag)
			}
		}
	}
}
