package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/api"
	"kefu/internal/connector"
)

// receiver shows what reached the connector.
type receiver struct {
	got *connector.Request
	err error
}

func (r *receiver) Receive(_ context.Context, q *connector.Request) (connector.Received, error) {
	r.got = q
	return connector.Received{Inbound: []connector.Inbound{{}}, Respond: func(res []connector.Result) any { return res[0] }}, r.err
}

type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	RequestID                 string       `json:"request_id"`
	Errors                    []kefu.Fault `json:"errors"`
}

func serve(t *testing.T, r *receiver, store error, proxies ...string) http.Handler {
	t.Helper()
	o := api.Options{Log: slog.New(slog.DiscardHandler), Hooks: []api.Hook{{Inbox: "shop", Receiver: r}}, Default: "shop", DefaultFlex: "shop",
		Receive: func(context.Context, kefu.InboxID, connector.Inbound) (connector.Result, error) {
			return connector.Result{MessageID: "msg_1"}, store
		},
		Ready:   func(context.Context) []api.Check { return []api.Check{{Name: "database", Status: api.CheckOK}} },
		Metrics: http.NotFoundHandler(), Files: http.NotFoundHandler(), Observe: func(kefu.InboxID, int) {}}
	for _, p := range proxies {
		o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix(p))
	}
	return api.New(o)
}

func post(h http.Handler, path, body string, edit func(*http.Request)) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.RemoteAddr = "127.0.0.1:5000"
	if edit != nil {
		edit(req)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestAHookReachesItsConnectorRaw(t *testing.T) {
	for path, want := range map[string]string{
		"/ticket/create": "/ticket/create", "/hooks/shop/ticket/update": "/ticket/update", "/hooks/shop/ticket/a%2Fb?b=%20&a=1": "/ticket/a/b",
		"/hooks/shop": "/", "/hooks/shop?bodySHA256=00": "/", "/forward-to-discord?x=y": "/forward-to-discord", "/chatbot-to-discord": "/chatbot-to-discord",
	} {
		r := &receiver{}
		w := post(serve(t, r, nil), path, "{\"a\": \"\\u00e9\"}", nil)
		if w.Code != http.StatusOK || r.got == nil || r.got.Path != want || r.got.Target != path || string(r.got.Body) != "{\"a\": \"\\u00e9\"}" {
			t.Errorf("%s: %d, connector got %+v", path, w.Code, r.got)
		}
	}
}

func TestWhoseAddressCounts(t *testing.T) {
	tests := []struct {
		name, peer, forwarded, trusted, want string
		claims                               bool
	}{
		{"direct", "127.0.0.1:1", "", "", "127.0.0.1", false},
		{"forged, no proxy is trusted", "127.0.0.1:1", "127.0.0.1", "", "127.0.0.1", true},
		{"forged through a proxy that is not listed", "10.0.0.1:1", "127.0.0.1", "10.0.0.2/32", "10.0.0.1", true},
		{"through a trusted proxy", "127.0.0.1:1", "203.0.113.9", "127.0.0.0/8", "203.0.113.9", false},
		{"forged in front of a trusted proxy", "127.0.0.1:1", "127.0.0.1, 203.0.113.9", "127.0.0.0/8", "203.0.113.9", false},
		{"through two trusted proxies", "127.0.0.1:1", "198.51.100.7, 10.0.0.2", "127.0.0.0/8 10.0.0.0/8", "198.51.100.7", false},
		{"nonsense from a trusted proxy", "127.0.0.1:1", "unknown", "127.0.0.0/8", "127.0.0.1", true},
		{"mapped IPv6", "[::ffff:127.0.0.1]:1", "", "", "127.0.0.1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &receiver{}
			post(serve(t, r, nil, strings.Fields(tt.trusted)...), "/ticket/create", "{}", func(q *http.Request) {
				q.RemoteAddr = tt.peer
				if tt.forwarded != "" {
					q.Header.Set("X-Forwarded-For", tt.forwarded)
				}
			})
			if r.got.Client != netip.MustParseAddr(tt.want) || r.got.Forwarded != tt.claims {
				t.Errorf("client %s, unproven %v", r.got.Client, r.got.Forwarded)
			}
		})
	}
}

