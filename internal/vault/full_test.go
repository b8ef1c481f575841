//go:build linux

package vault

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"kefu"
)

func TestPutOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("kefu-test", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("SKIPPED: no disk of our own to fill (mount: %v); run as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	v, err := New(dir, key(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	small := put(t, v, "hello", "x")
	big := make([]byte, 256<<10)
	for i := range big {
		big[i] = byte(rand.Uint32())
	}
	for range 3 { // what is left behind would add up
		_, err = v.Put(t.Context(), bytes.NewReader(big), "big")
		wantErr(t, err, ErrFull, kefu.KindUnavailable)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%v is not ENOSPC", err)
		}
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("left behind %v", left)
	}
	if got := content(t, v, small.SHA256); got != "hello" {
		t.Errorf("what was there before: %q", got)
	}
	put(t, v, "there is room again", "x")
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}
