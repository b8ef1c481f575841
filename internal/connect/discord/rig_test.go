package discord

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
	"kefu/internal/fake/discord/judge"
	"kefu/internal/safehttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patienceOfTests is how long a test waits for what must come; it is never slept through.
const patienceOfTests = 20 * time.Second

// rig is a connector between a fake Discord and stand-ins for what the rest of Kefu gives it.
type rig struct {
	t     *testing.T
	s     *fake.Server
	c     *Connector
	ctx   context.Context
	state *memory
	dir   *directory
	files *vault
	rules *rules
	log   *bytes.Buffer
}

type set map[string]any

// newRig starts a fake Discord and a connector for it; extra are settings beside the needed ones.
func newRig(t *testing.T, o fake.Options, extra set) *rig {
	t.Helper()
	s := fake.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patienceOfTests)
	r := &rig{t: t, s: s, ctx: ctx, state: &memory{m: map[string]string{}}, log: &bytes.Buffer{}}
	r.dir = &directory{threads: map[string]connector.Thread{}}
	r.files = &vault{kept: map[string][]byte{}, blocked: "10.0.0.5", lost: "unreachable.example"}
	r.rules = &rules{dir: r.dir, seen: map[string]connector.Result{}, changed: make(chan struct{})}
	r.c = r.connect(extra)
	t.Cleanup(func() {
		r.lawful()
		cancel()
		r.c.api.Close()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// connect makes another connector of the same inbox, as another process would have it.
func (r *rig) connect(extra set) *Connector {
	r.t.Helper()
	settings := set{"token": r.s.Token(), "api_url": r.s.APIURL(), "guild_id": r.s.GuildID()}
	maps.Copy(settings, extra)
	raw, err := json.Marshal(settings)
	if err != nil {
		r.t.Fatal(err)
	}
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	r.t.Cleanup(tr.CloseIdleConnections)
	c, err := Factory{}.New(connector.Inbox{ID: "guild", Channel: Kind, Settings: raw}, connector.Deps{
		Log: slog.New(slog.NewTextHandler(&lockedLog{w: r.log}, nil)), Now: time.Now, Operator: &http.Client{Transport: tr}, Guarded: &http.Client{Transport: tr},
		State: r.state, Directory: r.dir, Files: r.files, PublicURL: "https://kefu.example", NoPacing: true,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	made := c.(*Connector)
	made.timing = api.Timing{IdentifyGap: time.Millisecond, Backoff: short, Invalid: func() time.Duration { return short(0) }}
	return made
}

func short(int) time.Duration { return time.Millisecond }

// lawful judges everything that was sent: by Discord's document, and by the fake's own rules.
func (r *rig) lawful() {
	r.t.Helper()
	for _, v := range r.s.Violations() {
		r.t.Errorf("broke a rule of Discord: %s: %s", v.Rule, v.Text)
	}
	for _, q := range r.s.Requests() {
		if strings.Contains(string(q.Body), "allowed_mentions") && !strings.Contains(string(q.Body), `"parse":[]`) {
			r.t.Errorf("%s %s may ping: %s", q.Method, q.Path, q.Body)
		}
	}
	if strings.Contains(r.log.String(), r.s.Token()) {
		r.t.Error("the token is in the log")
	}
	path, err := judge.FindSpec()
	if errors.Is(err, judge.ErrNoSpec) {
		r.t.Logf("NOT CHECKED against Discord's official document: %v", err)
		return
	}
	j, err := loadJudge(path)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range j.CheckAll(samples(r.s.Requests())) {
		if len(f.Request.Files) > 0 && strings.Contains(f.Err.Error(), "/id': got number, want string") {
			continue // the number of an upload within its own request is no id, and Discord documents it as a number
		}
		r.t.Errorf("Discord's document refuses %s\n%s", f, f.Request.Body)
	}
}

// samples are the first few requests of each kind: judging one takes up to 30 ms, and the hundredth like the first tells nothing new.
func samples(all []fake.Request) []fake.Request {
	seen := map[string]int{}
	return slices.DeleteFunc(all, func(q fake.Request) bool {
		seen[q.Method+q.Route]++
		return seen[q.Method+q.Route] > 4
	})
}

var loadJudge = func() func(string) (*judge.Judge, error) {
	var once sync.Once
	var j *judge.Judge
	var err error
	return func(path string) (*judge.Judge, error) {
		once.Do(func() { j, err = judge.Load(path) })
		return j, err
	}
}()

// listen holds the gateway until stop; it fails the test if listening ends with an error by itself.
func (r *rig) listen() (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.ctx)
	done := make(chan error, 1)
	go func() { done <- r.c.Listen(ctx, r.rules.emit) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
				r.t.Errorf("listen: %v", err)
			}
		})
	}
	r.t.Cleanup(func() {
		if r.t.Failed() {
			r.t.Log(r.log.String())
		}
	})
	r.t.Cleanup(stop)
	if err := r.s.WaitReady(r.ctx); err != nil {
		r.t.Fatal(err)
	}
	r.until("the commands are registered", func() bool { return len(r.s.Commands()) > 0 })
	return stop
}

