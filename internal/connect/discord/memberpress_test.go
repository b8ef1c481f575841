package discord

import (
	"errors"
	"maps"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

// botSays posts an answer of the bot in a member's direct messages.
func botSays(t *testing.T) (r *rig, mia fake.Member, post fake.Message) {
	t.Helper()
	r, mia, _ = helped(t, fake.Options{}, set{})
	dm := r.dm(mia)
	r.send(fromBot(talkIn(dm, 1), kefu.LocaleTaiwan))
	return r, mia, r.bot(dm)[0]
}

// buttons are the custom ids under a message.
func (r *rig) buttons(id string) []string {
	m, _ := r.s.Message(id)
	var ids []string
	for _, row := range m.Components {
		for _, b := range row.Components {
			if b.CustomID != "" {
				ids = append(ids, b.CustomID)
			}
		}
	}
	return ids
}

func TestHelpedOrNot(t *testing.T) {
	t.Parallel()
	for n, answer := range []string{"yes", "no"} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			r, mia, post := botSays(t)
			said := r.pressed(post.ID, r.buttons(post.ID)[n], mia)
			if said.Content != zhTW.say(word("helped_"+answer)) || !said.Ephemeral {
				t.Errorf("answer %+v", said)
			}
			if more := len(said.Components) > 0; more != (answer == "no") {
				t.Errorf("a person is offered: %v", more)
			}
			in := r.wait(1, kind(connector.InCommand))[0]
			want := map[string]string{"message": "msg_01", "answer": answer}
			if in.Command.Name != connector.CmdHelped || !maps.Equal(in.Command.Args, want) || in.Sender.Kind != kefu.AuthorContact || in.ThreadID != post.ChannelID {
				t.Errorf("%+v %+v", in, in.Command)
			}
			r.until("the buttons are gone", func() bool { return len(r.buttons(post.ID)) == 0 })
			if m, _ := r.s.Message(post.ID); len(m.Embeds) != len(post.Embeds) || m.Content != post.Content {
				t.Errorf("the answer is gone as well: %+v", m)
			}
		})
	}
}

func TestAskForAPerson(t *testing.T) {
	t.Parallel()
	r, mia, post := botSays(t)
	opens := time.Unix(1_900_000_000, 0)
	r.rules.mu.Lock()
	r.rules.answer = func(connector.Inbound) connector.Result {
		return connector.Result{View: &connector.View{Ticket: kefu.Ticket{Number: 12}, Position: 3, OpensAt: opens}}
	}
	r.rules.mu.Unlock()
	said := r.pressed(post.ID, r.buttons(post.ID)[2], mia)
	want := joined([]string{zhTW.say("person_number", 12), zhTW.say("person_position", 3), zhTW.say("person_opens", opens.Unix(), opens.Unix())})
	if said.Content != want {
		t.Errorf("answer %q, want %q", said.Content, want)
	}
	if in := r.wait(1, kind(connector.InCommand))[0]; in.Command.Name != connector.CmdPerson || in.Sender.ID != mia.ID {
		t.Errorf("%+v %+v", in, in.Command)
	}
	r.until("the buttons are gone", func() bool { return len(r.buttons(post.ID)) == 0 })
}

func TestPressedTwice(t *testing.T) {
	t.Parallel()
	r, mia, post := botSays(t)
	r.rules.mu.Lock()
	r.rules.answer = func(connector.Inbound) connector.Result {
		return connector.Result{View: &connector.View{Refused: connector.RefusedDone}}
	}
	r.rules.mu.Unlock()
	if said := r.pressed(post.ID, r.buttons(post.ID)[0], mia); said.Content != zhTW.say("already") {
		t.Errorf("answer %q", said.Content)
	}
}

// TestPressNotStored keeps the buttons: the member can press again.
func TestPressNotStored(t *testing.T) {
	t.Parallel()
	r, mia, post := botSays(t)
	r.rules.mu.Lock()
	r.rules.fail = 100
	r.rules.mu.Unlock()
	if said := r.pressed(post.ID, r.buttons(post.ID)[2], mia); said.Content != zhTW.say("no_answer") {
		t.Errorf("answer %q", said.Content)
	}
	if len(r.buttons(post.ID)) != 3 {
		t.Errorf("buttons %v", r.buttons(post.ID))
	}
}

// TestSomebodyElsePresses holds that in a private thread only its owner presses.
func TestSomebodyElsePresses(t *testing.T) {
	t.Parallel()
	r, mia, _, offer := closedOff(t, fake.Options{}, "")
	r.pressed(offer.ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	r.send(fromBot(talkIn(room, 1), kefu.LocaleTaiwan))
	post := r.bot(room)[1]
	i, err := r.s.Press(post.ID, r.buttons(post.ID)[2], r.s.OwnerID())
	if err != nil {
		t.Fatal(err)
	}
	if said := r.answered(i); said.Content != zhTW.say("not_yours") {
		t.Errorf("answer %q", said.Content)
	}
	if all, _ := r.rules.list(); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	if _, err := r.s.Press(post.ID, "kefu:m:nothing:", mia.ID); err == nil {
		t.Error(errors.New("a button that is not there was pressed"))
	}
}
