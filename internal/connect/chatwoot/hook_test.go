package chatwoot

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

var testNow = time.Unix(1_700_000_000, 0)

// hookBody is a message that somebody wrote, as a hook tells of it.
func hookBody(changes map[string]any) []byte {
	body := map[string]any{
		"event": "message_created", "id": 77, "content": "hello", "message_type": "incoming", "private": false, "content_type": "text",
		"created_at": "2023-11-14T22:13:20Z", "account": map[string]any{"id": 1}, "inbox": map[string]any{"id": 1},
		"sender":       map[string]any{"id": 5, "name": "DemoUser", "email": "demo@example.com", "type": "contact"},
		"conversation": map[string]any{"id": 45, "inbox_id": 1, "created_at": 1_699_999_000, "status": "open", "contact_inbox": map[string]any{"source_id": "src-5"}},
	}
	maps.Copy(body, changes)
	raw, _ := json.Marshal(body)
	return raw
}

func hookOf(body []byte, at time.Time, delivery string) *connector.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := http.Header{}
	h.Set(api.HeaderTimestamp, stamp)
	h.Set(api.HeaderSignature, api.Sign(testSecret, stamp, body))
	h.Set(api.HeaderDelivery, delivery)
	return &connector.Request{Method: http.MethodPost, Path: "/", Header: h, Body: body, Now: testNow}
}

func TestHook(t *testing.T) {
	c := newRig(t, nil).c
	got := must[connector.Received](t)(c.Receive(t.Context(), hookOf(hookBody(nil), testNow, "d-1")))
	same(t, "a look", got.Inbound, []connector.Inbound{{Kind: connector.InLook, ThreadID: "45.1699999000", Key: "h:d-1", OccurredAt: testNow,
		Written: true, Standing: &connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium, Labels: []string{}}}})
	same(t, "answer", got.Respond(nil), any(answer{"accepted"}))
	for what, change := range map[string]map[string]any{
		"of another account": {"account": map[string]any{"id": 2}},
		"of another inbox":   {"conversation": map[string]any{"id": 45, "inbox_id": 2}},
		"our own":            {"message_type": "outgoing", "content_attributes": map[string]any{attrDelivery: "dlv_1#0"}},
		"our own customer's": {"source_id": "kefu:dlv_1#0"},
		"of typing":          {"event": "conversation_typing_on"},
		"of a contact":       {"event": "contact_updated"},
		"of news":            {"event": "something_new"},
	} {
		got, err := c.Receive(t.Context(), hookOf(hookBody(change), testNow, "d-1"))
		if err != nil || len(got.Inbound) != 0 || got.Respond(nil) != any(answer{"ignored"}) {
			t.Errorf("a hook %s: %+v, %v", what, got.Inbound, err)
		}
	}
	for _, event := range []string{"conversation_created", "conversation_updated", "conversation_status_changed"} {
		body := hookBody(map[string]any{"event": event, "id": 45, "inbox_id": 1, "created_at": 1_699_999_000, "status": "resolved"})
		got := must[connector.Received](t)(c.Receive(t.Context(), hookOf(body, testNow, "d-2")))
		if len(got.Inbound) != 1 || got.Inbound[0].ThreadID != "45.1699999000" || got.Inbound[0].Written {
			t.Errorf("%s: %+v", event, got.Inbound)
		}
	}
	for changed, looks := range map[string]int{
		`[{"waiting_since":{"previous_value":null,"current_value":1}},{"updated_at":{"previous_value":1,"current_value":2}}]`:           0,
		`[{"waiting_since":{"previous_value":null,"current_value":1}},{"status":{"previous_value":"open","current_value":"resolved"}}]`: 1,
		`[{"waiting_since":{},"assignee_id":{}}]`: 1, `[]`: 1, `[{}]`: 1, `{"waiting_since":{}}`: 1, `null`: 1,
	} {
		body := hookBody(map[string]any{"event": "conversation_updated", "id": 45, "inbox_id": 1, "created_at": 1_699_999_000, "changed_attributes": json.RawMessage(changed)})
		if got := must[connector.Received](t)(c.Receive(t.Context(), hookOf(body, testNow, "d-2"))); len(got.Inbound) != looks {
			t.Errorf("changed %s: %+v", changed, got.Inbound)
		}
	}
	updated := hookBody(map[string]any{"event": "message_updated", "message_type": "outgoing",
		"content_attributes": map[string]any{attrDelivery: "dlv_1#0", "submitted_values": []any{map[string]any{"name": "a", "value": "b"}}}})
	if got := must[connector.Received](t)(c.Receive(t.Context(), hookOf(updated, testNow, "d-3"))); len(got.Inbound) != 1 {
		t.Errorf("our own form, filled in: %+v", got.Inbound)
	}
}

