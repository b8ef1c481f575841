package connectortest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// patience is how long anything may take; nothing is waited for that long unless it never comes.
const patience = 20 * time.Second

// check is one promise of a connector's.
type check struct {
	name string
	run  func(k *kit)
}

// Run checks everything that a connector promises. Each check has its own remote.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) { c.run(newKit(t, h)) })
	}
}

func checks() []check {
	return slices.Concat(descriptions(), sends(), contents(), doubts(), failures(), intakes(), looks(), tidings())
}

// kit is what one check works with.
type kit struct {
	t       *testing.T
	h       Harness
	ctx     context.Context
	remote  *Remote
	deps    connector.Deps
	dir     *Directory
	hooks   *hooks
	secrets *secrets
	about   connector.Descriptor
	c       connector.Connector
	can     connector.Abilities
	sent    *ledger
}

func newKit(t *testing.T, h Harness) *kit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	k := &kit{t: t, h: h, ctx: ctx, about: h.Factory.Describe(), sent: &ledger{}}
	k.hooks = newHooks(t)
	k.remote = h.Start(t, k.hooks.url)
	k.secrets = newSecrets(k.about, k.remote.Settings, h.Every)
	k.deps = Deps(t, &k.secrets.log)
	k.dir, _ = k.deps.Directory.(*Directory)
	t.Cleanup(func() { k.secrets.stay(t) })
	k.c = k.build(k.remote.Settings)
	k.can = connector.AbilitiesOf(k.c)
	if h.Customers {
		k.can.Opener, k.can.Marker = nil, nil // they are for desks
	}
	return k
}

// with gives settings that reach the remote, some of them replaced.
func (k *kit) with(other map[string]any) map[string]any {
	all := maps.Clone(k.remote.Settings)
	maps.Copy(all, other)
	return all
}

// build makes a connector of settings that must be good.
func (k *kit) build(settings map[string]any) connector.Connector {
	k.t.Helper()
	c, err := k.make("conformance", settings)
	if err != nil {
		k.t.Fatalf("good settings are refused: %v", err)
	}
	return c
}

func (k *kit) make(inbox kefu.InboxID, settings map[string]any) (connector.Connector, error) {
	raw, err := json.Marshal(settings)
	if err != nil {
		k.t.Fatal(err)
	}
	c, err := k.h.Factory.New(connector.Inbox{ID: inbox, Channel: k.about.Kind, Name: "Conformance", Settings: raw}, k.deps)
	k.secrets.note(err)
	return c, err
}

// until waits for something that the remote must come to show.
func (k *kit) until(what string, cond func() bool) {
	k.t.Helper()
	if err := k.remote.Until(k.ctx, cond); err != nil {
		k.t.Fatalf("waiting until %s: %v", what, err)
	}
}

// state is the remote's state as text that can be compared.
func (k *kit) state() string {
	k.t.Helper()
	raw, err := json.MarshalIndent(k.remote.State(), "", " ")
	if err != nil {
		k.t.Fatal(err)
	}
	return string(raw)
}
