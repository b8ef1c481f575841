package config

import (
	"bytes"
	"path/filepath"
	"reflect"
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
