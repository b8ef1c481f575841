package chatwoot

import (
	"context"
	"encoding/json"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/chatwoot"
)

// rig is a connector with its fake.
type rig struct {
	t    *testing.T
	s    *fake.Server
	c    *Connector
	deps connector.Deps
	dir  *connectortest.Directory
	log  *connectortest.Log
	late atomic.Int64 // how far the clocks are ahead
}

// newRig makes a connector of the API inbox, with some settings replaced.
func newRig(t *testing.T, other map[string]any) *rig {
	t.Helper()
	r := &rig{t: t, log: &connectortest.Log{}}
	now := func() time.Time { return time.Now().Add(time.Duration(r.late.Load())) }
	r.s = startFake(t, fake.Options{Now: now}, "")
	r.deps = connectortest.Deps(t, r.log)
	r.deps.Now = now
	r.dir, _ = r.deps.Directory.(*connectortest.Directory)
	r.c = r.build(other)
	return r
}

func (r *rig) build(other map[string]any) *Connector {
	r.t.Helper()
	settings := map[string]any{"url": r.s.URL(), "account_id": 1, "inbox_id": fake.APIInbox, "api_token": "user-token", "hook_secret": testSecret, "lang": "en"}
	maps.Copy(settings, other)
	raw, err := json.Marshal(settings)
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := Factory{}.New(connector.Inbox{ID: "cw", Channel: Kind, Settings: raw}, r.deps)
	if err != nil {
		r.t.Fatal(err)
	}
	return c.(*Connector)
}

// ahead sets both clocks ahead of the machine's.
func (r *rig) ahead(by time.Duration) { r.late.Store(int64(by)) }

// must ends the test on an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func opening(n string) connector.Opening {
	return connector.Opening{
		LinkID: kefu.LinkID("lnk_" + n), ConversationID: kefu.ConversationID("cnv_" + n), Ticket: kefu.Ticket{Number: 7, Title: "Late parcel"}, Subject: "Late parcel",
		Customer: kefu.Contact{ID: kefu.ContactID("con_" + n), Name: "DemoUser", Email: n + "@example.com", Phone: "+886912345678"},
		Standing: connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium},
		Origin:   connector.Restore{ConversationID: kefu.ConversationID("cnv_" + n), ContactID: kefu.ContactID("con_" + n), Inbox: "shop", Thread: "33"},
	}
}

// desk opens a desk's thread.
func (r *rig) desk(n string) connector.Thread {
	r.t.Helper()
	t := must[connector.Thread](r.t)(r.c.Open(r.t.Context(), opening(n)))
	r.dir.Put(t)
	return t
}

// channel begins a conversation of a customer of Chatwoot's, with a link.
func (r *rig) channel(inbox int64) (connector.Thread, int64) {
	r.t.Helper()
	id := must[int64](r.t)(r.s.StartConversation(r.s.AddContact("DemoUser", ""), inbox))
	return connector.Thread{LinkID: "lnk_1", ConversationID: "cnv_1", Role: kefu.RoleCustomer, ExternalID: threadOf(r.t, r.s, id),
		Base: connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium}}, id
}

// look reads a thread, and moves its cursor and base as the rules do.
func (r *rig) look(t *connector.Thread) []connector.Inbound {
	r.t.Helper()
	var list []connector.Inbound
	if err := r.c.Look(r.t.Context(), *t, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		list = append(list, in)
		if in.Cursor != "" {
			t.Cursor = in.Cursor
		}
		if in.Kind == connector.InStanding {
			t.Base = *in.Standing
		}
		return connector.Result{}, nil
	}); err != nil {
		r.t.Fatalf("look: %v", err)
	}
	return list
}

// texts are what was written, with a mark for who wrote it.
func texts(list []connector.Inbound) []string {
	var out []string
	for _, in := range list {
		mark := map[kefu.AuthorKind]string{kefu.AuthorAgent: "agent", kefu.AuthorContact: "contact", kefu.AuthorSystem: "system"}[in.Sender.Kind]
		if in.Note {
			mark += " note"
		}
		switch in.Kind {
		case connector.InMessage:
			out = append(out, mark+": "+in.Content.Text)
		case connector.InEdit, connector.InDelete:
			out = append(out, string(in.Kind)+": "+in.Content.Text)
		case connector.InStanding:
			out = append(out, "standing: "+string(in.Standing.Status)+in.Standing.StatusWord)
		default:
			out = append(out, string(in.Kind))
		}
	}
	return out
}

// outbound is a message on its way.
func outbound(t connector.Thread, id string, from kefu.AuthorKind, content kefu.Content) connector.Outbound {
	if content.Type == "" {
		content.Type = kefu.ContentText
	}
	return connector.Outbound{DeliveryID: kefu.DeliveryID("dlv_" + id), Thread: t, Customer: kefu.Contact{Name: "DemoUser", Locale: "en"},
		Message: kefu.Message{ID: kefu.MessageID("msg_" + id), Author: kefu.Author{Kind: from, Name: "小美", Via: "Discord"}, Content: content}}
}

func (r *rig) send(out connector.Outbound) connector.Receipt {
	r.t.Helper()
	return must[connector.Receipt](r.t)(r.c.Send(r.t.Context(), out))
}

// public and notes are what stands in a thread, without what Chatwoot itself notes.
func (r *rig) notes(t connector.Thread) []string {
	var out []string
	for _, m := range talkOf(r.s, t).Messages {
		if m.Private {
			out = append(out, m.Content)
		}
	}
	return out
}

func (r *rig) public(t connector.Thread) []string {
	var out []string
	for _, m := range talkOf(r.s, t).Messages {
		if !m.Private && m.Kind != "activity" {
			out = append(out, m.Kind+": "+m.Content)
		}
	}
	return out
}
