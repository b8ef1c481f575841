package wordpress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/wordpress"
)

// TestSendGolden plays each testdata/out-*.txtar: the file "message" is a kefu.Message as JSON, "want" the exact body that the site got.
// Names that end in -plugin go to a site with Kefu's plugin.
func TestSendGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/out-*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatalf("golden files: %d, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			c, site := pair(t, fake.Options{Plugin: strings.HasSuffix(name, "-plugin.txtar")})
			c.deps.Files = shelf{kept: map[string]string{"https://cdn.discordapp.com/attachments/1/2/a.png?ex=1": "aa11"}, err: errors.New("not reachable")}
			out := reply("")
			if err := json.Unmarshal(archive.Files[0].Data, &out.Message); err != nil {
				t.Fatal(err)
			}
			receipt, err := c.Send(t.Context(), out)
			if err != nil {
				t.Fatal(err)
			}
			got := string(site.Ledger()[0].Body) + "\n"
			golden(t, name, archive, got)
			// Told before sending, told by the receipt, and found in what the site has: one fingerprint.
			history, err := c.history(t.Context(), "33")
			if err != nil {
				t.Fatal(err)
			}
			last := history.messages[len(history.messages)-1]
			prints := []string{c.Fingerprint(out.Message), receipt.Parts[0].Fingerprint, c.sentFingerprint(last.sender, last.text)}
			if prints[0] != prints[1] || prints[1] != prints[2] || receipt.Parts[0].ExternalID != last.id {
				t.Errorf("fingerprints %v, receipt %+v, site's id %q", prints, receipt, last.id)
			}
		})
	}
}

