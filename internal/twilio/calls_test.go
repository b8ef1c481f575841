package twilio_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	fake "kefu/internal/fake/twilio"
	"kefu/internal/twilio"
)

func TestConversationFromBeginToEnd(t *testing.T) {
	s, c := start(t, fake.Options{})
	ctx, o := testContext(t), s.Options()
	n := must[twilio.Conversation](t)(c.CreateConversation(ctx, twilio.ConversationCreate{UniqueName: "lnk_1", FriendlyName: "王小明", Attributes: `{"ticket":33}`, TellHooks: true}))
	if n.State != twilio.Active || n.UniqueName != "lnk_1" || n.ServiceSID != o.Service || n.Created.IsZero() {
		t.Fatalf("made %+v", n)
	}
	p := must[twilio.Participant](t)(c.AddParticipant(ctx, n.SID, twilio.ParticipantCreate{Identity: "contact-7", Attributes: `{}`}))
	must[twilio.ScopedHook](t)(c.CreateScopedHook(ctx, n.SID, twilio.HookCreate{URL: "http://127.0.0.1:1/hook", Filters: []string{"onMessageAdded", "onMessageUpdated"}}))
	replay := 0
	flow := must[twilio.ScopedHook](t)(c.CreateScopedHook(ctx, n.SID, twilio.HookCreate{FlowSID: "FW0123456789abcdef0123456789abcdef", ReplayAfter: &replay}))
	hooks := must[[]twilio.ScopedHook](t)(c.ScopedHooks(ctx, n.SID))
	if len(hooks) != 2 || len(hooks[0].Configuration.Filters) != 2 || hooks[1].Configuration.FlowSID == "" {
		t.Errorf("hooks %+v", hooks)
	}
	if err := c.DeleteScopedHook(ctx, n.SID, flow.SID); err != nil {
		t.Error(err)
	}
	m := must[twilio.Message](t)(c.CreateMessage(ctx, n.SID, twilio.MessageCreate{Author: "contact-7", Body: "我的訂單呢?", Attributes: `{"delivery":"d1"}`}))
	if m.ParticipantSID != p.SID || m.Index != 0 || m.Author != "contact-7" {
		t.Errorf("message %+v", m)
	}
	m = must[twilio.Message](t)(c.UpdateMessage(ctx, n.SID, m.SID, twilio.MessageUpdate{Body: "我的訂單 5 號呢?"}))
	if again := must[twilio.Message](t)(c.Message(ctx, n.SID, m.SID)); again.Body != "我的訂單 5 號呢?" || again.Attributes != `{"delivery":"d1"}` {
		t.Errorf("read again: %+v", again)
	}
	if err := c.DeleteMessage(ctx, n.SID, m.SID); err != nil {
		t.Error(err)
	}
	if _, err := c.Message(ctx, n.SID, m.SID); twilio.Code(err) != twilio.CodeNotFound {
		t.Errorf("a deleted message: %v", err)
	}
	if err := c.RemoveParticipant(ctx, n.SID, p.SID); err != nil {
		t.Error(err)
	}
	if n = must[twilio.Conversation](t)(c.UpdateConversation(ctx, n.SID, twilio.ConversationUpdate{State: twilio.Closed})); n.State != twilio.Closed {
		t.Errorf("closed: %+v", n)
	}
	if _, err := c.UpdateConversation(ctx, n.SID, twilio.ConversationUpdate{State: twilio.Active}); twilio.Status(err) != http.StatusConflict {
		t.Errorf("closed was opened again: %v", err)
	}
}

func TestInteraction(t *testing.T) {
	s, c := start(t, fake.Options{})
	ctx, o := testContext(t), s.Options()
	n := must[twilio.Conversation](t)(c.CreateConversation(ctx, twilio.ConversationCreate{UniqueName: "lnk_2"}))
	i := must[twilio.Interaction](t)(c.CreateInteraction(ctx, twilio.InteractionCreate{MediaChannelSID: n.SID, Routing: twilio.Routing{
		WorkspaceSID: o.Workspace, WorkflowSID: o.Workflow, Attributes: map[string]any{"customerName": "王小明", "ticket": 33},
	}}))
	if got := s.Interactions(); len(got) != 1 || got[0].Conversation != n.SID || got[0].Attributes != `{"customerName":"王小明","ticket":33}` {
		t.Errorf("Flex was asked %+v", got)
	}
	tasks := must[[]twilio.Task](t)(c.TasksWith(ctx, o.Workspace, "customerName", "王小明"))
	if len(tasks) != 1 || !strings.Contains(tasks[0].Attributes, i.SID) || tasks[0].Status != "pending" {
		t.Errorf("tasks %+v of %+v", tasks, i)
	}
	if none := must[[]twilio.Task](t)(c.TasksWith(ctx, o.Workspace, "customerName", "somebody else")); len(none) != 0 {
		t.Errorf("tasks of nobody: %+v", none)
	}
	list := must[[]twilio.InteractionChannel](t)(c.InteractionChannels(ctx, i.SID))
	if len(list) != 1 || list[0].SID != i.Channel.SID {
		t.Fatalf("channels %+v of %+v", list, i)
	}
	if got := must[twilio.InteractionChannel](t)(c.UpdateInteractionChannel(ctx, i.SID, i.Channel.SID, twilio.ChannelClosed)); got.Status != twilio.ChannelClosed {
		t.Errorf("channel %+v", got)
	}
}

