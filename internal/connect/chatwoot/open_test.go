package chatwoot

import (
	"errors"
	"flag"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/chatwoot"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestOpenNotesWhereItBelongs(t *testing.T) {
	r := newRig(t, nil)
	o := opening("a")
	o.Standing = connector.Standing{Status: kefu.StatusPending, Priority: kefu.PriorityUrgent, Labels: []string{"vip"}, Assignee: "agent:12", AssigneeName: "Hao"}
	th := must[connector.Thread](t)(r.c.Open(t.Context(), o))
	same(t, "base", th.Base, o.Standing)
	talk := talkOf(r.s, th)
	if talk.Status != "pending" || talk.Priority != "urgent" || talk.Assignee != 12 || talk.Attributes[attrConversation] != "cnv_a" || talk.Attributes[attrTicket] != "7" ||
		!strings.Contains(talk.Attributes[attrOrigin].(string), `"thread":"33"`) {
		t.Errorf("Chatwoot has %+v", talk)
	}
}

func TestOpenKnowsItsContact(t *testing.T) {
	r := newRig(t, nil)
	one, two := r.desk("a"), opening("a")
	two.ConversationID = "cnv_b"
	again := must[connector.Thread](t)(r.c.Open(t.Context(), two))
	if talkOf(r.s, one).Contact != talkOf(r.s, again).Contact {
		t.Error("one person has two contacts")
	}
	other := opening("c")
	other.Customer.Email, other.Customer.Phone = "a@example.com", "not a number"
	third := must[connector.Thread](t)(r.c.Open(t.Context(), other))
	if talkOf(r.s, third).Contact == talkOf(r.s, one).Contact {
		t.Error("two people with one address have one contact")
	}
}

// TestContactMadeMeanwhile has another make the contact between our search and our making it.
func TestContactMadeMeanwhile(t *testing.T) {
	r := newRig(t, nil)
	made := int64(0)
	r.s.Inject(fake.Fault{Kind: fake.FaultAfter, Method: http.MethodPost, Path: regexp.MustCompile(`/contacts$`), Count: 1, Do: func() {
		made = r.s.AddContact("DemoUser", "con_a")
	}})
	same(t, "contact", talkOf(r.s, r.desk("a")).Contact, made)
}

// TestOpenAtOnce opens two conversations of one new person: one contact comes of it.
func TestOpenAtOnce(t *testing.T) {
	r := newRig(t, nil)
	var all sync.WaitGroup
	threads := make([]connector.Thread, 4)
	for i := range threads {
		all.Go(func() {
			o := opening("a")
			o.ConversationID = kefu.ConversationID("cnv_" + string(rune('a'+i)))
			var err error
			for range 3 { // an answer that another caused may be a refusal
				if threads[i], err = r.c.Open(t.Context(), o); err == nil {
					return
				}
			}
			t.Errorf("open %d: %v", i, err)
		})
	}
	all.Wait()
	for _, th := range threads[1:] {
		if talkOf(r.s, th).Contact != talkOf(r.s, threads[0]).Contact {
			t.Error("one person has two contacts")
		}
	}
}

func TestOpenAgainTellsWhatWasSaid(t *testing.T) {
	r := newRig(t, nil)
	o := opening("a")
	o.Again, o.Opened = true, 1
	picture := r.put("cat.png", png)
	o.History = []kefu.Message{
		{ID: "msg_1", Author: kefu.Author{Kind: kefu.AuthorContact, Name: "DemoUser"}, Content: kefu.Content{Text: "first", Attachments: []kefu.Attachment{picture}}},
		{ID: "msg_2", Author: kefu.Author{Kind: kefu.AuthorAgent, Name: "Mei"}, Content: kefu.Content{Text: "second"}},
	}
	r.s.Inject(fake.Fault{Kind: fake.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(`/messages$`), Skip: 1, Count: 1})
	_, err := r.c.Open(t.Context(), o)
	if connector.Failure(err).Class != connector.Uncertain {
		t.Fatalf("got %v", err)
	}
	o.Unsure = true
	th := must[connector.Thread](t)(r.c.Open(t.Context(), o))
	if !th.Found {
		t.Error("it was not found")
	}
	same(t, "in public", r.public(th), []string{"incoming: first"})
	if notes := r.notes(th); len(notes) != 2 || !strings.Contains(notes[0], "Late parcel") || !strings.Contains(notes[1], "second") {
		t.Errorf("notes: %q", notes)
	}
	same(t, "nothing comes back", texts(r.look(&th)), []string(nil))
	o.Opened = 2 // that one is gone
	other := must[connector.Thread](t)(r.c.Open(t.Context(), o))
	if other.Found || other.ExternalID == th.ExternalID {
		t.Errorf("the old one was taken: %+v", other)
	}
}

