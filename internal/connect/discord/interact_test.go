package discord

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

// carded is a listening rig with a ticket whose card has been posted; card is the card's message.
func carded(t *testing.T, o fake.Options) (r *rig, th connector.Thread, alice fake.Member, card string) {
	t.Helper()
	r, th, alice = staffed(t, o, nil)
	r.rules.answer = func(connector.Inbound) connector.Result {
		return connector.Result{View: &connector.View{Conversation: kefu.Conversation{Status: kefu.StatusOpen, Priority: kefu.PriorityHigh}, Ticket: kefu.Ticket{Number: 33}}}
	}
	r.listen()
	out := outbound(th, 1, "hello")
	out.Card = &connector.Card{Ticket: kefu.Ticket{Number: 33}, Subject: "Order"}
	return r, th, alice, r.send(out).Parts[0].ExternalID
}

func (r *rig) press(message, id string, who fake.Member) *fake.Interaction {
	r.t.Helper()
	i, err := r.s.Press(message, id, who.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return i
}

func (r *rig) slash(channel string, who fake.Member, name string, options map[string]any) *fake.Interaction {
	r.t.Helper()
	i, err := r.s.Slash(channel, who.ID, name, options)
	if err != nil {
		r.t.Fatal(err)
	}
	return i
}

// said waits for the words that answer an interaction, which only the person sees.
func (r *rig) said(i *fake.Interaction) string {
	r.t.Helper()
	out, err := i.Answer(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	if !out.Ephemeral || out.Late || out.Original == nil {
		r.t.Fatalf("outcome %+v", out)
	}
	return out.Original.Content
}

// TestClaimRace lets 50 people press Claim at once: one has it, everybody else learns who.
func TestClaimRace(t *testing.T) {
	t.Parallel()
	r, _, alice, card := carded(t, fake.Options{})
	var mu sync.Mutex
	owner := ""
	r.rules.mu.Lock()
	r.rules.answer = func(in connector.Inbound) connector.Result {
		mu.Lock()
		defer mu.Unlock()
		v := &connector.View{Owner: owner}
		if owner == "" {
			owner = in.Sender.Name
		} else {
			v.Refused = connector.RefusedTaken
		}
		return connector.Result{View: v}
	}
	r.rules.mu.Unlock()
	var pressed []*fake.Interaction
	for n := range 50 {
		pressed = append(pressed, r.press(card, "kefu:claim:", r.s.AddMember(fmt.Sprint("Agent", n), alice.Roles...)))
	}
	won := 0
	for _, i := range pressed {
		switch words := r.said(i); words {
		case zhTW.say("claimed"), english.say("claimed"):
			won++
		default:
			if !strings.Contains(words, owner) {
				t.Errorf("a loser hears %q", words)
			}
		}
	}
	if won != 1 {
		t.Errorf("%d owners", won)
	}
}

func TestReplyForm(t *testing.T) {
	t.Parallel()
	r, th, alice, card := carded(t, fake.Options{})
	shown := r.press(card, "kefu:reply:", alice)
	out, err := shown.Callback(r.ctx)
	if err != nil || out.Modal == nil {
		t.Fatalf("%+v, %v", out, err)
	}
	text := "first line\nsecond line"
	done, err := r.s.SubmitModal(shown, map[string]string{"text": text})
	if err != nil {
		t.Fatal(err)
	}
	in := r.wait(1, kind(connector.InCommand))[0]
	if in.Command.Name != connector.CmdReply || in.Content.Text != text || in.ThreadID != th.ExternalID || in.Sender.ID != alice.ID {
		t.Errorf("%+v", in)
	}
	if words := r.said(done); words != zhTW.say("sent") {
		t.Errorf("answer %q", words)
	}
	bare := r.slash(th.ExternalID, alice, "note", nil)
	if out, err := bare.Callback(r.ctx); err != nil || out.Modal == nil || out.Modal.CustomID != "kefu:note:" {
		t.Errorf("bare /note: %+v, %v", out, err)
	}
}

func TestSlashCommands(t *testing.T) {
	t.Parallel()
	r, th, alice, _ := carded(t, fake.Options{})
	bob := r.s.AddMember("Bob", alice.Roles...)
	for _, c := range []struct {
		name    string
		options map[string]any
		args    map[string]string
		words   string
	}{
		{"reply", map[string]any{"text": "hi", "file": fake.File{Name: "a.txt", Data: []byte("a")}}, map[string]string{"text": "hi"}, zhTW.say("sent")},
		{"note", map[string]any{"text": "hm"}, map[string]string{"text": "hm"}, zhTW.say("noted")},
		{"claim", nil, nil, zhTW.say("claimed")},
		{"transfer", map[string]any{"member": bob.ID}, map[string]string{"agent_id": bob.ID, "agent_name": "Bob"}, zhTW.say("transferred", "Bob")},
		{"close", map[string]any{"reason": "done"}, map[string]string{"reason": "done"}, zhTW.say("closing")},
		{"reopen", nil, nil, zhTW.say("reopening")},
		{"order", nil, nil, zhTW.say("orders_empty")},
		{"transcript", nil, nil, zhTW.say("transcript_none")},
		{"status", nil, nil, "客服單 #33：開啟\n負責人：無\n優先順序：高\n等待送達：0 · 未送達：0"},
	} {
		i := r.slash(th.ExternalID, alice, c.name, c.options)
		if words := r.said(i); words != c.words {
			t.Errorf("/%s is answered %q, want %q", c.name, words, c.words)
		}
		in := r.wait(1, func(in connector.Inbound) bool { return in.Key == "i:"+i.ID })[0]
		for k, v := range c.args {
			if in.Command.Args[k] != v {
				t.Errorf("/%s: %s is %q, want %q", c.name, k, in.Command.Args[k], v)
			}
		}
		if c.name == "reply" && (len(in.Content.Attachments) != 1 || in.Content.Attachments[0].SHA256 == "") {
			t.Errorf("/reply: file not copied: %+v", in.Content)
		}
	}
}

func TestOnlyStaffMay(t *testing.T) {
	t.Parallel()
	r, th, _, card := carded(t, fake.Options{})
	visitor := r.s.AddMember("Visitor")
	if err := r.s.SetOverwrite(th.ExternalID, fake.Overwrite{ID: visitor.ID, Type: fake.OverwriteMember, Allow: fake.ViewChannel | fake.UseCommands}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"kefu:contact:", "kefu:claim:", "kefu:reply:", "kefu:ask_close:"} {
		if words := r.said(r.press(card, id, visitor)); words != zhTW.say("not_agent") {
			t.Errorf("%s: %q", id, words)
		}
	}
	if all, _ := r.rules.list(); len(all) != 0 {
		t.Errorf("taken in: %+v", all)
	}
}

func TestCloseAsksFirst(t *testing.T) {
	t.Parallel()
	r, _, alice, card := carded(t, fake.Options{})
	asked := r.press(card, "kefu:ask_close:", alice)
	if words := r.said(asked); words != zhTW.say("close_question") {
		t.Errorf("asked %q", words)
	}
	question := asked.Outcome().Original.ID
	if words := r.said(r.press(question, "kefu:keep_open:", alice)); words != zhTW.say("kept_open") {
		t.Errorf("kept: %q", words)
	}
	if words := r.said(r.press(question, "kefu:close:", alice)); words != zhTW.say("closing") {
		t.Errorf("closed: %q", words)
	}
	in := r.wait(2, kind(connector.InCommand))
	if in[0].Command.Name != connector.CmdKeepOpen || in[1].Command.Name != connector.CmdClose {
		t.Errorf("%+v", in)
	}
}

func TestContactAndRetry(t *testing.T) {
	t.Parallel()
	r, th, alice, card := carded(t, fake.Options{})
	r.rules.mu.Lock()
	r.rules.answer = func(in connector.Inbound) connector.Result {
		return connector.Result{View: &connector.View{Customer: kefu.Contact{Name: "DemoUser", Email: "demo@example.com"}, Orders: []kefu.Order{order(1), order(1), order(1)}}}
	}
	r.rules.mu.Unlock()
	if words := r.said(r.press(card, "kefu:contact:", alice)); !strings.Contains(words, "example.com") || !strings.Contains(words, "demo") {
		t.Errorf("contact %q", words)
	}
	orders := r.press(card, "kefu:order:", alice)
	r.said(orders)
	if m := orders.Outcome().Original; len(m.Embeds) != 2 || m.Content != zhTW.say("order_more", 1) {
		t.Errorf("orders %q, %d embeds", m.Content, len(m.Embeds))
	}
	m := r.say(th.ExternalID, alice, "answer")
	if err := r.c.Mark(r.ctx, connector.Mark{DeliveryID: "dlv_m", Thread: th, ExternalID: m.ID, State: connector.MarkFailed, Retry: "dlv_77"}); err != nil {
		t.Fatal(err)
	}
	posts := r.bot(th.ExternalID)
	if words := r.said(r.press(posts[len(posts)-1].ID, "kefu:retry:dlv_77", alice)); words != zhTW.say("retried") {
		t.Errorf("retry: %q", words)
	}
	in := r.wait(3, kind(connector.InCommand))[2]
	if in.Command.Name != connector.CmdRetry || in.Command.Args["delivery"] != "dlv_77" {
		t.Errorf("%+v", in)
	}
}

// TestSlowWork holds that Discord has its first answer at once, however long the rules take.
func TestSlowWork(t *testing.T) {
	t.Parallel()
	r, th, alice, _ := carded(t, fake.Options{})
	release := make(chan struct{})
	r.rules.mu.Lock()
	r.rules.answer = func(connector.Inbound) connector.Result {
		<-release
		return connector.Result{View: &connector.View{}}
	}
	r.rules.mu.Unlock()
	i := r.slash(th.ExternalID, alice, "claim", nil)
	out, err := i.Callback(r.ctx)
	close(release)
	if err != nil || out.Callback != fake.CallbackDefer || !out.Ephemeral {
		t.Errorf("%+v, %v", out, err)
	}
	if words := r.said(i); words != zhTW.say("claimed") {
		t.Errorf("answer %q", words)
	}
}

// TestAnswerSurvivesARudeDiscord loses, limits and breaks the final answer: the person has it in the end.
func TestAnswerSurvivesARudeDiscord(t *testing.T) {
	t.Parallel()
	r, th, alice, _ := carded(t, fake.Options{})
	for n, f := range []fake.Fault{{Kind: fake.FaultErrorHTML}, {Kind: fake.FaultResetAfter}, {Kind: fake.FaultLimitJSON, RetryAfter: 10 * time.Millisecond}} {
		f.Method, f.Skip, f.Count = "PATCH", n, 1
		r.s.Inject(f)
	}
	if words := r.said(r.slash(th.ExternalID, alice, "claim", nil)); words != zhTW.say("claimed") {
		t.Errorf("answer %q", words)
	}
	if in := r.wait(1, kind(connector.InCommand)); len(in) != 1 {
		t.Errorf("carried out %d times", len(in))
	}
}

func TestStoreAwayIsSaid(t *testing.T) {
	t.Parallel()
	r, th, alice, _ := carded(t, fake.Options{})
	r.rules.mu.Lock()
	r.rules.fail = 3
	r.rules.mu.Unlock()
	if words := r.said(r.slash(th.ExternalID, alice, "claim", nil)); words != zhTW.say("no_answer") {
		t.Errorf("answer %q", words)
	}
}

func TestCommandsAreRegisteredWhenTheyChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	count := func() (n int) {
		for _, q := range r.s.Requests() {
			if q.Method == http.MethodPut && strings.HasSuffix(q.Path, "/commands") {
				n++
			}
		}
		return n
	}
	stop := r.listen()
	// Discord has them before the connector has its answer and notes it: who stops in between registers again, and may.
	for tick := time.NewTicker(2 * time.Millisecond); ; <-tick.C {
		if noted, err := r.state.Load(r.ctx, commandsKey); noted != "" || err != nil || r.ctx.Err() != nil {
			break
		}
	}
	stop()
	r.listen()()
	if n := count(); n != 1 {
		t.Errorf("registered %d times", n)
	}
	r.state.forget()
	r.listen()
	r.until("they are registered again", func() bool { return count() == 2 })
}

func TestRefusalWords(t *testing.T) {
	t.Parallel()
	for _, why := range []string{connector.RefusedTaken, connector.RefusedClosed, connector.RefusedOpen, connector.RefusedUnknown, connector.RefusedEmpty,
		connector.RefusedNotFound, connector.RefusedFinal, connector.RefusedOwner} {
		for l := range lang(languages) {
			words := refusal(l, connector.CmdRetry, &connector.View{Refused: why, Owner: "Bob"})
			if words == "" || words == l.say("refused_other", why) {
				t.Errorf("%s has no words in %s", why, l)
			}
		}
	}
}
