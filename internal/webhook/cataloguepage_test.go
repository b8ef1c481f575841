package webhook_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/webhook"
)

var update = flag.Bool("update", false, "write the catalogue in docs/webhooks.md anew")

const (
	catalogueBegin = "<!-- catalogue:begin -->\n"
	catalogueEnd   = "<!-- catalogue:end -->"
)

// TestThePageHasTheCatalogue holds what docs/webhooks.md says of the events against the code.
func TestThePageHasTheCatalogue(t *testing.T) {
	page, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(page), catalogueBegin)
	have, after, ended := strings.Cut(rest, catalogueEnd)
	if !begun || !ended {
		t.Fatalf("%s has no place for the catalogue, between %s and %s", guide, strings.TrimSpace(catalogueBegin), catalogueEnd)
	}
	want := cataloguePage(t)
	if *update {
		if err := os.WriteFile(guide, []byte(before+catalogueBegin+want+catalogueEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(have, "\n")); diff != "" {
		t.Errorf("the catalogue in %s is not the code's; `go test ./internal/webhook -run Catalogue -update` writes it anew, then read the difference (-code +page):\n%s", guide, diff)
	}
}

// cataloguePage writes the catalogue for people. Events with the same members stand together.
func cataloguePage(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("\n| event | when |\n|---|---|\n")
	var groups [][]webhook.EventType
	place := map[string]int{}
	for _, one := range webhook.EventTypes() {
		fmt.Fprintf(&out, "| `%s` | %s |\n", one.Event, one.Description)
		members := membersTable(t, one)
		at, known := place[members]
		if !known {
			at = len(groups)
			place[members] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], one)
	}
	for _, group := range groups {
		names := make([]string, 0, len(group))
		for _, one := range group {
			names = append(names, "`"+one.Event+"`")
		}
		fmt.Fprintf(&out, "\n### %s\n\n%s\n", strings.Join(names, ", "), membersTable(t, group[0]))
		var example bytes.Buffer
		if err := json.Indent(&example, group[0].Example(), "", "  "); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "For example, indented for reading:\n\n```json\n%s\n```\n", &example)
	}
	return out.String() + "\n"
}

// membersTable describes the data of an event from its schema, in the order in which it is sent.
func membersTable(t *testing.T, one webhook.EventType) string {
	t.Helper()
	var schema struct {
		Properties struct {
			Data struct {
				Required   []string
				Properties map[string]struct {
					Type        any
					Enum        []string
					Pattern     string
					Description string
				}
			}
		}
	}
	if err := json.Unmarshal(one.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("| member | type | |\n|---|---|---|\n")
	data := schema.Properties.Data
	extra := slices.Sorted(maps.Keys(data.Properties))
	extra = slices.DeleteFunc(extra, func(name string) bool { return name == "truncated" || slices.Contains(data.Required, name) })
	for _, name := range slices.Concat(data.Required, extra) {
		m := data.Properties[name]
		kind := strings.Trim(strings.ReplaceAll(fmt.Sprint(m.Type), " ", " or "), "[]")
		if m.Pattern != "" {
			kind = strings.Replace(kind, "string or integer", "time", 1)
		}
		about := m.Description
		if len(m.Enum) > 0 {
			about += " One of `" + strings.Join(m.Enum, "`, `") + "`."
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", name, kind, about)
	}
	return out.String()
}
