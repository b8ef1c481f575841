package vault

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
)

const helloSum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func TestPutKeepsBytesUnderTheirSum(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	want := File{SHA256: helloSum, Size: 5, Type: "text/plain", Name: "問候.txt"}
	for range 2 { // the second time changes nothing
		if got := put(t, v, "hello", "C:\\Desktop\\問候.txt"); got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "2c", helloSum[2:])}, files(t, dir)); diff != "" {
		t.Error(diff)
	}
	if got := content(t, v, helloSum); got != "hello" {
		t.Errorf("content %q", got)
	}
	if got := content(t, open(t, dir), helloSum); got != "hello" {
		t.Errorf("after a restart: content %q", got)
	}
}

func TestPutIsPrivateOnDisk(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: Windows has no modes to look at")
	}
	dir := filepath.Join(t.TempDir(), "files")
	put(t, open(t, dir), "hello", "x")
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "2c"): 0o700, filepath.Join(dir, "2c", helloSum[2:]): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, st.Mode().Perm(), err, want)
		}
	}
}

func TestPutMendsADamagedFile(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	put(t, v, "hello", "x")
	if err := os.WriteFile(filepath.Join(dir, "2c", helloSum[2:]), []byte("rot"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, v, "hello", "x")
	if got := content(t, v, helloSum); got != "hello" {
		t.Errorf("content %q", got)
	}
}

func TestPutLimit(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	if f := put(t, v, strings.Repeat("x", 1000), "x"); f.Size != 1000 {
		t.Errorf("size %d", f.Size)
	}
	if f := put(t, v, "", "x"); f.Size != 0 {
		t.Errorf("empty file: size %d", f.Size)
	}
	before := files(t, dir)
	_, err := v.Put(t.Context(), strings.NewReader(strings.Repeat("x", 1001)), "x")
	wantErr(t, err, ErrTooLarge, kefu.KindTooLarge)
	if diff := cmp.Diff(before, files(t, dir)); diff != "" {
		t.Error("left behind: " + diff)
	}
}

func TestPutLeavesNothingWhenItFails(t *testing.T) {
	broken := errors.New("connection lost")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		"reader fails":    {t.Context(), io.MultiReader(strings.NewReader("half"), failing{broken}), broken},
		"context is over": {ended, strings.NewReader("whole"), context.Canceled},
		"deadline of r":   {t.Context(), failing{context.DeadlineExceeded}, context.DeadlineExceeded},
	} {
		dir := t.TempDir()
		f, err := open(t, dir).Put(tt.ctx, tt.r, "x")
		if !errors.Is(err, tt.want) || f != (File{}) {
			t.Errorf("%s: %v, %v; want %v", name, f, err, tt.want)
		}
		if left := files(t, dir); len(left) != 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestPutEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	endless := readFunc(func(b []byte) (int, error) { cancel(); b[0] = 'x'; return 1, nil })
	if _, err := open(t, dir).Put(ctx, endless, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind %v", left)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

func TestPutOfOneFileByMany(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		v := open(t, dir) // as several nodes on one folder
		for range 4 {
			wg.Go(func() {
				if f, err := v.Put(context.Background(), strings.NewReader("hello"), "x"); err != nil || f.SHA256 != helloSum {
					t.Errorf("%v, %v", f, err)
				}
			})
		}
		wg.Go(func() {
			if _, err := New(dir, key(), "", 0); err != nil { // a node that starts meanwhile
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("left behind %v", left)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	put(t, v, "hello", "x")
	for _, sha := range []string{"", "2c", helloSum[:63], helloSum + "0", strings.ToUpper(helloSum), "../" + helloSum[3:], "2c/" + helloSum[3:],
		strings.Repeat("0", 64), "..", "tmp", helloSum[:63] + "\x00"} {
		f, err := v.Open(sha)
		wantErr(t, err, ErrNotFound, kefu.KindNotFound)
		if f != nil {
			t.Errorf("Open(%q) gave a file", sha)
		}
	}
}

func TestNewRemovesWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	put(t, v, "hello", "x")
	left := filepath.Join(dir, "tmp", "put-123")
	mustWrite(t, left, 2*abandoned)

	// A Put that is under way must survive the start of another node.
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := v.Put(context.Background(), r, "x")
		done <- err
	}()
	if _, err := io.WriteString(w, "slow "); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover is still there: %v", err)
	}
	_, _ = io.WriteString(w, "upload")
	w.Close()
	if err := <-done; err != nil {
		t.Errorf("the Put that was under way: %v", err)
	}
	if n := len(files(t, dir)); n != 2 {
		t.Errorf("%d files, want 2: %v", n, files(t, dir))
	}
}

func TestNewRemovesFreshLeftovers(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	probe, err := claim(v.tempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock(probe)
	discard(probe)
	if err != nil {
		t.Skipf("SKIPPED: no file locks here (%v), so that only old leftovers are removed", err)
	}
	left := filepath.Join(dir, "tmp", "put-123")
	mustWrite(t, left, 0)
	open(t, dir)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover is still there: %v", err)
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	mustWrite(t, file, 0)
	if _, err := New(file, key(), "", 0); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("New on a file: %v", err)
	}
}
