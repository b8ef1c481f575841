package chatwoot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kefu/chatwoot"
)

func TestVerifySignature(t *testing.T) {
	now, body := time.Unix(1_700_000_000, 0), []byte(`{"event":"message_created"}`)
	const secret, stamp = "hook-secret", "1700000000"
	// Computed by: printf '1700000000.{"event":"message_created"}' | openssl dgst -sha256 -hmac hook-secret
	right := "sha256=c5eb62efb90193ee5238c6348e5834a647bbfd567ee51344c6be9b21f64c7064"
	for name, c := range map[string]struct {
		secret, stamp, header string
		body                  []byte
		now                   time.Time
		want                  error
	}{
		"right":            {secret, stamp, right, body, now, nil},
		"five minutes ago": {secret, stamp, right, body, now.Add(5 * time.Minute), nil},
		"too old":          {secret, stamp, right, body, now.Add(5*time.Minute + time.Second), chatwoot.ErrStale},
		"from the future":  {secret, stamp, right, body, now.Add(-5*time.Minute - time.Second), chatwoot.ErrStale},
		"no header":        {secret, stamp, "", body, now, chatwoot.ErrUnsigned},
		"no timestamp":     {secret, "", right, body, now, chatwoot.ErrUnsigned},
		"other secret":     {"x", stamp, right, body, now, chatwoot.ErrSignature},
		"other time":       {secret, "1700000001", right, body, now, chatwoot.ErrSignature},
		"other body":       {secret, stamp, right, []byte(`{"event":"message_updated"}`), now, chatwoot.ErrSignature},
		"no prefix":        {secret, stamp, right[len("sha256="):], body, now, chatwoot.ErrSignature},
		"cut":              {secret, stamp, right[:len(right)-2], body, now, chatwoot.ErrSignature},
		"empty":            {secret, stamp, "sha256=", body, now, chatwoot.ErrSignature},
		"no hex":           {secret, stamp, "sha256=zz", body, now, chatwoot.ErrSignature},
		"no secret":        {"", stamp, chatwoot.Sign("", stamp, body), body, now, chatwoot.ErrSignature},
		"no time at all":   {secret, "soon", chatwoot.Sign(secret, "soon", body), body, now, chatwoot.ErrStale},
	} {
		if err := chatwoot.VerifySignature(c.secret, c.stamp, c.body, c.header, c.now, 5*time.Minute); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

const messageHook = `{"event":"message_created","id":7,"content":"hi","message_type":"incoming","created_at":"2026-03-01T10:00:00.000Z","private":false,
	"content_type":"text","content_attributes":{},"sender":{"id":3,"name":"Lin","type":"contact"},"account":{"id":1,"name":"A"},"inbox":{"id":4,"name":"Web"},
	"new_member":{"x":1},"conversation":{"id":42,"status":"open","labels":["vip"],"additional_attributes":"","snoozed_until":null,"created_at":1772359200}}`

func TestParseEvent(t *testing.T) {
	e, err := chatwoot.ParseEvent([]byte(messageHook))
	must(t, err)
	have(t, "event", e.Name, chatwoot.EventMessageCreated)
	have(t, "account", e.Account.ID, 1)
	have(t, "inbox", e.Inbox.ID, 4)
	have(t, "type", e.Message.Type, chatwoot.Incoming)
	have(t, "conversation", e.Message.ConversationID, 42)
	have(t, "label", e.Conversation.Labels[0], "vip")
	have(t, "two spellings of time", e.Message.CreatedAt.Equal(e.Conversation.CreatedAt.Time), true)
	have(t, "what is not known is kept", strings.Contains(string(e.Raw), "new_member") && strings.Contains(string(e.Message.Raw), "new_member"), true)

	e, err = chatwoot.ParseEvent([]byte(`{"event":"message_updated","id":7,"conversation":{"id":42},"message_type":1,"content_attributes":{"submitted_values":[{"name":"a","value":"b"}]}}`))
	must(t, err)
	have(t, "outgoing by number", e.Message.Type, chatwoot.Outgoing)
	have(t, "submitted", e.Message.Submitted()[0].Value, "b")

	for _, name := range []string{chatwoot.EventConversationCreated, chatwoot.EventConversationUpdated, chatwoot.EventConversationStatusChanged} {
		e, err = chatwoot.ParseEvent([]byte(`{"event":"` + name + `","id":42,"status":"resolved","meta":{"assignee":{"id":11,"name":"Mei"}},"changed_attributes":[{"status":{"previous_value":"open","current_value":"resolved"}}]}`))
		must(t, err)
		have(t, name, e.Conversation.ID, 42)
		have(t, "assignee", e.Conversation.Meta.Assignee.Name, "Mei")
		have(t, "before", string(e.Changed["status"].Before), `"open"`)
	}
	for _, name := range []string{chatwoot.EventContactCreated, chatwoot.EventContactUpdated} {
		e, err = chatwoot.ParseEvent([]byte(`{"event":"` + name + `","id":5,"identifier":"k","changed_attributes":null}`))
		must(t, err)
		have(t, name, e.Contact.Identifier, "k")
	}
	for _, name := range []string{chatwoot.EventTypingOn, chatwoot.EventTypingOff} {
		e, err = chatwoot.ParseEvent([]byte(`{"event":"` + name + `","conversation":{"id":42},"user":{"id":5,"name":"Lin"},"is_private":true}`))
		must(t, err)
		have(t, name, e.Typist.Name, "Lin")
		have(t, "private", e.Private, true)
	}
	e, err = chatwoot.ParseEvent([]byte(`{"event":"tomorrows_event","x":1}`))
	must(t, err)
	have(t, "unknown", e.Name, "tomorrows_event")
	for _, bad := range []string{"", "null", "[]", `{"id":1}`, `{"event":7}`, `{"event":"message_created","id":"seven"}`} {
		if e, err := chatwoot.ParseEvent([]byte(bad)); err == nil {
			t.Errorf("%q was read: %+v", bad, e)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	for _, s := range []string{messageHook, `{"event":"contact_created","id":1}`, `{"event":"message_created","conversation":null}`, `{"event":"conversation_typing_on","user":[]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := chatwoot.ParseEvent(body)
		if (e == nil) == (err == nil) {
			t.Fatalf("%v and %v", e, err)
		}
		if err == nil && (e.Name == "" || string(e.Raw) != string(body)) {
			t.Fatalf("not what came: %q", e.Raw)
		}
		if err == nil && strings.HasPrefix(e.Name, "message_") && e.Message == nil {
			t.Fatal("a message event without a message")
		}
	})
}

func FuzzVerifySignature(f *testing.F) {
	f.Add("s", "1700000000", []byte("{}"), "sha256=00")
	f.Add("s", "1700000000", []byte("{}"), chatwoot.Sign("s", "1700000000", []byte("{}")))
	f.Add("", "", []byte(nil), "")
	f.Fuzz(func(t *testing.T, secret, stamp string, body []byte, header string) {
		now := time.Unix(1_700_000_000, 0)
		err := chatwoot.VerifySignature(secret, stamp, body, header, now, time.Minute)
		if err == nil && !strings.EqualFold(header, chatwoot.Sign(secret, stamp, body)) {
			t.Fatalf("%q is not the signature", header)
		}
		if other := append([]byte("x"), body...); err == nil && chatwoot.VerifySignature(secret, stamp, other, header, now, time.Minute) == nil {
			t.Fatal("it signs another body too")
		}
	})
}