func TestEveryRefusalIsAProblemDocument(t *testing.T) {
	faults := kefu.Faults{{Field: "ticket_id", Msg: "is needed"}, {Field: "sender", Msg: "is needed"}}
	tests := []struct {
		name, path string
		body       io.Reader
		parse      error
		store      error
		status     int
		code       string
	}{
		{"faults", "/ticket/create", nil, faults.Err("the hook is refused"), nil, http.StatusUnprocessableEntity, "invalid"},
		{"not JSON", "/ticket/create", nil, kefu.Errorf(kefu.KindMalformed, "not JSON"), nil, http.StatusBadRequest, "malformed"},
		{"unsigned", "/ticket/create", nil, kefu.Errorf(kefu.KindUnauthorized, "sign it"), nil, http.StatusUnauthorized, "unauthorized"},
		{"method", "/ticket/create", nil, kefu.Errorf(kefu.KindNotAllowed, "POST"), nil, http.StatusMethodNotAllowed, "not_allowed"},
		{"media type", "/ticket/create", nil, kefu.Errorf(kefu.KindUnsupported, "JSON"), nil, http.StatusUnsupportedMediaType, "unsupported"},
		{"unknown inbox", "/hooks/nobody/ticket/create", nil, nil, nil, http.StatusNotFound, "not_found"},
		{"nowhere", "/admin", nil, nil, nil, http.StatusNotFound, "not_found"},
		{"too large", "/ticket/create", bytes.NewReader(make([]byte, api.MaxHook+1)), nil, nil, http.StatusRequestEntityTooLarge, "too_large"},
		{"not stored", "/ticket/create", nil, nil, kefu.Wrap(kefu.KindUnavailable, errors.New("disk"), "later"), http.StatusServiceUnavailable, "unavailable"},
		{"bug", "/ticket/create", nil, errors.New("secret cause"), nil, http.StatusInternalServerError, "internal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := ""
			if tt.body != nil {
				raw, _ := io.ReadAll(tt.body)
				body = string(raw)
			}
			w := post(serve(t, &receiver{err: tt.parse}, tt.store), tt.path, body, nil)
			var p problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if w.Code != tt.status || p.Status != tt.status || p.Code != tt.code || !strings.HasPrefix(p.RequestID, "req_") ||
				w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %+v", w.Code, p)
			}
			if tt.name == "faults" && len(p.Errors) != 2 {
				t.Errorf("not every fault is named: %+v", p.Errors)
			}
			if strings.Contains(w.Body.String(), "secret cause") || strings.Contains(w.Body.String(), "disk") {
				t.Error("the private cause is shown")
			}
			if tt.status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
			if tt.status == http.StatusMethodNotAllowed && w.Header().Get("Allow") != "POST" {
				t.Error("405 without Allow")
			}
		})
	}
}

func TestAFailedCheckMakesTheProcessUnreadyAndADegradedOneDoesNot(t *testing.T) {
	for status, want := range map[string]int{api.CheckOK: 200, api.CheckDegraded: 200, api.CheckFail: 503} {
		o := api.Options{Log: slog.New(slog.DiscardHandler), Metrics: http.NotFoundHandler(), Files: http.NotFoundHandler(),
			Ready: func(context.Context) []api.Check {
				return []api.Check{{Name: "x", Status: status}, {Name: "y", Status: api.CheckOK}}
			}}
		w := httptest.NewRecorder()
		api.New(o).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
		if w.Code != want || !strings.Contains(w.Body.String(), `"status":"`+status+`","checks"`) {
			t.Errorf("%s: %d %s", status, w.Code, w.Body)
		}
	}
}
