package twilio

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/twilio"
	api "kefu/internal/twilio"
)

const (
	phone  = "+886912345678"
	ours   = "+12025550100"
	thread = "sms:" + phone + "|" + ours
)

// channel is an inbox in which customers write, beside a fake Twilio.
type channel struct {
	t     *testing.T
	ctx   context.Context
	s     *fake.Server
	deps  connector.Deps
	dir   *connectortest.Directory
	files *connectortest.Files
	c     *Connector
	in    []connector.Inbound
	seen  map[string]bool
}

func newChannel(t *testing.T, more map[string]any) *channel {
	t.Helper()
	return newChannelOf(t, fake.Options{}, more)
}

func newChannelOf(t *testing.T, o fake.Options, more map[string]any) *channel {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	ch := &channel{t: t, ctx: ctx, s: fake.New(o), seen: map[string]bool{}}
	if err := ch.s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ch.deps = connectortest.Deps(t, t.Output())
	ch.dir, ch.files = ch.deps.Directory.(*connectortest.Directory), ch.deps.Files.(*connectortest.Files)
	ch.c = ch.connect(more)
	t.Cleanup(func() {
		if err := ch.s.Close(); err != nil {
			t.Error(err)
		}
		for _, v := range ch.s.Violations() {
			t.Error(v)
		}
	})
	return ch
}

// connect makes the connector anew, as a restart does.
func (ch *channel) connect(more map[string]any) *Connector {
	ch.t.Helper()
	o := ch.s.Options()
	set := map[string]any{"account_sid": o.Account, "auth_token": o.AuthToken, "base_urls": ch.s.URL()}
	maps.Copy(set, more)
	raw, err := json.Marshal(set)
	if err != nil {
		ch.t.Fatal(err)
	}
	c, err := Factory{}.New(connector.Inbox{ID: "sms", Channel: Kind, Settings: raw}, ch.deps)
	if err != nil {
		ch.t.Fatal(err)
	}
	return c.(*Connector)
}

// look reads a thread as the watcher does, and gives what was new.
func (ch *channel) look(name string) []connector.Inbound {
	ch.t.Helper()
	var fresh []connector.Inbound
	t := connector.Thread{ExternalID: name}
	if known, ok, _ := ch.dir.Thread(ch.ctx, name); ok {
		t = known
	}
	err := ch.c.Look(ch.ctx, t, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		known, ok, _ := ch.dir.Thread(ch.ctx, in.ThreadID)
		switch {
		case in.Key != "" && ch.seen[in.Key]:
			return connector.Result{ConversationID: "cnv", Duplicate: true}, nil
		case !ok && in.Sender.Kind != kefu.AuthorContact:
			return connector.Result{Ignored: "unknown thread"}, nil
		case !ok:
			known = connector.Thread{LinkID: "lnk_1", ConversationID: "cnv", Role: kefu.RoleCustomer, ExternalID: in.ThreadID}
		}
		if ch.seen[in.Key] = true; in.Cursor != "" {
			known.Cursor = in.Cursor
		}
		ch.dir.Put(known)
		fresh = append(fresh, in)
		return connector.Result{ConversationID: "cnv"}, nil
	})
	if err != nil {
		ch.t.Fatal(err)
	}
	ch.in = append(ch.in, fresh...)
	return fresh
}

// texts has the phone write, and gives what the look finds.
func (ch *channel) texts(text string) []connector.Inbound {
	ch.t.Helper()
	sid, _ := ch.s.CustomerTexts(phone, ours, text)
	return ch.look(sid)
}

func (ch *channel) out(delivery, text string) connector.Outbound {
	return connector.Outbound{DeliveryID: kefu.DeliveryID(delivery), Thread: connector.Thread{Role: kefu.RoleCustomer, ExternalID: thread},
		Message:  kefu.Message{ID: kefu.MessageID("msg_" + delivery), Author: kefu.Author{Kind: kefu.AuthorAgent, Name: "Amy"}, Content: kefu.Content{Text: text}},
		Customer: kefu.Contact{Name: "王小明", Locale: kefu.LocaleTaiwan}}
}

// says sends a text that must arrive.
func (ch *channel) says(delivery, text string) connector.Receipt {
	ch.t.Helper()
	r, err := ch.c.Send(ch.ctx, ch.out(delivery, text))
	if err != nil {
		ch.t.Fatal(err)
	}
	return r
}

// phoneHas are the texts that the phone has got.
func (ch *channel) phoneHas() []string {
	var list []string
	for _, m := range ch.s.Phone(phone, ours) {
		list = append(list, m.Body)
	}
	return list
}

