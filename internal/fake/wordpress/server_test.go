package wordpress_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu/internal/fake/wordpress"
	"kefu/internal/websig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o wordpress.Options) *wordpress.Server {
	t.Helper()
	s := wordpress.New(o)
	t.Cleanup(s.Close)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

// client has connections of its own, so that none outlives the test.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 5 * time.Second}
}

type answer struct {
	status int
	body   string
	header http.Header
}

func ask(t *testing.T, s *wordpress.Server, method, path, body, user, password string) (answer, error) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL()+"/wp-json/dragonshop/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	resp, err := client(t).Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(b), resp.Header}, err
}

// kefu takes hooks and remembers them.
type kefu struct {
	*httptest.Server
	mu    sync.Mutex
	hooks []hook
}

type hook struct {
	path   string
	body   map[string]any
	raw    string
	header http.Header
}

func newKefu(t *testing.T) *kefu {
	k := &kefu{}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		h := hook{path: r.URL.Path, raw: string(raw), header: r.Header}
		if err := json.Unmarshal(raw, &h.body); err != nil {
			t.Errorf("hook is not JSON: %v: %s", err, raw)
		}
		k.mu.Lock()
		k.hooks = append(k.hooks, h)
		k.mu.Unlock()
		fmt.Fprint(w, `{"status":"accepted"}`)
	}))
	t.Cleanup(k.Close)
	return k
}

func (k *kefu) seen() []hook {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]hook(nil), k.hooks...)
}

func (k *kefu) texts() string {
	var texts []string
	for _, h := range k.seen() {
		texts = append(texts, fmt.Sprint(h.body["message"]))
	}
	return strings.Join(texts, " ")
}

func TestRefusals(t *testing.T) {
	s := start(t, wordpress.Options{Password: "aaaa bbbb"})
	s.CustomerOpens(t.Context(), wordpress.Opening{ID: 33})
	for _, c := range []struct {
		name, method, path, body, user, password string
		status                                   int
		code                                     string
	}{
		{"no credentials", "POST", "/ticket/update", `{}`, "", "", 401, "rest_forbidden"},
		{"wrong password", "POST", "/ticket/update", `{}`, "kefu", "aaaa cccc", 401, "incorrect_password"},
		{"wrong password on the public index", "GET", "", ``, "kefu", "no", 401, "incorrect_password"},
		{"spaces do not count", "POST", "/ticket/update", `{}`, "kefu", "aaaabbbb", 400, "rest_missing_callback_param"},
		{"not JSON", "POST", "/ticket/update", `{`, "kefu", "aaaabbbb", 400, "rest_invalid_json"},
		{"method", "GET", "/ticket/update", ``, "kefu", "aaaabbbb", 404, "rest_no_route"},
		{"route", "GET", "/ticket/nothing", ``, "kefu", "aaaabbbb", 404, "rest_no_route"},
		{"ticket", "GET", "/ticket/get?ticket_id=34", ``, "kefu", "aaaabbbb", 404, "ticket_not_found"},
		{"order", "GET", "/order/details?ticket_id=33", ``, "kefu", "aaaabbbb", 404, "order_not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := ask(t, s, c.method, c.path, c.body, c.user, c.password)
			if err != nil || a.status != c.status || !strings.Contains(a.body, `"code":"`+c.code+`"`) {
				t.Errorf("got %d %s %v, want %d %s", a.status, a.body, err, c.status, c.code)
			}
		})
	}
	if n := len(s.Ledger()); n != 0 {
		t.Errorf("refused requests are in the ledger: %d", n)
	}
}

