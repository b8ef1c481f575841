package connectortest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
)

func looks() []check {
	return []check{
		{"a look finds what was written, once, and changes nothing", (*kit).look},
		{"a look at a thread that is gone says so", (*kit).lookGone},
		{"a standing that is carried again changes nothing", (*kit).standingTwice},
	}
}

// taken gives all that a hook tells of: what it says itself, or what is found where it says to look. A hook of nothing but our own message
// may tell of nothing.
func (k *kit) taken(r *connector.Request) []connector.Inbound {
	k.t.Helper()
	if got, err := k.can.Receiver.Receive(k.ctx, r); err == nil && len(got.Inbound) == 0 && got.Respond != nil {
		return nil
	}
	in := k.receive(r)
	if in.Kind != connector.InLook {
		return []connector.Inbound{in}
	}
	t, found, err := k.dir.Thread(k.ctx, in.ThreadID)
	if err != nil || !found {
		k.t.Fatalf("the hook names thread %q: found %t, %v", in.ThreadID, found, err)
	}
	return k.lookAt(t)
}

func (k *kit) lookAt(t connector.Thread) []connector.Inbound {
	k.t.Helper()
	var list []connector.Inbound
	err := k.can.Watcher.Look(k.ctx, t, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		list = append(list, in)
		return connector.Result{}, nil
	})
	k.secrets.note(err)
	if err != nil {
		k.t.Fatalf("look: %v", err)
	}
	return list
}

// said leaves the messages of what was taken in.
func said(list []connector.Inbound) (messages []connector.Inbound) {
	for _, in := range list {
		if in.Kind == connector.InMessage || in.Kind == connector.InOpen {
			messages = append(messages, in)
		}
	}
	return messages
}

func (k *kit) look() {
	if k.can.Watcher == nil {
		return
	}
	t := k.open(1)
	k.deliver(k.message(t, 1, ours))
	ids := []string{k.remote.Write(t, "words of a person"), k.remote.Write(t, "more words")}
	before := k.state()
	list := k.lookAt(t)
	got := said(list)
	if len(got) != 2 || got[0].ExternalID != ids[0] || got[1].ExternalID != ids[1] || got[0].Key == "" || got[0].Key == got[1].Key {
		k.t.Fatalf("found %+v, written were %q", got, ids)
	}
	for _, in := range list {
		if in.ThreadID != t.ExternalID {
			k.t.Errorf("of another thread: %+v", in)
		}
		if in.Cursor != "" {
			t.Cursor = in.Cursor
		}
	}
	if again := said(k.lookAt(t)); len(again) != 0 {
		k.t.Errorf("a second look found %+v", again)
	}
	if d := cmp.Diff(before, k.state()); d != "" {
		k.t.Errorf("looking changed %s", d)
	}
}

func (k *kit) lookGone() {
	if k.can.Watcher == nil {
		return
	}
	t := k.open(1)
	k.remote.Vanish(t)
	want := connector.Gone
	if t.Role == kefu.RoleCustomer {
		want = connector.Permanent
	}
	err := k.can.Watcher.Look(k.ctx, t, func(context.Context, connector.Inbound) (connector.Result, error) { return connector.Result{}, nil })
	k.secrets.note(err)
	if connector.Failure(err).Class != want {
		k.t.Errorf("got %v, want %s", err, want)
	}
}

func (k *kit) standingTwice() {
	if k.can.StandingSender == nil {
		return
	}
	t := k.open(1)
	base := t.Base
	now := base
	now.Status, now.Priority, now.Labels = kefu.StatusSnoozed, kefu.PriorityUrgent, []string{"vip"}
	now.SnoozedUntil = time.Now().Add(time.Hour).Truncate(time.Second)
	labelled := len(base.Only) == 0 || slices.Contains(base.Only, connector.HasLabels)
	before := k.state()
	first := k.standing(t, now, base)
	once := k.state()
	if once == before && labelled {
		k.t.Error("nothing is to be seen of a standing")
	}
	second := k.standing(t, now, base)
	if d := cmp.Diff(once, k.state()); d != "" {
		k.t.Errorf("carrying it again changed %s", d)
	}
	if d := cmp.Diff(first, second); d != "" {
		k.t.Errorf("carried again it is another: %s", d)
	}
	now.Status, now.SnoozedUntil = kefu.StatusClosed, time.Time{}
	closed := k.standing(t, now, first)
	if closed.Status != kefu.StatusClosed || labelled && !strings.EqualFold(strings.Join(closed.Labels, " "), "vip") {
		k.t.Errorf("closed, it has %+v", closed)
	}
	if k.state() == once {
		k.t.Error("nothing is to be seen of a closing")
	}
}

func (k *kit) standing(t connector.Thread, now, base connector.Standing) connector.Standing {
	k.t.Helper()
	has, err := k.can.StandingSender.SendStanding(k.ctx, t, now, base)
	k.secrets.note(err)
	if err != nil {
		k.t.Fatalf("standing: %v", err)
	}
	return has
}
