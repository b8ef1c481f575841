package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// hub is a server of the contract with one list of events, as awkward as the contract allows: a line begins to show what happens before it
// has subscribed, and is cut wherever a test likes.
type hub struct {
	t   *testing.T
	url string

	mu      sync.Mutex
	changed *sync.Cond
	events  []string       // event n is at position n+1
	stored  map[string]int // ids of messages that were sent, and where they are
	kept    int            // how many events are no longer kept
	cuts    int            // how many frames until the line is cut; 0 never
	heard   []string       // frames that are no sends or pings
	asked   []*http.Request
	refuse  func(n int, w http.ResponseWriter) bool // answers the n-th request itself
	close   websocket.StatusCode                    // closes each line at its first subscription
	lines   sync.WaitGroup
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{t: t, stored: map[string]int{}}
	h.changed = sync.NewCond(&h.mu)
	srv := httptest.NewServer(h)
	t.Cleanup(func() { srv.Close(); h.lines.Wait() })
	h.url = srv.URL
	return h
}

// client has a transport that leaves nothing behind.
func (h *hub) client(opts ...Option) *Client {
	h.t.Helper()
	tr := &http.Transport{}
	h.t.Cleanup(tr.CloseIdleConnections)
	c, err := New(h.url, append([]Option{WithHTTPClient(&http.Client{Transport: tr})}, opts...)...)
	if err != nil {
		h.t.Fatal(err)
	}
	c.pause = time.Millisecond
	return c
}

func quick() pacing {
	return pacing{ping: 20 * time.Millisecond, silence: 2 * time.Second, dial: 5 * time.Second, first: time.Millisecond, most: 20 * time.Millisecond}
}

func (h *hub) happen(content string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, content)
	h.changed.Broadcast()
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	n, refuse := len(h.asked), h.refuse
	h.asked = append(h.asked, r)
	h.mu.Unlock()
	if refuse != nil && refuse(n, w) {
		return
	}
	if r.URL.Path == "/api/v1/ws-tickets" {
		answerJSON(w, http.StatusOK, WSTicket{Ticket: fmt.Sprint("ticket", n)})
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	h.lines.Add(1)
	defer h.lines.Done()
	l := &hubLine{hub: h, ws: ws}
	h.mu.Lock()
	l.pos, l.left = len(h.events), -1
	if h.cuts > 0 {
		l.left = 1 + rand.IntN(h.cuts)
	}
	h.mu.Unlock()
	l.serve()
}

// hubLine is one connection of a hub. All is under the hub's lock.
type hubLine struct {
	*hub

	ws    *websocket.Conn
	pos   int
	mute  bool // it subscribed to nothing that happens
	gone  bool
	deaf  bool // it is being closed: nothing that comes now is taken
	left  int
	queue []string
}

func (l *hubLine) serve() {
	var writer sync.WaitGroup
	writer.Go(l.write)
	for {
		_, raw, err := l.ws.Read(context.Background())
		if err != nil {
			break
		}
		var f frame
		if err := json.Unmarshal(raw, &f); err != nil {
			l.t.Errorf("a frame that is no JSON: %s", raw)
		}
		l.mu.Lock()
		l.hear(f, raw)
		l.changed.Broadcast()
		l.mu.Unlock()
	}
	l.mu.Lock()
	l.gone = true
	l.changed.Broadcast()
	l.mu.Unlock()
	l.ws.CloseNow()
	writer.Wait()
}

func (l *hubLine) hear(f frame, raw []byte) {
	if l.deaf {
		return
	}
	switch f.Type {
	case framePing:
		l.queue = append(l.queue, fmt.Sprintf(`{"type":"pong","timestamp":1635232823,"position":%d}`, l.pos))
	case frameSubscribe:
		l.subscribe(f)
	case frameMessage:
		var m struct{ Content string }
		if err := json.Unmarshal(f.Data, &m); err != nil {
			l.t.Error(err)
		}
		if strings.HasPrefix(m.Content, "bad") {
			l.queue = append(l.queue, fmt.Sprintf(`{"type":"error","id":%q,"error":{"code":"invalid","detail":"no","errors":[{"field":"content","detail":"is bad"}]}}`, f.ID))
			return
		}
		at, again := l.stored[f.ID]
		if !again {
			l.events = append(l.events, m.Content)
			at = len(l.events)
			l.stored[f.ID] = at
		}
		l.queue = append(l.queue, fmt.Sprintf(`{"type":"ack","id":%q,"data":{"message_id":"msg_%d","conversation_id":"cnv_1","seq":%d}}`, f.ID, at, at))
	default:
		l.heard = append(l.heard, string(raw))
		if f.Type == frameTyping {
			l.queue = append(l.queue, `{"type":"error","error":{"code":"not_found","detail":"no conversation with this id"}}`)
		}
	}
}

