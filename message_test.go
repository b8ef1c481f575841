package kefu_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"kefu"
)

func TestCleanText(t *testing.T) {
	for in, want := range map[string]string{"客服": "客服", "a\x00b": "ab", "a\xffb": "a\uFFFDb", "": ""} {
		got, changed := kefu.CleanText(in)
		if got != want || changed != (in != want) {
			t.Errorf("%q became %q, changed %v", in, got, changed)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	f.Add("a\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got, _ := kefu.CleanText(s)
		if !utf8.ValidString(got) || strings.ContainsRune(got, 0) {
			t.Errorf("%q cannot be stored", got)
		}
		if again, changed := kefu.CleanText(got); changed || again != got {
			t.Errorf("cleaning %q again changes it", got)
		}
	})
}

func TestExcerpt(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{{"客服單", 3, "客服單"}, {"客服單子", 3, "客服…"}, {"", 3, ""}, {"abc", 1, "…"}} {
		if got := kefu.Excerpt(tt.in, tt.n); got != tt.want {
			t.Errorf("%q cut to %d is %q", tt.in, tt.n, got)
		}
	}
}

func TestAnErrorNamesEveryFaultAndKeepsItsCause(t *testing.T) {
	var faults kefu.Faults
	if faults.Err("fine") != nil {
		t.Error("no fault is an error")
	}
	faults.Add("ticket_id", "is needed")
	faults.Add("sender", "is longer than %d characters", 5)
	err := faults.Err("the hook is refused")
	if got := err.Error(); got != "the hook is refused: ticket_id is needed; sender is longer than 5 characters" {
		t.Error(got)
	}
	cause := errors.New("disk")
	wrapped := kefu.Wrap(kefu.KindUnavailable, cause, "later")
	if !errors.Is(wrapped, cause) || kefu.KindOf(wrapped) != kefu.KindUnavailable || kefu.KindOf(cause) != kefu.KindInternal || kefu.KindOf(nil) != "" {
		t.Errorf("kinds: %v", wrapped)
	}
	if kefu.Wrap(kefu.KindInvalid, nil, "x") != nil {
		t.Error("wrapping nothing is an error")
	}
}
