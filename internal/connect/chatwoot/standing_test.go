package chatwoot

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
	fake "kefu/internal/fake/chatwoot"
)

func TestStatusWords(t *testing.T) {
	for theirs, ours := range map[api.Status]kefu.Status{"open": kefu.StatusOpen, "resolved": kefu.StatusClosed, "pending": kefu.StatusPending, "snoozed": kefu.StatusSnoozed} {
		s := standingOf(&api.Conversation{Status: theirs}, connector.Standing{})
		if s.Status != ours || s.StatusWord != "" || wordOf(ours) != theirs {
			t.Errorf("%s is %+v, %s is %s", theirs, s, ours, wordOf(ours))
		}
	}
	if s := standingOf(&api.Conversation{Status: "archived"}, connector.Standing{}); s.Status != "" || s.StatusWord != "archived" {
		t.Errorf("an unknown word: %+v", s)
	}
	for kind, want := range map[string]string{"": "agent:5", "User": "agent:5", "AgentBot": ""} {
		conv := &api.Conversation{Meta: api.ConversationMeta{Assignee: &api.Agent{ID: 5, Name: "Five"}, AssigneeType: kind}}
		if s := standingOf(conv, connector.Standing{}); s.Assignee != want {
			t.Errorf("an assignee of type %q is %q, want %q", kind, s.Assignee, want)
		}
	}
	for theirs, ours := range map[api.Priority]kefu.Priority{"": "medium", "none": "medium", "low": "low", "medium": "medium", "high": "high", "urgent": "urgent", "odd": "medium"} {
		if got := priorityOf(theirs); got != ours {
			t.Errorf("priority %q is %q, want %q", theirs, got, ours)
		}
	}
}

func (r *rig) stand(t connector.Thread, now, base connector.Standing) connector.Standing {
	r.t.Helper()
	return must[connector.Standing](r.t)(r.c.SendStanding(r.t.Context(), t, now, base))
}

func TestSendStanding(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	until := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
	base := th.Base
	for _, now := range []connector.Standing{
		{Status: kefu.StatusSnoozed, SnoozedUntil: until, Priority: kefu.PriorityHigh, Labels: []string{"refund", "vip"}, Assignee: "agent:12", AssigneeName: "Hao"},
		{Status: kefu.StatusPending, Priority: kefu.PriorityMedium, Labels: []string{"vip"}},
		{Status: kefu.StatusClosed, Priority: kefu.PriorityUrgent, Labels: []string{}, Assignee: "agent:11", AssigneeName: "Mei"},
	} {
		got := r.stand(th, now, base)
		same(t, "what both have", got, now)
		talk := talkOf(r.s, th)
		if statuses[api.Status(talk.Status)] != now.Status || talk.Priority != string(now.Priority) || agentNumber(now.Assignee) != talk.Assignee {
			t.Errorf("Chatwoot has %+v, want %+v", talk, now)
		}
		same(t, "labels", spelled(talk.Labels, nil), now.Labels)
		same(t, "asleep until", talk.SnoozedUntil, now.SnoozedUntil)
		th.Base, base = got, got
		for _, in := range r.look(&th) { // only to move the cursor
			if in.Kind != connector.InStanding || !equal(*in.Standing, got) {
				t.Errorf("told: %+v", in)
			}
		}
	}
}

// TestLabelsOfTwo has an agent put a label on between our reading and our writing, and take one off.
func TestLabelsOfTwo(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	must[[]string](t)(r.c.user.SetLabels(t.Context(), id, "old", "ours"))
	th.Base.Labels = []string{"old", "ours"}
	r.s.Inject(fake.Fault{Kind: fake.FaultAfter, Method: http.MethodGet, Path: regexp.MustCompile(`/labels$`), Count: 1, Do: func() {
		if err := r.s.Label(id, fake.Agent, "theirs"); err != nil {
			t.Error(err)
		}
		if err := r.s.Unlabel(id, fake.Agent, "old"); err != nil {
			t.Error(err)
		}
	}})
	now := th.Base
	now.Labels = []string{"new", "old"} // "new" was put on here, "ours" taken off
	has := r.stand(th, now, th.Base)
	same(t, "what both have", has.Labels, []string{"new", "old"})
	same(t, "Chatwoot", spelled(talkOf(r.s, th).Labels, nil), []string{"new", "theirs"})
	th.Base = has
	list := r.look(&th)
	if len(list) != 1 || !slices.Equal(list[0].Standing.Labels, []string{"new", "theirs"}) {
		t.Errorf("told %+v", list)
	}
}

