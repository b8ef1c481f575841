package chatwoot

import (
	"fmt"
	"testing"

	"kefu/internal/connector"
	fake "kefu/internal/fake/chatwoot"
)

// TestLongHistoryIsNotRead has a customer with years of messages ask something: what was answered is not read.
func TestLongHistoryIsNotRead(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	for i := range 150 {
		must[int64](t)(r.s.CustomerWrites(id, fmt.Sprint("old ", i)))
		must[int64](t)(r.s.Say(id, fake.Agent, fmt.Sprint("answer ", i)))
	}
	var want []string
	for i := range 25 {
		words := fmt.Sprint("new ", i)
		must[int64](t)(r.s.CustomerWrites(id, words))
		want = append(want, "contact: "+words)
	}
	unknown := connector.Thread{ExternalID: th.ExternalID}
	var list []connector.Inbound
	if asked := r.asked(func() { list = r.look(&unknown) }); len(asked) > 5 {
		t.Errorf("%d requests: %v", len(asked), asked)
	}
	same(t, "what nobody answered", texts(list), append(want, "standing: open"))
}

// TestNeverRead looks at a customer's conversation that has a link and no cursor, as one does whose link was made anew.
func TestNeverRead(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	must[int64](t)(r.s.CustomerWrites(id, "an old question"))
	must[int64](t)(r.s.Say(id, fake.Agent, "an old answer"))
	must[int64](t)(r.s.CustomerWrites(id, "not answered"))
	list := r.look(&th)
	same(t, "what nobody answered", texts(list), []string{"contact: not answered"})
	if len(list) > 0 && !list[0].History {
		t.Error("the rules are not told that they may have it")
	}
	must[int64](t)(r.s.Say(id, fake.Agent, "answered"))
	must[int64](t)(r.s.CustomerWrites(id, "news"))
	list = r.look(&th)
	same(t, "then", texts(list), []string{"agent: answered", "contact: news"})
	for _, in := range list {
		if in.History {
			t.Errorf("news is history: %+v", in)
		}
	}
}

// TestNeverReadAndAnswered has nothing to tell but a cursor: an answer that comes before the next look hides nothing.
func TestNeverReadAndAnswered(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	must[int64](t)(r.s.CustomerWrites(id, "an old question"))
	must[int64](t)(r.s.Say(id, fake.Agent, "an old answer"))
	r.look(&th)
	must[int64](t)(r.s.CustomerWrites(id, "one more"))
	must[int64](t)(r.s.Say(id, fake.Agent, "here"))
	same(t, "then", texts(r.look(&th)), []string{"contact: one more", "agent: here"})
}
