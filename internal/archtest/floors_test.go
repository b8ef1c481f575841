package archtest

import (
	"fmt"
	"path"
	"strings"
)

// floor is a height. A package imports only what lies lower, and nothing beside itself.
type floor int

const (
	ground    floor = iota // no domain
	nouns                  // the root package
	contracts              // contracts and storage
	verbs                  // the rules, by verb
	doors                  // doors and movers
	assembly               // the only place that knows everything
	testFloor              // imported by tests only
)

// floors gives every package a place; a package below a named one lives on the same floor. The longest name that fits counts.
func floors() map[string]floor {
	return map[string]floor{
		"internal/sqldb":      ground,
		"internal/safehttp":   ground,
		"internal/websig":     ground,
		"internal/secret":     ground,
		"internal/ident":      ground,
		"internal/lexis":      ground,
		"internal/discord":    ground,
		"internal/twilio":     ground,
		"internal/strictjson": ground,
		"internal/plainjson":  ground,
		"internal/nearest":    ground,
		"chatwoot":            ground, // public clients stand alone: whoever imports them must not get the house with them
		"client":              ground,
		"web":                 ground, // embedded assets

		".": nouns,

		"internal/store":     contracts,
		"internal/connector": contracts,
		"internal/bus":       contracts,
		"internal/vault":     contracts,
		"internal/card":      contracts,

		"internal/switchboard": verbs,
		"internal/webhook":     verbs,
		"internal/knowledge":   verbs,
		"internal/report":      verbs,
		"internal/auth":        verbs,
		"internal/alert":       verbs,

		"internal/api":      doors,
		"internal/stream":   doors,
		"internal/dispatch": doors,
		"internal/courier":  doors,
		"internal/bot":      doors,
		"internal/feed":     doors,
		"internal/connect":  doors,

		"internal/config": assembly,
		"internal/app":    assembly,
		"internal/demo":   assembly,
		"cmd/kefu":        assembly,
		"examples":        assembly,

		"internal/storetest":     testFloor,
		"internal/bustest":       testFloor,
		"internal/connectortest": testFloor,
		"internal/pgcluster":     testFloor,
		"internal/fake":          testFloor,
		"internal/e2e":           testFloor,
		"internal/bench":         testFloor,
		"internal/archtest":      testFloor,
	}
}

// edge is an arrow between two packages; a name ending in /* stands for everything below.
type edge struct{ from, to string }

// allowed are the arrows that the floors alone would refuse.
func allowed() map[edge]string {
	return map[edge]string{
		{"cmd/kefu", "internal/app"}:               "main starts the program",
		{"cmd/kefu", "internal/config"}:            "main reads flags and the file, and prints the configuration's documentation",
		{"cmd/kefu", "internal/demo"}:              "`kefu demo` is a command",
		{"internal/app", "internal/config"}:        "the program is built from its configuration",
		{"internal/demo", "internal/app"}:          "the demo runs the real program",
		{"internal/demo", "internal/config"}:       "and configures it by itself",
		{"internal/demo", "internal/fake/*"}:       "the demo's counterparts are the fakes: they ship in the binary (docs/decisions/0011)",
		{"internal/connect", "internal/connect/*"}: "All() is the explicit list of connectors; the one place that names them",
		{"internal/bus/natsbus", "internal/bus"}:   "an implementation knows its contract",
	}
}

// forbidden are the arrows that the floors alone would allow.
func forbidden() map[edge]string {
	onlyTranslate := "connectors translate and nothing else: they never see storage, rules or each other"
	throughRead := "reads go through switchboard, so that who may see what stands in one place, for REST and WebSocket alike"
	return map[edge]string{
		{"internal/api", "internal/store"}:             throughRead,
		{"internal/api", "internal/sqldb"}:             throughRead,
		{"internal/stream", "internal/store"}:          throughRead,
		{"internal/stream", "internal/sqldb"}:          throughRead,
		{"internal/connect/*", "internal/store"}:       onlyTranslate,
		{"internal/connect/*", "internal/sqldb"}:       onlyTranslate,
		{"internal/connect/*", "internal/bus"}:         onlyTranslate,
		{"internal/connect/*", "internal/vault"}:       onlyTranslate,
		{"internal/connect/*", "internal/switchboard"}: onlyTranslate,
		{"internal/connect/*", "internal/webhook"}:     onlyTranslate,
		{"internal/connect/*", "internal/knowledge"}:   onlyTranslate,
		{"internal/connect/*", "internal/report"}:      onlyTranslate,
		{"internal/connect/*", "internal/auth"}:        onlyTranslate,
	}
}

func (e edge) covers(from, to string) bool { return place(e.from, from) && place(e.to, to) }

func place(pattern, name string) bool {
	if stem, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(name, stem+"/")
	}
	return pattern == name
}

func covered(table map[edge]string, from, to string) (string, bool) {
	for e, why := range table {
		if e.covers(from, to) {
			return why, true
		}
	}
	return "", false
}

// floorOf finds a package's floor by its own name or by the nearest name above it. Nothing lies "below" the root package.
func floorOf(name string) (floor, bool) {
	table := floors()
	for at := name; ; at = path.Dir(at) {
		if f, ok := table[at]; ok && (at != "." || name == ".") {
			return f, true
		}
		if at == "." {
			return 0, false
		}
	}
}

