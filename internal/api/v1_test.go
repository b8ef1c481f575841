package api_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/storetest"
)

func TestALabelFromMakingToDeleting(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t), func(n *names) {
		n.limit = auth.Limit{Name: "key", Limit: 200, Remaining: 7, Window: minute, Reset: 1500e6}
	})
	made := r.ask("POST", "/api/v1/labels", `{"name":"退貨","color":null}`, "Idempotency-Key", "k1")
	if made.status != http.StatusCreated || made.member("name") != "退貨" || made.header.Get("ETag") == "" {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"RateLimit-Policy": `"key";q=200;w=60`, "RateLimit": `"key";r=7;t=2`} {
		if got := made.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if again := r.ask("POST", "/api/v1/labels", `{"name":"退貨","color":null}`, "Idempotency-Key", "k1"); string(again.raw) != string(made.raw) {
		t.Errorf("the same key: %s", again.raw)
	}
	if other := r.ask("POST", "/api/v1/labels", `{"name":"x"}`, "Idempotency-Key", "k1"); other.status != http.StatusConflict {
		t.Errorf("the same key for another body: %d", other.status)
	}
	one := "/api/v1/labels/" + made.member("id")
	got := r.ask("GET", one, "")
	if got.status != http.StatusOK || string(got.raw) != string(made.raw) || got.header.Get("ETag") != made.header.Get("ETag") {
		t.Errorf("%d %s", got.status, got.raw)
	}
	tag := got.header.Get("ETag")
	if same := r.ask("GET", one, "", "If-None-Match", `"x", `+tag); same.status != http.StatusNotModified || len(same.raw) > 0 {
		t.Errorf("known: %d %s", same.status, same.raw)
	}
	changed := r.ask("PUT", one, `{"color":"#ff0000"}`, "If-Match", tag)
	if changed.status != http.StatusOK || changed.member("name") != "退貨" || changed.member("color") != "#ff0000" || changed.header.Get("ETag") == tag {
		t.Errorf("%d %s", changed.status, changed.raw)
	}
	if lost := r.ask("PUT", one, `{"color":"#00ff00"}`, "If-Match", tag); lost.status != http.StatusPreconditionFailed {
		t.Errorf("a lost race: %d %s", lost.status, lost.raw)
	}
	if cleared := r.ask("PUT", one, `{"color":null}`); cleared.member("color") != "" || cleared.status != http.StatusOK {
		t.Errorf("cleared: %d %s", cleared.status, cleared.raw)
	}
	if list := r.ask("GET", "/api/v1/labels?limit=1", ""); list.status != http.StatusOK || !strings.HasPrefix(string(list.raw), `{"items":[{"id":"lbl_`) {
		t.Errorf("%d %s", list.status, list.raw)
	}
	if gone := r.ask("DELETE", one, ""); gone.status != http.StatusNoContent || len(gone.raw) > 0 {
		t.Errorf("%d %s", gone.status, gone.raw)
	}
	if gone := r.ask("GET", one, ""); gone.status != http.StatusNotFound {
		t.Errorf("%d %s", gone.status, gone.raw)
	}
}

func TestTheDoorRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	long := strings.Repeat("x", 256)
	tests := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		field, detail              string // of one fault
	}{
		{"no credentials", "GET", "/labels", "", []string{"Authorization", ""}, 401, "", ""},
		{"scope", "POST", "/labels", `{"name":"a"}`, []string{"Authorization", "Bearer scope labels:read"}, 403, "", ""},
		{"nowhere", "GET", "/nothing", "", nil, 404, "", ""},
		{"trailing slash", "GET", "/labels/", "", nil, 404, "", ""},
		{"method", "PATCH", "/labels", "", nil, 405, "", ""},
		{"form", "POST", "/labels", "name=a", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "", ""},
		{"Latin-1", "POST", "/labels", `{"name":"a"}`, []string{"Content-Type", "application/json; charset=iso-8859-1"}, 415, "", ""},
		{"too large", "POST", "/labels", `{"name":"` + strings.Repeat("a", 2<<20) + `"}`, nil, 413, "", ""},
		{"no body", "POST", "/labels", "", nil, 400, "", ""},
		{"cut", "POST", "/labels", `{"name":`, nil, 400, "line 1, column 9", "the text ends where a JSON value is expected"},
		{"twice", "POST", "/labels", `{"name":"a","name":"b"}`, nil, 400, "line 1, column 13", `the name "name" stands twice in one object,`},
		{"wrong case", "POST", "/labels", `{"NAME":"a"}`, nil, 422, "NAME", "unexpected property"},
		{"unknown member", "POST", "/labels", `{"name":"a","colour":"b"}`, nil, 422, "colour", "unexpected property"},
		{"type", "POST", "/labels", `{"name":5}`, nil, 422, "name", "expected string"},
		{"huge number", "POST", "/labels", `{"name":1e999}`, nil, 400, "body", "number 1e999 does not fit here"},
		{"array", "POST", "/labels", `[]`, nil, 422, "body", "expected object"},
		{"rule", "POST", "/labels", `{"name":"a","color":"red"}`, nil, 422, "color", "must look like #1f93ff"},
		{"key", "POST", "/labels", `{"name":"a"}`, []string{"Idempotency-Key", "a b"}, 422, "Idempotency-Key", "must be 1 to 255 visible ASCII characters"},
		{"long key", "POST", "/labels", `{"name":"a"}`, []string{"Idempotency-Key", long}, 422, "Idempotency-Key", "must be 1 to 255 visible ASCII characters"},
		{"negative limit", "GET", "/labels?limit=-1", "", nil, 422, "limit", "expected number >= 1"},
		{"large limit", "GET", "/labels?limit=201", "", nil, 422, "limit", "expected number <= 200"},
		{"word for a limit", "GET", "/labels?limit=many", "", nil, 422, "limit", "invalid integer"},
		{"unknown parameter", "GET", "/labels?color=red", "", nil, 422, "color", "unknown query parameter"},
		{"cursor", "GET", "/labels?cursor=%21", "", nil, 422, "cursor", "is not one that a list gave: leave it out to begin again"},
		{"query", "GET", "/labels?cursor=%zz", "", nil, 400, "", ""},
		{"query not UTF-8", "GET", "/labels?cursor=%ff", "", nil, 400, "cursor", "is not text in UTF-8"},
		{"query twice", "GET", "/labels?limit=1&limit=2", "", nil, 400, "limit", "is given twice: separate several values by commas"},
		{"path with U+0000", "GET", "/labels/a%00", "", nil, 400, "", ""},
		{"panic", "GET", "/labels", "", []string{"Authorization", "Bearer panic"}, 500, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := r.ask(tt.method, "/api/v1"+tt.target, tt.body, tt.headers...)
			p := got.problem(t)
			if got.status != tt.status || p.RequestID == "" || p.Code == "" || tt.status < 500 && p.Detail == "" {
				t.Errorf("%d %s", got.status, got.raw)
			}
			if want := (kefu.Fault{Field: tt.field, Msg: tt.detail}); tt.field != "" && !slices.Contains(p.Errors, want) {
				t.Errorf("%+v, want %+v", p.Errors, want)
			}
			if strings.Contains(string(got.raw), "fault in the code") {
				t.Error("the cause of a panic is shown")
			}
			if allow := got.header.Get("Allow"); tt.status == http.StatusMethodNotAllowed && allow != "GET, HEAD, POST" {
				t.Errorf("Allow: %q", allow)
			}
			if tt.status == http.StatusUnauthorized && got.header.Get("WWW-Authenticate") == "" {
				t.Error("401 without WWW-Authenticate")
			}
		})
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	p := r.ask("POST", "/api/v1/labels", `{"name":1,"color":2,"a":3}`).problem(t)
	if len(p.Errors) != 3 {
		t.Errorf("by its schema: %+v", p.Errors)
	}
	p = r.ask("POST", "/api/v1/labels", `{"name":"","color":"x"}`).problem(t)
	if len(p.Errors) != 2 {
		t.Errorf("by the rules: %+v", p.Errors)
	}
}

func TestOverTheLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), func(n *names) {
		n.limit = auth.Limit{Name: "key", Limit: 1, Window: minute, Reset: minute, RetryAfter: 7 * 1e9}
		n.over = kefu.Errorf(kefu.KindRateLimited, "too many requests")
	})
	for _, header := range []string{"Bearer admin", "Bearer nobody"} {
		got := r.ask("GET", "/api/v1/labels", "", "Authorization", header)
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "7" || got.problem(t).Code != "rate_limited" {
			t.Errorf("%s: %d %v", header, got.status, got.header)
		}
	}
}

func TestHeadIsAnsweredLikeGet(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	made := r.ask("POST", "/api/v1/labels", `{"name":"a"}`)
	one := "/api/v1/labels/" + made.member("id")
	if got := r.ask("HEAD", one, ""); got.status != http.StatusOK || got.header.Get("ETag") != made.header.Get("ETag") {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := r.ask("HEAD", one, "", "If-None-Match", made.header.Get("ETag")); got.status != http.StatusNotModified {
		t.Errorf("%d", got.status)
	}
}

// FuzzDoor sends the API whatever: it is refused or taken, and never a fault of ours.
func FuzzDoor(f *testing.F) {
	f.Add("limit=5", `{"name":"a"}`, "key")
	f.Add("limit=%00&limit=1", `{"name":"\ud800","name":1}`, "")
	f.Add("cursor=eyJrIjoxfQ", `[[[[{"a":1e999}]]]]`, "a b")
	r := newRig(f, storetest.SQLite(f), func(n *names) { n.admin = kefu.SystemCaller("test") })
	f.Fuzz(func(t *testing.T, query, body, key string) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			q := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/labels", strings.NewReader(body))
			q.URL.RawQuery = query
			q.RemoteAddr = "127.0.0.1:5000"
			q.Header = http.Header{"Authorization": {"Bearer admin"}, "Idempotency-Key": {key}, "If-None-Match": {key}}
			w := httptest.NewRecorder()
			r.ServeHTTP(w, q)
			if w.Code >= http.StatusInternalServerError {
				t.Fatalf("%s ?%s %q: %d %s", method, query, body, w.Code, w.Body)
			}
		}
	})
}
