package chatwoot_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/chatwoot"
)

// all subscribes to everything.
func (r *rig) all(e *ear) { r.AddWebhook(e.url, "s") }

// told are the events that were heard, with their bodies.
func (e *ear) told(t *testing.T) (names []string, bodies []map[string]any) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, h := range e.got {
		var m map[string]any
		if err := json.Unmarshal(h.body, &m); err != nil {
			t.Fatal(err)
		}
		name, _ := m["event"].(string)
		names, bodies = append(names, name), append(bodies, m)
	}
	return names, bodies
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("%s: %s, want %s", what, a, b)
	}
}

// TestWhoWritesOpens opens what was resolved before the message is told of, so that its hook has the new status.
func TestWhoWritesOpens(t *testing.T) {
	r, e := start(t, chatwoot.Options{}), listen(t)
	id := r.begin()
	r.must(r.Resolve(id, chatwoot.Agent))
	r.all(e)
	_, err := r.CustomerWrites(id, "once more")
	r.must(err)
	r.WaitHooks()
	names, bodies := e.told(t)
	want(t, "in order", names, []string{"conversation_status_changed", "conversation_updated", "message_created"})
	want(t, "what a change of status tells", bodies[0]["changed_attributes"], nil)
	conv, _ := bodies[2]["conversation"].(map[string]any)
	want(t, "status in the message's hook", conv["status"], "open")
}

// TestHooksSayNoMore than Chatwoot's do: who is believed to be there would be missed at the real one.
func TestHooksSayNoMore(t *testing.T) {
	r, e := start(t, chatwoot.Options{Quiet: true}), listen(t)
	id := r.begin()
	r.must(r.Assign(id, chatwoot.Agent, chatwoot.Agent2))
	r.all(e)
	_, err := r.CustomerWrites(id, "hi")
	r.must(err)
	_, err = r.Note(id, chatwoot.Agent2, "between us")
	r.must(err)
	r.must(r.Snooze(id, chatwoot.Agent2, time.Unix(2_000_000_000, 0)))
	r.WaitHooks()
	_, bodies := e.told(t)
	keys := func(m any) map[string]bool {
		out := map[string]bool{}
		o, _ := m.(map[string]any)
		for k := range o {
			out[k] = true
		}
		return out
	}
	hi, note, snoozed := bodies[0], bodies[1], bodies[2]
	for _, absent := range []string{"status", "inbox_id", "conversation_id", "echo_id"} {
		if keys(hi)[absent] {
			t.Errorf("a message's hook has %s", absent)
		}
	}
	want(t, "inbox", hi["inbox"], map[string]any{"id": 1, "name": "API"})
	if sender := keys(hi["sender"]); sender["type"] || sender["contact_inboxes"] || !sender["identifier"] {
		t.Errorf("a customer: %v", hi["sender"])
	}
	if sender := keys(note["sender"]); !sender["type"] || !sender["email"] {
		t.Errorf("an agent: %v", note["sender"])
	}
	conv, _ := note["conversation"].(map[string]any)
	meta, _ := conv["meta"].(map[string]any)
	if assignee := keys(meta["assignee"]); assignee["email"] || assignee["role"] || keys(meta["sender"])["contact_inboxes"] {
		t.Errorf("who has to do with it: %v", meta)
	}
	last, _ := conv["messages"].([]any)
	shown, _ := last[0].(map[string]any)
	if len(last) != 1 || shown["content"] != "hi" || shown["message_type"] != 0.0 {
		t.Errorf("the last message that the customer sees: %v", last)
	}
	want(t, "a time", snoozed["snoozed_until"], "2033-05-18T03:33:20.000Z")
	if keys(snoozed)["inbox"] || !keys(snoozed)["account"] {
		t.Errorf("a conversation's hook: %v", snoozed)
	}
}

