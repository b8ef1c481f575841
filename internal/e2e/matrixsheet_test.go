package e2e

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	godiff "github.com/google/go-cmp/cmp"
)

const matrixPage = "../../docs/matrix.md"

// What became of a deed; everything else is the reason why the media cannot do it.
const (
	well      = "✓"
	failed    = "✗"
	unreached = "…"
)

// deeds are the columns, in order, with what each of them does.
func deeds() []struct {
	deed  deed
	words string
} {
	return []struct {
		deed  deed
		words string
	}{
		{begins, "the customer writes first; the talk comes to the desk by its route, or is given to it"},
		{textBothWays, "text both ways; the desk that answers first has the talk"},
		{pictureBothWays, "a picture both ways, compared byte by byte"},
		{noteInside, "a note goes to every other desk and to no customer"},
		{oneOwner, "somebody of the desk takes the talk; what every other desk writes meanwhile is kept as a note"},
		{killed, "the program is killed (SIGKILL) while both sides write, and they go on writing while it is down"},
		{handedOff, "the talk is given to another desk, which has it, and is taken back (in Flex, which has no way to: given back)"},
		{deskCloses, "the desk ends the talk, and the customer's side shows it"},
		{customerReopens, "the customer writes again: the same conversation goes on"},
		{customerCloses, "the customer's side ends the talk, and the desk shows it"},
		{deskReopens, "the desk opens an ended talk again"},
		{inTheEnd, "every text is stored once; every side has what it may see once, in the order in which it is stored"},
	}
}

// row is what became of the deeds of one pairing on one engine.
type row struct {
	from, to string
	mu       sync.Mutex
	cells    map[deed]string
}

func (r *row) set(d deed, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cells[d] == "" || r.cells[d] == well {
		r.cells[d] = what
	}
}

func (r *row) get(d deed) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return cmp.Or(r.cells[d], unreached)
}

// sheet is the whole matrix, by engine.
type matrixSheet struct {
	mu   sync.Mutex
	rows map[string][]*row
}

func (s *matrixSheet) add(engine, from, to string) *row {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &row{from: from, to: to, cells: map[deed]string{}}
	s.rows[engine] = append(s.rows[engine], r)
	return r
}

// check holds the page against what became of the deeds, or writes it.
func (s *matrixSheet) check(t *testing.T) {
	t.Helper()
	all := len(customerMedia()) * len(deskMedia())
	if len(s.rows["sqlite"]) != all || len(s.rows["postgres"]) != all {
		t.Logf("THE PAGE IS NOT COMPARED: it needs every pairing on both engines")
		return
	}
	page := s.page()
	if *update {
		if err := os.WriteFile(matrixPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(matrixPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := godiff.Diff(string(old), page); diff != "" {
		t.Errorf("docs/matrix.md is not what happened; write it with go test ./internal/e2e -run TestAnyChannelAnyDesk -update (-page +happened):\n%s", diff)
	}
}

const matrixHead = `<!-- Written by: go test ./internal/e2e -run TestAnyChannelAnyDesk -update. Do not edit. -->

# Any channel, any desk

任何管道的顧客都可以由任何客服台接待；下表由測試套件自己寫出，不是手寫的。

Every place where customers write is joined with every place where staff answer. This page is what the end-to-end suite saw: the real program
over its real edges, with simulated remotes, once on SQLite and once on PostgreSQL. All talks of
one engine run beside each other in one program, with all desks there at the same time. The suite fails when the page and what happened differ.

✓ is seen on both engines. A number says why the two cannot do it. ✗ failed, … was not reached after a failure (SQLite/PostgreSQL).
`

// page is docs/matrix.md.
func (s *matrixSheet) page() string {
	var b strings.Builder
	b.WriteString(matrixHead + "\n| customer | desk |")
	line := "\n|---|---|"
	for _, d := range deeds() {
		b.WriteString(" " + string(d.deed) + " |")
		line += ":-:|"
	}
	b.WriteString(line + "\n")
	var notes []string
	for _, from := range customerMedia() {
		for _, to := range deskMedia() {
			fmt.Fprintf(&b, "| %s | %s |", from.name, to.name)
			one, two := s.find("sqlite", from.name, to.name), s.find("postgres", from.name, to.name)
			for _, d := range deeds() {
				b.WriteString(" " + entry(one.get(d.deed), two.get(d.deed), &notes) + " |")
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n")
	for i, n := range notes {
		fmt.Fprintf(&b, "%d. %s\n", i+1, n)
	}
	b.WriteString("\n## What is done\n\n")
	for _, d := range deeds() {
		fmt.Fprintf(&b, "- **%s**: %s\n", d.deed, d.words)
	}
	return b.String()
}

func (s *matrixSheet) find(engine, from, to string) *row {
	i := slices.IndexFunc(s.rows[engine], func(r *row) bool { return r.from == from && r.to == to })
	return s.rows[engine][i]
}

// entry is what stands in the table for a deed on both engines.
func entry(one, two string, notes *[]string) string {
	mark := func(what string) string {
		if what == well || what == failed || what == unreached {
			return what
		}
		i := slices.Index(*notes, what)
		if i < 0 {
			i = len(*notes)
			*notes = append(*notes, what)
		}
		return fmt.Sprint(i + 1)
	}
	if one == two {
		return mark(one)
	}
	return mark(one) + "/" + mark(two)
}
