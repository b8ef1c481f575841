package twilio

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/twilio"
	"kefu/internal/fake/twilio/judge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// theJudge is loaded once: it takes a second. There is none where Twilio's documents are not.
var theJudge = sync.OnceValues(func() (*judge.Judge, error) {
	folder, err := judge.FindSpecs()
	if err != nil {
		return nil, err
	}
	return judge.Load(folder)
})

// judgeAll holds everything that was asked of a fake against Twilio's documents.
func judgeAll(t *testing.T, s *fake.Server) {
	t.Helper()
	for _, v := range s.Violations() {
		t.Errorf("violation: %s", v)
	}
	j, err := theJudge()
	if errors.Is(err, judge.ErrNoSpec) {
		t.Logf("NOT CHECKED: requests against Twilio's official documents: %v", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range s.Requests() {
		if _, err := j.Check(q); err != nil {
			t.Errorf("%s %s %s: %v", q.Method, q.Path, q.Body, err)
		}
	}
}

// deskSettings are those of a desk on a fake.
func deskSettings(s *fake.Server) map[string]any {
	o := s.Options()
	return map[string]any{"account_sid": o.Account, "auth_token": o.AuthToken, "workspace_sid": o.Workspace, "workflow_sid": o.Workflow, "base_urls": s.URL()}
}

// rig is a connector and its Twilio.
type rig struct {
	t *testing.T
	*fake.Server
	c    *Connector
	deps connector.Deps
	got  []connector.Inbound
}

func newRig(t *testing.T, other map[string]any) *rig {
	t.Helper()
	tr := &http.Transport{}
	s := fake.New(fake.Options{Client: &http.Client{Transport: tr}})
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		_ = s.Close()
		judgeAll(t, s)
	})
	r := &rig{t: t, Server: s, deps: connectortest.Deps(t, io.Discard)}
	r.deps.PublicURL = "http://127.0.0.1:1" // nobody listens: hooks are for the tests that send them themselves
	set := deskSettings(s)
	maps.Copy(set, other)
	r.c = build(t, r.deps, set)
	return r
}

func build(t *testing.T, deps connector.Deps, set map[string]any) *Connector {
	t.Helper()
	raw, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Factory{}.New(connector.Inbox{ID: "flex", Channel: Kind, Settings: raw}, deps)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func opening() connector.Opening {
	return connector.Opening{
		LinkID: "lnk_1", ConversationID: "cnv_1", Name: "#網站-客-0033", Ticket: kefu.Ticket{Number: 33, Priority: kefu.PriorityMedium},
		Customer: kefu.Contact{ID: "ctc_7", Name: "王小明", Email: "ming@example.com"}, Subject: "訂單 5 號", Role: kefu.RoleDesk,
		Standing: connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium},
		Origin:   connector.Restore{ConversationID: "cnv_1", ContactID: "ctc_7", ContactName: "王小明", Inbox: "shop", Thread: "33", ThreadName: "#網站-客-0033", Subject: "訂單 5 號"},
	}
}

// opened is the thread of a new conversation.
func (r *rig) opened() connector.Thread {
	r.t.Helper()
	th, err := r.c.Open(r.t.Context(), opening())
	if err != nil {
		r.t.Fatalf("open: %v", err)
	}
	return th
}

// conversation is what Twilio has of a thread.
func (r *rig) conversation(th connector.Thread) fake.Conversation {
	r.t.Helper()
	n, ok := r.Conversation(th.ExternalID)
	if !ok {
		r.t.Fatalf("Twilio has no conversation %q", th.ExternalID)
	}
	return n
}

// look reads a thread and gives everything that came of it.
func (r *rig) look(th connector.Thread) []connector.Inbound {
	r.t.Helper()
	got, err := r.tryLook(th)
	if err != nil {
		r.t.Fatalf("look: %v", err)
	}
	return got
}

func (r *rig) tryLook(th connector.Thread) ([]connector.Inbound, error) {
	r.got = nil
	err := r.c.Look(r.t.Context(), th, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		r.got = append(r.got, in)
		return connector.Result{}, nil
	})
	return r.got, err
}

// from is a message on its way to the desk.
func from(th connector.Thread, id string, by kefu.Author, text string) connector.Outbound {
	return connector.Outbound{
		DeliveryID: kefu.DeliveryID("dlv_" + id), Thread: th, Customer: opening().Customer,
		Message: kefu.Message{ID: kefu.MessageID("msg_" + id), Author: by, Content: kefu.Content{Type: kefu.ContentText, Text: text}},
	}
}

func customer() kefu.Author { return kefu.Author{Kind: kefu.AuthorContact, Name: "王小明"} }

func (r *rig) send(out connector.Outbound) connector.Receipt {
	r.t.Helper()
	got, err := r.c.Send(r.t.Context(), out)
	if err != nil {
		r.t.Fatalf("send: %v", err)
	}
	return got
}

// signatureOf signs a form as Twilio does.
func signatureOf(token, address string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	_, _ = io.WriteString(h, address) // a hash takes everything
	for _, name := range slices.Sorted(maps.Keys(form)) {
		_, _ = io.WriteString(h, name+form.Get(name)) // a hash takes everything
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
