package stream

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kefu"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func codeOf(err error) websocket.StatusCode { return websocket.CloseStatus(err) }

// refused asks for a line that is not given and tells the kind of the error; "" when it was given.
func (r *rig) refused(query, origin string) string {
	r.t.Helper()
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	ws, res, err := websocket.Dial(r.t.Context(), r.url(query), &websocket.DialOptions{HTTPHeader: h}) //nolint:bodyclose // Dial says it need not be
	if err == nil {
		_ = ws.CloseNow()
		return ""
	}
	if res == nil {
		r.t.Fatal(err)
	}
	return res.Header.Get("X-Kind")
}

func TestWhoMayConnect(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, ken := r.talk("ken", switchboard.NewConversation{})
		host := strings.TrimPrefix(r.server.URL, "http://")
		for _, tt := range []struct{ query, origin, want string }{
			{"", "", "unauthorized"},
			{"?token=nobody", "", "unauthorized"},
			{"?token=" + ken.ID, "", ""},
			{"?token=" + ken.ID, "https://evil.example", "forbidden"},
			{"?token=" + ken.ID, "null", "forbidden"},
			{"?token=" + ken.ID, "http://" + host, ""},
			{"?token=" + ken.ID, "https://kefu.example", ""},
			{"?token=" + ken.ID, "http://kefu.example", "forbidden"},
			{"?token=" + ken.ID, "https://shop.example", ""},
			{"?token=" + ken.ID, "https://shop.example.evil.example", "forbidden"},
		} {
			if got := r.refused(tt.query, tt.origin); got != tt.want {
				t.Errorf("%s from %q: %q, want %q", tt.query, tt.origin, got, tt.want)
			}
		}
		res, err := http.Get(r.server.URL + "/ws?token=" + ken.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.Header.Get("X-Kind") != "malformed" {
			t.Errorf("plain HTTP: %v", res.Header)
		}
		eventually(t, func() bool { return r.hub.Len() == 0 })
	})
}

func TestConnectionsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, ken := r.talk("ken", switchboard.NewConversation{})
		_, lee := r.talk("lee", switchboard.NewConversation{})
		_, mac := r.talk("mac", switchboard.NewConversation{})
		first := r.dial(ken)
		r.dial(ken)
		if got := r.refused("?token="+ken.ID, ""); got != "rate_limited" {
			t.Errorf("a third one: %q", got)
		}
		r.dial(lee)
		if got := r.refused("?token="+mac.ID, ""); got != "unavailable" {
			t.Errorf("a fourth one: %q", got)
		}
		_ = first.ws.CloseNow()
		eventually(t, func() bool { return r.hub.Len() == 2 })
		r.dial(mac)
	}, func(l *Limits) { l.PerCaller, l.All = 2, 3 })
}

func TestLinesEndAsTheContractSays(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), func(l *Limits) { l.Silence = 3 * time.Second })
	_, ken := r.talk("ken", switchboard.NewConversation{})
	tests := map[string]struct {
		frames func(c *client) error
		want   websocket.StatusCode
	}{
		"silence": {func(*client) error { return nil }, closeSilent},
		"ten malformed": {func(c *client) (err error) {
			for range 10 {
				err = errors.Join(err, c.write(`{`))
			}
			return err
		}, closeMalformed},
		"too many": {func(c *client) error {
			for sent := true; sent; {
				sent = c.write(`{"type":"ping"}`) == nil // until it is closed
			}
			return nil
		}, websocket.StatusPolicyViolation},
		"too large": {func(c *client) error { return c.write(`{"type":"ping","data":"` + strings.Repeat("x", 64<<10) + `"}`) },
			websocket.StatusMessageTooBig},
	}
	for name, tt := range tests {
		c := r.dial(ken)
		if err := tt.frames(c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		refusals := 0
		for {
			f, err := c.next()
			if err != nil {
				if code := codeOf(err); code != tt.want {
					t.Errorf("%s: closed with %d (%v), want %d", name, code, err, tt.want)
				}
				break
			}
			if f.Type == typeError {
				refusals++
			}
		}
		if want := map[string]int{"ten malformed": 10, "too many": 1}[name]; refusals != want {
			t.Errorf("%s: refused %d times, want %d", name, refusals, want)
		}
	}
}

func (c *client) write(raw string) error {
	return c.ws.Write(c.t.Context(), websocket.MessageText, []byte(raw))
}

func TestAPingKeepsTheLine(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), func(l *Limits) { l.Silence = 2 * time.Second })
	_, ken := r.talk("ken", switchboard.NewConversation{})
	c := r.dial(ken)
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); {
		c.send(`{"type":"ping"}`)
		c.until(typePong, "")
		time.Sleep(100 * time.Millisecond) // the client's rhythm, which is what is tested
	}
}

func TestWhoReadsTooSlowlyIsSentAway(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		boss := r.agent("boss", kefu.RoleAdmin)
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		slow, quick := r.dial(ken).live(r), r.dial(boss).live(r)
		long := strings.Repeat("長", 20_000)
		read := make(chan string)
		go func() {
			defer close(read)
			for f, err := quick.next(); err == nil; f, err = quick.next() {
				if text := f.text(); text != "" {
					read <- text
				}
			}
		}()
		for line := r.lineOf(ken); !line.ending(); {
			r.say(boss, conv.ID, long)
			if text := <-read; text != long { // whoever keeps up has everything, at once
				t.Fatalf("the other one had %.20q", text)
			}
		}
		if code := slow.closed(); code != closeSlow {
			t.Errorf("closed with %d", code)
		}
		r.say(boss, conv.ID, "last")
		if text := <-read; text != "last" {
			t.Errorf("the other one had %.20q", text)
		}
	}, func(l *Limits) { l.QueueFrames = 8 })
}

func (r *rig) lineOf(who kefu.Caller) *conn {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	for c := range r.hub.conns {
		if c.rights.Load().caller.ID == who.ID {
			return c
		}
	}
	return nil
}

func TestTheServerStops(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, ken := r.talk("ken", switchboard.NewConversation{})
		amy := r.agent("amy", kefu.RoleAgent)
		lines := []*client{r.dial(ken), r.dial(amy), r.dial(ken)}
		codes := make(chan websocket.StatusCode, len(lines))
		for _, c := range lines {
			go func() { codes <- c.closed() }()
		}
		eventually(t, func() bool { return r.hub.Len() == 3 })
		began := time.Now()
		r.hub.shut()
		for range lines {
			if code := <-codes; code != websocket.StatusServiceRestart {
				t.Errorf("closed with %d", code)
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if got := r.refused("?token="+ken.ID, ""); got != "unavailable" {
			t.Errorf("a new one: %q", got)
		}
		r.hub.flushLeft(context.Background())
		if left, err := r.SocketsOf(t.Context(), r.hub.o.Node); err != nil || len(left) > 0 {
			t.Errorf("still noted: %v %v", left, err)
		}
	})
}
