package chatwoot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/chatwoot"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestLookAtDesk(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "where is it?"}))
	must[int64](t)(r.s.Say(id, fake.Agent, "on its way"))
	must[int64](t)(r.s.Note(id, fake.Agent2, "lost, I fear"))
	list := r.look(&th)
	same(t, "taken in", texts(list), []string{"agent: on its way", "agent note: lost, I fear"})
	same(t, "who", list[0].Sender, connector.Sender{Kind: kefu.AuthorAgent, ID: "agent:11", Name: "Mei", Via: "Chatwoot"})
	if err := r.s.Resolve(id, fake.Agent); err != nil {
		t.Fatal(err)
	}
	if err := r.s.Assign(id, fake.Agent, fake.Agent2); err != nil {
		t.Fatal(err)
	}
	list = r.look(&th)
	same(t, "then", texts(list), []string{"standing: closed"})
	same(t, "assignee", list[0].Standing.Assignee+" "+list[0].Standing.AssigneeName, "agent:12 Hao")
	same(t, "nothing new", texts(r.look(&th)), []string(nil))
}

// TestStandingIsOlder has an agent open, write, and resolve after the conversation was read: that it was opened comes before the words, and
// the end after them.
func TestStandingIsOlder(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	th.Base.Status = kefu.StatusPending // so that the standing is told
	r.s.Inject(fake.Fault{Kind: fake.FaultAfter, Method: http.MethodGet, Path: regexp.MustCompile(`/messages$`), Count: 1, Do: func() {
		must[int64](t)(r.s.Say(id, fake.Agent, "last words"))
		if err := r.s.Resolve(id, fake.Agent); err != nil {
			t.Error(err)
		}
	}})
	same(t, "first", texts(r.look(&th)), []string{"standing: open", "agent: last words"})
	same(t, "second", texts(r.look(&th)), []string{"standing: closed"})
}

// TestReopenedWhileOurEndIsOnItsWay has an agent open a conversation again and write, before the rules may hear of the opening: the words wait
// for it.
func TestReopenedWhileOurEndIsOnItsWay(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	must[int64](t)(r.s.Say(id, fake.Agent, "one more thing"))
	th.Base.Status = kefu.StatusClosed
	var heard []string
	err := r.c.Look(t.Context(), th, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		heard = append(heard, texts([]connector.Inbound{in})...)
		return connector.Result{Duplicate: true, Ignored: "a change is on its way"}, nil
	})
	if se := connector.Failure(err); err == nil || se.Class != connector.Retryable || se.RetryAfter <= 0 {
		t.Errorf("the look: %v", err)
	}
	same(t, "while it may not be heard", heard, []string{"standing: open"})
	same(t, "then", texts(r.look(&th)), []string{"standing: open", "agent: one more thing"})
}

func TestLookAtManyMessages(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	var want []string
	say := func(n int) {
		for range n {
			words := fmt.Sprint("words ", len(want))
			must[int64](t)(r.s.CustomerWrites(id, words))
			want = append(want, "contact: "+words)
		}
	}
	say(57)
	same(t, "without a cursor", texts(r.look(&th)), want)
	at := len(want)
	say(231)
	same(t, "after the cursor", texts(r.look(&th)), want[at:])
}

// TestLateNumber lets a message with an earlier number come to be seen after a later one, as a database can do.
func TestLateNumber(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	first := must[int64](t)(r.s.CustomerWrites(id, "first"))
	must[int64](t)(r.s.CustomerWrites(id, "second"))
	hidden := must[[]api.Message](t)(r.c.user.Messages(t.Context(), id, 0))[0]
	r.c.known.memory(th.ExternalID).note(first, printOf(&hidden)) // as if it had not been there
	same(t, "the later one", texts(r.look(&th)), []string{"contact: second"})
	delete(r.c.known.memory(th.ExternalID).seen, first)
	same(t, "the earlier one, late", texts(r.look(&th)), []string{"contact: first"})
	same(t, "nothing new", texts(r.look(&th)), []string(nil))
}

