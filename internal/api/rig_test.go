package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/api"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// names believes what a request says about itself: "Bearer admin" is an admin, "Bearer scope labels:read" a program with that scope.
type names struct {
	api.Authenticator

	limit auth.Limit
	over  error
}

func (names) Authenticate(_ context.Context, r auth.Request) (kefu.Caller, error) {
	who, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch scope, isScope := strings.CutPrefix(who, "scope "); {
	case isScope:
		return kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Name: "program", Scopes: strings.Fields(scope)}, nil
	case who == "admin":
		return kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Name: "Ann", Role: kefu.RoleAdmin, Scopes: []string{"*:*"}}, nil
	case ok && who == "panic":
		panic("a fault in the code")
	}
	return kefu.Caller{}, kefu.Errorf(kefu.KindUnauthorized, "send credentials")
}

func (n names) Allow(context.Context, kefu.Caller, netip.Addr) (auth.Limit, error) {
	return n.limit, n.over
}

// plainBox seals nothing: these tests look at answers, not at what is stored.
type plainBox struct{}

func (plainBox) Seal(plain, _ string) (string, error)  { return plain, nil }
func (plainBox) Open(sealed, _ string) (string, error) { return sealed, nil }

type files struct{}

func (files) Keep(_ context.Context, r io.Reader, name string) (kefu.Attachment, error) {
	raw, err := io.ReadAll(r)
	return kefu.Attachment{Name: name, SHA256: strings.Repeat("0", 64), Size: int64(len(raw))}, err
}
func (files) Uploaded(string) (kefu.Attachment, bool) { return kefu.Attachment{}, false }
func (files) Link(a kefu.Attachment) string           { return "https://kefu.example/files/" + a.Name }

// rig is the API on a real store.
type rig struct {
	t     *testing.T
	store *store.Store
	http.Handler
}

func newRig(t *testing.T, url string, who api.Authenticator) *rig {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	st := store.New(db)
	if _, err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	board := switchboard.New(st, bus.New(), files{}, plainBox{}, log, []switchboard.Inbox{{ID: "api", Channel: "api", Name: "API"}})
	return &rig{t, st, api.New(api.Options{Log: log, Board: board, Auth: who, PublicURL: "https://kefu.example",
		Metrics: http.NotFoundHandler(), Files: http.NotFoundHandler(), Ready: func(context.Context) []api.Check { return nil }})}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
}

func (a answer) problem(t *testing.T) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(a.raw, &p); err != nil || a.header.Get("Content-Type") != "application/problem+json" || p.Status != a.status {
		t.Errorf("no problem document: %d %s %s", a.status, a.header.Get("Content-Type"), a.raw)
	}
	return p
}

// ask sends a request as an admin; headers are name and value by turns.
func (r *rig) ask(method, target, body string, headers ...string) answer {
	r.t.Helper()
	q := httptest.NewRequestWithContext(r.t.Context(), method, target, strings.NewReader(body))
	q.RemoteAddr = "127.0.0.1:5000"
	q.Header.Set("Authorization", "Bearer admin")
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			q.Header.Del(headers[i])
			continue
		}
		q.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

// member finds a member of an answer.
func (a answer) member(name string) string {
	var m map[string]any
	_ = json.Unmarshal(a.raw, &m)
	s, _ := m[name].(string)
	return s
}

const minute = time.Minute