// TestWhatBotsHear beside the messages.
func TestWhatBotsHear(t *testing.T) {
	for _, o := range []chatwoot.Options{{}, {OnlyAccountSigned: true}} {
		r, e, account := start(t, o), listen(t), listen(t)
		r.AddBot(e.url, chatwoot.APIInbox)
		r.AddWebhook(account.url, "s", "message_created")
		id := r.begin()
		_, err := r.CustomerWrites(id, "hi")
		r.must(err)
		r.must(r.Reopen(id, chatwoot.Agent))
		r.must(r.Resolve(id, chatwoot.Agent))
		r.WaitHooks()
		names, _ := e.told(t)
		want(t, "in order", names, []string{"message_created", "conversation_opened", "conversation_status_changed", "conversation_updated",
			"conversation_resolved", "conversation_status_changed", "conversation_updated"})
		if signed := e.got[0].header.Get("X-Chatwoot-Signature") != ""; signed == o.OnlyAccountSigned {
			t.Errorf("%+v: signed %v", o, signed)
		}
		if account.got[0].header.Get("X-Chatwoot-Signature") == "" {
			t.Error("the account's webhook is not signed")
		}
	}
}

// TestInboxWebhook is told of its inbox; what it does not take has failed.
func TestInboxWebhook(t *testing.T) {
	r, e := start(t, chatwoot.Options{}), listen(t)
	id := r.begin()
	r.SetInboxWebhook(chatwoot.APIInbox, e.url, "secret")
	_, err := r.Say(id, chatwoot.Agent, "hello")
	r.must(err)
	r.WaitHooks()
	if names, _ := e.told(t); len(names) != 1 || e.got[0].header.Get("X-Chatwoot-Signature") == "" {
		t.Errorf("told %q", names)
	}
	r.SetInboxWebhook(chatwoot.APIInbox, "http://127.0.0.1:1/", "secret")
	said, err := r.Say(id, chatwoot.Agent, "hello?")
	r.must(err)
	r.WaitHooks()
	if _, body, _ := r.ask(user, "GET", account+"/conversations/1/messages?after="+decimal(said-1), ""); !strings.Contains(body, `"status":"failed"`) {
		t.Errorf("not taken: %s", body)
	}
}

func decimal(n int64) string { raw, _ := json.Marshal(n); return string(raw) }

// TestAMessageThatChanges is no change of its conversation.
func TestAMessageThatChanges(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	r := start(t, chatwoot.Options{Now: func() time.Time { return now }})
	id := r.begin()
	form, err := r.SendForm(id, chatwoot.Agent, "?", "input_select", map[string]any{"title": "Red", "value": "r"})
	r.must(err)
	now = now.Add(time.Hour)
	r.must(r.CustomerPicks(id, form, "r"))
	r.must(r.DeleteMessage(id, form))
	if _, body, _ := r.ask(user, "GET", account+"/conversations?updated_within=60", ""); !strings.Contains(body, `"payload":[]`) {
		t.Errorf("changed: %s", body)
	}
}

