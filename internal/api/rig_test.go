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
	"kefu/internal/alert"
	"kefu/internal/api"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/knowledge"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
	"kefu/internal/vault"
	"kefu/internal/webhook"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// names believes what a request says about itself: "Bearer admin" is an admin, "Bearer scope labels:read" a program with that scope. Other
// credentials are looked at for what they are.
type names struct {
	*auth.Auth

	admin           kefu.Caller
	email, password string // the admin's
	// callers are others whose names are believed.
	callers map[string]kefu.Caller
	limit   auth.Limit
	over    error
	model   string // address of the writer; "" has none
}

func (n *names) Authenticate(ctx context.Context, r auth.Request) (kefu.Caller, error) {
	who, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c, ok := n.callers[who]; ok {
		return c, nil
	}
	switch scope, isScope := strings.CutPrefix(who, "scope "); {
	case isScope:
		return kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Name: "program", Scopes: strings.Fields(scope)}, nil
	case who == "admin":
		return n.admin, nil
	case who == "panic":
		panic("a fault in the code")
	}
	return n.Auth.Authenticate(ctx, r)
}

// Allow counts nothing: the tests ask more than anybody may.
func (n *names) Allow(context.Context, kefu.Caller, netip.Addr) (auth.Limit, error) {
	return n.limit, n.over
}

// files is the vault as the rules see it.
type files struct{ *vault.Vault }

func attachment(f vault.File) kefu.Attachment {
	return kefu.Attachment{Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256}
}

func file(a kefu.Attachment) vault.File {
	return vault.File{SHA256: a.SHA256, Size: a.Size, Type: a.Type, Name: a.Name}
}

func (f files) Keep(ctx context.Context, r io.Reader, name string) (kefu.Attachment, error) {
	kept, err := f.Put(ctx, r, name)
	return attachment(kept), err
}
func (f files) Link(a kefu.Attachment) string { return f.Vault.Link(file(a), 0, time.Time{}) }

func (f files) ShortLink(a kefu.Attachment) string { return f.Link(a) }
func (f files) Uploaded(id string) (kefu.Attachment, bool) {
	kept, ok := f.FileOf(id)
	return attachment(kept), ok
}
func (f files) UploadID(a kefu.Attachment) string { return f.Token(file(a)) }

// rig is the API on a real store.
type rig struct {
	t     testing.TB
	store *store.Store
	names *names
	http.Handler
}

const publicURL = "https://kefu.example"

func newRig(t testing.TB, url string, edit ...func(*names)) *rig {
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
	log, key, signals := slog.New(slog.DiscardHandler), make([]byte, 32), bus.New()
	box, err := secret.NewBox(secret.Derive(key, "sealed"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := vault.New(t.TempDir(), key, publicURL, 0)
	if err != nil {
		t.Fatal(err)
	}
	board := switchboard.New(st, signals, files{kept}, box, log, []switchboard.Inbox{{ID: "api", Channel: "api", Name: "API", Announces: true}})
	if err := st.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveInbox("api", "api", "API", true) }); err != nil {
		t.Fatal(err)
	}
	accounts, err := auth.New(auth.Options{Store: st, Box: box, Key: key, PublicURL: publicURL, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	hooks := webhook.New(webhook.Options{Store: st, Bus: signals, Box: box, Log: log, Files: kept, AllowHTTP: true,
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Version: "test",
		Resolve: func(context.Context, string) ([]netip.Addr, error) { return nil, nil }}) // no test asks the network
	t.Cleanup(hooks.Close)
	who := &names{Auth: accounts}
	for _, e := range edit {
		e(who)
	}
	articles := knowledge.New(knowledge.Options{Store: st, Bus: signals, Box: box})
	if who.model != "" {
		articles.Writer = knowledge.NewWriter(knowledge.WriterOptions{Store: st, Log: log, URL: who.model, Model: "m"})
	}
	return &rig{t, st, who, api.New(api.Options{Log: log, Board: board, Auth: who, Accounts: accounts, Webhooks: hooks,
		Knowledge: articles,
		Alerts:    &alert.Alerts{Store: st}, PublicURL: publicURL, Metrics: http.NotFoundHandler(), Files: kept.Handler(), Ready: func(context.Context) []api.Check { return nil }})}
}

// withAdmin makes the first admin of the store the one that "Bearer admin" names.
func withAdmin(t testing.TB) func(*names) {
	return func(n *names) {
		var err error
		n.email, n.password, _, err = n.EnsureAdmin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := n.Login(t.Context(), n.email, n.password, auth.From{Address: netip.MustParseAddr("127.0.0.1")})
		if err != nil {
			t.Fatal(err)
		}
		if n.admin, err = n.Auth.Authenticate(t.Context(), auth.Request{Method: "GET", Target: "/",
			Header: http.Header{"Authorization": {"Bearer " + tokens.AccessToken}}, Address: netip.MustParseAddr("127.0.0.1")}); err != nil {
			t.Fatal(err)
		}
	}
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