func TestCustomerBegins(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	unknown := connector.Thread{ExternalID: th.ExternalID}
	same(t, "nothing was written", texts(r.look(&unknown)), []string(nil))
	must[int64](t)(r.s.CustomerWrites(id, "an old question"))
	must[int64](t)(r.s.Say(id, fake.Agent, "an old answer"))
	must[int64](t)(r.s.CustomerWrites(id, "hello there\nmy order is late"))
	must[int64](t)(r.s.CustomerWrites(id, "anybody?"))
	list := r.look(&unknown)
	same(t, "taken in", texts(list), []string{"contact: hello there\nmy order is late", "contact: anybody?", "standing: open"})
	in := list[0]
	if in.Title != "hello there" || in.ThreadName != "Chatwoot #1" || in.Sender.Name != "DemoUser" || in.Sender.ID == "" || strings.HasPrefix(in.Sender.ID, "contact:") {
		t.Errorf("it begins as %+v", in)
	}
	same(t, "what was said before", in.Notes, []string{"what was said before is in Chatwoot"})
	same(t, "person stays", list[1].Sender.ID, in.Sender.ID)
	th.Cursor = unknown.Cursor
	must[int64](t)(r.s.Say(id, fake.Agent, "answered there"))
	same(t, "staff of Chatwoot's", texts(r.look(&th)), []string{"agent: answered there"})
}

func TestResolvedLongAgoBeginsNothing(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	unknown := connector.Thread{ExternalID: th.ExternalID}
	must[int64](t)(r.s.CustomerWrites(id, "thanks!"))
	if err := r.s.Resolve(id, fake.Agent); err != nil {
		t.Fatal(err)
	}
	same(t, "just now", texts(r.look(&unknown)), []string{"contact: thanks!", "standing: closed"})
	r.ahead(2 * time.Hour)
	same(t, "long ago", texts(r.look(&unknown)), []string(nil))
}

func TestEditsAndDeletions(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	said := must[int64](t)(r.s.Say(id, fake.Agent, "wrong price"))
	r.look(&th)
	if err := r.s.DeleteMessage(id, said); err != nil {
		t.Fatal(err)
	}
	list := r.look(&th)
	if len(list) != 1 || list[0].Kind != connector.InDelete || numberOf(list[0].ExternalID) != said {
		t.Fatalf("got %+v", list)
	}
	r.c = r.build(nil) // after a restart
	again := r.look(&th)
	if len(again) != 1 || again[0].Key == "" || again[0].Key != list[0].Key {
		t.Errorf("after a restart %+v", again)
	}
	never := must[int64](t)(r.s.Say(id, fake.Agent, "never seen"))
	if err := r.s.DeleteMessage(id, never); err != nil {
		t.Fatal(err)
	}
	for _, in := range r.look(&th) {
		if in.Kind == connector.InMessage {
			t.Errorf("what was deleted before it was read: %+v", in)
		}
	}
}

// TestReinstalled gives number 1 to somebody else.
func TestReinstalled(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "before"}))
	r.s.Reinstall()
	r.ahead(time.Hour)
	id := must[int64](t)(r.s.StartConversation(r.s.AddContact("Somebody else", ""), fake.APIInbox))
	if id != numberOf(th.ExternalID) {
		t.Fatalf("the new conversation is %d", id)
	}
	must[int64](t)(r.s.CustomerWrites(id, "a secret of somebody else"))
	r.c = r.build(nil) // nobody changes a server under a running program without its being away
	_, err := r.c.Send(t.Context(), outbound(th, "2", kefu.AuthorContact, kefu.Content{Text: "private words"}))
	if se := connector.Failure(err); se.Class != connector.Gone {
		t.Errorf("send: %v", err)
	}
	same(t, "what the other has", r.public(connector.Thread{ExternalID: "1"}), []string{"incoming: a secret of somebody else"})
	err = r.c.Look(t.Context(), th, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		t.Errorf("taken in: %+v", in)
		return connector.Result{}, nil
	})
	if se := connector.Failure(err); se.Class != connector.Gone {
		t.Errorf("look: %v", err)
	}
}

// TestDoubtAfterRefusal: whoever refuses a token may be another server, so that what is known is asked again.
func TestDoubtAfterRefusal(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "before"}))
	reads := func() int {
		n := 0
		for _, q := range r.s.Requests() {
			if q.Method == http.MethodGet && strings.HasSuffix(q.Path, "/conversations/1") {
				n++
			}
		}
		return n
	}
	before := reads()
	r.send(outbound(th, "2", kefu.AuthorContact, kefu.Content{Text: "known"}))
	same(t, "reads of a known thread", reads(), before)
	r.s.Inject(fake.Fault{Kind: fake.FaultRaw, Status: 401, Body: `{"error":"Invalid Access Token"}`, Method: http.MethodPost, Count: 1})
	_, err := r.c.Send(t.Context(), outbound(th, "3", kefu.AuthorContact, kefu.Content{Text: "refused"}))
	if connector.Failure(err).Scope != connector.ScopeInbox {
		t.Errorf("got %v", err)
	}
	r.send(outbound(th, "3", kefu.AuthorContact, kefu.Content{Text: "refused"}))
	same(t, "reads after a refusal", reads(), before+1)
}

