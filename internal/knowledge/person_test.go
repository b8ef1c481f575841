package knowledge_test

import (
	"os"
	"strings"
	"testing"

	"kefu/internal/knowledge"
)

// TestWhoAsksForAPerson reads testdata/person.txt: a line with + asks for a person, one with - does not.
func TestWhoAsksForAPerson(t *testing.T) {
	raw, err := os.ReadFile("testdata/person.txt")
	if err != nil {
		t.Fatal(err)
	}
	counted := map[bool]int{}
	for line := range strings.Lines(string(raw)) {
		sign, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || sign == "#" {
			continue
		}
		want := sign == "+"
		counted[want]++
		if got := knowledge.AsksForPerson(text); got != want {
			t.Errorf("%q asks for a person: %v, want %v", text, got, want)
		}
	}
	if counted[true] < 40 || counted[false] < 40 {
		t.Errorf("only %v phrases", counted)
	}
}