func TestLabelsKeepTheirSpelling(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	now := th.Base
	now.Labels = []string{"VIP"}
	th.Base = r.stand(th, now, th.Base)
	same(t, "as the account spells them", talkOf(r.s, th).Labels, []string{"vip"})
	same(t, "nothing to tell", texts(r.look(&th)), []string(nil))
	must[[]string](t)(r.c.user.SetLabels(t.Context(), numberOf(th.ExternalID), "Vip"))
	same(t, "nothing to tell", texts(r.look(&th)), []string(nil))
}

func TestUnknownAssignee(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	now := th.Base
	now.Assignee, now.AssigneeName = "agent:999", "Left Long Ago"
	for range 2 {
		has := r.stand(th, now, th.Base)
		if has.Assignee != "" || talkOf(r.s, th).Assignee != 0 {
			t.Errorf("it has %+v", has)
		}
	}
	now.Assignee, now.AssigneeName = "", "小美"
	r.stand(th, now, th.Base)
	notes := r.notes(th)
	if len(notes) != 2 || !strings.Contains(notes[0], "Left Long Ago") || !strings.Contains(notes[1], "小美") {
		t.Errorf("notes: %q", notes)
	}
}

func TestMarksAndWords(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	said := must[int64](t)(r.s.Say(numberOf(th.ExternalID), fake.Agent, "hello"))
	m := connector.Mark{DeliveryID: "dlv_m", Thread: th, ExternalID: dotted(said, 1), Reason: "the shop said [no](mention://user/11/Mei)"}
	for _, state := range []connector.MarkState{connector.MarkWaiting, connector.MarkNote, connector.MarkFailed, connector.MarkFailed, connector.MarkDelivered, connector.MarkUncertain} {
		m.State = state
		if err := r.c.Mark(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	notes := r.notes(th)
	if len(notes) != 3 || !strings.Contains(notes[0], "another desk") || !strings.Contains(notes[1], "did not reach") || !strings.Contains(notes[2], "not certain") {
		t.Fatalf("notes: %q", notes)
	}
	if strings.Contains(strings.Join(notes, ""), "](mention://") {
		t.Errorf("somebody is called: %q", notes)
	}
	for _, one := range talkOf(r.s, th).Messages {
		if one.Private && one.Attributes["in_reply_to"] != float64(said) {
			t.Errorf("the note answers %v", one.Attributes["in_reply_to"])
		}
	}
	for _, s := range []connector.StatusChange{
		{DeliveryID: "dlv_1", Kind: connector.StatusWaiting, Since: time.Now()}, {DeliveryID: "dlv_2", Kind: connector.StatusHanded},
		{DeliveryID: "dlv_3", Kind: connector.StatusClosed, ClosedBy: "網站/客戶端", Reason: "solved"}, {DeliveryID: "dlv_3", Kind: connector.StatusClosed},
		{DeliveryID: "dlv_4", Kind: connector.StatusAssigned, To: "Mei"},
	} {
		if err := r.c.SendStatus(t.Context(), th, s); err != nil {
			t.Fatal(err)
		}
	}
	if notes = r.notes(th)[3:]; len(notes) != 3 || !strings.Contains(notes[2], "網站/客戶端") || !strings.Contains(notes[2], "solved") {
		t.Errorf("notes: %q", notes)
	}
	if err := r.s.Forget(numberOf(th.ExternalID)); err != nil {
		t.Fatal(err)
	}
	m.Reason = "again"
	if err := r.c.Mark(t.Context(), m); err != nil {
		t.Errorf("where nobody reads: %v", err)
	}
}
