package chatwoot_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu/internal/fake/chatwoot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type rig struct {
	t *testing.T
	*chatwoot.Server
	client *http.Client
}

func start(t *testing.T, o chatwoot.Options) *rig {
	t.Helper()
	s := chatwoot.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &rig{t, s, &http.Client{Transport: tr, Timeout: 20 * time.Second}}
}

// ask makes a call and gives the status and the body.
func (r *rig) ask(token, method, path, body string) (int, string, http.Header) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header["api_access_token"] = []string{token}
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error(), nil
	}
	return resp.StatusCode, string(raw), resp.Header
}

const (
	user    = "user-token"
	account = "/api/v1/accounts/1"
)

func (r *rig) talk() string {
	r.t.Helper()
	if _, err := r.StartConversation(r.AddContact("Lin", "lin"), chatwoot.WebInbox); err != nil {
		r.t.Fatal(err)
	}
	return account + "/conversations/1"
}

func TestContentRules(t *testing.T) {
	r := start(t, chatwoot.Options{})
	talk := r.talk()
	for name, c := range map[string]struct {
		kind, items string
		want        int
	}{
		"a card":               {"cards", `[{"title":"t","actions":[{"type":"link","text":"x","uri":"u"}]}]`, 200},
		"a card without":       {"cards", `[{"title":"t","actions":[]}]`, 422},
		"a card with more":     {"cards", `[{"title":"t","price":1,"actions":[{"type":"link"}]}]`, 422},
		"an action with more":  {"cards", `[{"actions":[{"type":"link","url":"u"}]}]`, 422},
		"no cards":             {"cards", `[]`, 422},
		"a form":               {"form", `[{"name":"n","label":"l","type":"select","options":[{"label":"l","value":"v"}]}]`, 200},
		"a field with more":    {"form", `[{"name":"n","readonly":true,"type":"text"}]`, 422},
		"a field of no kind":   {"form", `[{"name":"n","type":"date"}]`, 422},
		"an option with title": {"form", `[{"name":"n","type":"select","options":[{"title":"l","value":"v"}]}]`, 422},
		"a select":             {"input_select", `[{"title":"t","value":"v"}]`, 200},
		"a select with label":  {"input_select", `[{"label":"t","value":"v"}]`, 422},
		"an article":           {"article", `[{"title":"t","link":"l"}]`, 200},
		"an e-mail":            {"input_email", `[]`, 200},
		"a carousel":           {"carousel", `[]`, 422},
	} {
		if got, body, _ := r.ask(user, "POST", talk+"/messages", `{"content":"x","content_type":"`+c.kind+`","content_attributes":{"items":`+c.items+`}}`); got != c.want {
			t.Errorf("%s: %d %s, want %d", name, got, body, c.want)
		}
	}
}

