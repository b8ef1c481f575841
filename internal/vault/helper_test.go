package vault

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func key() []byte { return bytes.Repeat([]byte{7}, 32) }

// open makes a Vault whose largest attachment has 1000 bytes.
func open(t *testing.T, dir string) *Vault {
	t.Helper()
	v, err := New(dir, key(), "https://kefu.example/", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func put(t *testing.T, v *Vault, content, name string) File {
	t.Helper()
	f, err := v.Put(t.Context(), strings.NewReader(content), name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// files lists what is in the folder, temporary files included.
func files(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func content(t *testing.T, v *Vault, sha string) string {
	t.Helper()
	f, err := v.Open(sha)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantErr(t *testing.T, err, want error, kind kefu.ErrKind) {
	t.Helper()
	if !errors.Is(err, want) || kefu.KindOf(err) != kind {
		t.Errorf("err = %v (kind %s), want %v (kind %s)", err, kefu.KindOf(err), want, kind)
	}
}

func mustWrite(t *testing.T, path string, age time.Duration) {
	t.Helper()
	if err := os.WriteFile(path, []byte("half a pic"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}