func (l *hubLine) subscribe(f frame) {
	var s struct {
		Since  *int
		Events []string
	}
	if err := json.Unmarshal(f.Data, &s); err != nil {
		l.t.Error(err)
	}
	if l.close != 0 {
		l.deaf = true
		go l.ws.Close(l.close, "")
		return
	}
	if len(s.Events) == 1 && s.Events[0] == "wrong" {
		l.queue = append(l.queue, fmt.Sprintf(`{"type":"error","id":%q,"error":{"code":"invalid","detail":"no such event"}}`, f.ID))
	}
	l.mute = len(s.Events) == 1 && s.Events[0] == nothing
	if s.Since == nil {
		return
	}
	l.pos = *s.Since
	switch {
	case l.pos > len(l.events): // of another history
		l.queue = append(l.queue, fmt.Sprintf(`{"type":"gap","data":{"from":1,"to":%d}}`, len(l.events)))
		l.pos = len(l.events)
	case l.pos < l.kept:
		l.queue = append(l.queue, fmt.Sprintf(`{"type":"gap","data":{"from":%d,"to":%d}}`, l.pos+1, l.kept))
		l.pos = l.kept
	}
}

// write shows what happens, until the line is gone or cut.
func (l *hubLine) write() {
	for {
		l.mu.Lock()
		for len(l.queue) == 0 && (l.mute || l.pos >= len(l.events)) && !l.gone {
			if l.mute {
				l.pos = len(l.events)
			}
			l.changed.Wait()
		}
		var out string
		switch {
		case l.gone:
			l.mu.Unlock()
			return
		case len(l.queue) > 0:
			out, l.queue = l.queue[0], l.queue[1:]
		default:
			l.pos++
			out = eventFrame(l.pos, l.events[l.pos-1])
		}
		l.left--
		cut := l.left == 0
		l.mu.Unlock()
		if cut || l.ws.Write(context.Background(), websocket.MessageText, []byte(out)) != nil {
			l.ws.CloseNow()
			return
		}
	}
}

func eventFrame(position int, content string) string {
	if strings.HasPrefix(content, "{") {
		return content
	}
	return fmt.Sprintf(`{"type":"message","action":"new","position":%d,"data":{"message_id":"msg_%d","conversation_id":"cnv_1","seq":%d,"from":"con_1","to":"","content":%q,"content_type":"text","timestamp":1635232823,"sender":{"type":"contact","id":"con_1","name":"小明"}}}`,
		position, position, position, content)
}

// TestCutLines: 5,000 events over a line that is cut again and again, some of them said by the reader itself while it reads.
func TestCutLines(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.cuts = 400
	const all, own = 5000, 40
	var kept int64
	s := h.client(WithKey("kefu_x")).listen(t.Context(), StreamOptions{Since: Set[int64](0), OnPosition: func(p int64) { kept = p }}, quick())
	defer s.Close()
	var others sync.WaitGroup
	others.Go(func() {
		for n := range all - own {
			h.happen(fmt.Sprint("e", n))
			if n%50 == 0 {
				time.Sleep(time.Millisecond) // so that there is live as well as missed
			}
		}
	})
	said, next, sent := 0, int64(1), map[string]bool{}
	for e, err := range s.Events() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Position != next || e.Message == nil || kept != next-1 {
			t.Fatalf("event at %d after %d, %d kept", e.Position, next-1, kept)
		}
		next++
		if strings.HasPrefix(e.Message.Content, "own") && sent[e.Message.Content] {
			t.Fatalf("%s is there twice", e.Message.Content)
		}
		sent[e.Message.Content] = true
		if said < own && e.Position%100 == 0 {
			said++
			if _, err := s.Send(t.Context(), Saying{To: "cnv_1", Content: fmt.Sprint("own", said)}); err != nil {
				t.Fatal(err)
			}
		}
		if e.Position == all {
			break
		}
	}
	others.Wait()
	if len(sent) != all || said != own {
		t.Errorf("%d different events, %d said", len(sent), said)
	}
	if len(h.asked) < 10 {
		t.Errorf("only %d lines: this was no test of cuts", len(h.asked))
	}
}

