package twilio

import (
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/twilio"
	api "kefu/internal/twilio"
)

// saidIn are the texts of what came in.
func saidIn(list []connector.Inbound) (texts []string) {
	for _, in := range list {
		if in.Kind == connector.InMessage {
			texts = append(texts, in.Content.Text)
		}
	}
	return texts
}

// TestLastWordsBeforeTheEndAreFound loses every hook of a conversation's end, and tells of the next one only.
func TestLastWordsBeforeTheEndAreFound(t *testing.T) {
	for name, next := range map[string]func(ch *channel, second string) []connector.Inbound{
		"a hook of the next conversation": func(ch *channel, second string) []connector.Inbound { return ch.look(second) },
		"an answer goes into the next one": func(ch *channel, _ string) []connector.Inbound {
			ch.says("dlv_1", "您好")
			return ch.look(thread)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ch := newChannel(t, nil)
			first, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
			ch.look(first)
			ch.s.CustomerTexts(phone, ours, "箱子壞了")
			ch.s.CustomerTexts(phone, ours, "STOP")
			ch.s.CustomerTexts(phone, ours, "START")
			if err := ch.s.CustomerEnds(phone, ours); err != nil {
				t.Fatal(err)
			}
			second, _ := ch.s.CustomerTexts(phone, ours, "怎麼辦？")
			got := saidIn(next(ch, second))
			if len(got) != 4 || got[0] != "箱子壞了" || !strings.Contains(got[1], "STOP") || !strings.Contains(got[2], "START") || got[3] != "怎麼辦？" {
				t.Errorf("came in: %q", got)
			}
			if again := append(ch.look(second), ch.look(thread)...); len(again) != 0 {
				t.Errorf("came in again: %+v", again)
			}
			before := ch.calls()
			ch.look(second)
			if n := ch.calls() - before; n > 2 {
				t.Errorf("%d calls for a conversation that goes on", n)
			}
		})
	}
}

// TestAnAbsenceLosesNothing has customers write, and their conversations rest or end, while nobody listens.
func TestAnAbsenceLosesNothing(t *testing.T) {
	ch := newChannel(t, nil)
	resting, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	if _, err := ch.c.api.UpdateConversation(ch.ctx, resting, api.ConversationUpdate{State: api.Inactive}); err != nil {
		t.Fatal(err)
	}
	over, _ := ch.s.CustomerTexts("+886900000001", ours, "再見")
	if err := ch.s.CustomerEnds("+886900000001", ours); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		away time.Duration
		want []string
	}{{6 * time.Hour, []string{resting, over}}, {5 * time.Minute, []string{resting}}} {
		names, err := ch.c.Changed(ch.ctx, time.Now().Add(-c.away))
		if err != nil || !slices.Equal(names, c.want) {
			t.Errorf("after %s: %v, %v", c.away, names, err)
		}
	}
	if got := saidIn(append(ch.look(resting), ch.look(over)...)); !slices.Equal(got, []string{"在嗎", "再見"}) {
		t.Errorf("came in: %q", got)
	}
}

// TestALateFirstWordIsFound begins a web chat in which nothing is written until nobody listens any more.
func TestALateFirstWordIsFound(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.ChatSays("visitor-7", "小美", "")
	if got := ch.look(sid); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
	ch.s.ChatSays("visitor-7", "小美", "您好")
	if names, err := ch.c.Changed(ch.ctx, time.Now().Add(time.Hour)); err != nil || !slices.Equal(names, []string{sid}) {
		t.Errorf("%v, %v", names, err)
	}
}