func TestTraps(t *testing.T) {
	r := start(t, chatwoot.Options{})
	talk := r.talk()
	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
		want                            string
	}{
		{"labels", user, "POST", talk + "/labels", `{"labels":["a","b"]}`, 200, `{"payload":["a","b"]}`},
		{"labels are replaced", user, "POST", talk + "/labels", `{"labels":["c"]}`, 200, `{"payload":["c"]}`},
		{"assigned", user, "POST", talk + "/assignments", `{"assignee_id":11}`, 200, `"name":"Mei"`},
		{"an unknown assignee is null", user, "POST", talk + "/assignments", `{"assignee_id":999}`, 200, `null`},
		{"and nobody's", user, "GET", talk, "", 200, `"assignee":null`},
		{"agent_id is not read", user, "POST", talk + "/assignments", `{"agent_id":11}`, 200, `null`},
		{"incoming on the website", user, "POST", talk + "/messages", `{"content":"x","message_type":"incoming"}`, 422, "Api inboxes"},
		{"a number for a type", user, "POST", talk + "/messages", `{"content":"x"}`, 200, `"message_type":1`},
		{"no content", user, "POST", talk + "/messages", `{}`, 422, "blank"},
		{"an unknown status", user, "POST", talk + "/toggle_status", `{"status":"closed"}`, 500, "Internal"},
		{"a priority", user, "POST", talk + "/toggle_priority", `{"priority":"high"}`, 200, ""},
		{"the word none is none", user, "POST", talk + "/toggle_priority", `{"priority":"none"}`, 500, "Internal"},
		{"and the priority stays", user, "GET", talk, "", 200, `"priority":"high"`},
		{"nothing is no priority", user, "POST", talk + "/toggle_priority", `{"priority":null}`, 200, ""},
		{"and then there is none", user, "GET", talk, "", 200, `"priority":null`},
		{"no status moves", user, "POST", talk + "/toggle_status", `{}`, 200, `"current_status":"resolved"`},
		{"attributes", user, "POST", talk + "/custom_attributes", `{"custom_attributes":{"a":1}}`, 200, `{"a":1}`},
		{"attributes are replaced", user, "POST", talk + "/custom_attributes", `{"custom_attributes":{"b":1}}`, 200, `{"custom_attributes":{"b":1}}`},
		{"a stranger", "x", "GET", talk, "", 401, "Invalid Access Token"},
		{"a bot writes", "bot-token", "POST", talk + "/messages", `{"content":"x"}`, 200, `"type":"agent_bot"`},
		{"a bot reads", "bot-token", "GET", talk + "/messages", "", 401, "bots"},
		{"another account", user, "GET", "/api/v1/accounts/2/conversations/1", "", 401, "account"},
		{"no JSON", user, "POST", talk + "/labels", "{", 400, "JSON"},
		{"nothing there", user, "GET", account + "/conversations/9", "", 404, "not be found"},
	} {
		if status, body, _ := r.ask(c.token, c.method, c.path, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.name, status, body, c.status, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	r := start(t, chatwoot.Options{})
	talk := r.talk()
	r.Inject(chatwoot.Fault{Kind: chatwoot.FaultLimit, Skip: 1, Count: 1, RetryAfter: 3 * time.Second})
	for i, want := range []int{200, 429, 200} {
		status, _, header := r.ask(user, "GET", talk, "")
		if status != want || (status == 429) != (header.Get("Retry-After") == "3") {
			t.Errorf("request %d: %d %v, want %d", i, status, header, want)
		}
	}
	remove := r.Inject(chatwoot.Fault{Kind: chatwoot.FaultHTML, Method: "GET", Path: regexp.MustCompile("/labels$")})
	if status, body, _ := r.ask(user, "GET", talk+"/labels", ""); status != 502 || !strings.Contains(body, "<html>") {
		t.Errorf("html: %d %s", status, body)
	}
	remove()
	if status, _, _ := r.ask(user, "GET", talk+"/labels", ""); status != 200 {
		t.Errorf("after it was removed: %d", status)
	}
	for kind, done := range map[chatwoot.FaultKind]string{chatwoot.FaultCut: `["cut"]`, chatwoot.FaultCutOff: `["before"]`} {
		r.ask(user, "POST", talk+"/labels", `{"labels":["before"]}`)
		r.Inject(chatwoot.Fault{Kind: kind, Count: 1})
		if status, _, _ := r.ask(user, "POST", talk+"/labels", `{"labels":["cut"]}`); status != 0 {
			t.Errorf("%s answered %d", kind, status)
		}
		if _, body, _ := r.ask(user, "GET", talk+"/labels", ""); !strings.Contains(body, done) {
			t.Errorf("%s: %s, want %s", kind, body, done)
		}
	}
}

// ear is a receiver of hooks.
type ear struct {
	url string
	mu  sync.Mutex
	got []heard
}

type heard struct {
	header http.Header
	body   []byte
}

func listen(t *testing.T) *ear {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{url: "http://" + l.Addr().String() + "/hook"}
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.got = append(e.got, heard{q.Header, body})
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return e
}

func (e *ear) words() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []string
	for _, h := range e.got {
		var m struct{ Content string }
		_ = json.Unmarshal(h.body, &m)
		all = append(all, m.Content)
	}
	return strings.Join(all, " ")
}

// subscribe makes a webhook and gives its secret.
func (r *rig) subscribe(e *ear) string {
	r.t.Helper()
	_, body, _ := r.ask(user, "POST", account+"/webhooks", `{"url":"`+e.url+`","subscriptions":["message_created","message_updated","conversation_status_changed"]}`)
	var m struct {
		Payload struct{ Webhook struct{ Secret string } }
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		r.t.Fatal(err)
	}
	return m.Payload.Webhook.Secret
}