// TestFromNowOn: a stream without a position begins with what happens after its first line stands, whatever is cut then.
func TestFromNowOn(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.happen("before")
	h.happen("before too")
	states := make(chan error, 100)
	s := h.client().listen(t.Context(), StreamOptions{OnState: func(err error) { states <- err }}, quick())
	defer s.Close()
	if err := <-states; err != nil {
		t.Fatal(err)
	}
	if p, known := s.Position(); p != 2 || !known {
		t.Fatalf("begins at %d, %v", p, known)
	}
	h.happen("after")
	for e := range s.Events() {
		if e.Position != 3 || e.Message.Content != "after" || e.ConversationID != "cnv_1" || e.Message.Sender.Name != "小明" {
			t.Errorf("first event is %+v", e)
		}
		break
	}
}

// TestSlowReader: whatever does not fit is asked for again, and answers come all the while.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for n := range 500 {
		h.happen(fmt.Sprint(n))
	}
	s := h.client().listen(t.Context(), StreamOptions{Since: Set[int64](0), Buffer: 7}, quick())
	defer s.Close()
	next := int64(1)
	for e, err := range s.Events() {
		if err != nil || e.Position != next {
			t.Fatalf("event at %d after %d, %v", e.Position, next-1, err)
		}
		if next == 10 {
			if r, err := s.Send(t.Context(), Saying{Content: "x"}); err != nil || r.ConversationID != "cnv_1" || r.Seq < 500 {
				t.Fatalf("got %+v, %v", r, err)
			}
		}
		if next++; next > 501 {
			break
		}
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		since    int64
		from, to int64
		first    int64
		there    int
	}{
		"pruned":   {since: 2, from: 3, to: 5, first: 6, there: 7},
		"restored": {since: 900, from: 1, to: 7, first: 8, there: 7},
		"emptied":  {since: 900, from: 1, to: 0, first: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			for n := range c.there {
				h.happen(fmt.Sprint(n))
			}
			h.kept = min(5, c.there)
			var gaps [][2]int64
			states := make(chan error, 10)
			s := h.client().listen(t.Context(), StreamOptions{Since: Set(c.since), OnState: func(err error) { states <- err },
				OnGap: func(from, to int64) { gaps = append(gaps, [2]int64{from, to}) }}, quick())
			defer s.Close()
			<-states
			time.AfterFunc(20*time.Millisecond, func() { h.happen("late") })
			for e := range s.Events() {
				if len(gaps) != 1 || gaps[0] != [2]int64{c.from, c.to} || e.Position != c.first {
					t.Errorf("gaps %v before the event at %d", gaps, e.Position)
				}
				break
			}
		})
	}
}

// TestEventForms: each form of the contract has a name.
func TestEventForms(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.happen(`{"type":"event","action":"status_change","position":1,"data":{"agent_id":"agt_1","status":"online","timestamp":1635232823}}`)
	h.happen(`{"type":"event","action":"conversation.created","position":2,"data":{"conversation_id":"cnv_2","status":"open"}}`)
	h.happen(`{"type":"typing","action":"start","data":{"conversation_id":"cnv_3"}}`)
	h.happen("hi")
	s := h.client().listen(t.Context(), StreamOptions{Since: Set[int64](0)}, quick())
	defer s.Close()
	got := make([]string, 0, 4)
	for e, err := range s.Events() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d %s", e.Name, e.Position, e.ConversationID))
		if len(got) == 4 {
			break
		}
	}
	if want := "agent.status_changed 1 |conversation.created 2 cnv_2|typing.start 0 cnv_3|message.new 4 cnv_1"; strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}

func TestSendIsRefused(t *testing.T) {
	t.Parallel()
	s := newHub(t).client().listen(t.Context(), StreamOptions{}, quick())
	defer s.Close()
	_, err := s.Send(t.Context(), Saying{Content: "bad"})
	if e := new(Error); !errors.As(err, &e) || !IsInvalid(err) || len(e.Faults) != 1 {
		t.Errorf("error is %v", err)
	}
	if _, err := s.Send(t.Context(), Saying{Content: strings.Repeat("長", 30000)}); err == nil {
		t.Error("a frame that is too long was sent")
	}
}

func TestWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	refused := make(chan error, 1)
	s := h.client().listen(t.Context(), StreamOptions{OnRefused: func(err error) { refused <- err }}, quick())
	defer s.Close()
	if err := errors.Join(s.SetStatus("online"), s.MarkRead("cnv_1", 7), s.Typing("cnv_9", true)); err != nil {
		t.Fatal(err)
	}
	if err := <-refused; !IsNotFound(err) {
		t.Errorf("refused: %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	want := []string{
		`{"type":"status","action":"set","data":{"status":"online"}}`,
		`{"type":"read","data":{"conversation_id":"cnv_1","seq":7}}`,
		`{"type":"typing","action":"start","data":{"conversation_id":"cnv_9"}}`,
	}
	if strings.Join(h.heard, "\n") != strings.Join(want, "\n") {
		t.Errorf("heard %q", h.heard)
	}
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		code   string
		tries  int
		is     func(error) bool
	}{
		"unknown":   {http.StatusUnauthorized, "unauthorized", 1, IsUnauthorized},
		"forbidden": {http.StatusForbidden, "forbidden", 1, IsForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.refuse = func(_ int, w http.ResponseWriter) bool { problem(w, c.status, c.code); return true }
			s := h.client(WithKey("kefu_x")).listen(t.Context(), StreamOptions{}, quick())
			defer s.Close()
			n := 0
			for _, err := range s.Events() {
				if n++; !c.is(err) {
					t.Errorf("error is %v", err)
				}
			}
			if _, err := s.Send(t.Context(), Saying{Content: "x"}); n != 1 || !c.is(err) || !c.is(s.Err()) || len(h.asked) != c.tries {
				t.Errorf("%d errors, %d tries, then %v", n, len(h.asked), err)
			}
		})
	}
}

func TestRefusedSubscription(t *testing.T) {
	t.Parallel()
	s := newHub(t).client().listen(t.Context(), StreamOptions{Events: []string{"wrong"}}, quick())
	defer s.Close()
	for _, err := range s.Events() {
		if !IsInvalid(err) {
			t.Errorf("error is %v", err)
		}
	}
	if !IsInvalid(s.Err()) {
		t.Errorf("error is %v", s.Err())
	}
}

// TestComesBack: a server that is busy, stops or drops its clients is asked again; one whose token has expired with another token.
func TestComesBack(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	tokens := 0
	h.close = websocket.StatusServiceRestart
	h.refuse = func(n int, w http.ResponseWriter) bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.asked[n].URL.Path == "/oauth/token" {
			tokens++
			answerJSON(w, http.StatusOK, grant{AccessToken: fmt.Sprint("at", tokens), ExpiresIn: 3600})
			return true
		}
		switch n {
		case 1:
			problem(w, http.StatusServiceUnavailable, "unavailable")
			return true
		case 2:
			cut(w)
			return true
		case 3:
			h.close = codeExpired
		case 4:
			h.close = 4008
		default:
			h.close = 0
		}
		return false
	}
	s := h.client(WithOAuth("cli_1", "x")).listen(t.Context(), StreamOptions{}, quick())
	defer s.Close()
	if _, err := s.Send(t.Context(), Saying{Content: "x"}); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if last := h.asked[len(h.asked)-1].Header.Get("Authorization"); tokens != 2 || last != "Bearer at2" {
		t.Errorf("%d tokens; the line was opened with %q", tokens, last)
	}
}

func TestTickets(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	s := h.client(WithKey("kefu_x")).listen(t.Context(), StreamOptions{Ticket: true}, quick())
	defer s.Close()
	if _, err := s.Send(t.Context(), Saying{Content: "x"}); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.asked[1]; r.URL.Query().Get("token") != "ticket0" || r.Header.Get("Authorization") != "" || h.asked[0].Header.Get("Authorization") != "Bearer kefu_x" {
		t.Errorf("line was opened with %s, %v", r.URL, r.Header)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.refuse = func(_ int, w http.ResponseWriter) bool { cut(w); return true }
	s := h.client().listen(t.Context(), StreamOptions{}, quick())
	sending := make(chan error)
	go func() {
		_, err := s.Send(context.Background(), Saying{Content: "x"})
		sending <- err
	}()
	for s.out.next(time.Now()) == nil {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	s.Close()
	if err := <-sending; !errors.Is(err, ErrClosed) {
		t.Errorf("Send says %v", err)
	}
	for e, err := range s.Events() {
		t.Errorf("after Close: %+v, %v", e, err)
	}
	if err := s.Typing("cnv_1", true); !errors.Is(err, ErrClosed) || !errors.Is(s.Err(), ErrClosed) {
		t.Errorf("Typing says %v", err)
	}
}

func TestMeterKeepsUnderTheLimit(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	m := meter{now: func() time.Time { return now }}
	sent := make([]time.Duration, 0, 200)
	for range 200 {
		now = now.Add(m.wait())
		sent = append(sent, now.Sub(time.Unix(0, 0)))
	}
	for i := 40; i < len(sent); i++ {
		// The server gives back one frame in 50 ms, 40 at most.
		if got := sent[i] - sent[i-40]; i-40 > 0 && got < 40*50*time.Millisecond && sent[i] < time.Duration(i-39)*50*time.Millisecond {
			t.Fatalf("frame %d goes out at %s", i, sent[i])
		}
	}
}
