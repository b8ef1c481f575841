package secret_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kefu/internal/secret"
)

func newBox(t *testing.T, fill byte) *secret.Box {
	t.Helper()
	b, err := secret.NewBox(bytes.Repeat([]byte{fill}, secret.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBoxOpensWhatItSealed(t *testing.T) {
	b := newBox(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		plain, aad := rapid.String().Draw(t, "plain"), rapid.String().Draw(t, "aad")
		sealed, err := b.Seal(plain, aad)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.Open(sealed, aad)
		if err != nil || got != plain {
			t.Fatalf("Open = %q, %v; want %q", got, err, plain)
		}
	})
}

func TestBoxHidesAndVaries(t *testing.T) {
	b := newBox(t, 1)
	one, _ := b.Seal(plain, "a")
	two, _ := b.Seal(plain, "a")
	if one == two {
		t.Error("the same text sealed twice is the same: equal credentials could be seen")
	}
	if strings.Contains(one, plain) || !strings.HasPrefix(one, "v1.") {
		t.Errorf("sealed = %q", one)
	}
}

func TestBoxRefuses(t *testing.T) {
	b := newBox(t, 1)
	sealed, err := b.Seal(plain, "inbox/shop/token")
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(how string, box *secret.Box, sealed, aad string) {
		t.Helper()
		got, err := box.Open(sealed, aad)
		if !errors.Is(err, secret.ErrOpen) || got != "" {
			t.Errorf("%s: Open = %q, %v; want ErrOpen", how, got, err)
		} else if strings.Contains(err.Error(), plain) {
			t.Errorf("%s: the error leaks: %v", how, err)
		}
	}
	refuse("another key", newBox(t, 2), sealed, "inbox/shop/token")
	refuse("another place", b, sealed, "inbox/shop/hook_secret")
	refuse("plain text", b, plain, "inbox/shop/token")
	refuse("empty", b, "", "inbox/shop/token")
	refuse("version only", b, "v1.", "inbox/shop/token")
	refuse("another version", b, "v2."+sealed[3:], "inbox/shop/token")
	refuse("line break", b, sealed+"\n", "inbox/shop/token")
	for i := range len(sealed) {
		changed := []byte(sealed)
		changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
		refuse("one character changed", b, string(changed), "inbox/shop/token")
		refuse("cut", b, sealed[:i], "inbox/shop/token")
	}
}

func TestNewBoxWantsWholeKey(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := secret.NewBox(make([]byte, n)); err == nil {
			t.Errorf("NewBox took a key of %d bytes", n)
		}
	}
}