func TestPairs(t *testing.T) {
	for name, p := range map[string]pair{
		"sms:+886912345678|+12025550100":      {"sms", "+886912345678", "+12025550100"},
		"whatsapp:+886912345678|+12025550100": {"whatsapp", "+886912345678", "+12025550100"},
		"messenger:a|b|c":                     {"messenger", "a|b", "c"},
		"chat:visitor:7|x":                    {"chat", "visitor:7|x", ""},
	} {
		got, ok := parsePair(name)
		if !ok || got != p || got.thread() != name {
			t.Errorf("%s is read as %+v, which is %s", name, got, got.thread())
		}
		of := api.Participant{Identity: p.participant().Identity}
		if a := p.participant(); a.Address != "" {
			of.Binding = &api.Binding{Address: a.Address, ProxyAddress: a.ProxyAddress}
		}
		if back, ok := pairOf(of); !ok || back != p || !p.is(of.Binding, of.Identity) {
			t.Errorf("%s: a participant %+v is read as %+v", name, of, back)
		}
	}
	for _, name := range []string{"", "chat:", "sms:", "sms:+1|", "sms:|+1", "+1|+2", "CH1"} {
		if p, ok := parsePair(name); ok {
			t.Errorf("%q is read as %+v", name, p)
		}
	}
}

func TestATextOpensTheThreadOfItsPair(t *testing.T) {
	ch := newChannel(t, nil)
	sid, id := ch.s.CustomerTexts(phone, ours, "我的訂單呢？")
	got := ch.look(sid)
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	in := got[0]
	if in.Kind != connector.InMessage || in.Key != "m:"+id || in.ThreadID != thread || in.ExternalID != id || in.Cursor != sid+":0" ||
		in.Content.Text != "我的訂單呢？" || in.Title != "我的訂單呢？" || in.Sender != (connector.Sender{Kind: kefu.AuthorContact, ID: phone, Name: phone, Via: "SMS"}) {
		t.Errorf("%+v", in)
	}
	ch.s.CustomerTexts(phone, ours, "一")
	ch.s.CustomerTexts(phone, ours, "二")
	if got := ch.look(sid); len(got) != 2 || got[0].Content.Text != "一" || got[1].Content.Text != "二" {
		t.Errorf("%+v", got)
	}
	if again := append(ch.look(sid), ch.look(thread)...); len(again) != 0 {
		t.Errorf("read again: %+v", again)
	}
}

func TestEachWayOfWritingIsAThreadOfItsOwn(t *testing.T) {
	ch := newChannel(t, nil)
	for _, from := range [][2]string{{phone, ours}, {phone, "+12025550111"}, {"whatsapp:" + phone, "whatsapp:" + ours}} {
		sid, _ := ch.s.CustomerTexts(from[0], from[1], "你好")
		ch.look(sid)
	}
	sid, _ := ch.s.ChatSays("visitor-7", "Ann Lee", "hello")
	ch.look(sid)
	var names, people []string
	for _, in := range ch.in {
		names, people = append(names, in.ThreadID), append(people, in.Sender.ID+" "+in.Sender.Name+" "+in.Sender.Via)
	}
	if want := []string{thread, "sms:" + phone + "|+12025550111", "whatsapp:" + phone + "|" + ours, "chat:visitor-7"}; !slices.Equal(names, want) {
		t.Errorf("threads %v, want %v", names, want)
	}
	if want := []string{phone + " " + phone + " SMS", phone + " " + phone + " SMS", "whatsapp:" + phone + " " + phone + " WhatsApp", "visitor-7 Ann Lee Web chat"}; !slices.Equal(people, want) {
		t.Errorf("people %v, want %v", people, want)
	}
	r, err := ch.c.Send(ch.ctx, connector.Outbound{DeliveryID: "d", Thread: connector.Thread{Role: kefu.RoleCustomer, ExternalID: "whatsapp:" + phone + "|" + ours},
		Message: kefu.Message{ID: "msg", Content: kefu.Content{Text: "只給 WhatsApp"}}})
	if err != nil || len(r.Parts) != 1 {
		t.Fatal(r, err)
	}
	if got := ch.s.Phone("whatsapp:"+phone, "whatsapp:"+ours); len(got) != 1 || got[0].Body != "只給 WhatsApp" || len(ch.phoneHas()) != 0 {
		t.Errorf("%+v, by SMS %v", got, ch.phoneHas())
	}
}

