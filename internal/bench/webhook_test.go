package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// openReceiver starts a receiver in this process; questions are answered at the address it returns.
func openReceiver(t *testing.T, r *hookReceiver) (host string) {
	t.Helper()
	if err := r.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(r.questions())
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

func TestBaselineOfWebhooksIsVerified(t *testing.T) {
	r := &hookReceiver{ledger: newHookLedger(true, 0), hangs: -1}
	openReceiver(t, r)
	p := &posting{count: 200, post: plainPost(http.DefaultClient)}
	for n := range 3 {
		p.targets = append(p.targets, hookTarget(r.port, n))
	}
	told, err := p.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := told.complete(r.ledger.report(), false); err != nil || told.Want != 200 {
		t.Errorf("%d wanted: %v", told.Want, err)
	}
	all := r.ledger.arrivals()
	if len(all) != 200 || all[0].Message != "msg_06c0000000000000000000000g" || all[0].Attempt != 1 || all[0].Ended < all[0].At {
		t.Errorf("%d arrivals, the first is %+v", len(all), all[0])
	}
}

// spoiled changes the headers of each request.
type spoiled func(http.Header)

// RoundTrip sends a request with its headers changed.
func (s spoiled) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	s(q.Header)
	return http.DefaultTransport.RoundTrip(q)
}

func TestReceiverRefusesWhatIsNotSigned(t *testing.T) {
	header := func(name string) spoiled { return func(h http.Header) { h.Set(name, h.Get(name)+"0") } }
	key := func(s string) func(*webhook.Request) {
		return func(r *webhook.Request) { r.Target.Secrets.Signing = s }
	}
	body := func(from, to string) func(*webhook.Request) {
		return func(r *webhook.Request) { r.Body = bytes.Replace(r.Body, []byte(from), []byte(to), 1) }
	}
	for name, tt := range map[string]struct {
		spoil  func(*webhook.Request)
		header spoiled
		words  string
	}{
		"another's secret":        {key(hookSecret(1)), nil, "signature does not match"},
		"a changed member":        {body("sha256=", "sha256=0"), nil, "member signature"},
		"a body without a member": {body(`"signature"`, `"signed"`), nil, "member signature"},
		"the id of another event": {func(r *webhook.Request) { r.EventID += "1" }, nil, "the body is not of event"},
		"a changed header":        {nil, header("Signature"), "header Signature"},
		"a changed time":          {nil, header("webhook-timestamp"), "webhook"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &hookReceiver{ledger: newHookLedger(false, 0), hangs: -1}
			openReceiver(t, r)
			p := &posting{targets: []webhook.Target{hookTarget(r.port, 0)}, count: 1}
			p.post = func(ctx context.Context, q webhook.Request) error {
				if tt.spoil != nil {
					tt.spoil(&q)
				}
				client := &http.Client{}
				if tt.header != nil {
					client.Transport = tt.header
				}
				return plainPost(client)(ctx, q)
			}
			if _, err := p.run(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
				t.Errorf("error is %v, want one of 401", err)
			}
			got := r.ledger.report()
			if got.Bad != 1 || got.Taken != 0 || !strings.Contains(got.Why, tt.words) {
				t.Errorf("the ledger has %+v, want 1 that is bad because %q", got, tt.words)
			}
		})
	}
}

func TestLedgerOfWebhooksRefusesOnce(t *testing.T) {
	l := newHookLedger(false, 2)
	refused := func(endpoint int, event string) bool { return l.judge(arrival{Endpoint: endpoint, Event: event}) }
	for _, step := range []struct {
		endpoint int
		event    string
		want     bool
	}{{0, "a", false}, {0, "b", true}, {1, "b", false}, {0, "b", false}, {0, "b", false}, {0, "c", false}, {1, "c", true}} {
		if got := refused(step.endpoint, step.event); got != step.want {
			t.Errorf("%+v: refused is %v", step, got)
		}
	}
	if diff := cmp.Diff(hookArrivals{Taken: 4, Doubled: 1, Refused: 2}, l.report()); diff != "" {
		t.Error(diff)
	}
}

func TestEarlyAttemptsAreSeen(t *testing.T) {
	at := func(d time.Duration) int64 { return time.Unix(1000, 0).Add(d).UnixNano() }
	all := []arrival{
		{Event: "on time", At: at(0), Ended: at(5), Refused: true}, {Event: "on time", At: at(time.Second + 5)},
		{Event: "early", At: at(time.Second + 4)}, {Event: "early", At: at(0), Ended: at(5), Refused: true}, // in any order
		{Event: "on time", Endpoint: 1, At: at(0)}, // another endpoint's
	}
	if n := tooEarly(all); n != 1 {
		t.Errorf("%d early, want 1", n)
	}
}