// TestOpenAfterTheConversationWasMade fails after it: the next try must look, and not make another.
func TestOpenBreaksOffLate(t *testing.T) {
	r := newRig(t, nil)
	o := opening("a")
	o.Standing.Priority = kefu.PriorityHigh
	r.s.Inject(fake.Fault{Kind: fake.FaultLimit, Method: http.MethodPost, Path: regexp.MustCompile(`/toggle_priority$`), Count: 1, RetryAfter: 3 * time.Second})
	_, err := r.c.Open(t.Context(), o)
	if se := connector.Failure(err); se.Class != connector.Uncertain || se.RetryAfter != 3*time.Second {
		t.Fatalf("got %v", err)
	}
	o.Unsure = true
	must[connector.Thread](t)(r.c.Open(t.Context(), o))
	same(t, "conversations", len(r.s.Talks()), 1)
}

func TestOpenFindsNoInbox(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": 99})
	_, err := r.c.Open(t.Context(), opening("a"))
	var se *connector.SendError
	if !errors.As(err, &se) || se.Class != connector.Retryable || se.Scope != connector.ScopeInbox || !strings.Contains(se.Reason, "inbox_id") {
		t.Errorf("got %v", err)
	}
}

// TestProxysPageIsNotGone: a page with 404 is a wrong address, and no reason to open every thread anew.
func TestProxysPageIsNotGone(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	r.s.Inject(fake.Fault{Kind: fake.FaultHTML, Status: http.StatusNotFound})
	_, err := r.c.Send(t.Context(), outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "hello"}))
	if se := connector.Failure(err); se.Class != connector.Retryable || se.Scope != connector.ScopeInbox || !strings.Contains(se.Reason, "url") {
		t.Errorf("got %v", err)
	}
}

func TestRefusalsInWords(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	for _, c := range []struct {
		fault fake.Fault
		class connector.Class
		words string
	}{
		{fake.Fault{Kind: fake.FaultRaw, Status: 403, Body: `{"error":"Not allowed"}`}, connector.Retryable, "api_token"},
		{fake.Fault{Kind: fake.FaultRaw, Status: 422, Body: `{"message":"Content is too odd"}`}, connector.Permanent, "too odd"},
		{fake.Fault{Kind: fake.FaultRaw, Status: 404, Body: `{"error":"Resource could not be found"}`}, connector.Gone, "404"},
		{fake.Fault{Kind: fake.FaultError}, connector.Uncertain, "500"},
		{fake.Fault{Kind: fake.FaultHTML, Status: 503}, connector.Retryable, "503"},
		{fake.Fault{Kind: fake.FaultRaw, Status: 301, Body: `{}`}, connector.Retryable, "url"},
		{fake.Fault{Kind: fake.FaultRaw, Body: `<html>`}, connector.Uncertain, "not Chatwoot"},
		{fake.Fault{Kind: fake.FaultHuge}, connector.Uncertain, "too large"},
	} {
		c.fault.Method, c.fault.Path, c.fault.Count = http.MethodPost, regexp.MustCompile(`/messages$`), 1
		r.s.Inject(c.fault)
		_, err := r.c.Send(t.Context(), outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "hello"}))
		if se := connector.Failure(err); se.Class != c.class || !strings.Contains(se.Reason, c.words) {
			t.Errorf("%+v: %v", c.fault, err)
		}
	}
}
