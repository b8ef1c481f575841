package discord

import (
	"maps"
	"strings"
	"testing"

	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

// staffed is a rig with a role for staff, a member who has it, and an open ticket.
func staffed(t *testing.T, o fake.Options, extra set) (*rig, connector.Thread, fake.Member) {
	t.Helper()
	r := newRig(t, o, nil)
	role := r.s.AddRole("Support", 0)
	settings := set{"agent_roles": []string{role.ID}}
	maps.Copy(settings, extra)
	r.c = r.connect(settings)
	return r, r.open(33), r.s.AddMember("Alice", role.ID)
}

func (r *rig) say(channel string, who fake.Member, text string, files ...fake.File) fake.Message {
	r.t.Helper()
	m, err := r.s.Say(channel, who.ID, text, files...)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func (r *rig) reactions(message string) string {
	var all string
	for _, x := range r.s.Reactions(message) {
		if x.Me || len(x.UserIDs) > 0 {
			all += x.Emoji.Name
		}
	}
	return all
}

func TestMarks(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	m := r.say(th.ExternalID, alice, "answer")
	mark := func(state, previous connector.MarkState) {
		t.Helper()
		err := r.c.Mark(r.ctx, connector.Mark{DeliveryID: "dlv_m", Thread: th, ExternalID: m.ID, State: state, Previous: previous, Reason: "502 of *the* shop", Retry: "dlv_1"})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		state, previous connector.MarkState
		want            string
	}{
		{connector.MarkWaiting, "", "⏳"}, {connector.MarkWaiting, "", "⏳"}, {connector.MarkFailed, connector.MarkWaiting, "⚠️"},
		{connector.MarkFailed, connector.MarkWaiting, "⚠️"}, {connector.MarkDelivered, connector.MarkFailed, "✅"},
	} {
		mark(step.state, step.previous)
		if got := r.reactions(m.ID); got != step.want {
			t.Errorf("after %s: %q, want %q", step.state, got, step.want)
		}
	}
	replies := r.bot(th.ExternalID)
	if len(replies) != 1 {
		t.Fatalf("%d replies for one failure", len(replies))
	}
	reply := replies[0]
	if reply.Reference == nil || reply.Reference.MessageID != m.ID || !strings.Contains(reply.Embeds[0].Description, `502 of \*the\* shop`) {
		t.Errorf("reply %+v", reply)
	}
	if b := reply.Components[0].Components[0]; b.CustomID != "kefu:retry:dlv_1" {
		t.Errorf("button %+v", b)
	}
}

func TestMarkOfALostAnswer(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{NonceWindow: 1}, nil)
	m := r.say(th.ExternalID, alice, "answer")
	mark := connector.Mark{DeliveryID: "dlv_m", Thread: th, ExternalID: m.ID, State: connector.MarkUncertain, Reason: "no answer"}
	r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Path: posting(), Count: 1})
	refused(t, r.c.Mark(r.ctx, mark), connector.Uncertain, connector.ScopeThread)
	mark.Unsure = true
	if err := r.c.Mark(r.ctx, mark); err != nil {
		t.Fatal(err)
	}
	if n := len(r.bot(th.ExternalID)); n != 1 || r.reactions(m.ID) != "⚠️" {
		t.Errorf("%d replies, reactions %q", n, r.reactions(m.ID))
	}
}

func TestMarkOfAVanishedMessage(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	m := r.say(th.ExternalID, alice, "answer")
	if err := r.s.DeleteMessage(m.ID); err != nil {
		t.Fatal(err)
	}
	for _, state := range []connector.MarkState{connector.MarkDelivered, connector.MarkFailed, connector.MarkDeletedLater} {
		if err := r.c.Mark(r.ctx, connector.Mark{DeliveryID: "dlv_m", Thread: th, ExternalID: m.ID, State: state}); err != nil {
			t.Errorf("%s: %v", state, err)
		}
	}
	texts := r.texts(th.ExternalID)
	if len(texts) == 0 || texts[len(texts)-1] != zhTW.say("deleted_later") {
		t.Errorf("staff are not told that the customer has it: %q", texts)
	}
}
