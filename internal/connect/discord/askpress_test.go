package discord

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// askedOf posts content in a member's direct messages; the rules know what it asks, and answer what comes with res.
func askedOf(t *testing.T, content kefu.Content, res *connector.Result) (r *rig, mia fake.Member, post fake.Message) {
	t.Helper()
	r, mia, _ = helped(t, fake.Options{}, set{})
	r.rules.mu.Lock()
	r.rules.answer = func(in connector.Inbound) connector.Result {
		if in.Kind == connector.InCommand && in.Command.Name == connector.CmdForm {
			if in.Command.Args["message"] == "msg_ask" {
				return connector.Result{View: &connector.View{Form: content.Asks()}}
			}
			return connector.Result{View: &connector.View{Refused: connector.RefusedNotFound}}
		}
		return *res
	}
	r.rules.mu.Unlock()
	dm := r.dm(mia)
	out := asking(content)
	out.Thread, out.Customer.Locale = talkIn(dm, 1), kefu.LocaleTaiwan
	r.send(out)
	posts := r.bot(dm)
	return r, mia, posts[len(posts)-1]
}

// fill opens the form of a message and sends it.
func (r *rig) fill(post fake.Message, who fake.Member, values map[string]string) *fake.Interaction {
	r.t.Helper()
	return r.fillIn(r.press(post.ID, r.buttons(post.ID)[0], who), values)
}

func filledForm() kefu.Content { return kefu.Content{Type: kefu.ContentForm, Form: returnForm()} }

func TestFormIsFilledIn(t *testing.T) {
	t.Parallel()
	r, mia, post := askedOf(t, filledForm(), &connector.Result{})
	done := r.fill(post, mia, map[string]string{"order_id": " 8806 ", "remark": "line 1\nline 2 @everyone"})
	if said := r.answered(done); said.Content != zhTW.say("filled") {
		t.Errorf("answer %q", said.Content)
	}
	in := r.wait(1, kind(connector.InMessage))[0]
	if diff := cmp.Diff(connector.Inbound{
		Kind: connector.InMessage, Key: "i:" + done.ID, ThreadID: post.ChannelID, OccurredAt: api.SnowflakeTime(done.ID),
		Sender:  connector.Sender{Kind: kefu.AuthorContact, ID: mia.ID, Name: "Mia", Via: "Discord", Locale: kefu.LocaleTaiwan},
		Content: kefu.Content{Type: kefu.ContentForm, Answer: &kefu.Answer{MessageID: "msg_ask"}},
		Filled:  map[string]string{"order_id": "8806", "email": "", "why": "broken", "remark": "line 1\nline 2 @everyone"},
	}, in); diff != "" {
		t.Errorf("taken in (-want +got):\n%s", diff)
	}
	if _, faults := returnForm().Answer("msg_ask", in.Filled); faults != nil {
		t.Errorf("the rules would not take it: %v", faults)
	}
	r.until("the button says that it was filled in", func() bool { return r.labels(post.ID) == zhTW.say("button_refill") })
	again := r.fill(post, mia, map[string]string{"order_id": "8807"})
	if said := r.answered(again); said.Content != zhTW.say("filled") {
		t.Errorf("answer to the second %q", said.Content)
	}
}

// TestLongValueOfAnOption: Discord does not take it, and the rules know the option all the same.
func TestLongValueOfAnOption(t *testing.T) {
	t.Parallel()
	form := returnForm()
	last := form.Fields[2].Options[1]
	filled := map[string]string{"order_id": "1", "why": optionValue(last)}
	if a, faults := form.Answer("msg_ask", filled); faults != nil || a.Values[2].Value != last.Value {
		t.Errorf("%+v, %v", a, faults)
	}
}