func TestRestore(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "where is it?"}))
	must[int64](t)(r.s.Say(id, fake.Agent, "on its way"))
	must[int64](t)(r.s.Note(id, fake.Agent, "lost"))
	r.deps.State = &connectortest.State{}
	r.c = r.build(nil)
	unknown := connector.Thread{ExternalID: th.ExternalID}
	list := r.look(&unknown)
	same(t, "told", texts(list), []string{"restore", "contact: where is it?", "agent: on its way", "agent note: lost", "standing: open"})
	same(t, "origin", *list[0].Restore, opening("a").Origin)
	for _, in := range list[1:4] {
		if !in.History {
			t.Errorf("no history: %+v", in)
		}
	}
	must[int64](t)(r.s.Say(id, fake.Agent, "new words"))
	th.Cursor, th.Base = unknown.Cursor, unknown.Base
	later := r.look(&th)
	if len(later) != 1 || later[0].History || later[0].Content.Text != "new words" {
		t.Errorf("after it: %+v", later)
	}
}

// TestRestoreBreaksOff ends the first telling after the link was made: the rest is still history.
func TestRestoreBreaksOff(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	for _, words := range []string{"one", "two", "three"} {
		must[int64](t)(r.s.Say(id, fake.Agent, words))
	}
	n := 0
	err := r.c.Look(t.Context(), connector.Thread{ExternalID: th.ExternalID}, func(context.Context, connector.Inbound) (connector.Result, error) {
		if n++; n > 2 {
			return connector.Result{}, errors.New("killed")
		}
		return connector.Result{}, nil
	})
	if err == nil || n != 3 {
		t.Fatalf("n %d, %v", n, err)
	}
	r.c = r.build(nil)
	must[int64](t)(r.s.Say(id, fake.Agent, "new words"))
	for _, in := range r.look(&th) {
		if in.Kind == connector.InMessage && in.History != slices.Contains([]string{"one", "two", "three"}, in.Content.Text) {
			t.Errorf("history %t: %q", in.History, in.Content.Text)
		}
	}
}

func TestForeignAttributeRestoresNothing(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	must[int64](t)(r.s.Say(id, fake.Agent, "words"))
	if err := r.s.SetAttribute(id, attrOrigin, `{"conversation_id":"cnv_other"}`); err != nil {
		t.Fatal(err)
	}
	unknown := connector.Thread{ExternalID: th.ExternalID}
	same(t, "told", texts(r.look(&unknown)), []string(nil))
}

func TestChanged(t *testing.T) {
	r := newRig(t, nil)
	open, id := r.channel(fake.APIInbox)
	done, doneID := r.channel(fake.APIInbox)
	if err := r.s.Resolve(doneID, fake.Agent); err != nil {
		t.Fatal(err)
	}
	r.channel(fake.WebInbox)
	desk := r.desk("a")
	changed := func(since time.Time) []string {
		t.Helper()
		got := must[[]string](t)(r.c.Changed(t.Context(), since))
		slices.Sort(got)
		return got
	}
	want := []string{open.ExternalID, desk.ExternalID}
	slices.Sort(want)
	same(t, "at first", changed(time.Time{}), want)
	want = append(want, done.ExternalID)
	slices.Sort(want)
	same(t, "since a minute", changed(time.Now().Add(-time.Minute)), want)
	r.ahead(time.Hour)
	if err := r.s.Label(id, fake.Agent, "vip"); err != nil {
		t.Fatal(err)
	}
	same(t, "a label alone", changed(time.Now().Add(50*time.Minute)), []string{open.ExternalID})
}

// TestWhoTakesItIsHeardFirst emits the new owner before the owner's words; what is written inside changes nothing of that order.
func TestWhoTakesItIsHeardFirst(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	if err := r.s.Assign(id, fake.Agent, fake.Agent2); err != nil {
		t.Fatal(err)
	}
	must[int64](t)(r.s.Say(id, fake.Agent2, "I have it"))
	if err := r.s.Resolve(id, fake.Agent2); err != nil {
		t.Fatal(err)
	}
	list := r.look(&th)
	same(t, "taken, said, ended", texts(list), []string{"standing: open", "agent: I have it", "standing: closed"})
	same(t, "by whom", list[0].Standing.Assignee, "agent:12")
}