func TestPointsThatDoNotCount(t *testing.T) {
	good := worked{Want: 10, Delivered: 10, Attempts: 12}
	for name, tt := range map[string]struct {
		edit  func(*worked, *hookArrivals)
		words string
	}{
		"all is well":   {func(*worked, *hookArrivals) {}, ""},
		"unsigned":      {func(_ *worked, a *hookArrivals) { a.Bad, a.Why = 1, "no header" }, "did not verify: no header"},
		"missing":       {func(_ *worked, a *hookArrivals) { a.Taken = 9 }, "9 arrived"},
		"twice":         {func(_ *worked, a *hookArrivals) { a.Doubled = 1 }, "1 came twice"},
		"not recorded":  {func(w *worked, _ *hookArrivals) { w.Delivered = 9 }, "9 are recorded"},
		"not logged":    {func(w *worked, _ *hookArrivals) { w.Attempts = 11 }, "11 attempts in the log"},
		"logged double": {func(w *worked, _ *hookArrivals) { w.Attempts = 13 }, "13 attempts in the log"},
	} {
		w, a := good, hookArrivals{Taken: 10, Refused: 2}
		tt.edit(&w, &a)
		switch err := w.complete(a, true); {
		case tt.words == "" && err != nil, tt.words != "" && (err == nil || !strings.Contains(err.Error(), tt.words)):
			t.Errorf("%s: %v, want %q", name, err, tt.words)
		}
	}
}

func TestTableOfWebhooksJudgesTheAims(t *testing.T) {
	f := figures{figDrain(20): 15_500, figFlow(1): 5999, figHookP50: 4, figHookEarly: 1, figHookApartP99: 12}
	bare := figures{figDrain(20): 30_000, figFlow(1): 30_000}
	for engine, want := range map[string][]string{
		engineSQLite: {
			"| drained per second, 20 endpoints | 30000 | 15500 | 0.52 | ≥ 15,000 and ≥ 0.5 × baseline | ✅ |",
			"| from appended to delivered and recorded, per second, 1 endpoint | 30000 | 5999 | 0.20 | ≥ 6,000 | ❌ **MISSED** |",
			"| idle: commit → first byte at the receiver, p50 in ms |  | 4.00 |  | ≤ 3 | ❌ **MISSED** |",
			"| second attempts before their due time |  | 1 |  | 0 | ❌ **MISSED** |",
		},
		enginePostgres: {
			"| drained per second, 20 endpoints | 30000 | 15500 | 0.52 |  |  |",
			"| idle: commit → first byte at the receiver, p50 in ms |  | 4.00 |  | ≤ 6 | ✅ |",
			"| drained per second, 1 endpoint | – | – |  |  |  |",
		},
	} {
		o := outcome{engine: engine, bare: bare, kefu: f}
		text := hookReport(plan{}, []outcome{o})
		for _, line := range want {
			if !strings.Contains(text, line) {
				t.Errorf("no line %q in\n%s", line, text)
			}
		}
		if n, aims := o.hooksMissed(), map[string]int{engineSQLite: 3, enginePostgres: 1}[engine]; n != aims {
			t.Errorf("%d aims missed on %s, want %d", n, engine, aims)
		}
	}
}

// TestWebhookDataIsOfItsSize holds what is measured against what customers write.
func TestWebhookDataIsOfItsSize(t *testing.T) {
	data := hookData()
	if !json.Valid(data) || len(data) < 400 || len(data) > 700 {
		t.Errorf("%d bytes: %s", len(data), data)
	}
}

// TestSeedOfWebhooksFits holds the seed's columns against the schema.
func TestSeedOfWebhooksFits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s := store.New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		const deliveries = 250
		if err := seedHooks(t.Context(), s, "whe_1", deliveries); err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE webhook_delivery SET state = 'failed' WHERE n = (SELECT MIN(n) FROM webhook_delivery)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w := hookWork{store: s}
		var told worked
		if err := w.tally(t.Context(), &told); err != nil || told.Delivered != deliveries-1 || told.Attempts != deliveries || told.Retried != 0 {
			t.Errorf("%+v, %v; want %d attempts, of which one failed", told, err, deliveries)
		}
		left, err := w.countRows(t.Context(), sqlHooksLeft)
		if err != nil || left != 0 {
			t.Errorf("%d wait, %v; want none", left, err)
		}
	})
}

// TestUntilEndsWithItsContext: no wait of the bench is without an end.
func TestUntilEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := until(ctx, time.Microsecond, func() (bool, error) { cancel(); return false, nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
