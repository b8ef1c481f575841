package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func TestStaffTalkIsRelayed(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.listen()
	m := r.say(th.ExternalID, alice, "Your parcel is on its way, <@"+alice.ID+">", fake.File{Name: "slip.txt", Data: []byte("slip")})
	in := r.wait(1, kind(connector.InMessage))[0]
	if in.Key != "m:"+m.ID || in.ExternalID != m.ID || in.Cursor != m.ID || in.ThreadID != th.ExternalID || in.Note {
		t.Errorf("%+v", in)
	}
	if in.Sender != (connector.Sender{Kind: kefu.AuthorAgent, ID: alice.ID, Name: "Alice", Via: "Discord"}) {
		t.Errorf("sender %+v", in.Sender)
	}
	if in.Content.Text != "Your parcel is on its way, <@"+alice.ID+">" && !strings.HasSuffix(in.Content.Text, "@Alice") {
		t.Errorf("text %q", in.Content.Text)
	}
	if a := in.Content.Attachments; len(a) != 1 || a[0].SHA256 == "" || a[0].Name != "slip.txt" {
		t.Errorf("the file was not copied: %+v", a)
	}
}

func TestWhoIsNotHeard(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	visitor := r.s.AddMember("Visitor")
	if err := r.s.SetOverwrite(th.ExternalID, fake.Overwrite{ID: visitor.ID, Type: fake.OverwriteMember, Allow: fake.ViewChannel | fake.SendMessages}); err != nil {
		t.Fatal(err)
	}
	r.listen()
	general, _ := r.s.ChannelNamed("general")
	r.say(general.ID, alice, "elsewhere")
	r.send(outbound(th, 2, "our own post"))
	r.say(th.ExternalID, visitor, "I have no role")
	last := r.say(th.ExternalID, alice, "heard")
	in := r.wait(1, kind(connector.InMessage))
	if len(in) != 1 || in[0].ExternalID != last.ID {
		t.Errorf("taken in: %+v", in)
	}
}

func TestNotesEditsDeletions(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.listen()
	m := r.say(th.ExternalID, alice, "for the customer\n// between us\nand more")
	in := r.wait(2, kind(connector.InMessage))
	if in[0].Note || in[0].Content.Text != "for the customer\nand more" || !in[1].Note || in[1].Content.Text != "between us" {
		t.Errorf("%+v", in)
	}
	if _, err := r.s.Edit(m.ID, "// all of it between us"); err != nil {
		t.Fatal(err)
	}
	withdrawn := r.wait(1, kind(connector.InDelete))[0]
	edited := r.wait(1, kind(connector.InEdit))[0]
	if withdrawn.ExternalID != m.ID || edited.ExternalID == m.ID || edited.Content.Text != "all of it between us" {
		t.Errorf("an edit into a note: %+v, %+v", withdrawn, edited)
	}
	if err := r.s.DeleteMessage(m.ID); err != nil {
		t.Fatal(err)
	}
	r.wait(1, func(in connector.Inbound) bool { return in.Key == "d:"+m.ID && in.ExternalID == m.ID })
}

func TestInternalTalk(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, set{"talk": "internal"})
	r.listen()
	r.say(th.ExternalID, alice, "who takes this?")
	if in := r.wait(1, kind(connector.InMessage))[0]; !in.Note {
		t.Errorf("internal talk goes to the customer: %+v", in)
	}
}

func TestAnotherDeskHasTheTalk(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.rules.answer = func(connector.Inbound) connector.Result { return connector.Result{Private: true} }
	r.listen()
	r.say(th.ExternalID, alice, "answer")
	m, err := r.s.WaitMessage(r.ctx, th.ExternalID, func(m fake.Message) bool { return m.Author.ID == r.s.BotID() })
	if err != nil {
		t.Fatal(err)
	}
	if m.Embeds[0].Description != zhTW.say("kept_private") || m.Components[0].Components[0].CustomID != "kefu:take_over:" {
		t.Errorf("%+v", m)
	}
}

// TestMissedMessages writes while nobody listens: everything arrives once, in order, also when the store is away at first.
func TestMissedMessages(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	other := r.open(34)
	stop := r.listen()
	r.say(th.ExternalID, alice, "0")
	r.wait(1, kind(connector.InMessage))
	stop()
	for n := range 230 {
		r.say(th.ExternalID, alice, fmt.Sprint(n+1))
	}
	r.say(other.ExternalID, alice, "other")
	r.rules.mu.Lock()
	r.rules.fail = 3
	r.rules.mu.Unlock()
	r.listen()
	r.say(th.ExternalID, alice, "231")
	in := r.wait(232, func(in connector.Inbound) bool { return in.Kind == connector.InMessage && in.ThreadID == th.ExternalID })
	for n, m := range in {
		if m.Content.Text != fmt.Sprint(n) {
			t.Fatalf("message %d is %q", n, m.Content.Text)
		}
		// The first and the last are written within the moment in which listening begins, and may count as either.
		if !m.Recovered && n > 0 && n < 231 {
			t.Fatalf("message %d does not count as recovered", n)
		}
	}
	r.wait(1, func(in connector.Inbound) bool { return in.ThreadID == other.ExternalID })
}