const testPath = "path-token-of-24-letters"

func TestHookBelieved(t *testing.T) {
	body := hookBody(nil)
	good := hookOf(body, testNow, "d")
	change := func(do func(r *connector.Request)) *connector.Request {
		r := *good
		r.Header = good.Header.Clone()
		do(&r)
		return &r
	}
	bare := func(r *connector.Request) { r.Header = http.Header{} }
	forged := func(r *connector.Request) {
		r.Header.Set(api.HeaderSignature, strings.Repeat("0", 64))
	}
	at := func(path string, do func(r *connector.Request)) *connector.Request {
		return change(func(r *connector.Request) {
			do(r)
			r.Path = path
		})
	}
	none := func(*connector.Request) {}
	for _, c := range []struct {
		what, signatures, path string
		hook                   *connector.Request
		believed               bool
	}{
		{"signed", signaturesRequired, "", good, true},
		{"unsigned", signaturesRequired, "", change(bare), false},
		{"forged", signaturesRequired, "", change(forged), false},
		{"changed", signaturesRequired, "", change(func(r *connector.Request) { r.Body = append([]byte(" "), body...) }), false},
		{"four minutes old", signaturesRequired, "", hookOf(body, testNow.Add(-4*time.Minute), "d"), true},
		{"six minutes old", signaturesRequired, "", hookOf(body, testNow.Add(-6*time.Minute), "d"), false},
		{"six minutes ahead", signaturesRequired, "", hookOf(body, testNow.Add(6*time.Minute), "d"), false},
		{"signed at another path", signaturesRequired, "", at("/elsewhere", none), false},
		{"signed without the path", signaturesRequired, testPath, good, false},
		{"signed at the path", signaturesRequired, testPath, at("/"+testPath, none), true},
		{"unsigned at the path", signaturesRequired, testPath, at("/"+testPath, bare), false},
		{"optional, unsigned", signaturesOptional, testPath, at("/"+testPath, bare), true},
		{"optional, forged", signaturesOptional, testPath, at("/"+testPath, forged), false},
		{"optional, without the path", signaturesOptional, testPath, change(bare), false},
		{"optional, half the path", signaturesOptional, testPath, at("/"+testPath[:12], bare), false},
		{"off", signaturesOff, testPath, at("/"+testPath, forged), true},
		{"off, without the path", signaturesOff, testPath, good, false},
	} {
		other := map[string]any{"signatures": c.signatures}
		if c.path != "" {
			other["hook_path_token"] = c.path
		}
		got, err := newRig(t, other).c.Receive(t.Context(), c.hook)
		if believed := err == nil && len(got.Inbound) == 1; believed != c.believed || !believed && kefu.KindOf(err) != kefu.KindUnauthorized {
			t.Errorf("%s: believed %t, %v", c.what, believed, err)
		}
	}
}

