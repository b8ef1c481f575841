package auth_test

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const (
	issuer   = "https://kefu.example"
	password = "correct horse"
)

// rig is an Auth on a real store, with a clock that can be moved.
type rig struct {
	*auth.Auth

	t     testing.TB
	store *store.Store
	key   []byte
	ahead time.Duration
	at    time.Time
}

func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	storetest.Each(t, func(t *testing.T, url string) { fn(t, newRig(t, url)) })
}

func newRig(t testing.TB, url string) *rig {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := store.New(db)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: s, key: []byte(strings.Repeat("k", 32))}
	box, err := secret.NewBox(secret.Derive(r.key, "stored secrets"))
	if err != nil {
		t.Fatal(err)
	}
	r.Auth, err = auth.New(auth.Options{Store: s, Box: box, Key: r.key, PublicURL: issuer, Now: r.now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newRigOnSQLite(t testing.TB) *rig {
	t.Helper()
	return newRig(t, storetest.SQLite(t))
}

func (r *rig) now() time.Time {
	if !r.at.IsZero() {
		return r.at
	}
	return time.Now().Add(r.ahead)
}

// freeze stops the clock.
func (r *rig) freeze(at time.Time) { r.at = at }

var (
	home = netip.MustParseAddr("203.0.113.7")
	away = netip.MustParseAddr("198.51.100.9")
)

// asked is a request from home; headers are name and value by turns.
func asked(headers ...string) auth.Request {
	q := auth.Request{Method: "POST", Target: "/api/v1/messages?dry=1", Header: http.Header{}, Body: []byte(`{"a":1}`), Address: home}
	for i := 0; i+1 < len(headers); i += 2 {
		q.Header.Add(headers[i], headers[i+1])
	}
	return q
}

func bearing(token string) auth.Request { return asked("Authorization", "Bearer "+token) }

// refused wants a refusal of a kind that says something.
func (r *rig) refused(name string, q auth.Request, kind kefu.ErrKind, words string) {
	r.t.Helper()
	c, err := r.Authenticate(r.t.Context(), q)
	if kefu.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		r.t.Errorf("%s: %v (%s), want %s with %q", name, err, kefu.KindOf(err), kind, words)
	}
	if c.Kind != "" || len(c.Scopes) > 0 {
		r.t.Errorf("%s: refused and yet %+v", name, c)
	}
}

func (r *rig) believed(name string, q auth.Request) kefu.Caller {
	r.t.Helper()
	c, err := r.Authenticate(r.t.Context(), q)
	if err != nil {
		r.t.Errorf("%s: %v", name, err)
	}
	return c
}

func (r *rig) update(fn func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.store.Update(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// admin is who makes credentials in these tests.
func admin() kefu.Ask {
	return kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_admin", Name: "Ann", Role: kefu.RoleAdmin, Scopes: auth.ScopesOf(kefu.RoleAdmin),
		Credential: "ses_admin", Address: home.String()}}
}

func (r *rig) program(kind auth.ProgramKind, ch auth.ProgramChange) auth.NewProgram {
	r.t.Helper()
	if !ch.Name.Given {
		ch.Name = kefu.Some("shop")
	}
	if !ch.Scopes.Given {
		ch.Scopes = kefu.Some([]string{"conversations:read", "messages:write"})
	}
	p, err := r.CreateProgram(r.t.Context(), admin(), kind, ch)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// agent makes an account; its e-mail is name@example.com.
func (r *rig) agent(name string, role kefu.Role) kefu.AgentID {
	r.t.Helper()
	id := kefu.AgentID("agt_" + name)
	r.update(func(tx *store.Tx) error {
		_, err := tx.AddAgent(kefu.Agent{ID: id, Name: name, Email: name + "@example.com", Role: role}, cheap())
		return err
	})
	return id
}

// cheap is the stored form of password with the least that argon2id may cost: logging in is not what takes these tests their time.
func cheap() string {
	salt := []byte("a salt, of course")
	b64 := base64.RawStdEncoding
	return "$argon2id$v=19$m=8,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 8, 1, 32))
}

func (r *rig) contact(id kefu.ContactID) {
	r.t.Helper()
	r.update(func(tx *store.Tx) error { return tx.InsertContact(kefu.Contact{ID: id, Name: "Demo"}) })
}

func (r *rig) login(name string) auth.Tokens {
	r.t.Helper()
	tokens, err := r.Login(r.t.Context(), name+"@example.com", password, auth.From{Address: home, UserAgent: "test"})
	if err != nil {
		r.t.Fatal(err)
	}
	return tokens
}

// audited lists the actions in the log, oldest first.
func (r *rig) audited() string {
	r.t.Helper()
	var out []string
	err := r.store.View(r.t.Context(), func(tx *store.Tx) error {
		all, err := tx.AuditLog(store.AuditFilter{Limit: 100})
		for _, e := range all {
			out = append([]string{e.Action}, out...)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func refuses(t *testing.T, name string, err error, kind kefu.ErrKind, words string) {
	t.Helper()
	if kefu.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v (%s), want %s with %q", name, err, kefu.KindOf(err), kind, words)
	}
}
