package twilio

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/twilio"
)

const amy = "amy_40shop_2Eexample"

// must fails the test for an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// brief is what matters of something taken in.
func brief(list []connector.Inbound) []string {
	var out []string
	for _, in := range list {
		switch in.Kind {
		case connector.InStanding:
			out = append(out, strings.TrimSpace("standing "+string(in.Standing.Status)+" "+in.Standing.Assignee+" "+in.Cursor))
		default:
			out = append(out, strings.TrimSpace(string(in.Kind)+" "+in.Sender.ID+" "+in.Sender.Name+" "+in.Content.Text+" "+in.Cursor))
		}
	}
	return out
}

func (r *rig) finds(what string, th connector.Thread, want ...string) []connector.Inbound {
	r.t.Helper()
	got := r.look(th)
	if d := cmp.Diff(want, brief(got)); d != "" {
		r.t.Errorf("%s (-want +got):\n%s", what, d)
	}
	return got
}

func TestLookFindsWhatStaffDid(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	r.send(from(th, "1", customer(), "我的訂單呢?"))
	r.finds("nobody is there", th, "standing   0")
	th.Cursor = "0"
	if err := r.AgentJoins(th.ExternalID, amy); err != nil {
		t.Fatal(err)
	}
	r.finds("somebody came", th, "standing  flex:"+amy)
	th.Base.Assignee = agentPrefix + amy
	sid := must[string](t)(r.AgentSays(th.ExternalID, amy, "我看一下"))
	r.send(from(th, "2", customer(), "謝謝"))
	must[string](t)(r.AgentSays(th.ExternalID, amy, "已出貨"))
	got := r.finds("two answers", th, "message flex:"+amy+" amy 我看一下 1", "message flex:"+amy+" amy 已出貨 3", "standing  flex:"+amy+" 3")
	if in := got[0]; in.Key != "m:"+sid || in.ExternalID != sid || in.Sender.Via != "Flex" || in.Sender.Kind != kefu.AuthorAgent || in.OccurredAt.IsZero() {
		t.Errorf("came in as %+v", in)
	}
	th.Cursor = "3"
	r.finds("nothing new", th, "standing  flex:"+amy)
	if err := r.AgentEdits(th.ExternalID, sid, "我查一下"); err != nil {
		t.Fatal(err)
	}
	got = r.finds("an edit", th, "edit flex:"+amy+" amy 我查一下", "standing  flex:"+amy)
	if got[0].ExternalID != sid {
		t.Errorf("edit of %q, want %q", got[0].ExternalID, sid)
	}
	r.finds("an edit that is known", th, "standing  flex:"+amy)
	must[string](t)(r.AgentSays(th.ExternalID, amy, "再見"))
	if err := r.AgentCloses(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	r.finds("the end comes after the last word", th, "message flex:"+amy+" amy 再見 4", "standing closed flex:"+amy+" 4")
}

// TestAnEditIsFoundAfterARestart is a connector that was started anew.
func TestAnEditIsFoundAfterARestart(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	sid := must[string](t)(r.AgentSays(th.ExternalID, amy, "我看一下"))
	th.Cursor = "0"
	r.c = build(t, r.deps, deskSettings(r.Server))
	if err := r.AgentEdits(th.ExternalID, sid, "我查一下"); err != nil {
		t.Fatal(err)
	}
	r.finds("an edit", th, "edit flex:"+amy+" amy 我查一下", "standing  flex:"+amy)
}

func TestWhoComesTakesNothingAway(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	th.Base.AssigneeName = "Bob at Discord"
	if err := r.AgentJoins(th.ExternalID, amy); err != nil {
		t.Fatal(err)
	}
	r.finds("another desk has the talk", th, "standing")
	th.Base = connector.Standing{Assignee: agentPrefix + "carol"}
	r.finds("carol has left, amy came", th, "standing  flex:"+amy)
	if err := r.AgentJoins(th.ExternalID, "carol"); err != nil {
		t.Fatal(err)
	}
	r.finds("carol is there as well", th, "standing  flex:carol")
}

// TestATalkThatWasTakenOverStaysThere has somebody of another desk take a talk over from an agent of Flex, whose place there another one takes.
func TestATalkThatWasTakenOverStaysThere(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	if err := r.AgentJoins(th.ExternalID, amy); err != nil {
		t.Fatal(err)
	}
	give := func(to connector.Standing) string {
		t.Helper()
		has, err := r.c.SendStanding(t.Context(), th, to, th.Base)
		if err != nil {
			t.Fatal(err)
		}
		th.Base = to
		th.Base.Assignee = has.Assignee
		return has.Assignee
	}
	th.Base.Assignee, th.Base.AssigneeName = agentPrefix+amy, "Amy"
	bob := connector.Standing{Status: kefu.StatusOpen, AssigneeName: "Bob at Discord"}
	if got := give(bob); got != "" {
		t.Errorf("after Bob took it Flex shows %q", got)
	}
	n := r.conversation(th)
	if err := r.c.api.RemoveParticipant(t.Context(), n.SID, n.Participants[len(n.Participants)-1].SID); err != nil {
		t.Fatal(err)
	}
	if err := r.AgentJoins(th.ExternalID, "carol"); err != nil {
		t.Fatal(err)
	}
	r.finds("Carol is there in place of Amy", th, "standing")
	if got := give(connector.Standing{Status: kefu.StatusOpen}); got != "" {
		t.Errorf("after Bob let go Flex shows %q", got)
	}
	r.finds("Carol was there before", th, "standing")
	if got := give(connector.Standing{Status: kefu.StatusOpen, Assignee: agentPrefix + "dave", AssigneeName: "Dave"}); got != "" {
		t.Errorf("of Dave, who is not there, Flex shows %q", got)
	}
	if got := give(connector.Standing{Status: kefu.StatusOpen, Assignee: agentPrefix + "carol", AssigneeName: "carol"}); got != agentPrefix+"carol" {
		t.Errorf("of Carol, who is there, Flex shows %q", got)
	}
	if got := give(connector.Standing{Status: kefu.StatusOpen}); got != "" {
		t.Errorf("given back to the queue: Flex shows %q", got)
	}
	r.finds("who had it does not take it back by being there", th, "standing")
	if err := r.AgentJoins(th.ExternalID, "erin"); err != nil {
		t.Fatal(err)
	}
	r.finds("who comes takes it", th, "standing  flex:erin")
}

func TestALongAbsenceIsReadWhole(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	const n = 250
	for i := range n {
		must[string](t)(r.AgentSays(th.ExternalID, amy, "line "+strconv.Itoa(i)))
	}
	got := r.look(th)
	if len(got) != n+1 {
		t.Fatalf("found %d", len(got))
	}
	for i, in := range got[:n] {
		if in.Content.Text != "line "+strconv.Itoa(i) {
			t.Fatalf("at %d there is %q", i, in.Content.Text)
		}
	}
}

func TestFilesOfStaffAreKept(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	must[string](t)(r.AgentSends(th.ExternalID, amy, "杯.png", "image/png", []byte("\x89PNG\r\n\x1a\npicture")))
	got := r.look(th)
	if len(got) != 2 || len(got[0].Content.Attachments) != 1 {
		t.Fatalf("found %+v", got)
	}
	a := got[0].Content.Attachments[0]
	if a.Name != "杯.png" || a.Type != "image/png" || a.SHA256 == "" || a.URL != "" {
		t.Errorf("kept as %+v", a)
	}
	r.Inject(fake.Fault{Kind: fake.FaultError, Path: regexp.MustCompile(`/Media/`), Count: 1})
	if list, err := r.tryLook(th); err == nil || len(list) != 0 {
		t.Errorf("a file that cannot be had now: %v, and %+v went on", err, list)
	}
	r.Inject(fake.Fault{Kind: fake.FaultError, Path: regexp.MustCompile(`/Media/`), Status: http.StatusNotFound, Code: 20404, Count: 1})
	if list := r.look(th); len(list) != 2 || len(list[0].Notes) != 1 || list[0].Content.Text == "" {
		t.Errorf("a file that is gone: %+v", list)
	}
}

func TestStandingEndsTheConversation(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	closed := th.Base
	closed.Status = kefu.StatusClosed
	for range 2 {
		has, err := r.c.SendStanding(t.Context(), th, closed, th.Base)
		if err != nil || has.Status != kefu.StatusClosed {
			t.Fatalf("%+v, %v", has, err)
		}
	}
	if n := r.conversation(th); n.State != "closed" || r.Interactions()[0].Status != "closed" {
		t.Errorf("conversation %s, task %s", n.State, r.Interactions()[0].Status)
	}
	if _, err := r.c.SendStanding(t.Context(), th, th.Base, closed); connector.Failure(err).Class != connector.Gone {
		t.Errorf("opened again: %v, want %s", err, connector.Gone)
	}
}

// TestAnEndThatIsRefusedIsNoEnd has Twilio refuse to close a conversation that is open.
func TestAnEndThatIsRefusedIsNoEnd(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	closed := th.Base
	closed.Status = kefu.StatusClosed
	r.Inject(fake.Fault{Kind: fake.FaultError, Method: http.MethodPost, Path: regexp.MustCompile(`/(Channels/|Conversations/CH)[^/]*$`), Status: http.StatusBadRequest, Code: 20001, Count: 2})
	if _, err := r.c.SendStanding(t.Context(), th, closed, th.Base); err == nil {
		t.Errorf("it was taken for an end, and is %s", r.conversation(th).State)
	}
}

func TestAnEndIsCarriedWhenAnAnswerWasLost(t *testing.T) {
	for _, path := range []string{`/Channels/`, `^/v1/Conversations/CH[^/]*$`} {
		r := newRig(t, nil)
		th := r.opened()
		closed := th.Base
		closed.Status = kefu.StatusClosed
		r.Inject(fake.Fault{Kind: fake.FaultError, Method: http.MethodPost, Path: regexp.MustCompile(path), Count: 1})
		if _, err := r.c.SendStanding(t.Context(), th, closed, th.Base); connector.Failure(err).Class != connector.Retryable && r.conversation(th).State != "closed" {
			t.Errorf("%s fails: %v", path, err)
		}
		if _, err := r.c.SendStanding(t.Context(), th, closed, th.Base); err != nil || r.conversation(th).State != "closed" || r.Interactions()[0].Status != "closed" {
			t.Errorf("%s: %v, conversation %s", path, err, r.conversation(th).State)
		}
	}
}

func TestALostStoreIsFilledFromTwilio(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	out := from(th, "1", customer(), "我的訂單呢?")
	out.Card = &connector.Card{Ticket: kefu.Ticket{Number: 33}}
	r.send(out)
	note := from(th, "2", kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Discord"}, "他在生氣")
	note.Message.Private = true
	r.send(note)
	must[string](t)(r.AgentSays(th.ExternalID, amy, "已出貨"))
	if list, err := r.tryLook(connector.Thread{ExternalID: th.ExternalID}); connector.Failure(err).Class != connector.Retryable || len(list) != 0 {
		t.Errorf("a conversation that is being opened: %+v, %v", list, err)
	}
	r.c.deps.Now = func() time.Time { return time.Now().Add(openTime) }
	names, err := r.c.Changed(t.Context(), time.Time{})
	if err != nil || !cmp.Equal(names, []string{th.ExternalID}) {
		t.Fatalf("lost are %q, %v", names, err)
	}
	if names, err := r.c.Changed(t.Context(), time.Now()); err != nil || len(names) != 0 {
		t.Errorf("with a store that is not new: %q, %v", names, err)
	}
	got := r.look(connector.Thread{ExternalID: th.ExternalID})
	if d := cmp.Diff([]string{"restore", "message  王小明 我的訂單呢? 1", "message  小美 他在生氣 2", "message flex:" + amy + " amy 已出貨 3"}, brief(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if *got[0].Restore != opening().Origin || !got[2].Note || got[1].Sender.Kind != kefu.AuthorContact || !got[3].History {
		t.Errorf("found %+v", got)
	}
	r.got = nil
	err = r.c.Look(t.Context(), connector.Thread{ExternalID: th.ExternalID}, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		r.got = append(r.got, in)
		return connector.Result{Ignored: "the conversation has another thread"}, nil
	})
	if err != nil || len(r.got) != 1 {
		t.Errorf("what the rules do not want is read on: %+v, %v", r.got, err)
	}
	other := &rig{t: t, Server: r.Server}
	other.c = build(t, connectortest.Deps(t, &connectortest.Log{}), deskSettings(r.Server))
	other.c.set.inbox, other.c.deps.Now = "flex2", r.c.deps.Now
	if got := other.look(connector.Thread{ExternalID: th.ExternalID}); len(got) != 0 {
		t.Errorf("another inbox takes it: %+v", got)
	}
}

func TestNames(t *testing.T) {
	for identity, want := range map[string]string{amy: "amy", "amy": "amy", "j_2E_40shop": "j.", "50% off": "50% off", "_zz": "_zz", "": "Flex", "@x": "@x"} {
		if got := nameOf(identity); got != want {
			t.Errorf("%q is called %q, want %q", identity, got, want)
		}
	}
	if got := nameIn(`{"friendly_name":"  Amy\nChen "}`); got != "Amy Chen" {
		t.Errorf("attributes name %q", got)
	}
}