// until waits for something in the fake.
func (r *rig) until(what string, cond func() bool) {
	r.t.Helper()
	if err := r.s.WaitFor(r.ctx, cond); err != nil {
		r.t.Fatalf("waiting until %s: %v", what, err)
	}
}

// open opens a ticket's channel and enters it into the directory.
func (r *rig) open(number int64) connector.Thread {
	r.t.Helper()
	th, err := r.c.Open(r.ctx, openingOf(number))
	for limited(err) { // the dispatcher comes back at once
		th, err = r.c.Open(r.ctx, openingOf(number))
	}
	if err != nil {
		r.t.Error(err)
	}
	r.dir.put(th)
	return th
}

// limited tells whether the client's own global rate put the call off for a moment.
func limited(err error) bool {
	var se *connector.SendError
	return errors.As(err, &se) && se.Class == connector.Retryable && se.RetryAfter > 0 && se.RetryAfter < time.Second
}

func openingOf(number int64) connector.Opening {
	id := fmt.Sprintf("cnv_%026d", number)
	return connector.Opening{
		LinkID: kefu.LinkID(fmt.Sprintf("lnk_%d", number)), ConversationID: kefu.ConversationID(id), Name: fmt.Sprintf("#網站-客-%04d", number),
		Ticket: kefu.Ticket{Number: number, Title: "關於訂單"}, Customer: kefu.Contact{Name: "DemoUser", Email: "demo@example.com"}, Subject: "關於訂單",
	}
}

// outbound is a customer's message on its way to a thread.
func outbound(th connector.Thread, seq int64, text string) connector.Outbound {
	return connector.Outbound{
		DeliveryID: kefu.DeliveryID(fmt.Sprintf("dlv_%s_%d", th.ExternalID, seq)), Thread: th,
		Message: kefu.Message{Seq: seq, ConversationID: th.ConversationID, Author: kefu.Author{Kind: kefu.AuthorContact, Name: "DemoUser"},
			Content: kefu.Content{Type: kefu.ContentText, Text: text}},
		Customer: kefu.Contact{Name: "DemoUser", Email: "demo@example.com"},
	}
}

func (r *rig) send(out connector.Outbound) connector.Receipt {
	r.t.Helper()
	got, err := r.c.Send(r.ctx, out)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

// refused wants err to be a *connector.SendError of a class and scope, with words.
func refused(t *testing.T, err error, class connector.Class, scope connector.Scope) *connector.SendError {
	t.Helper()
	var se *connector.SendError
	if !errors.As(err, &se) {
		t.Fatalf("error %v, want a *SendError", err)
	}
	if se.Class != class || se.Scope != scope || se.Reason == "" {
		t.Fatalf("class %s, scope %s, reason %q (%v); want %s, %s and words", se.Class, se.Scope, se.Reason, se.Err, class, scope)
	}
	return se
}

// bot are the bot's living messages in a channel.
func (r *rig) bot(channel string) []fake.Message {
	var list []fake.Message
	for _, m := range r.s.Messages(channel) {
		if m.Author.ID == r.s.BotID() {
			list = append(list, m)
		}
	}
	return list
}

// texts are the descriptions of the bot's embeds in a channel, in order.
func (r *rig) texts(channel string) []string {
	var list []string
	for _, m := range r.bot(channel) {
		for _, e := range m.Embeds {
			list = append(list, e.Description)
		}
	}
	return list
}

// lockedLog lets a log be written from everywhere.
type lockedLog struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// memory is connector.State.
type memory struct {
	mu sync.Mutex
	m  map[string]string
}

func (s *memory) Load(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[key], nil
}

func (s *memory) Save(_ context.Context, key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[key] = value
	return nil
}

func (s *memory) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.m)
}