func TestHooksAreSigned(t *testing.T) {
	for _, unsigned := range []bool{false, true} {
		r, e := start(t, chatwoot.Options{Unsigned: unsigned}), listen(t)
		r.talk()
		secret := r.subscribe(e)
		if _, err := r.CustomerWrites(1, "hi"); err != nil {
			t.Fatal(err)
		}
		r.WaitHooks()
		if len(e.got) != 1 {
			t.Fatalf("%d hooks", len(e.got))
		}
		h := e.got[0]
		if !bytes.Contains(h.body, []byte(`"message_type":"incoming"`)) || !bytes.Contains(h.body, []byte(`"event":"message_created"`)) {
			t.Errorf("the hook: %s", h.body)
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(h.header.Get("X-Chatwoot-Timestamp") + "." + string(h.body)))
		want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
		if unsigned {
			want = ""
		}
		if got := h.header.Get("X-Chatwoot-Signature"); got != want || (secret == "") != unsigned {
			t.Errorf("unsigned %v: signature %q with secret %q, want %q", unsigned, got, secret, want)
		}
	}
}

func TestHookFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault chatwoot.HookFault
		want  string
	}{
		"none":      {chatwoot.HookFault{Event: "contact_created"}, "1 2 3"},
		"drop":      {chatwoot.HookFault{Drop: true, Skip: 1, Count: 1}, "1 3"},
		"duplicate": {chatwoot.HookFault{Duplicate: true, Skip: 1, Count: 1}, "1 2 2 3"},
		"hold":      {chatwoot.HookFault{Hold: true, Skip: 1, Count: 1}, "1 3 2"},
		"late":      {chatwoot.HookFault{Delay: time.Millisecond, Count: 1}, "1 2 3"},
	} {
		t.Run(name, func(t *testing.T) {
			r, e := start(t, chatwoot.Options{}), listen(t)
			r.talk()
			r.subscribe(e)
			r.InjectHook(c.fault)
			for _, words := range []string{"1", "2", "3"} {
				if _, err := r.CustomerWrites(1, words); err != nil {
					t.Fatal(err)
				}
			}
			r.WaitHooks()
			if got := e.words(); got != c.want {
				t.Errorf("heard %q, want %q", got, c.want)
			}
		})
	}
}

func TestHookBeforeTheAnswer(t *testing.T) {
	r, e := start(t, chatwoot.Options{}), listen(t)
	talk := r.talk()
	r.subscribe(e)
	r.InjectHook(chatwoot.HookFault{Early: true, Count: 1})
	if status, body, _ := r.ask(user, "POST", talk+"/messages", `{"content":"early","echo_id":"e-1"}`); status != 200 {
		t.Fatal(body)
	}
	if got := e.words(); got != "early" { // nobody waited
		t.Errorf("heard %q", got)
	}
}

func TestControl(t *testing.T) {
	r := start(t, chatwoot.Options{Prefix: "/x"})
	order := func(name, body string, want int) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.Host()+"/control/"+name, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := r.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != want {
			t.Errorf("%s: %d %s", name, resp.StatusCode, raw)
		}
		return string(raw)
	}
	order("contact", `{"name":"Lin"}`, 200)
	order("conversation", `{"contact_id":1001,"inbox_id":1}`, 200)
	order("customer", `{"conversation_id":1,"text":"hi"}`, 200)
	order("agent", `{"conversation_id":1,"agent_id":11,"text":"hello"}`, 200)
	order("labels", `{"conversation_id":1,"labels":["vip"]}`, 200)
	order("status", `{"conversation_id":1,"status":"resolved"}`, 200)
	order("customer", `{"conversation_id":9,"text":"hi"}`, 400)
	order("fault", `{"kind":"dance"}`, 400)
	order("fault", `{`, 400)
	order("hook-fault", `{"drop":true}`, 200)
	order("fault", `{"kind":"limit","count":1,"path":"profile"}`, 200)
	if status, _, _ := r.ask(user, "GET", "/api/v1/profile", ""); status != 429 {
		t.Errorf("the fault did not fire: %d", status)
	}
	order("clear-faults", `{}`, 200)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Host()+"/control/state", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	for _, want := range []string{`"content":"hello"`, `"vip"`, `"status":"resolved"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the state has no %s: %s", want, raw)
		}
	}
}
