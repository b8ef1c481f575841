package vault

import (
	"bytes"
	"strings"
	"testing"
	"testing/quick"
)

func TestTokenOpensOnlyWhatWasUploaded(t *testing.T) {
	v := open(t, t.TempDir())
	f := put(t, v, "hello", "問候 <1>.txt")
	token := v.Token(f)
	if got, ok := v.FileOf(token); !ok || got != f {
		t.Fatalf("%+v, %v; want %+v", got, ok, f)
	}
	for i := range token {
		changed := []byte(token)
		changed[i] ^= 1
		if _, ok := v.FileOf(string(changed)); ok {
			t.Errorf("a token changed at %d opens", i)
		}
	}
	other, err := New(t.TempDir(), bytes.Repeat([]byte{8}, 32), "https://kefu.example", 0)
	if err != nil {
		t.Fatal(err)
	}
	put(t, other, "hello", "x")
	for name, bad := range map[string]string{"empty": "", "the sum": f.SHA256, "prefix only": "att_", "long": "att_" + strings.Repeat("a", 5000), "another key": other.Token(f)} {
		if _, ok := v.FileOf(bad); ok {
			t.Errorf("%s opens", name)
		}
	}
	if err := v.Delete(f.SHA256); err != nil {
		t.Fatal(err)
	}
	if _, ok := v.FileOf(token); ok || v.Has(f.SHA256) {
		t.Error("a token of a deleted file opens")
	}
	if err := v.Delete(f.SHA256); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
	if err := v.Delete("../../etc/passwd"); err != nil {
		t.Errorf("deleting what is no sum: %v", err)
	}
}

func TestTokenSurvivesEveryName(t *testing.T) {
	v := open(t, t.TempDir())
	f := put(t, v, "hello", "a")
	err := quick.Check(func(name string) bool {
		f.Name = CleanName(name)
		got, ok := v.FileOf(v.Token(f))
		return ok && got == f
	}, nil)
	if err != nil {
		t.Error(err)
	}
}

func FuzzFileOf(f *testing.F) {
	v, err := New(f.TempDir(), key(), "https://kefu.example", 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("att_")
	f.Add("att_AAAAAAAAAAAAAAAAAAAAAHt9")
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok := v.FileOf(token); ok {
			t.Errorf("%q opens", token)
		}
	})
}