// directory is connector.Directory.
type directory struct {
	mu      sync.Mutex
	threads map[string]connector.Thread
}

func (d *directory) put(t connector.Thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.threads[t.ExternalID] = t
}

func (d *directory) change(id string, change func(*connector.Thread)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.threads[id]
	if ok {
		change(&t)
		d.threads[id] = t
	}
}

func (d *directory) Threads(context.Context) ([]connector.Thread, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []connector.Thread
	for _, t := range d.threads {
		if !t.Closed {
			list = append(list, t)
		}
	}
	return list, nil
}

func (d *directory) Thread(_ context.Context, id string) (connector.Thread, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.threads[id]
	return t, ok, nil
}

// vault is connector.Files: it really fetches, but from a host that is blocked or lost.
type vault struct {
	mu            sync.Mutex
	kept          map[string][]byte
	blocked, lost string
}

func (v *vault) Keep(ctx context.Context, url, name string) (kefu.Attachment, error) {
	switch {
	case strings.Contains(url, v.blocked):
		return kefu.Attachment{}, fmt.Errorf("keep: %w", &safehttp.BlockedError{})
	case strings.Contains(url, v.lost):
		return kefu.Attachment{}, errors.New("keep: no route to host")
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return kefu.Attachment{}, err
	}
	tr := &http.Transport{DisableKeepAlives: true}
	res, err := (&http.Client{Transport: tr}).Do(q)
	if err != nil {
		return kefu.Attachment{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return kefu.Attachment{}, fmt.Errorf("status %d: %w", res.StatusCode, err)
	}
	return v.put(name, body), nil
}

func (v *vault) put(name string, body []byte) kefu.Attachment {
	v.mu.Lock()
	defer v.mu.Unlock()
	sum := sha256.Sum256(body)
	key := hex.EncodeToString(sum[:])
	v.kept[key] = body
	return kefu.Attachment{Name: name, Type: strings.Split(http.DetectContentType(body), ";")[0], Size: int64(len(body)), SHA256: key}
}

func (v *vault) Open(_ context.Context, sum string) (io.ReadCloser, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	body, ok := v.kept[sum]
	if !ok {
		return nil, errors.New("not in the vault")
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

func (v *vault) Link(a kefu.Attachment) string {
	if a.SHA256 == "" {
		return ""
	}
	return "https://kefu.example/files/" + a.SHA256[:8] + "/" + a.Name
}

// rules stands for what takes things in: it keeps each key once, moves cursors, and answers commands as it is told.
type rules struct {
	dir     *directory
	mu      sync.Mutex
	taken   []connector.Inbound
	seen    map[string]connector.Result
	fail    int // emits that fail before one succeeds
	answer  func(connector.Inbound) connector.Result
	changed chan struct{}
}

func (r *rules) emit(_ context.Context, in connector.Inbound) (connector.Result, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail > 0 {
		r.fail--
		return connector.Result{}, errors.New("the database is away")
	}
	if res, dup := r.seen[in.Key]; dup && in.Key != "" {
		res.Duplicate = true
		return res, nil
	}
	var res connector.Result
	if r.answer != nil {
		res = r.answer(in)
	}
	r.seen[in.Key] = res
	r.taken = append(r.taken, in)
	if in.Cursor != "" {
		r.dir.change(in.ThreadID, func(t *connector.Thread) { t.Cursor = in.Cursor })
	}
	close(r.changed)
	r.changed = make(chan struct{})
	return res, nil
}

func (r *rules) list() ([]connector.Inbound, chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]connector.Inbound(nil), r.taken...), r.changed
}

// wait gives what was taken in once there are n that match.
func (r *rig) wait(n int, match func(connector.Inbound) bool) []connector.Inbound {
	r.t.Helper()
	for {
		all, changed := r.rules.list()
		var found []connector.Inbound
		for _, in := range all {
			if match(in) {
				found = append(found, in)
			}
		}
		if len(found) >= n {
			return found
		}
		select {
		case <-changed:
		case <-r.ctx.Done():
			r.t.Fatalf("waited for %d inbounds, have %d of %+v", n, len(found), all)
		}
	}
}

func kind(k connector.InboundKind) func(connector.Inbound) bool {
	return func(in connector.Inbound) bool { return in.Kind == k }
}