// TestHookOfABotAlone reads what was written from the hook, because nothing else may be read.
func TestHookOfABotAlone(t *testing.T) {
	c := newRig(t, map[string]any{"api_token": "", "bot_token": "bot-token"}).c
	take := func(change map[string]any) []connector.Inbound {
		return must[connector.Received](t)(c.Receive(t.Context(), hookOf(hookBody(change), testNow, "d"))).Inbound
	}
	list := take(nil)
	if len(list) != 1 {
		t.Fatalf("got %+v", list)
	}
	in := list[0]
	same(t, "who", in.Sender, connector.Sender{Kind: kefu.AuthorContact, ID: "src-5", Name: "DemoUser", Email: "demo@example.com", Via: "Chatwoot"})
	same(t, "what", []string{string(in.Kind), in.Key, in.ThreadID, in.ExternalID, in.Content.Text, in.Title},
		[]string{"message", "m:77.1700000000", "45.1699999000", "77.1700000000", "hello", "hello"})
	same(t, "our own", take(map[string]any{"message_type": "outgoing", "content_attributes": map[string]any{attrDelivery: "x#0"}}), []connector.Inbound(nil))
	note := take(map[string]any{"message_type": "outgoing", "private": true, "sender": map[string]any{"id": 11, "name": "Mei", "type": "user"}})
	if len(note) != 1 || !note[0].Note || note[0].Sender.ID != "agent:11" {
		t.Errorf("a note: %+v", note)
	}
	for kind, want := range map[string]string{"agent_bot": "agent_bot:11", "captain_assistant": "captain_assistant:11", "user": "agent:11"} {
		said := take(map[string]any{"message_type": "outgoing", "sender": map[string]any{"id": 11, "name": "Mei", "type": kind}})
		if len(said) != 1 || said[0].Sender.ID != want {
			t.Errorf("a sender of type %q: %+v", kind, said)
		}
	}
	picture := take(map[string]any{"content": nil, "attachments": []any{map[string]any{"id": 1, "file_type": "image", "data_url": "https://chat.example/rails/cat.png"}}})
	if len(picture) != 1 || picture[0].Content.Type != kefu.ContentImage || picture[0].Content.Attachments[0].URL != "https://chat.example/rails/cat.png" {
		t.Errorf("a picture: %+v", picture)
	}
	place := take(map[string]any{"content": nil, "attachments": []any{map[string]any{"id": 1, "file_type": "location", "coordinates_lat": 25.03}}})
	if len(place) != 1 || !strings.Contains(place[0].Content.Text, "Chatwoot") || len(place[0].Notes) != 1 {
		t.Errorf("a place on the map: %+v", place)
	}
	filled := take(map[string]any{"event": "message_updated", "message_type": "outgoing",
		"content_attributes": map[string]any{attrDelivery: "x#0", "submitted_values": []any{map[string]any{"name": "size", "value": "L"}}}})
	if len(filled) != 1 || filled[0].AnswerTo != "77.1700000000" || filled[0].Filled["size"] != "L" {
		t.Errorf("filled in: %+v", filled)
	}
	status := take(map[string]any{"event": "conversation_status_changed", "id": 45, "inbox_id": 1, "created_at": 1_699_999_000})
	if len(status) != 1 || status[0].Kind != connector.InLook {
		t.Errorf("a status: %+v", status)
	}
}

// TestUpgradedServer signs before anybody has copied the secret: the hooks are believed by their path, as they were before.
func TestUpgradedServer(t *testing.T) {
	c := newRig(t, map[string]any{"signatures": signaturesOptional, "hook_path_token": testPath, "hook_secret": ""}).c
	hook := hookOf(hookBody(nil), testNow, "d")
	hook.Path = "/" + testPath
	if got, err := c.Receive(t.Context(), hook); err != nil || len(got.Inbound) != 1 {
		t.Errorf("%+v, %v", got.Inbound, err)
	}
	hook.Path = "/"
	if _, err := c.Receive(t.Context(), hook); kefu.KindOf(err) != kefu.KindUnauthorized {
		t.Errorf("without the path: %v", err)
	}
}

func FuzzReceive(f *testing.F) {
	f.Add(hookBody(nil))
	f.Add(hookBody(map[string]any{"content_attributes": map[string]any{"items": []any{nil, 1, map[string]any{"options": "x"}}}, "content_type": "form", "message_type": 1}))
	f.Add([]byte(`{"event":"conversation_updated","account":{"id":1},"id":9e99,"inbox_id":1}`))
	set, err := parseSettings([]byte(`{"url":"https://chat.example","account_id":1,"inbox_id":1,"bot_token":"b","signatures":"off","hook_path_token":"` + testPath + `"}`))
	if err != nil {
		f.Fatal(err)
	}
	c := &Connector{set: set, known: newKnown(time.Now)}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := c.Receive(t.Context(), &connector.Request{Method: http.MethodPost, Path: "/" + testPath, Body: body, Header: http.Header{}, Now: testNow})
		if err != nil && len(got.Inbound) > 0 {
			t.Error("refused and taken")
		}
		for _, in := range got.Inbound {
			if p, ok := parsePlace(in.ThreadID); !ok || p.String() != in.ThreadID {
				t.Errorf("thread %q", in.ThreadID)
			}
		}
	})
}
