package ident_test

import (
	"encoding/base32"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"kefu/internal/ident"
)

func TestNewHasItsForm(t *testing.T) {
	id := ident.New("cnv")
	body, ok := strings.CutPrefix(id, "cnv_")
	if !ok || len(body) != ident.Len || strings.ToLower(body) != body {
		t.Fatalf("New = %q, want cnv_ and %d lower-case characters", id, ident.Len)
	}
	raw, err := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(body))
	if err != nil {
		t.Fatal(err)
	}
	u, err := uuid.FromBytes(raw)
	if err != nil || u.Version() != 7 || u.Variant() != uuid.RFC4122 {
		t.Fatalf("%q holds %v (version %d), %v; want a version 7 UUID", id, u, u.Version(), err)
	}
}

func TestNewRisesWithinAProcess(t *testing.T) {
	const workers, each = 8, 2000
	made := make([][]string, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				made[w] = append(made[w], ident.New("msg"))
			}
		})
	}
	wg.Wait()
	for w, ids := range made {
		if !slices.IsSorted(ids) {
			t.Errorf("worker %d: ids do not rise", w)
		}
	}
	all := slices.Concat(made...)
	slices.Sort(all)
	if got := len(slices.Compact(all)); got != workers*each {
		t.Errorf("%d different ids of %d", got, workers*each)
	}
}

func TestTextSortsAsBytesDo(t *testing.T) {
	enc := base32.HexEncoding.WithPadding(base32.NoPadding)
	rapid.Check(t, func(t *rapid.T) {
		sixteen := rapid.SliceOfN(rapid.Byte(), 16, 16)
		a, b := sixteen.Draw(t, "a"), sixteen.Draw(t, "b")
		ta, tb := "x_"+strings.ToLower(enc.EncodeToString(a)), "x_"+strings.ToLower(enc.EncodeToString(b))
		if strings.Compare(ta, tb) != strings.Compare(string(a), string(b)) {
			t.Fatalf("%q and %q sort unlike their bytes", ta, tb)
		}
		if !ident.Valid("x", ta) {
			t.Fatalf("Valid(%q) = false", ta)
		}
	})
}

func TestValid(t *testing.T) {
	good := "cnv_" + strings.Repeat("0", 25) + "4"
	tests := []struct {
		name, prefix, id string
		want             bool
	}{
		{"good", "cnv", good, true},
		{"fresh", "dlv", ident.New("dlv"), true},
		{"other prefix", "msg", good, false},
		{"longer prefix", "cn", good, false},
		{"empty", "cnv", "", false},
		{"prefix only", "cnv", "cnv_", false},
		{"short", "cnv", good[:29], false},
		{"long", "cnv", good + "0", false},
		{"upper case", "cnv", "cnv_" + strings.Repeat("A", 25) + "4", false},
		{"not a digit", "cnv", "cnv_" + strings.Repeat("w", 25) + "4", false},
		{"stray last bits", "cnv", "cnv_" + strings.Repeat("0", 25) + "1", false},
		{"NUL", "cnv", "cnv_" + strings.Repeat("0", 24) + "\x004", false},
		{"not ASCII", "cnv", "cnv_" + strings.Repeat("0", 23) + "é4", false},
	}
	for _, tt := range tests {
		if got := ident.Valid(tt.prefix, tt.id); got != tt.want {
			t.Errorf("%s: Valid(%q, %q) = %v", tt.name, tt.prefix, tt.id, got)
		}
	}
}
