package chatwoot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/chatwoot"
)

// asked counts what Chatwoot is asked while fn runs.
func (r *rig) asked(fn func()) (reads []string) {
	r.t.Helper()
	before := len(r.s.Requests())
	fn()
	for _, q := range r.s.Requests()[before:] {
		reads = append(reads, q.Method+" "+q.Path[max(0, strings.LastIndex(q.Path, "/conversations")):])
	}
	return reads
}

// TestWhatWasWrittenCostsOneRequest reads messages alone where a hook told of nothing else, and everything where that does not do.
func TestWhatWasWrittenCostsOneRequest(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	must[int64](t)(r.s.Say(id, fake.Agent, "one"))
	if err := r.s.Assign(id, fake.Agent, fake.Agent); err != nil {
		t.Fatal(err)
	}
	r.look(&th) // whole: the first
	must[int64](t)(r.s.Say(id, fake.Agent, "two"))
	th.Written = true
	var list []connector.Inbound
	reads := r.asked(func() { list = r.look(&th) })
	same(t, "read", texts(list), []string{"agent: two"})
	if len(reads) != 1 || !strings.HasSuffix(reads[0], "/messages") {
		t.Errorf("asked %v", reads)
	}
	// The hook was about something that lies not behind the cursor: then everything is looked at.
	r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "ours"}))
	if err := r.s.Resolve(id, fake.Agent); err != nil {
		t.Fatal(err)
	}
	same(t, "all of it", texts(r.look(&th)), []string{"standing: closed"})
	// After a doubt the conversation is looked at before anything is taken from it.
	must[int64](t)(r.s.Say(id, fake.Agent, "three"))
	r.c.known.doubt()
	if reads = r.asked(func() { list = r.look(&th) }); len(reads) < 2 {
		t.Errorf("asked %v", reads)
	}
	same(t, "after a doubt", texts(list), []string{"agent: three"})
}

// TestATakeoverIsHeardBeforeItsWords has somebody take a talk and answer, behind a message of who had it: the hook of that one knew nothing
// of it.
func TestATakeoverIsHeardBeforeItsWords(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	assign := func(to int64) {
		t.Helper()
		if err := r.s.Assign(id, to, to); err != nil {
			t.Fatal(err)
		}
	}
	assign(fake.Agent)
	must[int64](t)(r.s.Say(id, fake.Agent, "one"))
	r.look(&th)
	th.Written = true
	must[int64](t)(r.s.Say(id, fake.Agent, "two"))
	assign(fake.Agent2)
	must[int64](t)(r.s.Say(id, fake.Agent2, "three"))
	same(t, "taken over", texts(r.look(&th)), []string{"standing: open", "agent: two", "agent: three"})
	same(t, "who has it", th.Base.Assignee, "agent:12")
}

// TestHooksThatComeAfterTheLook tells of messages that a look at an earlier one has handed in: there is nothing to be looked at, unless the
// conversation stands otherwise by then.
func TestHooksThatComeAfterTheLook(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	first := must[int64](t)(r.s.Say(id, fake.Agent, "one"))
	second := must[int64](t)(r.s.Say(id, fake.Agent, "two"))
	told := func(message int64, status string) bool {
		t.Helper()
		body := fmt.Sprintf(`{"event":"message_created","id":%d,"account":{"id":1},"inbox":{"id":%d},"source_id":null,"conversation":{"id":%d,"created_at":%s,"status":%q,"meta":{}}}`,
			message, fake.APIInbox, id, th.ExternalID[strings.Index(th.ExternalID, ".")+1:], status)
		list, understood := r.c.glimpse([]byte(body))
		if !understood || len(list) > 1 || len(list) == 1 && (list[0].Kind != connector.InLook || list[0].ThreadID != th.ExternalID) {
			t.Fatalf("%v, %+v", understood, list)
		}
		return len(list) == 1
	}
	if !told(first, "open") || !told(second, "open") {
		t.Error("what was not read is not looked at")
	}
	if err := r.c.Look(t.Context(), th, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		if numberOf(in.ExternalID) == second {
			return connector.Result{}, errors.New("the database is away")
		}
		return connector.Result{}, nil
	}); err == nil {
		t.Fatal("the look did not fail")
	}
	if told(first, "open") || !told(second, "open") {
		t.Error("the first was handed in, and the second was not")
	}
	r.look(&th)
	if told(second, "open") {
		t.Error("it is looked at again")
	}
	if !told(second, "resolved") {
		t.Error("that it was resolved is not looked at")
	}
	if third := must[int64](t)(r.s.Say(id, fake.Agent, "three")); !told(third, "open") {
		t.Error("the next one is not looked at")
	}
}