// TestFreshSession loses the session while somebody writes: the live message waits for what was missed before it.
func TestFreshSession(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.listen()
	r.say(th.ExternalID, alice, "0")
	r.wait(1, kind(connector.InMessage))
	begun := len(r.s.Connections())
	r.s.ForgetSessions()
	r.s.CloseGateway(0)
	for n := range 5 {
		r.say(th.ExternalID, alice, fmt.Sprint(n+1))
	}
	r.until("it is back", func() bool {
		all := r.s.Connections()
		return len(all) > begun && slices.ContainsFunc(all[begun:], func(c fake.Connection) bool { return c.Open && c.Ready && c.Login == "identify" })
	})
	r.say(th.ExternalID, alice, "6")
	for n, m := range r.wait(7, kind(connector.InMessage)) {
		if m.Content.Text != fmt.Sprint(n) {
			t.Fatalf("message %d is %q", n, m.Content.Text)
		}
	}
}

func TestMissingChannelAtStart(t *testing.T) {
	t.Parallel()
	r, th, _ := staffed(t, fake.Options{}, nil)
	if err := r.s.DeleteChannel(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	r.listen()
	if in := r.wait(1, kind(connector.InGone))[0]; !in.Reopen || in.ThreadID != th.ExternalID {
		t.Errorf("%+v", in)
	}
}

func TestChannelDeletedWhileListening(t *testing.T) {
	t.Parallel()
	r, _, alice := staffed(t, fake.Options{}, nil)
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "staff"})
	r.c = r.connect(set{"transcript_channel": room.ID, "agent_roles": alice.Roles})
	th := r.open(35)
	r.listen()
	r.say(th.ExternalID, alice, "answer")
	r.wait(1, kind(connector.InMessage)) // it has been caught up on
	if err := r.s.DeleteChannel(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	if in := r.wait(1, kind(connector.InGone))[0]; in.Reopen {
		t.Errorf("%+v", in)
	}
	m, err := r.s.WaitMessage(r.ctx, room.ID, func(m fake.Message) bool { return strings.Contains(m.Content, "#35") })
	if err != nil {
		t.Fatalf("staff are not told: %v, %+v", err, m)
	}
}

func TestBackfillOfAGoneChannel(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.say(th.ExternalID, alice, "answer")
	if err := r.c.Backfill(r.ctx, th, r.rules.emit); err != nil {
		t.Fatal(err)
	}
	if in := r.wait(1, kind(connector.InMessage)); !in[0].Recovered {
		t.Errorf("%+v", in)
	}
	if err := r.s.DeleteChannel(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	refused(t, r.c.Backfill(r.ctx, th, r.rules.emit), connector.Gone, connector.ScopeThread)
}

func TestCommandsOnlyMode(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{ContentIntentOff: true}, nil)
	r.listen()
	if h := r.c.Report(); h.State != stateDegraded || !strings.Contains(h.Words, "message content") {
		t.Errorf("report %+v", h)
	}
	r.say(th.ExternalID, alice, "nobody can read this")
	i, err := r.s.Slash(th.ExternalID, alice.ID, "reply", map[string]any{"text": "by command"})
	if err != nil {
		t.Fatal(err)
	}
	in := r.wait(1, kind(connector.InCommand))[0]
	if in.Command.Args["text"] != "by command" || in.Content.Text != "by command" {
		t.Errorf("%+v", in)
	}
	if _, err := i.Answer(r.ctx); err != nil {
		t.Error(err)
	}
	if all, _ := r.rules.list(); len(all) != 1 {
		t.Errorf("taken in: %+v", all)
	}
}

func TestWrongTokenIsFatal(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	err := r.connect(set{"token": "not-the-token"}).Listen(r.ctx, r.rules.emit)
	var fatal *connector.FatalError
	if !errors.As(err, &fatal) || !strings.Contains(fatal.Words, "token") || strings.Contains(fatal.Error(), "not-the-token") {
		t.Errorf("error %v", err)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	if h := r.c.Report(); h.State != stateOff {
		t.Errorf("before: %+v", h)
	}
	stop := r.listen()
	if h := r.c.Report(); h.State != stateOK {
		t.Errorf("listening: %+v", h)
	}
	stop()
	if h := r.c.Report(); h.State != stateOff {
		t.Errorf("after: %+v", h)
	}
}

// TestDuplicateAndReorderedEvents holds that the gateway's slips change nothing.
func TestDuplicateAndReorderedEvents(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.listen()
	r.say(th.ExternalID, alice, "0")
	r.wait(1, kind(connector.InMessage))
	r.s.InjectGateway(fake.GatewayFault{Kind: fake.GatewayDuplicate, Event: "MESSAGE_CREATE", Count: 3})
	for n := range 3 {
		r.say(th.ExternalID, alice, fmt.Sprint(n+1))
	}
	r.say(th.ExternalID, alice, "4")
	in := r.wait(5, kind(connector.InMessage))
	if len(in) != 5 {
		t.Errorf("%d messages", len(in))
	}
}

func TestListenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.rules.fail = 1 << 30 // the store never comes back: shutting down must not wait for it
	stop := r.listen()
	r.say(th.ExternalID, alice, "answer")
	i, err := r.s.Slash(th.ExternalID, alice.ID, "claim", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(r.ctx, patienceOfTests)
	defer cancel()
	if _, err := i.Callback(ctx); err != nil {
		t.Error(err)
	}
	stop()
}