// Every way in which the site fails, over real HTTP: the class, what it holds up, and whether the reply is there.
func TestSendFaults(t *testing.T) {
	type want struct {
		class connector.Class
		scope connector.Scope
		words string
		wait  time.Duration
		there int
	}
	for _, c := range []struct {
		name  string
		fault fake.Fault
		want  want
	}{
		{"429 JSON", fake.Fault{Kind: fake.FaultLimitJSON, RetryAfter: 7 * time.Second}, want{connector.Retryable, connector.ScopeInbox, "slow down", 7 * time.Second, 0}},
		{"429 without a time", fake.Fault{Kind: fake.FaultLimitJSON}, want{connector.Retryable, connector.ScopeInbox, "slow down", unsaidWait, 0}},
		{"429 HTML", fake.Fault{Kind: fake.FaultLimitHTML, RetryAfter: 7 * time.Second}, want{connector.Retryable, connector.ScopeInbox, "slow down", 7 * time.Second, 0}},
		{"500 HTML", fake.Fault{Kind: fake.FaultErrorHTML}, want{connector.Uncertain, connector.ScopeThread, "500", 0, 0}},
		{"500 HTML after", fake.Fault{Kind: fake.FaultErrorAfter}, want{connector.Uncertain, connector.ScopeThread, "500", 0, 1}},
		{"500 JSON", fake.Fault{Kind: fake.FaultErrorJSON, Message: "The <b>database</b> is full &amp; slow."}, want{connector.Uncertain, connector.ScopeThread, "The database is full & slow.", 0, 0}},
		{"503", fake.Fault{Kind: fake.FaultErrorHTML, Status: 503}, want{connector.Uncertain, connector.ScopeInbox, "503", 0, 0}},
		{"200 HTML", fake.Fault{Kind: fake.FaultHTML}, want{connector.Uncertain, connector.ScopeThread, "web page", 0, 0}},
		{"200 HTML after", fake.Fault{Kind: fake.FaultHTMLAfter}, want{connector.Uncertain, connector.ScopeThread, "web page", 0, 1}},
		{"reset before", fake.Fault{Kind: fake.FaultResetBefore}, want{connector.Uncertain, connector.ScopeInbox, "lost", 0, 0}},
		{"reset after", fake.Fault{Kind: fake.FaultResetAfter}, want{connector.Uncertain, connector.ScopeInbox, "lost", 0, 1}},
		{"drop after", fake.Fault{Kind: fake.FaultDropAfter}, want{connector.Uncertain, connector.ScopeInbox, "lost", 0, 1}},
		{"cut after", fake.Fault{Kind: fake.FaultCutAfter}, want{connector.Uncertain, connector.ScopeThread, "not whole", 0, 1}},
		{"403 JSON", fake.Fault{Kind: fake.FaultErrorJSON, Status: 403, Code: "rest_forbidden", Message: "No."}, want{connector.Permanent, connector.ScopeInbox, "may not do this on the site (403)", 0, 0}},
		{"403 HTML", fake.Fault{Kind: fake.FaultErrorHTML, Status: 403}, want{connector.Permanent, connector.ScopeInbox, "firewall", 0, 0}},
		{"404 HTML", fake.Fault{Kind: fake.FaultErrorHTML, Status: 404}, want{connector.Retryable, connector.ScopeInbox, "permalinks", 0, 0}},
		{"404 route", fake.Fault{Kind: fake.FaultErrorJSON, Status: 404, Code: noRoute}, want{connector.Retryable, connector.ScopeInbox, "plugin", 0, 0}},
		{"404 ticket", fake.Fault{Kind: fake.FaultErrorJSON, Status: 404, Code: "ticket_not_found"}, want{connector.Permanent, connector.ScopeThread, "does not know this ticket", 0, 0}},
		{"400", fake.Fault{Kind: fake.FaultErrorJSON, Status: 400, Code: "rest_missing_callback_param", Message: "Missing parameter(s): x"}, want{connector.Permanent, connector.ScopeThread, "Missing parameter(s): x", 0, 0}},
		{"408", fake.Fault{Kind: fake.FaultErrorHTML, Status: 408}, want{connector.Retryable, connector.ScopeThread, "408", 0, 0}},
		{"302", fake.Fault{Kind: fake.FaultErrorHTML, Status: 302}, want{connector.Permanent, connector.ScopeInbox, "site_url", 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, site := pair(t, fake.Options{})
			c.fault.Route, c.fault.Count = fake.RouteUpdate, 1
			site.Inject(c.fault)
			receipt, err := conn.Send(t.Context(), reply("您好"))
			var e *connector.SendError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, %+v", err, receipt)
			}
			got := want{e.Class, e.Scope, c.want.words, e.RetryAfter, len(site.Replies(33))}
			if got != c.want || !strings.Contains(e.Reason, c.want.words) {
				t.Errorf("got %+v %q\nwant %+v", got, e.Reason, c.want)
			}
			holdsNoSecret(t, err)
			again := reply("您好")
			again.Unsure = e.Class == connector.Uncertain
			receipt, err = conn.Send(t.Context(), again)
			if n := len(site.Replies(33)); err != nil || n != 1 || receipt.Found != (c.want.there == 1) {
				t.Errorf("the second try: %v, %+v; the site has the reply %d times, want once", err, receipt, n)
			}
		})
	}
}

func holdsNoSecret(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err)} {
		if strings.Contains(text, fake.DefaultPassword) || strings.Contains(text, "YWJj") {
			t.Errorf("the password is in the error: %s", text)
		}
	}
}

func TestSendTimesOut(t *testing.T) {
	for kind, there := range map[fake.FaultKind]int{fake.FaultDelay: 0, fake.FaultDelayAfter: 1} {
		c, site := pair(t, fake.Options{})
		c.deps.Operator.Timeout = 50 * time.Millisecond
		site.Inject(fake.Fault{Kind: kind, Route: fake.RouteUpdate, Delay: time.Minute, Count: 1})
		_, err := c.Send(t.Context(), reply("您好"))
		if e := connector.Failure(err); e.Class != connector.Uncertain || !strings.Contains(e.Reason, "in time") {
			t.Errorf("fault %d: %v", kind, err)
		}
		if n := len(site.Replies(33)); n != there {
			t.Errorf("fault %d: %d replies, want %d", kind, n, there)
		}
	}
}