func TestRulesOfAdmission(t *testing.T) {
	r := start(t, chatwoot.Options{})
	r.AddContact("Lin", "lin")
	r.AddWebhook("https://k.example.com/h", "")
	long := strings.Repeat("x", 1501)
	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
		want                            string
	}{
		{"a number without a country", user, "POST", "/contacts", `{"inbox_id":1,"phone_number":"0912345678"}`, 422, "e164"},
		{"a number", user, "POST", "/contacts", `{"inbox_id":1,"phone_number":"+886912345678","email":"Chen@example.com"}`, 200, `"email":"chen@example.com"`},
		{"the address in capitals", user, "POST", "/contacts", `{"inbox_id":1,"email":"CHEN@example.com"}`, 422, "taken"},
		{"no address", user, "POST", "/contacts", `{"inbox_id":1,"email":"chen"}`, 422, "Email"},
		{"a long name", user, "POST", "/contacts", `{"inbox_id":1,"name":"` + long + `"}`, 422, "255"},
		{"a source is made", user, "POST", "/conversations", `{"inbox_id":1,"contact_id":1001,"source_id":"new"}`, 200, `"id":1`},
		{"another's source", user, "POST", "/conversations", `{"inbox_id":1,"contact_id":1005,"source_id":"source-1002"}`, 422, "unique"},
		{"nobody's source", user, "POST", "/conversations", `{"source_id":"nobody"}`, 404, ""},
		{"a long attribute", user, "POST", "/conversations", `{"inbox_id":1,"contact_id":1001,"custom_attributes":{"a":"` + long + `"}}`, 422, "1500"},
		{"and later", user, "POST", "/conversations/1/custom_attributes", `{"custom_attributes":{"a":"` + long + `"}}`, 422, "1500"},
		{"a status of no use", user, "POST", "/conversations", `{"inbox_id":1,"contact_id":1001,"status":"closed"}`, 500, ""},
		{"labels as they are", user, "POST", "/conversations/1/labels", `{"labels":["VIP","vip","VIP"]}`, 200, `["VIP","vip"]`},
		{"titles small", user, "POST", "/labels", `{"title":"VIP"}`, 200, `"title":"vip"`},
		{"a webhook twice", user, "POST", "/webhooks", `{"url":"https://k.example.com/h","subscriptions":["message_created"]}`, 422, "taken"},
		{"a webhook for nothing", user, "POST", "/webhooks", `{"url":"https://k.example.com/g","subscriptions":[]}`, 422, "Invalid"},
		{"an agent opens", "agent-token", "POST", "/conversations/1/toggle_status", `{"status":"open"}`, 200, "open"},
		{"and has it", user, "GET", "/conversations/1", "", 200, `"name":"Hao"`},
		{"nobody has it", user, "POST", "/conversations/1/assignments", `{"assignee_id":0}`, 200, "null"},
		{"an administrator opens", user, "POST", "/conversations/1/toggle_status", `{"status":"open"}`, 200, "open"},
		{"and has it not", user, "GET", "/conversations/1", "", 200, `"assignee":null`},
	} {
		if status, body, _ := r.ask(c.token, c.method, account+c.path, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.name, status, body, c.status, c.want)
		}
	}
	r.AddBot("http://127.0.0.1:1/bot", chatwoot.APIInbox)
	if status, body, _ := r.ask(user, http.MethodPost, account+"/conversations", `{"inbox_id":1,"contact_id":1001,"status":"open"}`); status != 200 || !strings.Contains(body, `"status":"pending"`) {
		t.Errorf("a bot has it first, whatever is asked: %s", body)
	}
}

// TestLiquid fills in what agents and programs write, and not what customers do.
func TestLiquid(t *testing.T) {
	r := start(t, chatwoot.Options{})
	id := r.begin()
	const words = "a {{x}}b {% if x %}c `{{x}}` {{d"
	_, err := r.Note(id, chatwoot.Agent, words)
	r.must(err)
	_, err = r.CustomerWrites(id, words)
	r.must(err)
	talk, _ := r.Talk(id)
	want(t, "a note", talk.Messages[0].Content, "a b c `{{x}}` {{d")
	want(t, "the customer's", talk.Messages[1].Content, words)
}

// TestReadIsNotTakenBack to delivered, and an unknown word changes nothing.
func TestReadIsNotTakenBack(t *testing.T) {
	r := start(t, chatwoot.Options{})
	said, err := r.Say(r.begin(), chatwoot.Agent, "hello")
	r.must(err)
	for _, c := range [][2]string{{"failed", "failed"}, {"lost", "failed"}, {"read", "read"}, {"delivered", "read"}, {"sent", "sent"}} {
		if status, body, _ := r.ask(user, "PATCH", account+"/conversations/1/messages/"+decimal(said), `{"status":"`+c[0]+`","external_error":"x"}`); status != 200 || !strings.Contains(body, `"status":"`+c[1]+`"`) {
			t.Errorf("%s: %d %s, want %s", c[0], status, body, c[1])
		}
	}
}