func TestEnsureAfterLossAndConflict(t *testing.T) {
	s, c := start(t, fake.Options{})
	ctx := testContext(t)
	want := twilio.ConversationCreate{UniqueName: "lnk_3"}
	s.Inject(fake.Fault{Kind: fake.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(`/Conversations$`), Count: 1})
	first := must[twilio.Conversation](t)(c.EnsureConversation(ctx, want))
	second := must[twilio.Conversation](t)(c.EnsureConversation(ctx, want))
	if first.SID != second.SID || len(s.Conversations()) != 1 {
		t.Errorf("made %s and %s, %d in all", first.SID, second.SID, len(s.Conversations()))
	}
	for _, who := range []twilio.ParticipantCreate{{Identity: "contact-7"}, {Address: "+886912345678", ProxyAddress: "+15005550006"}} {
		s.Inject(fake.Fault{Kind: fake.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(`/Participants$`), Count: 1})
		one := must[twilio.Participant](t)(c.EnsureParticipant(ctx, first.SID, who))
		two := must[twilio.Participant](t)(c.EnsureParticipant(ctx, first.SID, who))
		if one.SID != two.SID || one.SID == "" {
			t.Errorf("%+v: made %+v and %+v", who, one, two)
		}
	}
	s.Inject(fake.Fault{Kind: fake.FaultLimit, Method: http.MethodPost, Count: 1})
	if _, err := c.EnsureConversation(ctx, twilio.ConversationCreate{UniqueName: "lnk_4"}); twilio.Status(err) != http.StatusTooManyRequests {
		t.Errorf("a limit came out as %v", err)
	}
}

func TestPages(t *testing.T) {
	_, c := start(t, fake.Options{})
	ctx := testContext(t)
	const many = 130
	n := must[twilio.Conversation](t)(c.CreateConversation(ctx, twilio.ConversationCreate{UniqueName: "long"}))
	for i := range many {
		must[twilio.Message](t)(c.CreateMessage(ctx, n.SID, twilio.MessageCreate{Body: fmt.Sprint(i)}))
	}
	var seen []string
	for after, more := "", true; more; more = after != "" {
		list, next, err := c.Messages(ctx, n.SID, twilio.NewestFirst, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			seen = append(seen, m.Body)
		}
		after = next
	}
	if len(seen) != many || seen[0] != "129" || seen[many-1] != "0" {
		t.Errorf("%d messages, %v", len(seen), seen)
	}
	for i := range 60 {
		n := must[twilio.Conversation](t)(c.CreateConversation(ctx, twilio.ConversationCreate{UniqueName: fmt.Sprint("of-", i)}))
		must[twilio.Participant](t)(c.AddParticipant(ctx, n.SID, twilio.ParticipantCreate{Identity: "contact-7"}))
	}
	list, next, err := c.ConversationsOf(ctx, "contact-7", "")
	if err != nil || len(list) != 50 || next == "" {
		t.Fatalf("%d conversations, next %q, %v", len(list), next, err)
	}
	list, next, err = c.ConversationsOf(ctx, "contact-7", next)
	if err != nil || len(list) != 10 || next != "" || list[9].UniqueName != "of-59" || list[9].State != twilio.Active {
		t.Errorf("%+v, next %q, %v", list, next, err)
	}
}

