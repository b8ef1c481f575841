package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/storetest"
)

const newHook = `{"name":"stock","url":"https://hooks.example.com/kefu","events":["message.*"],"authentication":{"type":"bearer","token":"a-bearer-token"},
"headers":[{"name":"X-Api-Key","value":"value-of-a-header"}]}`

func TestAWebhookFromMakingToDeleting(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url, withAdmin(t))
		made := r.ask("POST", "/api/v1/webhooks", newHook, "Idempotency-Key", "k1")
		if made.status != http.StatusCreated || !strings.HasPrefix(made.member("secret"), "whsec_") {
			t.Fatalf("%d %s", made.status, made.raw)
		}
		if again := r.ask("POST", "/api/v1/webhooks", newHook, "Idempotency-Key", "k1"); string(again.raw) != string(made.raw) {
			t.Errorf("the same key: %s", again.raw)
		}
		one := "/api/v1/webhooks/" + made.member("id")
		read := r.ask("GET", one, "")
		if read.header.Get("ETag") != made.header.Get("ETag") {
			t.Errorf("the tag of a new endpoint is %s, and %s when it is read", made.header.Get("ETag"), read.header.Get("ETag"))
		}
		tag := made.header.Get("ETag")
		rotated := r.ask("POST", one+"/rotate", "", "If-Match", tag)
		if rotated.status != http.StatusOK || !strings.HasPrefix(rotated.member("secret"), "whsec_") || rotated.member("secret") == made.member("secret") {
			t.Errorf("%d %s", rotated.status, rotated.raw)
		}
		for _, lost := range []answer{r.ask("PUT", one, `{"name":"x"}`, "If-Match", tag), r.ask("POST", one+"/rotate", "", "If-Match", tag),
			r.ask("POST", one+"/promote", "", "If-Match", tag), r.ask("DELETE", one, "", "If-Match", tag)} {
			if lost.status != http.StatusPreconditionFailed {
				t.Errorf("a lost race: %d %s", lost.status, lost.raw)
			}
		}
		promoted := r.ask("POST", one+"/promote", "", "If-Match", rotated.header.Get("ETag"))
		if promoted.status != http.StatusOK || !strings.Contains(string(promoted.raw), `"prepared":false,"previous_until":"2`) {
			t.Errorf("%d %s", promoted.status, promoted.raw)
		}
		changed := r.ask("PUT", one, `{"enabled":false,"description":null}`, "If-Match", promoted.header.Get("ETag"))
		if changed.status != http.StatusOK || !strings.Contains(string(changed.raw), `"enabled":false`) {
			t.Errorf("%d %s", changed.status, changed.raw)
		}
		for what, a := range map[string]answer{"read": read, "list": r.ask("GET", "/api/v1/webhooks", ""), "promote": promoted, "change": changed,
			"audit": r.ask("GET", "/api/v1/audit?action=endpoint.*", "")} {
			for _, secret := range []string{`"secret"`, "whsec_", "a-bearer-token", "value-of-a-header"} {
				if a.status != http.StatusOK || strings.Contains(string(a.raw), secret) {
					t.Errorf("%s: %d, %s is in %s", what, a.status, secret, a.raw)
				}
			}
		}
		if gone := r.ask("DELETE", one, ""); gone.status != http.StatusNoContent {
			t.Errorf("%d %s", gone.status, gone.raw)
		}
		if gone := r.ask("GET", one, ""); gone.status != http.StatusNotFound {
			t.Errorf("%d %s", gone.status, gone.raw)
		}
	})
}

// TestWhoMayUseWebhooks: those who see everything, with the scope for it.
func TestWhoMayUseWebhooks(t *testing.T) {
	t.Parallel()
	callers := map[string]kefu.Caller{
		"bound":   {Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"*:*"}, Bound: true},
		"contact": {Kind: kefu.CallerContact, ID: "con_1", Scopes: auth.ContactScopes()},
	}
	for _, role := range kefu.Roles() {
		callers[string(role)] = kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Role: role, Scopes: auth.ScopesOf(role)}
	}
	r := newRig(t, storetest.SQLite(t), withAdmin(t), func(n *names) { n.callers = callers })
	one := "/api/v1/webhooks/" + r.ask("POST", "/api/v1/webhooks", newHook).member("id")
	const reading, writing = "webhooks:read", "webhooks:write"
	for _, call := range []struct{ scope, method, path, body string }{
		{reading, "GET", "/api/v1/webhooks", ""}, {reading, "GET", one, ""}, {writing, "POST", "/api/v1/webhooks", newHook}, {writing, "PUT", one, `{"name":"x"}`},
		{writing, "POST", one + "/rotate", ""}, {writing, "POST", one + "/promote", ""}, {writing, "DELETE", one, ""},
	} {
		for who, may := range map[string]bool{"bound": false, "contact": false, "agent": false, "supervisor": false, "scope " + call.scope: true,
			"scope " + map[string]string{reading: writing, writing: reading}[call.scope]: false} {
			if !may {
				if a := r.ask(call.method, call.path, call.body, "Authorization", "Bearer "+who); a.status != http.StatusForbidden {
					t.Errorf("%s %s as %s: %d %s", call.method, call.path, who, a.status, a.raw)
				}
				continue
			}
			if a := r.ask(call.method, call.path, call.body, "Authorization", "Bearer "+who); a.status >= 300 {
				t.Errorf("%s %s as %s: %d %s", call.method, call.path, who, a.status, a.raw)
			}
		}
	}
}

// TestFaultsOfAWebhook come all at once, those of the schema beside those of the rules, and repeat no secret.
func TestFaultsOfAWebhook(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	a := r.ask("POST", "/api/v1/webhooks", `{"name":7,"url":"ftp://user:open-sesame@10.0.0.1/","events":["mesage.sent"],"timeout":60,"secret":"too-short",
"authentication":{"type":"basic","username":"a:b","password":"open-sesame\n"}}`)
	p := a.problem(t)
	var fields []string
	for _, f := range p.Errors {
		fields = append(fields, f.Field)
	}
	slices.Sort(fields)
	want := []string{"authentication.password", "authentication.username", "events", "name", "secret", "timeout", "url"}
	if a.status != http.StatusUnprocessableEntity || !slices.Equal(fields, want) {
		t.Errorf("%d %v, want %v: %s", a.status, fields, want, a.raw)
	}
	if strings.Contains(string(a.raw), "sesame") || strings.Contains(string(a.raw), "too-short") {
		t.Errorf("a secret is repeated: %s", a.raw)
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(r.ask("GET", "/api/v1/webhooks", "").raw, &list); err != nil || len(list.Items) > 0 {
		t.Errorf("something was kept: %v, %v", list, err)
	}
}