func TestWrongFormComesBack(t *testing.T) {
	t.Parallel()
	res := &connector.Result{View: &connector.View{Refused: connector.RefusedInvalid, Faults: []connector.FieldFault{
		{Name: "email", Label: "E-mail", Fault: kefu.FaultEmail}, {Name: "odd", Fault: "strange"}}}}
	r, mia, post := askedOf(t, filledForm(), res)
	typed := map[string]string{"order_id": "8806", "email": "not *one*", "remark": "two\nlines"}
	said := r.answered(r.fill(post, mia, typed))
	want := zhTW.say("filled_wrong") + "\n• E-mail：這不是有效的電子郵件地址。\n• odd：這個內容不能接受，請再填一次。"
	if said.Content != want || !said.Ephemeral {
		t.Errorf("answer %q, want %q", said.Content, want)
	}
	if r.labels(post.ID) != zhTW.say("button_fill") {
		t.Errorf("the form says it was taken: %q", r.labels(post.ID))
	}
	r.rules.mu.Lock()
	*res = connector.Result{}
	r.rules.mu.Unlock()
	done := r.fill(said, mia, map[string]string{"email": "mia@shop.example"}) // the rest stands there as it was
	if again := r.answered(done); again.Content != zhTW.say("filled") {
		t.Errorf("answer %q", again.Content)
	}
	in := r.wait(2, kind(connector.InMessage))[1]
	typed["email"], typed["why"] = "mia@shop.example", "broken"
	if !maps.Equal(in.Filled, typed) {
		t.Errorf("filled %v, want %v", in.Filled, typed)
	}
}

// TestNothingFilledInIsLost: what is not taken comes back, as a file where it is too long to be shown.
func TestNothingFilledInIsLost(t *testing.T) {
	t.Parallel()
	r, mia, post := askedOf(t, filledForm(), &connector.Result{View: &connector.View{Refused: connector.RefusedBlocked}})
	long := strings.Repeat("長", 2000)
	said := r.answered(r.fill(post, mia, map[string]string{"order_id": "8806", "remark": long}))
	if said.Content != zhTW.say("member_blocked") || len(said.Attachments) != 1 || said.Attachments[0].Size < len(long) {
		t.Errorf("answer %q with %+v", said.Content, said.Attachments)
	}
}

func TestFormThatIsNotThereAnyMore(t *testing.T) {
	t.Parallel()
	r, mia, post := askedOf(t, kefu.Content{Type: kefu.ContentText, Text: "no form"}, &connector.Result{})
	out := asking(filledForm())
	out.Thread, out.Message.ID, out.DeliveryID = talkIn(post.ChannelID, 1), "msg_gone", "dlv_gone"
	gone, _ := r.s.Message(r.send(out).Parts[0].ExternalID)
	if said := r.answered(r.press(gone.ID, r.buttons(gone.ID)[0], mia)); said.Content != zhTW.say("worn_out") {
		t.Errorf("answer %q", said.Content)
	}
}

// TestFormAfterARestart: what a button needs is in the button.
func TestFormAfterARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, set{"community": set{}})
	r.opens()
	mia := r.s.AddMember("Mia")
	stop := r.listen()
	dm := r.dm(mia)
	out := asking(filledForm())
	out.Thread = talkIn(dm, 1)
	out.Thread.Cursor = r.send(out).Parts[0].ExternalID
	r.dir.put(out.Thread)
	stop()
	r.c = r.connect(set{"community": set{}})
	r.rules.answer = func(in connector.Inbound) connector.Result {
		if in.Kind == connector.InCommand {
			return connector.Result{View: &connector.View{Form: returnForm()}}
		}
		return connector.Result{}
	}
	r.listen()
	r.taken(r.say(dm, mia, "it listens again")) // a press that nobody hears is lost
	r.answered(r.fill(r.bot(dm)[0], mia, map[string]string{"order_id": "8806"}))
	filled := r.wait(1, func(in connector.Inbound) bool { return in.Filled != nil })[0]
	if filled.Filled["order_id"] != "8806" {
		t.Errorf("%+v", filled)
	}
}