func TestBothWays(t *testing.T) {
	k := newKefu(t)
	s := start(t, wordpress.Options{HookURL: k.URL, Echo: true})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()

	id, res := s.CustomerOpens(ctx, wordpress.Opening{ID: 33})
	if id != 33 || res.Status != 200 || string(res.Body) != `{"status":"accepted"}` {
		t.Fatalf("opening: %d %+v", id, res)
	}
	s.CustomerWrites(ctx, 33, "好的")
	a, err := ask(t, s, "POST", "/ticket/update", `{"ticket_id":33,"sender":"[客服] Amy (Discord)","message":"您好"}`, "kefu", wordpress.DefaultPassword)
	if err != nil || a.status != 200 {
		t.Fatalf("update: %+v %v", a, err)
	}
	if err := s.WaitFor(ctx, func() bool { return len(s.Replies(33)) == 1 }); err != nil {
		t.Fatal(err)
	}
	s.CustomerCloses(ctx, 33, wordpress.ByCustomer)
	for len(k.seen()) < 4 && ctx.Err() == nil {
		time.Sleep(time.Millisecond) // polling: the echo is pushed beside the answer
	}
	paths := map[string]int{}
	for _, h := range k.seen() {
		paths[h.path]++
		if h.header.Get(websig.HeaderSignature) != "" {
			t.Error("a plain hook is signed")
		}
	}
	if paths["/ticket/create"] != 1 || paths["/ticket/update"] != 2 || paths["/ticket/close"] != 1 {
		t.Errorf("hooks: %v", paths)
	}
	got, _ := s.Ticket(33)
	if got.Status != "closed" || got.ClosedBy != wordpress.ByCustomer || len(got.Messages) != 3 {
		t.Errorf("ticket: %+v", got)
	}
	if l := s.Ledger(); len(l) != 1 || l[0].Message != "您好" || !l[0].Answered {
		t.Errorf("ledger: %+v", l)
	}
}

func TestSignedHooksVerify(t *testing.T) {
	k := newKefu(t)
	secret := websig.NewSecret()
	s := start(t, wordpress.Options{HookURL: k.URL, HookSecret: secret, EscapeJSON: true})
	_, res := s.CustomerOpens(t.Context(), wordpress.Opening{})
	h := k.seen()[0]
	id, err := websig.Verify(secret, h.header, []byte(h.raw), time.Now(), 0)
	if err != nil || id != res.ID {
		t.Errorf("verify: %q %v, want %q", id, err, res.ID)
	}
	if !strings.Contains(h.raw, `\u5ba2`) || h.body["channel_name"] != "#網站-客-0001" {
		t.Errorf("body is not escaped as PHP does: %s", h.raw)
	}
}

func TestFaults(t *testing.T) {
	const reply = `{"ticket_id":33,"sender":"s","message":"m"}`
	for _, c := range []struct {
		name    string
		fault   wordpress.Fault
		status  int // 0: the connection ends
		body    string
		effects int
	}{
		{"429 JSON", wordpress.Fault{Kind: wordpress.FaultLimitJSON, RetryAfter: 2 * time.Second}, 429, `"rate_limited"`, 0},
		{"429 HTML", wordpress.Fault{Kind: wordpress.FaultLimitHTML}, 429, "<h1>", 0},
		{"500", wordpress.Fault{Kind: wordpress.FaultErrorHTML}, 500, "critical error", 0},
		{"500 after", wordpress.Fault{Kind: wordpress.FaultErrorAfter}, 500, "critical error", 1},
		{"JSON error", wordpress.Fault{Kind: wordpress.FaultErrorJSON, Status: 403, Code: "nope"}, 403, `"nope"`, 0},
		{"200 HTML", wordpress.Fault{Kind: wordpress.FaultHTML}, 200, "Fatal error", 0},
		{"200 HTML after", wordpress.Fault{Kind: wordpress.FaultHTMLAfter}, 200, "Fatal error", 1},
		{"reset before", wordpress.Fault{Kind: wordpress.FaultResetBefore}, 0, "", 0},
		{"reset after", wordpress.Fault{Kind: wordpress.FaultResetAfter}, 0, "", 1},
		{"drop after", wordpress.Fault{Kind: wordpress.FaultDropAfter}, 0, "", 1},
		{"cut after", wordpress.Fault{Kind: wordpress.FaultCutAfter}, 0, "", 1},
		{"delay", wordpress.Fault{Kind: wordpress.FaultDelay, Delay: time.Millisecond}, 200, "success", 1},
		{"delay after", wordpress.Fault{Kind: wordpress.FaultDelayAfter, Delay: time.Millisecond}, 200, "success", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, wordpress.Options{})
			s.CustomerOpens(t.Context(), wordpress.Opening{ID: 33})
			c.fault.Route, c.fault.Count, c.fault.After = wordpress.RouteUpdate, 1, 1
			s.Inject(c.fault)
			for _, warm := range []bool{true, false} {
				a, err := ask(t, s, "POST", "/ticket/update", reply, "kefu", wordpress.DefaultPassword)
				switch {
				case warm && a.status == 200: // After: 1
				case c.status == 0 && err == nil, c.status != a.status && c.status != 0, !strings.Contains(a.body, c.body):
					t.Errorf("warm %t: %d %s %v", warm, a.status, a.body, err)
				}
			}
			if n := len(s.Replies(33)); n != 1+c.effects {
				t.Errorf("%d replies, want %d", n, 1+c.effects)
			}
			if a, err := ask(t, s, "POST", "/ticket/update", reply, "kefu", wordpress.DefaultPassword); err != nil || a.status != 200 {
				t.Errorf("the fault did not end: %+v %v", a, err)
			}
		})
	}
}

