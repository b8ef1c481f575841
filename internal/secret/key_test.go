package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"kefu/internal/secret"
)

func TestParseKeyReadsBytes(t *testing.T) {
	want := bytes.Repeat([]byte{0xfb, 0xef}, 16) // + and / in base64, so that both alphabets are told apart
	for how, text := range map[string]string{
		"hex":          hex.EncodeToString(want),
		"upper hex":    strings.ToUpper(hex.EncodeToString(want)),
		"base64":       base64.StdEncoding.EncodeToString(want),
		"raw base64":   base64.RawStdEncoding.EncodeToString(want),
		"URL base64":   base64.URLEncoding.EncodeToString(want),
		"raw URL":      base64.RawURLEncoding.EncodeToString(want),
		"line and tab": "\t" + base64.StdEncoding.EncodeToString(want) + "\r\n",
	} {
		if got, err := secret.ParseKey(text); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: ParseKey = %x, %v", how, got, err)
		}
	}
}

func TestParseKeyStretchesText(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{"correct horse battery", "correct horse batterz", "這是一把十六個字元的金鑰鑰鑰鑰鑰", strings.Repeat("ab", 31)} {
		key, err := secret.ParseKey(text)
		if err != nil || len(key) != secret.KeySize {
			t.Fatalf("ParseKey(%q) = %x, %v", text, key, err)
		}
		again, _ := secret.ParseKey(" " + text + "\n")
		if !bytes.Equal(key, again) {
			t.Errorf("%q: not the same key again", text)
		}
		if other, dup := seen[string(key)]; dup {
			t.Errorf("%q and %q give one key", text, other)
		}
		seen[string(key)] = text
	}
}

// The stored credentials of every installation depend on this value: it may never change.
func TestParseKeyIsFixed(t *testing.T) {
	key, err := secret.ParseKey("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	const want = "9c4d534cd5679c6c1f07908d6f6a51deaeb9459fa6cf359933fc0aac3edee225"
	if got := hex.EncodeToString(key); got != want {
		t.Errorf("ParseKey = %s, want %s", got, want)
	}
}

func TestParseKeyRefuses(t *testing.T) {
	for _, text := range []string{"", "   \n", "hunter2", "fifteen letters", "金鑰金鑰金鑰金鑰金鑰金鑰金鑰金"} {
		key, err := secret.ParseKey(text)
		if !errors.Is(err, secret.ErrKey) || key != nil {
			t.Errorf("ParseKey(%q) = %x, %v; want ErrKey", text, key, err)
		} else if s := strings.TrimSpace(text); s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("the error leaks the key: %v", err)
		}
	}
}

func TestDeriveSeparatesPurposes(t *testing.T) {
	key := bytes.Repeat([]byte{7}, secret.KeySize)
	a, b := secret.Derive(key, "file links"), secret.Derive(key, "sessions")
	if len(a) != secret.KeySize || bytes.Equal(a, b) || bytes.Equal(a, key) || !bytes.Equal(a, secret.Derive(key, "file links")) {
		t.Errorf("Derive gives %x and %x", a, b)
	}
}

func TestLoadOrCreateKeyGivesOneKeyToAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	keys := make([][]byte, 16)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			<-start
			key, err := secret.LoadOrCreateKey(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	close(start)
	wg.Wait()
	for _, key := range keys {
		if len(key) != secret.KeySize || !bytes.Equal(key, keys[0]) {
			t.Fatalf("keys differ: %x and %x", keys[0], key)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "secret_key" {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if bytes.Equal(keys[0], make([]byte, secret.KeySize)) {
		t.Error("the key is not random")
	}
}

func TestLoadOrCreateKeyIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: Windows has no modes to look at")
	}
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := secret.LoadOrCreateKey(dir); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "secret_key"): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, st.Mode().Perm(), err, want)
		}
	}
}

func TestLoadOrCreateKeyReadsOperatorsText(t *testing.T) {
	dir := t.TempDir()
	want, _ := secret.ParseKey("a text of the operator")
	if err := os.WriteFile(filepath.Join(dir, "secret_key"), []byte("a text of the operator\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := secret.LoadOrCreateKey(dir); err != nil || !bytes.Equal(got, want) {
		t.Errorf("LoadOrCreateKey = %x, %v", got, err)
	}
}

// A damaged key must stop the program: a fresh one in its place would make every stored credential unreadable.
func TestLoadOrCreateKeyNeverReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret_key")
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.LoadOrCreateKey(dir); !errors.Is(err, secret.ErrKey) || !strings.Contains(err.Error(), path) {
		t.Errorf("err = %v, want ErrKey that names the file", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "short" {
		t.Errorf("the file was replaced: %q", b)
	}
}
