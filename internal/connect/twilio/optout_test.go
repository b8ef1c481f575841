package twilio

import (
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/twilio"
	api "kefu/internal/twilio"
)

var (
	messagesPath     = regexp.MustCompile(`/Messages$`)
	participantsPath = regexp.MustCompile(`/Participants$`)
)

// refused sends a text that must not go out, and says in which words.
func (ch *channel) refused(delivery string) string {
	ch.t.Helper()
	_, err := ch.c.Send(ch.ctx, ch.out(delivery, "在嗎？"))
	e := connector.Failure(err)
	if err == nil || e.Class != connector.Permanent || e.Scope != connector.ScopeThread {
		ch.t.Errorf("%v", err)
	}
	return e.Reason
}

func (ch *channel) calls() int { return len(ch.s.Requests()) }

func TestStopAndStart(t *testing.T) {
	ch := newChannel(t, nil)
	ch.texts("在嗎")
	got := ch.texts(" stop\n")
	if len(got) != 1 || !got[0].Note || got[0].Sender.Kind != kefu.AuthorSystem {
		t.Fatalf("%+v", got)
	}
	for _, words := range []string{"退訂", "退订", "START", "no more messages", "stop"} {
		if !strings.Contains(got[0].Content.Text, words) {
			t.Errorf("no %q in %s", words, got[0].Content.Text)
		}
	}
	before := ch.calls()
	if words := ch.refused("dlv_1"); !strings.Contains(words, "START") || !strings.Contains(words, "退訂") {
		t.Errorf("staff read %q", words)
	}
	if ch.calls() != before {
		t.Error("Twilio was asked all the same")
	}
	ch.c = ch.connect(nil)
	ch.refused("dlv_1")
	if got = ch.texts("start"); len(got) != 1 || !got[0].Note || !strings.Contains(got[0].Content.Text, "✅") {
		t.Fatalf("%+v", got)
	}
	ch.says("dlv_2", "您好")
	if got := ch.phoneHas(); !slices.Equal(got, []string{"您好"}) {
		t.Errorf("%v", got)
	}
	if got = ch.texts("YES"); len(got) != 1 || got[0].Note {
		t.Errorf("a plain yes: %+v", got)
	}
	if got = ch.texts("help"); len(got) != 1 || !got[0].Note {
		t.Errorf("help: %+v", got)
	}
}

func TestAnOldStopDoesNotUndoAStart(t *testing.T) {
	var ticks atomic.Int64
	ch := newChannelOf(t, fake.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ticks.Add(1)) * time.Second) }}, nil)
	first, _ := ch.s.CustomerTexts(phone, ours, "STOP")
	_ = ch.s.CustomerEnds(phone, ours)
	second, _ := ch.s.CustomerTexts(phone, ours, "START")
	ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(second)
	ch.look(first) // its hook was late
	ch.says("dlv_1", "在的")
}

func TestStopOfSomebodyWithWhomNobodyTalks(t *testing.T) {
	ch := newChannel(t, nil)
	if got := ch.texts("STOP"); len(got) != 0 {
		t.Errorf("a conversation was opened by %+v", got)
	}
	ch.refused("dlv_1")
}

func TestWordsThatAreOnlyWords(t *testing.T) {
	for _, c := range []struct {
		p    pair
		text string
		want api.Consent
	}{
		{pair{kind: kindSMS}, "cancel", api.OptOut}, {pair{kind: kindSMS}, "End", api.OptOut}, {pair{kind: kindSMS}, "please stop", api.NoConsentWord},
		{pair{kind: whatsApp}, "cancel", api.NoConsentWord}, {pair{kind: whatsApp}, "stop", api.OptOut}, {pair{kind: whatsApp}, "HELP", api.NoConsentWord},
		{pair{kind: kindChat}, "STOP", api.NoConsentWord},
	} {
		if got := wordOf(c.p, c.text); got != c.want {
			t.Errorf("%s %q is %q", c.p.kind, c.text, got)
		}
	}
}

func TestTwilioKnewOfTheStopBeforeUs(t *testing.T) {
	ch := newChannel(t, nil)
	ch.texts("在嗎")
	ch.s.Inject(fake.Fault{Kind: fake.FaultError, Method: "POST", Path: messagesPath, Status: 400, Code: api.CodeUnsubscribed, Count: 1})
	if words := ch.refused("dlv_1"); !strings.Contains(words, "START") {
		t.Error(words)
	}
	before := ch.calls()
	ch.refused("dlv_2")
	if ch.calls() != before {
		t.Error("Twilio was asked again")
	}
}

func TestAReceiptTellsOfTheStop(t *testing.T) {
	ch := newChannel(t, nil)
	sid, _ := ch.s.CustomerTexts(phone, ours, "在嗎")
	ch.look(sid)
	ch.s.CustomerTexts(phone, ours, "STOP") // nobody has looked yet
	ch.says("dlv_1", "在的")
	ch.seen = map[string]bool{}
	var notes []string
	for _, in := range ch.look(sid) {
		if in.Note {
			notes = append(notes, in.Key)
		}
	}
	if len(notes) != 2 || !strings.HasPrefix(notes[1], "d:") {
		t.Errorf("%v", notes)
	}
	ch.refused("dlv_2")
	if got := ch.look(sid); len(got) != 0 {
		t.Errorf("told again: %+v", got)
	}
}
