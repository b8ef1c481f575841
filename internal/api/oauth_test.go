package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kefu/internal/auth"
	"kefu/internal/storetest"
)

// form sends a form as nobody.
func (r *rig) form(target, body string, headers ...string) answer {
	q := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost, target, strings.NewReader(body))
	q.RemoteAddr = "127.0.0.1:5000"
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

func TestOAuth2(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	made := r.ask(http.MethodPost, "/api/v1/oauth-clients", `{"name":"crm","scopes":["labels:read"]}`)
	id, secret := made.member("id"), made.member("secret")
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}.Encode()

	for _, base := range []string{"", "/api/v1"} {
		got := r.form(base+"/oauth/token", good)
		if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" || got.member("token_type") != "Bearer" || got.member("scope") != "labels:read" {
			t.Fatalf("%s: %d %v %s", base, got.status, got.header, got.raw)
		}
		bearer := []string{"Authorization", "Bearer " + got.member("access_token")}
		if a := r.ask(http.MethodGet, "/api/v1/labels", "", bearer...); a.status != http.StatusOK {
			t.Errorf("with the token: %d %s", a.status, a.raw)
		}
		if a := r.ask(http.MethodPost, "/api/v1/labels", `{"name":"x"}`, bearer...); a.status != http.StatusForbidden {
			t.Errorf("beyond its scope: %d %s", a.status, a.raw)
		}
		end := url.Values{"token": {got.member("access_token")}, "client_id": {id}, "client_secret": {secret}}.Encode()
		if a := r.form(base+"/oauth/revoke", end); a.status != http.StatusOK || len(a.raw) > 0 {
			t.Errorf("revoke: %d %s", a.status, a.raw)
		}
		if a := r.ask(http.MethodGet, "/api/v1/labels", "", bearer...); a.status != http.StatusUnauthorized {
			t.Errorf("revoked: %d %s", a.status, a.raw)
		}
	}

	for name, tt := range map[string]struct {
		a      answer
		status int
		code   string
	}{
		"wrong secret":    {r.form("/oauth/token", strings.Replace(good, secret, "x", 1)), http.StatusUnauthorized, "invalid_client"},
		"no form":         {r.form("/oauth/token", `{}`, "Content-Type", "application/json"), http.StatusBadRequest, "invalid_request"},
		"in the address":  {r.form("/oauth/token?client_id=x", good), http.StatusBadRequest, "invalid_request"},
		"too large":       {r.form("/oauth/token", strings.Repeat("a", 1<<20)), http.StatusBadRequest, "invalid_request"},
		"not text":        {r.form("/oauth/token", good+"&x=%00"), http.StatusBadRequest, "invalid_request"},
		"not a form":      {r.form("/oauth/token", "%zz"), http.StatusBadRequest, "invalid_request"},
		"another grant":   {r.form("/oauth/token", strings.Replace(good, "client_credentials", "password", 1)), http.StatusBadRequest, "unsupported_grant_type"},
		"too much":        {r.form("/oauth/token", good+"&scope=audit:read"), http.StatusBadRequest, "invalid_scope"},
		"nothing revoked": {r.form("/oauth/revoke", good), http.StatusBadRequest, "invalid_request"},
	} {
		if tt.a.status != tt.status || tt.a.member("error") != tt.code || tt.a.member("error_description") == "" {
			t.Errorf("%s: %d %s, want %d %s", name, tt.a.status, tt.a.raw, tt.status, tt.code)
		}
		if tt.status == http.StatusUnauthorized && tt.a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: 401 without WWW-Authenticate", name)
		}
	}

	var m auth.Metadata
	got := r.ask(http.MethodGet, "/.well-known/oauth-authorization-server", "", "Authorization", "")
	if err := json.Unmarshal(got.raw, &m); err != nil || got.status != http.StatusOK || m.TokenEndpoint != publicURL+"/oauth/token" {
		t.Errorf("metadata: %d %s", got.status, got.raw)
	}
}

// TestEveryScopeOfARouteIsOneThatCanBeGiven: a route whose scope no key can have is open to admins only, by mistake.
func TestEveryScopeOfARouteIsOneThatCanBeGiven(t *testing.T) {
	t.Parallel()
	for path, item := range readDocument(t).Paths.Map() {
		for method, op := range item.Operations() {
			scope, _ := op.Extensions["x-scope"].(string)
			if strings.Contains(scope, ":") && !slices.Contains(auth.Scopes(), scope) {
				t.Errorf("%s %s needs %s, which is no scope of auth", method, path, scope)
			}
		}
	}
}
