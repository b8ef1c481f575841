package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
)

func tidings() []check {
	return []check{
		{"marking again changes nothing", (*kit).markTwice},
		{"closing again changes nothing", (*kit).closeTwice},
		{"a probe changes nothing", (*kit).probe},
		{"a probe names wrong credentials", (*kit).probeWrong},
		{"a probe names a remote that is not there", (*kit).probeNobody},
		{"orders that there are none of are no error", (*kit).noOrders},
		{"a snapshot holds what was sent and changes nothing", (*kit).snapshot},
	}
}

// markTwice goes through what may become of a message, and says each thing twice.
func (k *kit) markTwice() {
	if k.can.Marker == nil {
		return
	}
	t := k.open(1)
	m := connector.Mark{DeliveryID: "dlv_mark", Thread: t, ExternalID: k.remote.Write(t, "words of a person"), Reason: "the shop said 502", Retry: "dlv_1"}
	for _, state := range []connector.MarkState{connector.MarkWaiting, connector.MarkFailed, connector.MarkDelivered, connector.MarkEditedLater} {
		m.State, m.Unsure = state, false
		before := k.state()
		k.mark(m)
		once := k.state()
		if quiet := slices.Contains(k.h.Quiet, state); (once == before) != quiet {
			k.t.Errorf("%s: something is to be seen: %t, want %t", state, once != before, !quiet)
		}
		k.mark(m)
		m.Unsure = true
		k.mark(m)
		if d := cmp.Diff(once, k.state()); d != "" {
			k.t.Errorf("%s: marking again changed %s", state, d)
		}
		m.Previous = state
	}
}

func (k *kit) mark(m connector.Mark) {
	k.t.Helper()
	if err := k.can.Marker.Mark(k.ctx, m); err != nil {
		k.secrets.note(err)
		k.t.Fatalf("mark %s: %v", m.State, err)
	}
}

func (k *kit) closeTwice() {
	if k.can.StatusSender == nil {
		return
	}
	t := k.open(1)
	s := connector.StatusChange{DeliveryID: "dlv_close", Kind: connector.StatusClosed, At: time.Now(), Ticket: kefu.Ticket{Number: 1},
		By: kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Console"}}
	before := k.state()
	k.status(t, s)
	once := k.state()
	if once == before && k.can.StandingSender == nil { // which closes
		k.t.Error("nothing is to be seen of a closing")
	}
	k.status(t, s)
	s.Unsure = true
	k.status(t, s)
	if d := cmp.Diff(once, k.state()); d != "" {
		k.t.Errorf("closing again changed %s", d)
	}
}

func (k *kit) status(t connector.Thread, s connector.StatusChange) {
	k.t.Helper()
	if err := k.can.StatusSender.SendStatus(k.ctx, t, s); err != nil {
		k.secrets.note(err)
		k.t.Errorf("status %s: %v", s.Kind, err)
	}
}

// findings probes c. Every finding that is not good must say how to mend it, and none may hold a secret.
func (k *kit) findings(c connector.Connector) []connector.Finding {
	k.t.Helper()
	before := k.state()
	found, err := connector.AbilitiesOf(c).Prober.Probe(k.ctx)
	k.secrets.note(err)
	if err != nil || len(found) == 0 {
		k.t.Fatalf("probe: %+v, %v", found, err)
	}
	if d := cmp.Diff(before, k.state()); d != "" {
		k.t.Errorf("the probe changed %s", d)
	}
	if around, told := k.secrets.in(fmt.Sprint(found)); told {
		k.t.Errorf("a finding holds a secret: …%s", around)
	}
	for _, f := range found {
		if f.Check == "" || f.Words == "" || f.Level != connector.LevelOK && f.Mend == "" {
			k.t.Errorf("no check, no words or no mend: %+v", f)
		}
	}
	return found
}

func (k *kit) probe() {
	if k.can.Prober == nil {
		return
	}
	k.open(1)
	for _, f := range k.findings(k.c) {
		if f.Level == connector.LevelFail {
			k.t.Errorf("a good remote fails: %+v", f)
		}
	}
}

func (k *kit) probeWrong() {
	if k.can.Prober == nil {
		return
	}
	k.mustFail(k.findings(k.build(k.with(k.h.Wrong))), k.h.WrongWord)
}

func (k *kit) probeNobody() {
	if k.can.Prober == nil {
		return
	}
	const nobody = "http://127.0.0.1:1"
	k.mustFail(k.findings(k.build(k.with(map[string]any{k.h.Address: nobody}))), k.h.Address)
}

// mustFail wants a failure whose words or mend hold a word.
func (k *kit) mustFail(found []connector.Finding, word string) {
	k.t.Helper()
	for _, f := range found {
		if f.Level == connector.LevelFail && strings.Contains(strings.ToLower(f.Words+" "+f.Mend), word) {
			return
		}
	}
	k.t.Errorf("nothing fails that speaks of %q: %+v", word, found)
}

func (k *kit) noOrders() {
	if k.can.Enricher == nil {
		return
	}
	orders, err := k.can.Enricher.Enrich(k.ctx, k.open(1))
	k.secrets.note(err)
	if err != nil || len(orders) != 0 {
		k.t.Errorf("got %+v, %v", orders, err)
	}
}

func (k *kit) snapshot() {
	if k.can.Comparer == nil {
		return
	}
	t := k.open(1)
	sent := k.deliver(k.message(t, 1, ours))
	before := k.state()
	got, err := k.can.Comparer.Snapshot(k.ctx, t)
	k.secrets.note(err)
	if err != nil || len(got.Messages) == 0 {
		k.t.Fatalf("got %+v, %v", got, err)
	}
	if last := got.Messages[len(got.Messages)-1]; !known(last, sent.Parts) {
		k.t.Errorf("our own message is a stranger's: %+v, sent as %+v", last, sent.Parts)
	}
	if d := cmp.Diff(before, k.state()); d != "" {
		k.t.Errorf("the snapshot changed %s", d)
	}
	k.remote.Vanish(t)
	if _, err := k.can.Comparer.Snapshot(k.ctx, t); connector.Failure(err).Class != connector.Gone {
		k.t.Errorf("a thread that is gone: %v, want %s", err, connector.Gone)
	}
}
