package chatwoot

import (
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
		reads = append(reads, q.Method+" "+q.Path[strings.LastIndex(q.Path, "/conversations"):])
	}
	return reads
}

// TestWhatWasWrittenCostsOneRequest reads messages alone where a hook told of nothing else, and everything where that does not do.
func TestWhatWasWrittenCostsOneRequest(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	must[int64](t)(r.s.Say(id, fake.Agent, "one"))
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
