package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kefu"
	"kefu/internal/connector"
)

// place is where a value was written: a line of the file, or a variable. The zero place is a default, or the built-in configuration.
type place struct {
	line     int
	variable string
}

// fault is one fault with its place, by which faults are ordered.
type fault struct {
	place
	field, msg string
}

// loader reads one configuration and collects everything that is wrong with it.
type loader struct {
	cfg      *Config
	kinds    map[string]connector.Descriptor
	at       map[string]place      // by path: listen, inboxes[1].settings.token
	settings map[string]*yaml.Node // by path: what the settings of an inbox were written as
	builtIn  bool
	faults   []fault
	unsaid   int // faults beyond maxFaults
}

// maxFaults bounds how many faults are told at once: nobody reads more, and a file of nothing but faults must not take minutes.
const maxFaults = 200

func newLoader(kinds []connector.Descriptor) *loader {
	l := &loader{
		cfg:      &Config{},
		kinds:    make(map[string]connector.Descriptor, len(kinds)),
		at:       map[string]place{},
		settings: map[string]*yaml.Node{},
	}
	for _, k := range kinds {
		l.kinds[k.Kind] = k
	}
	return l
}

// placeOf finds where path was written; what is missing is missed where its surroundings are.
func (l *loader) placeOf(path string) place {
	for path != "" {
		if p, ok := l.at[path]; ok {
			return p
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return place{}
}

// fault notes what is wrong with the value at path. The words must not hold a secret.
func (l *loader) fault(path, format string, args ...any) {
	l.faultAt(path, l.placeOf(path), format, args...)
}

func (l *loader) faultAt(field string, p place, format string, args ...any) {
	if len(l.faults) >= maxFaults {
		l.unsaid++
		return
	}
	l.faults = append(l.faults, fault{place: p, field: field, msg: fmt.Sprintf(format, args...)})
}

// faulty tells whether path or a part of it has a fault already: what follows from it is not reported besides.
func (l *loader) faulty(path string) bool {
	return slices.ContainsFunc(l.faults, func(f fault) bool { return within(f.field, path) })
}

// within tells whether part is path or lies in it.
func within(part, path string) bool {
	rest, ok := strings.CutPrefix(part, path)
	return ok && (rest == "" || rest[0] == '[' || rest[0] == '.')
}

// err gives every fault in the order of the file; those of variables come last.
func (l *loader) err(name string) error {
	slices.SortStableFunc(l.faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.variable, b.variable), cmp.Compare(a.line, b.line))
	})
	var all kefu.Faults
	for _, f := range l.faults {
		all.Add(f.label(), "%s", f.msg)
	}
	if l.unsaid > 0 {
		all.Add("more", "%d faults are not listed; mend these first", l.unsaid)
	}
	return all.Err("the configuration " + name + " cannot be used")
}

func (f fault) label() string {
	where := ""
	switch {
	case f.variable != "":
		where = "environment " + f.variable
	case f.line > 0:
		where = fmt.Sprintf("line %d", f.line)
	}
	switch {
	case f.field == "":
		return where
	case where == "":
		return f.field
	default:
		return f.field + " (" + where + ")"
	}
}