func TestMedia(t *testing.T) {
	clock := time.Now()
	s, c := start(t, fake.Options{Now: func() time.Time { return clock }, MaxMedia: 40 << 20})
	ctx, service := testContext(t), s.Options().Service
	content := bytes.Repeat([]byte("龍"), 1000)
	up := must[twilio.Media](t)(c.UploadMedia(ctx, service, twilio.Upload{Filename: "龍 & Co.png", ContentType: "image/png", Content: content}))
	n := must[twilio.Conversation](t)(c.CreateConversation(ctx, twilio.ConversationCreate{UniqueName: "file"}))
	m := must[twilio.Message](t)(c.CreateMessage(ctx, n.SID, twilio.MessageCreate{Author: "x", MediaSID: up.SID}))
	if len(m.Media) != 1 || m.Media[0].Filename != "龍 & Co.png" || m.Media[0].Size != int64(len(content)) {
		t.Fatalf("media of the message: %+v", m.Media)
	}
	clock = clock.Add(time.Hour) // the address of the upload is dead, a fresh one is asked for
	if _, got, err := c.DownloadMedia(ctx, service, up.SID); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	big := make([]byte, twilio.DefaultMaxMedia+1)
	if _, err := c.UploadMedia(ctx, service, twilio.Upload{ContentType: "image/png", Content: big}); !errors.Is(err, twilio.ErrMediaTooLarge) || twilio.MayHaveHappened(err) {
		t.Errorf("too large: %v", err)
	}
}

func TestDoctor(t *testing.T) {
	s, c := start(t, fake.Options{})
	ctx, o := testContext(t), s.Options()
	if a := must[twilio.Account](t)(c.Account(ctx)); a.Status != "active" {
		t.Errorf("account %+v", a)
	}
	if w := must[twilio.Workspace](t)(c.Workspace(ctx, o.Workspace)); w.SID != o.Workspace {
		t.Errorf("workspace %+v", w)
	}
	if w := must[twilio.Workflow](t)(c.Workflow(ctx, o.Workspace, o.Workflow)); w.SID != o.Workflow {
		t.Errorf("workflow %+v", w)
	}
	if _, err := c.Workflow(ctx, o.Workspace, "WW00000000000000000000000000000099"); twilio.Code(err) != twilio.CodeNotFound {
		t.Errorf("no such workflow: %v", err)
	}
}

func TestWhatASweepAndADoctorRead(t *testing.T) {
	s, c := start(t, fake.Options{ServiceHook: "http://127.0.0.1:1/hooks/sms"})
	ctx, o := testContext(t), s.Options()
	first, _ := s.CustomerTexts("+886912345678", "+12025550100", "你好")
	if err := s.CustomerEnds("+886912345678", "+12025550100"); err != nil {
		t.Fatal(err)
	}
	second, _ := s.CustomerTexts("+886912345678", "+12025550100", "在嗎")
	other, _ := s.CustomerTexts("+886912345678", "+12025550111", "在嗎")
	open, next, err := c.Conversations(ctx, twilio.Active, time.Now().Add(-time.Hour), "")
	if err != nil || next != "" || len(open) != 2 || open[0].SID != second || open[1].SID != other {
		t.Errorf("open: %+v, next %q, %v", open, next, err)
	}
	of, _, err := c.ConversationsAt(ctx, "+886912345678", "")
	if err != nil || len(of) != 3 || of[0].ConversationSID != first || of[0].State != twilio.Closed || of[2].Binding == nil || of[2].Binding.ProxyAddress != "+12025550111" {
		t.Errorf("of the number: %+v, %v", of, err)
	}
	h := must[twilio.Hooks](t)(c.AccountHooks(ctx))
	if of := must[twilio.Hooks](t)(c.ServiceHooks(ctx, o.Service)); of.PostURL != o.ServiceHook || h.PostURL != o.ServiceHook {
		t.Errorf("hooks %+v %+v", h, of)
	}
	if f := must[twilio.Flow](t)(c.Flow(ctx, o.Flow)); f.Status != "published" {
		t.Errorf("flow %+v", f)
	}
}

func TestReceiptsTellWhoHasSaidStop(t *testing.T) {
	s, c := start(t, fake.Options{})
	ctx := testContext(t)
	n, _ := s.CustomerTexts("+886912345678", "+12025550100", "hello")
	good := must[twilio.Message](t)(c.CreateMessage(ctx, n, twilio.MessageCreate{Body: "hi"}))
	s.CustomerTexts("+886912345678", "+12025550100", " stop ")
	bad := must[twilio.Message](t)(c.CreateMessage(ctx, n, twilio.MessageCreate{Body: "are you there?"}))
	if m := must[twilio.Message](t)(c.Message(ctx, n, good.SID)); m.Delivery.Refused() {
		t.Errorf("%+v", m.Delivery)
	}
	if m := must[twilio.Message](t)(c.Message(ctx, n, bad.SID)); !m.Delivery.Refused() {
		t.Errorf("%+v", m.Delivery)
	}
	if r := must[[]twilio.Receipt](t)(c.Receipts(ctx, n, bad.SID)); len(r) != 1 || r[0].ErrorCode != twilio.CodeUnsubscribed {
		t.Errorf("%+v", r)
	}
	if got := s.Phone("+886912345678", "+12025550100"); len(got) != 1 || got[0].Body != "hi" {
		t.Errorf("the phone has %+v", got)
	}
}