// TestAnEndOutlivesAnotherChange has a talk end in Twilio while something else of it is on its way there.
func TestAnEndOutlivesAnotherChange(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(sid)
	known, _, _ := ch.dir.Thread(ch.ctx, thread)
	known.Base = connector.Standing{Status: kefu.StatusOpen}
	ch.dir.Put(known)
	if err := ch.s.CustomerEnds(phone, ours); err != nil {
		t.Fatal(err)
	}
	assigned := connector.Standing{Status: kefu.StatusOpen, AssigneeName: "Amy"}
	if _, err := ch.c.SendStanding(ch.ctx, known, assigned, known.Base); err != nil {
		t.Fatal(err)
	}
	if got := ch.look(thread); len(got) != 1 || got[0].Kind != connector.InStanding || got[0].Standing.Status != kefu.StatusClosed {
		t.Errorf("a customer's: %+v", got)
	}

	r := newRig(t, nil)
	th := r.opened()
	if err := r.AgentCloses(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	assigned.Assignee = th.Base.Assignee
	if _, err := r.c.SendStanding(t.Context(), th, assigned, th.Base); err != nil {
		t.Errorf("a desk's is taken for gone: %v", err)
	}
	r.finds("the end", th, "standing closed")
}

// TestADoubtOutlivesTheConversation loses the answer of a text in a conversation that has ended before the text is tried again.
func TestADoubtOutlivesTheConversation(t *testing.T) {
	for name, next := range map[string]func(ch *channel){
		"nobody wrote":       func(*channel) {},
		"the customer wrote": func(ch *channel) { ch.texts("還在嗎？") },
		"staff opened it again": func(ch *channel) {
			at := connector.Thread{Role: kefu.RoleCustomer, ExternalID: thread}
			if _, err := ch.c.SendStanding(ch.ctx, at, connector.Standing{Status: kefu.StatusOpen}, connector.Standing{Status: kefu.StatusClosed}); err != nil {
				ch.t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ch := newChannel(t, nil)
			ch.texts("在嗎")
			out := ch.out("dlv_1", "在")
			out.UnsureSince = time.Now()
			ch.s.Inject(fake.Fault{Kind: fake.FaultCut, Method: "POST", Path: messagesPath, Count: 1})
			if _, err := ch.c.Send(ch.ctx, out); connector.Failure(err).Class != connector.Uncertain {
				t.Fatal(err)
			}
			if err := ch.s.CustomerEnds(phone, ours); err != nil {
				t.Fatal(err)
			}
			ch.look(thread)
			next(ch)
			out.Unsure = true
			if r, err := ch.c.Send(ch.ctx, out); err != nil || !r.Found || len(r.Parts) != 1 || len(ch.phoneHas()) != 1 {
				t.Errorf("%+v, %v; the phone has %q", r, err, ch.phoneHas())
			}
		})
	}
}

// TestAnAnswerStaysWithItsNumber has a customer who talks with another number of ours as well: nothing goes there.
func TestAnAnswerStaysWithItsNumber(t *testing.T) {
	ch := newChannel(t, nil)
	ch.texts("在嗎")
	if err := ch.s.CustomerEnds(phone, ours); err != nil {
		t.Fatal(err)
	}
	ch.look(thread)
	other, _ := ch.s.CustomerTexts(phone, "+12025550199", "另一支號碼")
	ch.look(other)
	ch.says("dlv_1", "您好")
	if n, _ := ch.s.Conversation(other); len(n.Messages) != 1 || !slices.Equal(ch.phoneHas(), []string{"您好"}) {
		t.Errorf("the other has %+v, the phone %q", n.Messages, ch.phoneHas())
	}
}

// TestACustomerIsFaster has a customer begin a conversation while ours with them is being made.
func TestACustomerIsFaster(t *testing.T) {
	ch := newChannel(t, nil)
	ch.texts("在嗎")
	if err := ch.s.CustomerEnds(phone, ours); err != nil {
		t.Fatal(err)
	}
	ch.look(thread)
	ch.s.Inject(fake.Fault{Kind: fake.FaultHold, Method: "POST", Path: regexp.MustCompile(`^/v1/Conversations$`), Delay: time.Second, Count: 1})
	sent := make(chan error, 1)
	go func() {
		_, err := ch.c.Send(ch.ctx, ch.out("dlv_1", "您好"))
		sent <- err
	}()
	for len(ch.s.Conversations()) < 2 && ch.ctx.Err() == nil {
		runtime.Gosched()
	}
	theirs, _ := ch.s.CustomerTexts(phone, ours, "是我")
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	for _, n := range ch.s.Conversations() {
		if (n.State == "active") != (n.SID == theirs) {
			t.Errorf("%s is %s", n.SID, n.State)
		}
	}
	if got := ch.phoneHas(); !slices.Equal(got, []string{"您好"}) {
		t.Errorf("the phone has %q", got)
	}
}

// TestAStopOfStaffIsNone has somebody of the company write the word.
func TestAStopOfStaffIsNone(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerTexts(phone, ours, "怎麼退訂？")
	ch.look(sid)
	if _, err := ch.s.AgentSays(sid, "amy", "STOP"); err != nil {
		t.Fatal(err)
	}
	if got := ch.look(sid); len(got) != 1 || got[0].Note || got[0].Content.Text != "STOP" {
		t.Errorf("%+v", got)
	}
	ch.says("dlv_1", "傳送這個字就可以了")
}