// inside turns an import path of this module into a package path.
func inside(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// whyNot says why one package may not import another, "" if it may.
func whyNot(from, to string) string {
	if why, ok := covered(forbidden(), from, to); ok {
		return why
	}
	if _, ok := covered(allowed(), from, to); ok {
		return ""
	}
	f, ok := floorOf(from)
	if !ok {
		return "" // reported by the rule that every package has a place
	}
	g, ok := floorOf(to)
	switch {
	case !ok:
		return fmt.Sprintf("%s has no floor", to)
	case f == testFloor:
		return ""
	case g == testFloor:
		return "the testing floor is imported by tests only"
	case f == g:
		return "packages on one floor do not know each other"
	case f < g:
		return "a package imports only lower floors"
	}
	return ""
}

func floorRules() []rule {
	return []rule{
		{
			name:  "every package has a floor",
			why:   "a package without a place is one that everything may come to depend on; give it one in floors_test.go",
			check: checkPlace,
			refuse: []string{
				"-- internal/helpdesk/a.go --\npackage helpdesk\n",
				"-- pkg/a.go --\npackage pkg\n",
			},
			accept: []string{
				"-- a.go --\npackage kefu\n",
				"-- internal/connect/wordpress/a.go --\npackage wordpress\n",
				"-- internal/fake/discord/cmd/serve/a.go --\npackage main\n",
			},
		},
		{
			name:  "floors",
			why:   "one direction of imports is what keeps each part small enough to be understood by itself",
			check: checkFloors,
			refuse: []string{
				"-- internal/store/a.go --\npackage store\nimport _ \"kefu/internal/switchboard\"\n",
				"-- internal/switchboard/a.go --\npackage switchboard\nimport _ \"kefu/internal/webhook\"\n",
				"-- internal/api/a.go --\npackage api\nimport _ \"kefu/internal/store\"\n",
				"-- internal/connect/discord/a.go --\npackage discord\nimport _ \"kefu/internal/connect/wordpress\"\n",
				"-- internal/connect/discord/a.go --\npackage discord\nimport _ \"kefu/internal/switchboard\"\n",
				"-- internal/connect/discord/a.go --\npackage discord\nimport _ \"kefu/internal/vault\"\n",
				"-- internal/ident/a.go --\npackage ident\nimport _ \"kefu\"\n",
				"-- internal/app/a.go --\npackage app\nimport _ \"kefu/internal/fake/discord\"\n",
				"-- internal/demo/a.go --\npackage demo\nimport _ \"kefu/internal/storetest\"\n",
				"-- internal/config/a.go --\npackage config\nimport _ \"kefu/internal/app\"\n",
				"-- internal/dispatch/a.go --\npackage dispatch\nimport _ \"kefu/internal/config\"\n",
			},
			accept: []string{
				"-- internal/store/a.go --\npackage store\nimport (\n_ \"kefu\"\n_ \"kefu/internal/sqldb\"\n)\n",
				"-- internal/store/a_test.go --\npackage store\nimport _ \"kefu/internal/storetest\"\n",
				"-- internal/connect/a.go --\npackage connect\nimport _ \"kefu/internal/connect/wordpress\"\n",
				"-- internal/connect/discord/a.go --\npackage discord\nimport (\n_ \"kefu/internal/discord\"\n_ \"kefu/internal/connector\"\n)\n",
				"-- internal/demo/a.go --\npackage demo\nimport _ \"kefu/internal/fake/discord\"\n",
				"-- internal/e2e/a.go --\npackage e2e\nimport _ \"kefu/internal/app\"\n",
				"-- cmd/kefu/main.go --\npackage main\nimport (\n_ \"kefu/internal/app\"\n_ \"kefu/internal/config\"\n)\n",
			},
		},
		{
			name:   "the nouns need nothing",
			why:    "the root package is imported by everything, so what it imports everything imports",
			check:  checkNouns,
			refuse: []string{"-- a.go --\npackage kefu\nimport _ \"github.com/google/uuid\"\n"},
			accept: []string{
				"-- a.go --\npackage kefu\nimport _ \"encoding/json\"\n",
				"-- a_test.go --\npackage kefu\nimport _ \"github.com/google/go-cmp/cmp\"\n",
			},
		},
	}
}

func checkPlace(p *pkg) []finding {
	if _, ok := floorOf(p.path); ok || len(p.files) == 0 {
		return nil
	}
	f := p.files[0]
	return []finding{f.find(f.ast.Package, p.name, "package %s has no floor", p.path)}
}

// checkFloors looks at production code only: what a test imports never reaches the program.
func checkFloors(p *pkg) []finding {
	var found []finding
	for _, f := range p.files {
		if f.test {
			continue
		}
		for i, name := range f.imports() {
			to, ok := inside(name)
			if !ok || to == p.path {
				continue
			}
			if why := whyNot(p.path, to); why != "" {
				found = append(found, f.find(f.ast.Imports[i].Pos(), to, "%s imports %s: %s", p.path, to, why))
			}
		}
	}
	return found
}

func checkNouns(p *pkg) []finding {
	if p.path != "." {
		return nil
	}
	var found []finding
	for _, f := range p.production() {
		for i, name := range f.imports() {
			if !standard(name) {
				found = append(found, f.find(f.ast.Imports[i].Pos(), name, "the root package imports %s", name))
			}
		}
	}
	return found
}

// standard tells whether an import belongs to Go itself: only those have no dot in their first element.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return importPath != module && first != module && !strings.Contains(first, ".")
}
