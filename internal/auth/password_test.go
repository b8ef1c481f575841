package auth

import (
	"strings"
	"testing"
	"time"

	"kefu"
)

func TestPasswordsAreHashedAsTheStandardSays(t *testing.T) {
	t.Parallel()
	stored, err := HashPassword("correct horse")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q, %v", stored, err)
	}
	again, _ := HashPassword("correct horse")
	if stored == again {
		t.Error("two hashes have one salt")
	}
	h := newHasher()
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false, strings.Repeat("x", 1000): false} {
		if got, err := h.check(t.Context(), stored, password); got != want || err != nil {
			t.Errorf("%.20q: %v, %v", password, got, err)
		}
	}
	// A hash that another program made with argon2id (the reference's command line): password "password", salt "somesalt".
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if got, err := h.check(t.Context(), reference, "password"); !got || err != nil {
		t.Errorf("the reference's hash: %v, %v", got, err)
	}
	if got, err := h.check(t.Context(), "", "anything"); got || err != nil {
		t.Errorf("nobody: %v, %v", got, err)
	}
}

// TestNobodyTakesAsLongAsSomebody: an unknown e-mail does the same work, which the clock shows roughly and the parameters exactly.
func TestNobodyTakesAsLongAsSomebody(t *testing.T) {
	h := newHasher()
	stored, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	have, err := parsePHC(stored)
	if err != nil || have.memory != h.nobody.memory || have.time != h.nobody.time || have.lanes != h.nobody.lanes || len(have.sum) != len(h.nobody.sum) {
		t.Errorf("%+v and %+v", have, h.nobody)
	}
	start := time.Now()
	_, _ = h.check(t.Context(), "", "anything")
	if time.Since(start) < time.Millisecond {
		t.Error("nobody is refused without any work")
	}
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for password, words := range map[string]string{"1234567": "8 to 200", strings.Repeat("密", 201): "8 to 200", "12345678\xff": "UTF-8", "1234567\x008": "U+0000",
		"12345678": "", strings.Repeat("密", 8): "", strings.Repeat("密", 200): ""} {
		err := CheckPassword(password)
		if words == "" && err != nil || words != "" && (kefu.KindOf(err) != kefu.KindInvalid || !strings.Contains(err.Error(), words)) {
			t.Errorf("%.20q: %v, want %q", password, err, words)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	good, err := HashPassword("correct horse")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAA", "$argon2i$v=19$m=8,t=1,p=1$$",
		"$argon2id$v=19$m=4294967295,t=4294967295,p=255$AAAAAAAAAAA$AAAA", "$argon2id$v=19$m=+8,t=01,p=1$AAAAAAAAAAA$AAAA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parsePHC(text)
		if err != nil {
			return
		}
		if h.memory > maxMemory || h.time > maxTime || h.lanes > maxLanes || h.lanes < 1 || h.time < 1 || len(h.sum) < 16 {
			t.Errorf("%q is accepted at any cost: %+v", text, h)
		}
		if h.String() != text {
			t.Errorf("%q has another form: %q", text, h.String())
		}
	})
}
