package twilio_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"kefu/internal/fake/twilio"
)

const (
	phone = "+886912345678"
	ours  = "+15005550006"
)

func TestWebhooksOfPeople(t *testing.T) {
	e := newEar(t)
	s, _ := start(t, twilio.Options{ServiceHook: e.url})
	sid, _ := s.CustomerTexts(phone, ours, "您好")
	again, message := s.CustomerTexts(phone, ours, "在嗎?")
	if again != sid {
		t.Errorf("a second conversation %s of the same two, not %s", again, sid)
	}
	if err := s.AgentEdits(sid, message, "在嗎?!"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AgentSays(sid, "agent-1", "您好,王小姐"); err != nil {
		t.Fatal(err)
	}
	if err := s.AgentCloses(sid); err != nil {
		t.Fatal(err)
	}
	var events []string
	for range 9 {
		h := e.next(t)
		if !h.good || h.form.Get("ConversationSid") != sid {
			t.Errorf("%v, signed %v", h.form, h.good)
		}
		events = append(events, h.event()+" "+h.form.Get("Source"))
	}
	want := []string{
		"onConversationAdded SMS", "onParticipantAdded SMS", "onMessageAdded SMS", "onMessageAdded SMS",
		"onMessageUpdated SDK", "onParticipantAdded SDK", "onMessageAdded SDK", "onDeliveryUpdated API", "onConversationStateUpdated API",
	}
	if !slices.Equal(events, want) {
		t.Errorf("heard %v, want %v", events, want)
	}
	if _, err := s.AgentSays(sid, "agent-1", "x"); err == nil {
		t.Error("an agent wrote into a closed conversation")
	}
	if other, _ := s.CustomerTexts(phone, ours, "又是我"); other == sid {
		t.Error("a customer wrote into a closed conversation")
	}
}

func TestHookFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		fault twilio.Fault
		want  []string
	}{
		"duplicate": {twilio.Fault{Kind: twilio.HookDuplicate, Count: 1}, []string{"1", "1", "2", "3"}},
		"reorder":   {twilio.Fault{Kind: twilio.HookReorder, Count: 1}, []string{"2", "1", "3"}},
		"drop":      {twilio.Fault{Kind: twilio.HookDrop, Count: 1}, []string{"2", "3"}},
		"skip":      {twilio.Fault{Kind: twilio.HookDrop, Skip: 1, Count: 1}, []string{"1", "3"}},
		"late":      {twilio.Fault{Kind: twilio.HookLate, Count: 1, Delay: 2 * time.Second}, []string{"2", "3", "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEar(t)
			s, _ := start(t, twilio.Options{ServiceHook: e.url, ServiceFilters: []string{"onMessageAdded"}})
			tc.fault.Event = "onMessageAdded"
			s.Inject(tc.fault)
			for _, text := range []string{"1", "2", "3"} {
				s.CustomerTexts(phone, ours, text)
			}
			var got []string
			for range tc.want {
				got = append(got, e.next(t).form.Get("Body"))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("heard %v, want %v", got, tc.want)
			}
		})
	}
}

func TestForgedAndRepeatedHooks(t *testing.T) {
	e := newEar(t)
	s, _ := start(t, twilio.Options{ServiceHook: e.url, ServiceFilters: []string{"onMessageAdded"}})
	s.Inject(twilio.Fault{Kind: twilio.HookForged, Count: 1})
	s.CustomerTexts(phone, ours, "1")
	if h := e.next(t); h.good {
		t.Error("a forged webhook has a good signature")
	}
	e.mu.Lock()
	e.status = []int{503}
	e.mu.Unlock()
	s.CustomerTexts(phone, ours, "2")
	first, retry := e.next(t), e.next(t)
	if first.form.Get("MessageSid") != retry.form.Get("MessageSid") || retry.form.Get("RetryCount") != "1" || !retry.good {
		t.Errorf("%v was followed by %v", first, retry)
	}
}

func TestStudioPosts(t *testing.T) {
	e := newEar(t)
	s, _ := start(t, twilio.Options{})
	if status, _, err := s.PostForm(t.Context(), e.url, url.Values{"Body": {"哈囉"}}); err != nil || status != 200 {
		t.Fatal(status, err)
	}
	if status, _, err := s.PostJSON(t.Context(), e.url, []byte(`{"text":"哈囉"}`)); err != nil || status != 200 {
		t.Fatal(status, err)
	}
	for range 2 {
		if h := e.next(t); !h.good {
			t.Errorf("%v has no good signature", h.form)
		}
	}
}