func TestChoiceIsPicked(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"buttons": 3, "menu": 25} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, mia, post := askedOf(t, kefu.Content{Type: kefu.ContentChoice, Text: "Which?", Choices: colours(n)}, &connector.Result{})
			var err error
			if n == 3 {
				_, err = r.s.Press(post.ID, r.buttons(post.ID)[1], mia.ID)
			} else {
				_, err = r.s.Select(post.ID, r.buttons(post.ID)[0], mia.ID, "1")
			}
			if err != nil {
				t.Fatal(err)
			}
			in := r.wait(1, kind(connector.InMessage))[0]
			if in.Filled[kefu.ChoiceField] != "colour-2" || in.Content.Answer.MessageID != "msg_ask" || in.Content.Type != kefu.ContentChoice || in.Key == "" {
				t.Errorf("%+v", in)
			}
			r.until("nothing more can be pressed", func() bool {
				m, _ := r.s.Message(post.ID)
				for _, row := range m.Components {
					for _, b := range row.Components {
						if b.CustomID != "" && !b.Disabled {
							return false
						}
					}
				}
				return true
			})
			m, _ := r.s.Message(post.ID)
			if n == 3 && r.labels(post.ID) != "顏色 1|✓ 顏色 2|顏色 3|色票" {
				t.Errorf("labels %q", r.labels(post.ID))
			}
			if n != 3 && (!m.Components[0].Components[0].Options[1].Default || m.Components[0].Components[0].Options[0].Default) {
				t.Errorf("menu %+v", m.Components[0].Components[0].Options[:2])
			}
		})
	}
}

func TestChoiceThatIsNotTaken(t *testing.T) {
	t.Parallel()
	r, mia, post := askedOf(t, kefu.Content{Type: kefu.ContentChoice, Text: "Which?", Choices: colours(2)},
		&connector.Result{View: &connector.View{Refused: connector.RefusedBlocked}})
	i, err := r.s.Press(post.ID, r.buttons(post.ID)[0], mia.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.until("the member is told", func() bool { return len(i.Outcome().Followups) == 1 })
	if said := i.Outcome().Followups[0]; said.Content != zhTW.say("member_blocked") || !said.Ephemeral {
		t.Errorf("%+v", said)
	}
	if m, _ := r.s.Message(post.ID); m.Components[0].Components[0].Disabled {
		t.Error("it looks taken")
	}
}

// TestSomebodyElseFillsIn holds that in a private thread only its owner is asked.
func TestSomebodyElseFillsIn(t *testing.T) {
	t.Parallel()
	r, mia, _, offer := closedOff(t, fake.Options{}, "")
	r.pressed(offer.ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	out := asking(filledForm())
	out.Thread = talkIn(room, 1)
	r.send(out)
	post := r.bot(room)[1]
	i, err := r.s.Press(post.ID, r.buttons(post.ID)[0], r.s.OwnerID())
	if err != nil {
		t.Fatal(err)
	}
	if said := r.answered(i); said.Content != zhTW.say("not_yours") {
		t.Errorf("answer %q", said.Content)
	}
}

// TestFormAboutAReport: direct messages hold many conversations, and the answer goes to the one that asked.
func TestFormAboutAReport(t *testing.T) {
	t.Parallel()
	r, mia, post := askedOf(t, kefu.Content{Type: kefu.ContentForm, Form: returnForm()}, &connector.Result{})
	out := asking(filledForm())
	out.Thread, out.DeliveryID = talkIn(reportThread(mia.ID, post.ID), 9), "dlv_report"
	about, _ := r.s.Message(r.send(out).Parts[0].ExternalID)
	r.answered(r.fill(about, mia, map[string]string{"order_id": "8806"}))
	if in := r.wait(1, kind(connector.InMessage))[0]; in.ThreadID != reportThread(mia.ID, post.ID) {
		t.Errorf("thread %q", in.ThreadID)
	}
	bob := r.s.AddMember("Bob")
	out.Thread, out.DeliveryID = talkIn(reportThread(bob.ID, post.ID), 10), "dlv_bob"
	if q := questionOf(parseMember(api.Interaction{ChannelID: "1", Data: api.InteractionData{CustomID: memberID(pressFill, "msg_ask:"+out.Thread.ExternalID)}})); q.thread != out.Thread.ExternalID {
		t.Errorf("thread %q", q.thread)
	}
}
