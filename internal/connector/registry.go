package connector

import (
	"fmt"
	"slices"
	"strings"
)

// Registry finds factories by kind. It is read-only after NewRegistry.
type Registry struct{ byKind map[string]Factory }

// NewRegistry takes the explicit list of factories. Two of one kind are an error of the programmer and named.
func NewRegistry(factories ...Factory) (*Registry, error) {
	r := &Registry{byKind: make(map[string]Factory, len(factories))}
	for _, f := range factories {
		kind := f.Describe().Kind
		if _, dup := r.byKind[kind]; dup {
			return nil, fmt.Errorf("two connectors of kind %q", kind)
		}
		r.byKind[kind] = f
	}
	return r, nil
}

// Factory finds a factory; the error names the kinds there are.
func (r *Registry) Factory(kind string) (Factory, error) {
	if f, ok := r.byKind[kind]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("channel %q is not known; known are %s", kind, strings.Join(r.Kinds(), ", "))
}

// Kinds lists the kinds in order.
func (r *Registry) Kinds() []string {
	kinds := make([]string, 0, len(r.byKind))
	for k := range r.byKind {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Abilities are the optional interfaces of one connector, found once at start. Absent ones are nil.
type Abilities struct {
	Receiver       Receiver
	Listener       Listener
	Opener         Opener
	StatusSender   StatusSender
	Marker         Marker
	Changer        Changer
	Enricher       Enricher
	OrderReader    OrderReader
	Backfiller     Backfiller
	Comparer       Comparer
	Prober         Prober
	Reporter       Reporter
	Fingerprint    Fingerprinter
	Announcer      Announcer
	Receptionist   Receptionist
	Feeder         Feeder
	Watcher        Watcher
	StandingSender StandingSender
	Former         Former
	Director       Director
	Reticent       Reticent
}

// AbilitiesOf finds what c can do besides Send.
func AbilitiesOf(c Connector) Abilities {
	var a Abilities
	a.Receiver, _ = c.(Receiver)
	a.Listener, _ = c.(Listener)
	a.Opener, _ = c.(Opener)
	a.StatusSender, _ = c.(StatusSender)
	a.Marker, _ = c.(Marker)
	a.Changer, _ = c.(Changer)
	a.Enricher, _ = c.(Enricher)
	a.OrderReader, _ = c.(OrderReader)
	a.Backfiller, _ = c.(Backfiller)
	a.Comparer, _ = c.(Comparer)
	a.Prober, _ = c.(Prober)
	a.Reporter, _ = c.(Reporter)
	a.Fingerprint, _ = c.(Fingerprinter)
	a.Announcer, _ = c.(Announcer)
	a.Receptionist, _ = c.(Receptionist)
	a.Feeder, _ = c.(Feeder)
	a.Watcher, _ = c.(Watcher)
	a.StandingSender, _ = c.(StandingSender)
	a.Former, _ = c.(Former)
	a.Director, _ = c.(Director)
	a.Reticent, _ = c.(Reticent)
	return a
}