func TestHookFaults(t *testing.T) {
	for _, c := range []struct {
		kind wordpress.HookFaultKind
		want string
	}{
		{wordpress.HookLost, "two three"},
		{wordpress.HookTwice, "one one two three"},
		{wordpress.HookReorder, "two one three"},
	} {
		k := newKefu(t)
		s := start(t, wordpress.Options{})
		s.CustomerOpens(t.Context(), wordpress.Opening{ID: 1})
		s.SetHook(k.URL)
		s.InjectHook(wordpress.HookFault{Kind: c.kind, Count: 1})
		for _, text := range []string{"one", "two", "three"} {
			s.CustomerWrites(t.Context(), 1, text)
		}
		if got := k.texts(); got != c.want {
			t.Errorf("fault %d: hooks %q, want %q", c.kind, got, c.want)
		}
		if tk, _ := s.Ticket(1); len(tk.Messages) != 4 {
			t.Errorf("fault %d: the site holds %d messages, want 4", c.kind, len(tk.Messages))
		}
	}
}

func TestDownAndUp(t *testing.T) {
	s := start(t, wordpress.Options{})
	url := s.URL()
	for _, down := range []bool{true, true, false, false} {
		if err := s.SetDown(down); err != nil {
			t.Fatal(err)
		}
		_, err := ask(t, s, "GET", "", "", "", "")
		if (err != nil) != down || s.URL() != url {
			t.Errorf("down %t: %v at %s", down, err, s.URL())
		}
	}
}

func TestLedgerIsBounded(t *testing.T) {
	s := wordpress.New(wordpress.Options{LedgerSize: 10, MaxMessages: 40})
	defer s.Close()
	s.CustomerOpens(t.Context(), wordpress.Opening{ID: 1})
	last := 0
	for range 50 {
		r := httptest.NewRequest(http.MethodPost, "/wp-json/dragonshop/v1/ticket/update", strings.NewReader(`{"ticket_id":"1","sender":"s","message":"m"}`))
		r.SetBasicAuth("kefu", wordpress.DefaultPassword)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		last = w.Code
	}
	if n := len(s.Ledger()); n > 10 || n < 5 {
		t.Errorf("ledger holds %d posts, want at most 10", n)
	}
	if n := len(s.Replies(1)); n != 39 || last != http.StatusInsufficientStorage {
		t.Errorf("ticket holds %d replies, last status %d", n, last)
	}
	if n := s.Requests(wordpress.RouteUpdate); n != 50 {
		t.Errorf("%d requests, want 50", n)
	}
}

func TestPage(t *testing.T) {
	k := newKefu(t)
	s := start(t, wordpress.Options{HookURL: k.URL})
	resp, err := client(t).PostForm(s.URL()+"/customer/open", map[string][]string{"title": {"<b>主旨"}, "text": {"hello"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if !bytes.Contains(b, []byte("&lt;b&gt;主旨")) || len(k.seen()) != 1 {
		t.Errorf("page: %s, hooks %d", b, len(k.seen()))
	}
}

func BenchmarkUpdate(b *testing.B) {
	s := wordpress.New(wordpress.Options{MaxMessages: 1 << 30})
	defer s.Close()
	if err := s.Start("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	s.CustomerOpens(b.Context(), wordpress.Opening{ID: 1})
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer c.CloseIdleConnections()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, _ := http.NewRequest(http.MethodPost, s.URL()+"/wp-json/dragonshop/v1/ticket/update", strings.NewReader(`{"ticket_id":1,"sender":"s","message":"m"}`))
			req.SetBasicAuth("kefu", wordpress.DefaultPassword)
			resp, err := c.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	})
}