func TestOnlyOwnNumbersAreServed(t *testing.T) {
	ch := newChannel(t, map[string]any{"numbers": []string{"+12025550111"}})
	if got := ch.texts("不是這裡"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	sid, _ := ch.s.CustomerTexts(phone, "+12025550111", "這裡")
	if got := ch.look(sid); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPicturesComeIn(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerSends(phone, ours, "看這個", "破損.png", "image/png", []byte("\x89PNG\r\n\x1a\nabc"))
	got := ch.look(sid)
	if len(got) != 1 || got[0].Content.Text != "看這個" || len(got[0].Content.Attachments) != 1 {
		t.Fatalf("%+v", got)
	}
	if a := got[0].Content.Attachments[0]; a.Name != "破損.png" || a.Type != "image/png" || a.SHA256 == "" || a.URL != "" {
		t.Errorf("%+v", a)
	}
}

func TestPeopleOfTheCompanyWhoAnswerInTwilio(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(sid)
	if _, err := ch.s.AgentSays(sid, "bob", "在的"); err != nil {
		t.Fatal(err)
	}
	got := ch.look(sid)
	if len(got) != 1 || got[0].Sender.Kind != kefu.AuthorAgent || got[0].Sender.Name != "bob" || got[0].Note {
		t.Errorf("%+v", got)
	}
	ch.says("dlv_1", "我也在")
	if got := ch.look(sid); len(got) != 0 {
		t.Errorf("our own came back: %+v", got)
	}
}

func TestALongChineseTextArrivesWhole(t *testing.T) {
	ch := newChannel(t, nil)
	ch.texts("在嗎")
	text := strings.Repeat("龍", 1600)
	if r := ch.says("dlv_1", text); len(r.Parts) != 1 {
		t.Errorf("%d parts", len(r.Parts))
	}
	longer := strings.Repeat("第一句話到此為止。", 400)
	r := ch.says("dlv_2", longer)
	got := ch.phoneHas()
	if len(r.Parts) != 3 || got[0] != text || strings.Join(got[1:], "") != longer {
		t.Errorf("%d parts, %d texts", len(r.Parts), len(got))
	}
	for i, p := range r.Parts {
		if p.N != i || p.ExternalID == "" {
			t.Errorf("%+v", r.Parts)
		}
	}
}

func TestABrokenSendGoesOnWhereItWas(t *testing.T) {
	ch := newChannel(t, nil)
	ch.texts("在嗎")
	text := strings.Repeat("第一句話到此為止。", 400)
	out := ch.out("dlv_1", text)
	ch.s.Inject(fake.Fault{Kind: fake.FaultCut, Method: "POST", Path: messagesPath, Skip: 1, Count: 1})
	r, err := ch.c.Send(ch.ctx, out)
	if e := connector.Failure(err); e.Class != connector.Uncertain || len(r.Parts) != 1 {
		t.Fatalf("%v %+v", err, r)
	}
	out.Known, out.Unsure, out.UnsureSince = r.Parts, true, time.Now().Add(-time.Second)
	if r, err = ch.c.Send(ch.ctx, out); err != nil || len(r.Parts) != 3 || r.Found {
		t.Fatalf("%v %+v", err, r)
	}
	if got := ch.phoneHas(); len(got) != 3 || strings.Join(got, "") != text {
		t.Errorf("the phone has %d texts", len(got))
	}
	if r, err = ch.c.Send(ch.ctx, out); err != nil || !r.Found || len(ch.phoneHas()) != 3 {
		t.Errorf("%v %+v, %d", err, r, len(ch.phoneHas()))
	}
}

func TestAClosedConversationGoesOnInANewOne(t *testing.T) {
	ch := newChannel(t, nil)
	first, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(first)
	if err := ch.s.CustomerEnds(phone, ours); err != nil {
		t.Fatal(err)
	}
	if got := ch.look(first); len(got) != 1 || got[0].Kind != connector.InStanding || got[0].Standing.Status != kefu.StatusClosed {
		t.Fatalf("%+v", got)
	}
	ch.says("dlv_1", "還有一件事")
	if got := ch.phoneHas(); !slices.Equal(got, []string{"還有一件事"}) {
		t.Errorf("the phone has %v", got)
	}
	second, _ := ch.s.CustomerTexts(phone, ours, "什麼事？")
	if second == first {
		t.Fatal("the conversation is the closed one")
	}
	if got := ch.look(second); len(got) != 1 || got[0].ThreadID != thread || got[0].Content.Text != "什麼事？" {
		t.Errorf("%+v", got)
	}
	if got := ch.look(first); len(got) != 0 {
		t.Errorf("the old one says %+v", got)
	}
	if n := len(ch.s.Conversations()); n != 2 {
		t.Errorf("%d conversations", n)
	}
	// The customer begins a new one by themselves, and the answer goes there.
	if err := ch.s.CustomerEnds(phone, ours); err != nil {
		t.Fatal(err)
	}
	third, _ := ch.s.CustomerTexts(phone, ours, "哈囉")
	ch.says("dlv_2", "您好")
	if n, _ := ch.s.Conversation(third); n.Messages[len(n.Messages)-1].Body != "您好" || len(ch.s.Conversations()) != 3 {
		t.Errorf("%+v", n)
	}
}

func TestALostNewConversationIsNotMadeTwice(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(sid)
	_ = ch.s.CustomerEnds(phone, ours)
	ch.s.Inject(fake.Fault{Kind: fake.FaultCut, Method: "POST", Path: participantsPath, Count: 1})
	ch.says("dlv_1", "您好")
	if n := len(ch.s.Conversations()); n != 2 || len(ch.phoneHas()) != 1 {
		t.Errorf("%d conversations, the phone has %v", n, ch.phoneHas())
	}
}

func TestStandingOfACustomersConversation(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(sid)
	at := connector.Thread{LinkID: "lnk_1", Role: kefu.RoleCustomer, ExternalID: thread}
	for _, step := range []struct{ from, to, state string }{{"open", "pending", "active"}, {"pending", "snoozed", "inactive"}, {"snoozed", "open", "active"}, {"open", "closed", "closed"}} {
		now := connector.Standing{Status: kefu.Status(step.to), Priority: kefu.PriorityHigh, Labels: []string{"vip"}}
		has, err := ch.c.SendStanding(ch.ctx, at, now, connector.Standing{Status: kefu.Status(step.from)})
		if err != nil {
			t.Fatal(step, err)
		}
		// What it cannot show is left as it is, or each change of anything would be carried there again.
		if has.Status != now.Status || has.Priority != now.Priority || !slices.Equal(has.Labels, now.Labels) || !slices.Equal(has.Only, []string{connector.HasStatus}) {
			t.Errorf("after %v it has %+v", step, has)
		}
		if n, _ := ch.s.Conversation(sid); n.State != step.state {
			t.Errorf("after %v it is %s", step, n.State)
		}
		known, _, _ := ch.dir.Thread(ch.ctx, thread)
		known.Base.Status = kefu.Status(step.to)
		ch.dir.Put(known)
		if got := ch.look(thread); len(got) != 0 {
			t.Errorf("after %v it is told %+v", step, got)
		}
	}
	// Reopened here: what is closed there stays so, and is not told of.
	if _, err := ch.c.SendStanding(ch.ctx, at, connector.Standing{Status: kefu.StatusOpen}, connector.Standing{Status: kefu.StatusClosed}); err != nil {
		t.Fatal(err)
	}
	known, _, _ := ch.dir.Thread(ch.ctx, thread)
	known.Base.Status = kefu.StatusOpen
	ch.dir.Put(known)
	if got := append(ch.look(sid), ch.look(thread)...); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	ch.says("dlv_1", "又開了")
	if got := ch.phoneHas(); !slices.Equal(got, []string{"又開了"}) {
		t.Errorf("%v", got)
	}
}

func TestWhatNoHookToldIsFound(t *testing.T) {
	ch := newChannel(t, nil)
	for i := range 120 {
		ch.s.CustomerTexts(fmt.Sprintf("+8869%08d", i), ours, "在嗎")
	}
	names, err := ch.c.Changed(ch.ctx, time.Time{})
	if err != nil || len(names) != 120 {
		t.Fatalf("%d, %v", len(names), err)
	}
	for _, name := range names {
		ch.look(name)
	}
	if names, err = ch.c.Changed(ch.ctx, time.Now().Add(time.Hour)); err != nil || len(names) != 120 || slices.ContainsFunc(names, func(n string) bool { return isSID("CH", n) }) {
		t.Errorf("%v, %v", names, err)
	}
	if ch.c.LookEvery() != 5*time.Minute {
		t.Error(ch.c.LookEvery())
	}
}

func TestADeskTakesNoCustomers(t *testing.T) {
	ch := newChannel(t, nil)
	o := ch.s.Options()
	sid, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.c = ch.connect(map[string]any{"workspace_sid": o.Workspace, "workflow_sid": o.Workflow})
	if got := ch.look(sid); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if names, err := ch.c.Changed(ch.ctx, time.Time{}); err != nil || len(names) != 0 {
		t.Errorf("%v %v", names, err)
	}
	if _, err := ch.c.Send(ch.ctx, ch.out("dlv_1", "x")); connector.Failure(err).Class != connector.Permanent {
		t.Error(err)
	}
}