func TestSendToASiteThatIsDown(t *testing.T) {
	c, site := pair(t, fake.Options{})
	if err := site.SetDown(true); err != nil {
		t.Fatal(err)
	}
	_, err := c.Send(t.Context(), reply("您好"))
	if e := connector.Failure(err); e.Class != connector.Retryable || e.Scope != connector.ScopeInbox {
		t.Errorf("got %v", err)
	}
	out := reply("您好")
	out.Unsure = true
	_, err = c.Send(t.Context(), out)
	if e := connector.Failure(err); e.Class != connector.Uncertain || !strings.HasPrefix(e.Reason, "cannot ask the site whether it arrived") {
		t.Errorf("unsure: %v", err)
	}
	if err := site.SetDown(false); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), out); err != nil || len(site.Replies(33)) != 1 {
		t.Errorf("back again: %v, %d replies", err, len(site.Replies(33)))
	}
}

func TestSendCancelled(t *testing.T) {
	c, site := pair(t, fake.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Send(ctx, reply("您好"))
	if e := connector.Failure(err); e.Class != connector.Retryable || site.Requests(fake.RouteUpdate) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestSendWithAWrongPassword(t *testing.T) {
	c, site := pair(t, fake.Options{})
	site.SetCredentials("kefu", "zzzz zzzz")
	_, err := c.Send(t.Context(), reply("您好"))
	e := connector.Failure(err)
	if e.Class != connector.Permanent || e.Scope != connector.ScopeInbox || !strings.Contains(e.Reason, `application password of user "kefu"`) {
		t.Errorf("got %v", err)
	}
	holdsNoSecret(t, err)
}

// Two equal replies stay two; one that may have arrived is not sent again when the site has one more than we know of.
func TestSendCountsEqualReplies(t *testing.T) {
	for _, c := range []struct {
		there, known int
		found        bool
	}{{0, 0, false}, {1, 0, true}, {1, 1, false}, {2, 1, true}, {2, 2, false}} {
		conn, site := pair(t, fake.Options{EscapeJSON: true})
		for range c.there {
			if _, err := conn.Send(t.Context(), reply("ok")); err != nil {
				t.Fatal(err)
			}
		}
		site.CustomerWrites(t.Context(), 33, "ok") // equal words of another sender count for nothing
		out := reply("ok")
		out.Unsure, out.SentBefore = true, func(fingerprint string) (int, error) {
			if fingerprint != conn.Fingerprint(out.Message) {
				t.Errorf("asked for %q", fingerprint)
			}
			return c.known, nil
		}
		receipt, err := conn.Send(t.Context(), out)
		want := c.there
		if !c.found {
			want++
		}
		if n := len(site.Replies(33)); err != nil || receipt.Found != c.found || n != want || len(receipt.Parts) != 1 {
			t.Errorf("%+v: %v %+v, %d replies, want %d", c, err, receipt, n, want)
		}
	}
}

func TestSendUnsureCannotAsk(t *testing.T) {
	for _, f := range []fake.Fault{
		{Kind: fake.FaultErrorHTML}, {Kind: fake.FaultHTML}, {Kind: fake.FaultErrorJSON, Status: 401}, {Kind: fake.FaultErrorJSON, Status: 404, Code: noRoute},
		{Kind: fake.FaultErrorJSON, Status: 200, Code: "x"}, {Kind: fake.FaultLimitJSON, RetryAfter: 9 * time.Second}, {Kind: fake.FaultCutAfter},
	} {
		c, site := pair(t, fake.Options{})
		f.Route = fake.RouteGet
		site.Inject(f)
		out := reply("您好")
		out.Unsure = true
		_, err := c.Send(t.Context(), out)
		if e := connector.Failure(err); e.Class != connector.Uncertain || e.RetryAfter != f.RetryAfter || len(site.Replies(33)) != 0 {
			t.Errorf("%+v: %v", f, err)
		}
	}
	c, site := pair(t, fake.Options{})
	out := reply("您好")
	out.Unsure, out.SentBefore = true, func(string) (int, error) { return 0, errors.New("database is closed") }
	if _, err := c.Send(t.Context(), out); connector.Failure(err).Class != connector.Uncertain || len(site.Replies(33)) != 0 {
		t.Errorf("got %v", err)
	}
	site.ForgetTicket(33)
	if _, err := c.Send(t.Context(), out); connector.Failure(err).Class != connector.Permanent {
		t.Errorf("a ticket that does not exist: %v", err)
	}
}

func TestSendRefusesItself(t *testing.T) {
	c, site := pair(t, fake.Options{})
	for name, spoil := range map[string]func(*connector.Outbound){
		"a note":             func(o *connector.Outbound) { o.Message.Private = true },
		"no ticket":          func(o *connector.Outbound) { o.Thread.ExternalID = "" },
		"no number":          func(o *connector.Outbound) { o.Thread.ExternalID = "x" },
		"nothing to say":     func(o *connector.Outbound) { o.Message.Content.Text = " \n" },
		"attachment is gone": func(o *connector.Outbound) { o.Message.Content.Attachments = []kefu.Attachment{{Name: "a.png"}} },
	} {
		out := reply("您好")
		spoil(&out)
		if _, err := c.Send(t.Context(), out); connector.Failure(err).Class != connector.Permanent {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := site.Requests(fake.RouteUpdate); n != 0 {
		t.Errorf("%d calls were made", n)
	}
	known := reply("您好")
	known.Known = []connector.Part{{N: 0, ExternalID: "5"}}
	if r, err := c.Send(t.Context(), known); err != nil || !r.Found || site.Requests(fake.RouteUpdate) != 0 {
		t.Errorf("known to have arrived: %+v %v", r, err)
	}
	nowhere := build(t, testDeps(t), nil)
	if _, err := nowhere.Send(t.Context(), reply("您好")); connector.Failure(err).Class != connector.Permanent || !strings.Contains(err.Error(), "site_url") {
		t.Errorf("without site_url: %v", err)
	}
}

func TestSendAttachmentsOfDiscord(t *testing.T) {
	const cdn = "https://cdn.discordapp.com/attachments/1/2/b.png?ex=1"
	for _, c := range []struct {
		err   error
		class connector.Class
	}{
		{kefu.Errorf(kefu.KindUnavailable, "later"), connector.Retryable},
		{errors.New("connection reset"), connector.Retryable},
		{kefu.Errorf(kefu.KindTooLarge, "over 25 MiB"), connector.Permanent},
		{kefu.Errorf(kefu.KindNotFound, "gone"), connector.Permanent},
	} {
		conn, site := pair(t, fake.Options{})
		conn.deps.Files = shelf{err: c.err}
		_, err := conn.Send(t.Context(), reply("看圖", kefu.Attachment{URL: cdn, Name: "b.png"}))
		if e := connector.Failure(err); e.Class != c.class || !strings.Contains(e.Reason, "b.png") || site.Requests(fake.RouteUpdate) != 0 {
			t.Errorf("%v: got %v", c.err, err)
		}
	}
	for address, want := range map[string]bool{cdn: true, "https://media.discordapp.net/x": true, "https://evil-discordapp.com/x": false, "https://i.imgur.com/a.png": false, "::": false} {
		if got := isDiscordCDN(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}

// An attachment may be sent by another link when the first try is repeated; it is the same message all the same.
func TestFingerprintLeavesLinksOut(t *testing.T) {
	c := build(t, testDeps(t), nil)
	sender := senderText(kefu.Author{Name: "小美", Via: "Discord"})
	one := c.sentFingerprint(sender, "看圖 <b>\nhttps://kefu.example/files/aa/0/sig/a.png")
	for text, same := range map[string]bool{
		"看圖 <b>": true,
		"看圖 <b>\r\nhttps://i.imgur.com/a.png\r\n":    true,
		" 看圖 &lt;b&gt;  \nhttps://x/a\nhttps://x/b ": true,
		"看圖":                      false,
		"看圖 <b> https://x/a":      false,
		"看圖 <b>\nhttps://x/a b":   false,
		"看圖 <b>\nhttps://x/a\n再見": false,
	} {
		if got := c.sentFingerprint(sender, text) == one; got != same {
			t.Errorf("%q: equal %t, want %t", text, got, same)
		}
	}
	if c.sentFingerprint("[客服] 小明 (Discord)", "看圖 <b>") == one {
		t.Error("the sender does not count")
	}
	if c.Fingerprint(kefu.Message{Private: true, Content: kefu.Content{Text: "x"}}) != "" {
		t.Error("a note has a fingerprint")
	}
}

func TestExtrasAreAskedOnceAndNeverWaitedFor(t *testing.T) {
	c, site := pair(t, fake.Options{Plugin: true})
	now := testNow()
	c.deps.Now = func() time.Time { return now }
	site.Inject(fake.Fault{Kind: fake.FaultErrorHTML, Route: fake.RouteIndex, Count: 1})
	send := func() string {
		t.Helper()
		if _, err := c.Send(t.Context(), reply("您好")); err != nil {
			t.Fatal(err)
		}
		l := site.Ledger()
		return string(l[len(l)-1].Body)
	}
	if body := send() + send(); strings.Contains(body, "message_id") || site.Requests(fake.RouteIndex) != 1 {
		t.Errorf("after a failure: %s, asked %d times", body, site.Requests(fake.RouteIndex))
	}
	now = now.Add(extrasFor)
	if body := send(); !strings.Contains(body, `"message_id":"msg_1"`) || site.Requests(fake.RouteIndex) != 2 {
		t.Errorf("ten minutes later: %s, asked %d times", body, site.Requests(fake.RouteIndex))
	}
}

// Answers that no fault of the fake gives.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		status      int
		media, body string
		class       connector.Class // "" = taken
	}{
		{200, "application/json", `{"success":true}`, ""},
		{201, "application/json", `7`, ""},
		{204, "", ``, ""},
		{200, "text/plain", `ok`, ""},
		{200, "text/html", `{"success":true}`, ""},
		{200, "text/html", ``, connector.Uncertain},
		{200, "application/json", "<br />\n<b>Warning</b>: x\n{\"success\":true}", connector.Uncertain},
		{200, "application/json", `{"success":false,"message":"locked"}`, connector.Permanent},
		{500, "application/json", `{"code":500,"message":{"a":1}}`, connector.Uncertain},
		{409, "application/json", `{"code":"x"}`, connector.Permanent},
		{413, "text/html", `<h1>`, connector.Permanent},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if w.Header().Set("Content-Type", c.media); c.media == "" {
				w.Header().Del("Content-Type")
			}
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		}))
		conn := build(t, testDeps(t), map[string]any{"site_url": srv.URL})
		_, err := conn.Send(t.Context(), reply("您好"))
		if got := connector.Failure(err); err == nil && c.class != "" || err != nil && got.Class != c.class {
			t.Errorf("%d %s %s: got %v, want %q", c.status, c.media, c.body, err, c.class)
		}
		conn.deps.Operator.CloseIdleConnections()
		srv.Close()
	}
}

func TestRetryAfter(t *testing.T) {
	date := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		value string
		want  time.Duration
	}{
		{"", unsaidWait}, {"soon", unsaidWait}, {"-5", unsaidWait}, {"30", 30 * time.Second}, {"0", time.Second}, {"999999", longestWait},
		{date.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second}, {date.Add(-time.Hour).Format(http.TimeFormat), time.Second},
	} {
		a := answer{header: http.Header{"Retry-After": {c.value}, "Date": {date.Format(http.TimeFormat)}}}
		if got := a.retryAfter(unsaidWait); got != c.want {
			t.Errorf("%q: %s, want %s", c.value, got, c.want)
		}
	}
}
