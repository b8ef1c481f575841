package courier_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/courier"
	"kefu/internal/ident"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// patience is how long a test waits for something that should happen at once.
const patience = 20 * time.Second

// bench is a courier on a database of its own, whose attempts end as the test says.
type bench struct {
	t     *testing.T
	store *store.Store
	rules *webhook.Webhooks
	bus   *bus.Bus
	log   *logbook
	node  string
	look  time.Duration // 0 is the usual

	mu      sync.Mutex
	changed chan struct{}
	posts   []post
	answer  func(webhook.Request) webhook.Result // nil is 200
}

// post is an attempt that was made.
type post struct {
	webhook.Request

	at time.Time
}

func each(t *testing.T, fn func(b *bench)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) { fn(newBench(t, url)) })
}

func newBench(t *testing.T, url string) *bench {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: store.New(db), bus: bus.New(), log: &logbook{}, node: ident.New("node"), changed: make(chan struct{})}
	if _, err := b.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.rules = webhook.New(webhook.Options{Store: b.store, Bus: b.bus, Box: box, Log: slog.New(b.log), Version: "test"})
	t.Cleanup(b.rules.Close)
	return b
}

// second is another node on the same database.
func (b *bench) second() *bench {
	return &bench{t: b.t, store: b.store, rules: b.rules, bus: bus.New(), log: &logbook{}, node: ident.New("node"), changed: make(chan struct{})}
}

// run starts a courier; the function it returns stops it and waits for that.
func (b *bench) run() (stop func()) {
	b.t.Helper()
	leave, err := b.store.DB().HoldPresence(b.t.Context(), b.node)
	if err != nil {
		b.t.Fatal(err)
	}
	c := courier.New(courier.Options{Store: b.store, Webhooks: b.rules, Bus: b.bus, Log: slog.New(b.log), Node: b.node, Post: b.post, Look: b.look,
		Luck: func() float64 { return 0.5 }})
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Error(err)
		}
		leave()
	})
	b.t.Cleanup(stop)
	return stop
}

// post is the way out: it notes the attempt and gives the answer of the test.
func (b *bench) post(_ context.Context, r webhook.Request) webhook.Result {
	began := time.Now()
	b.mu.Lock()
	r.Body = slices.Clone(r.Body)
	b.posts = append(b.posts, post{r, began})
	answer := b.answer
	b.touch()
	b.mu.Unlock()
	out := webhook.Result{Status: 200}
	if answer != nil {
		out = answer(r)
	}
	out.StartedAt, out.Duration = began, time.Since(began)
	return out
}

func (b *bench) touch() {
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *bench) answers(fn func(webhook.Request) webhook.Result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = fn
}

// sent lists the attempts so far.
func (b *bench) sent() []post {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.posts)
}

// until waits until a condition on the attempts holds.
func (b *bench) until(what string, ok func([]post) bool) []post {
	b.t.Helper()
	over := time.After(patience)
	for {
		b.mu.Lock()
		posts, changed := slices.Clone(b.posts), b.changed
		b.mu.Unlock()
		if ok(posts) {
			return posts
		}
		select {
		case <-changed:
		case <-over:
			b.t.Fatalf("%s did not come about; %d attempts\n%s", what, len(posts), b.log)
		}
	}
}

// settled waits until a condition on the table holds.
func (b *bench) settled(what string, ok func([]kefu.WebhookDelivery) bool) []kefu.WebhookDelivery {
	b.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	over := time.After(patience)
	for {
		all := b.deliveries()
		if ok(all) {
			return all
		}
		select {
		case <-tick.C:
		case <-over:
			b.t.Fatalf("%s did not come about: %+v\n%s", what, all, b.log)
		}
	}
}

func (b *bench) deliveries() (all []kefu.WebhookDelivery) {
	b.t.Helper()
	b.view(func(tx *store.Tx) (err error) {
		for n := int64(1); ; n++ {
			d, err := tx.WebhookDelivery(n)
			if err != nil {
				return nil //nolint:nilerr // the first number that is not there is the end
			}
			all = append(all, d)
		}
	})
	return all
}

func (b *bench) attempts(n int64) (all []kefu.WebhookAttempt) {
	b.view(func(tx *store.Tx) (err error) {
		all, err = tx.WebhookAttempts(n)
		return err
	})
	return all
}

func (b *bench) view(fn func(*store.Tx) error) {
	b.t.Helper()
	if err := b.store.View(context.WithoutCancel(b.t.Context()), fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) update(fn func(*store.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(context.WithoutCancel(b.t.Context()), fn); err != nil {
		b.t.Fatal(err)
	}
}

// endpoint makes an endpoint for message.received.
func (b *bench) endpoint(changes ...func(*webhook.EndpointChange)) kefu.EndpointID {
	b.t.Helper()
	ch := webhook.EndpointChange{Name: kefu.Some("orders"), URL: kefu.Some("https://93.184.215.14/hook"), Events: kefu.Some([]string{"message.received"})}
	for _, change := range changes {
		change(&ch)
	}
	e, err := b.rules.CreateEndpoint(b.t.Context(), operator(), ch)
	if err != nil {
		b.t.Fatal(err)
	}
	return e.ID
}

func operator() kefu.Ask { return kefu.Ask{Caller: kefu.SystemCaller("test")} }

func (b *bench) change(id kefu.EndpointID, ch webhook.EndpointChange) {
	b.t.Helper()
	if _, err := b.rules.UpdateEndpoint(b.t.Context(), operator(), id, ch); err != nil {
		b.t.Fatal(err)
	}
}

// stored reads an endpoint.
func (b *bench) stored(id kefu.EndpointID) (e kefu.Endpoint) {
	b.view(func(tx *store.Tx) (err error) {
		e, err = tx.Endpoint(id)
		return err
	})
	return e
}

// happen has n messages be received, and places their events as the relay does.
func (b *bench) happen(n int) {
	b.t.Helper()
	b.update(func(tx *store.Tx) error {
		for i := range n {
			data := fmt.Sprintf(`{"message_id":"msg_%d","conversation_id":"cnv_1","seq":%d,"content":"你好 %d","content_type":"text","attachments":[],`+
				`"sender":{"type":"contact","id":"con_1","name":"小明"},"private":false,"created_at":"2024-01-01T10:00:00Z"}`, i, i, i)
			if err := tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: "message.received", Actor: kefu.System(), Data: json.RawMessage(data)}); err != nil {
				return err
			}
		}
		_, _, err := tx.PlaceEvents(n + 100) // and those of alerts
		return err
	})
	b.bus.Signal(bus.Webhooks)
}

// openAlerts lists the alerts that are open, by kind.
func (b *bench) openAlerts() (kinds []string) {
	b.view(func(tx *store.Tx) error {
		open, err := tx.OpenAlerts()
		for _, a := range open {
			kinds = append(kinds, string(a.Kind)+" "+string(a.Severity))
		}
		return err
	})
	slices.Sort(kinds)
	return kinds
}

func all(state kefu.DeliveryState) func([]kefu.WebhookDelivery) bool {
	return func(ds []kefu.WebhookDelivery) bool {
		return len(ds) > 0 && !slices.ContainsFunc(ds, func(d kefu.WebhookDelivery) bool { return d.State != state })
	}
}

func count(n int) func([]post) bool { return func(ps []post) bool { return len(ps) >= n } }

// logbook keeps what is logged.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (*logbook) Enabled(context.Context, slog.Level) bool { return true }

func (l *logbook) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	return nil
}

func (l *logbook) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l *logbook) WithGroup(string) slog.Handler      { return l }

func (l *logbook) String() (all string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		all += line + "\n"
	}
	return all
}
