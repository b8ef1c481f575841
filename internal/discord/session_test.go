package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

const slowBeat = time.Minute // no heartbeat within a test

func checkKept(p *peer) {
	if code := p.closed(); code == websocket.StatusNormalClosure || code == websocket.StatusGoingAway {
		p.t.Errorf("connection %d was closed with %d, which ends the session", p.n, code)
	}
}

func checkResume(p *peer, r Resume, session string, seq int64) {
	if want := (Resume{Token: testToken, SessionID: session, Seq: seq}); r != want {
		p.t.Errorf("connection %d: resume: %s", p.n, cmp.Diff(want, r))
	}
	if p.path != "/resume/" {
		p.t.Errorf("connection %d resumed at %s, not at resume_gateway_url", p.n, p.path)
	}
}

// resumed answers a RESUME after seq.
func resumed(p *peer, session string, seq int64) {
	checkResume(p, p.resume(slowBeat), session, seq)
	p.send(OpDispatch, seq+1, EventResumed, struct{}{})
}

func TestReconnectResumes(t *testing.T) {
	g := newGateway(t,
		func(p *peer) {
			id := p.identify(slowBeat)
			if id.Token != testToken || id.Intents != IntentGuilds|IntentMessageContent {
				t.Errorf("identify: %+v", id)
			}
			if q := p.query; !strings.Contains(q, "v=10") || !strings.Contains(q, "encoding=json") {
				t.Errorf("query %q", q)
			}
			p.say(2)
			p.send(OpReconnect, 0, "", nil)
			checkKept(p)
		},
		func(p *peer) {
			checkResume(p, p.resume(slowBeat), "session-0", 2)
			p.say(3)
			p.send(OpDispatch, 4, EventResumed, struct{}{})
			if code := p.closed(); code != websocket.StatusNormalClosure {
				t.Errorf("the end was told with %d, want 1000", code)
			}
		})
	r := g.run(newRecorder(), fastTiming())
	r.h.want(t, "ready session-0 resumed=false", "message 2", "message 3", "ready session-0 resumed=true")
	st := r.Status()
	if st.State != StateConnected || st.Identifies != 1 || st.Resumes != 1 {
		t.Errorf("status %+v", st)
	}
	if err := r.stop(t); !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if st := r.Status(); st.State != StateStopped {
		t.Errorf("status after the end: %+v", st)
	}
}

func TestReconnectWhileResuming(t *testing.T) {
	op7 := func(p *peer) {
		checkResume(p, p.resume(slowBeat), "session-0", 1)
		p.send(OpReconnect, 0, "", nil)
		checkKept(p)
	}
	g := newGateway(t,
		func(p *peer) { p.identify(slowBeat); p.send(OpReconnect, 0, "", nil); checkKept(p) },
		op7, op7,
		func(p *peer) { resumed(p, "session-0", 1); p.closed() })
	r := g.run(newRecorder(), fastTiming())
	r.h.want(t, "ready session-0 resumed=false", "ready session-0 resumed=true")
	r.stop(t)
}

func TestInvalidSession(t *testing.T) {
	for _, resumable := range []bool{true, false} {
		t.Run(fmt.Sprint(resumable), func(t *testing.T) {
			waited := make(chan struct{}, 1)
			g := newGateway(t,
				func(p *peer) { p.identify(slowBeat); p.ws.CloseNow() },
				func(p *peer) {
					checkResume(p, p.resume(slowBeat), "session-0", 1)
					p.send(OpInvalidSession, 0, "", resumable)
					p.closed()
				},
				func(p *peer) {
					if resumable {
						resumed(p, "session-0", 1)
					} else {
						p.identify(slowBeat)
						if p.path != "/main/" {
							t.Errorf("a new session began at %s", p.path)
						}
					}
					p.closed()
				})
			tm := fastTiming()
			tm.Invalid = func() time.Duration { waited <- struct{}{}; return time.Millisecond }
			r := g.run(newRecorder(), tm)
			last := "ready session-2 resumed=false"
			if resumable {
				last = "ready session-0 resumed=true"
			}
			r.h.want(t, "ready session-0 resumed=false", last)
			if got := len(waited) == 1; got == resumable {
				t.Errorf("waited before a new session: %t", got)
			}
			r.stop(t)
		})
	}
}

func TestInvalidSessionWaits(t *testing.T) {
	times := make(chan time.Time, 2)
	g := newGateway(t,
		func(p *peer) {
			p.hello(slowBeat)
			var id Identify
			p.expect(OpIdentify, &id)
			times <- time.Now()
			p.send(OpInvalidSession, 0, "", false)
			p.closed()
		},
		func(p *peer) {
			times <- time.Now()
			p.identify(slowBeat)
			p.closed()
		})
	tm := fastTiming()
	tm.Invalid = func() time.Duration { return 50 * time.Millisecond }
	r := g.run(newRecorder(), tm)
	r.h.want(t, "ready session-1 resumed=false")
	if d := -(<-times).Sub(<-times); d < 50*time.Millisecond {
		t.Errorf("a new session began after %s", d)
	}
	r.stop(t)
}

func TestNoACK(t *testing.T) {
	const interval = 50 * time.Millisecond
	times := make(chan time.Time, 2)
	g := newGateway(t,
		func(p *peer) {
			p.ack = false
			p.identify(interval)
			times <- time.Now()
			checkKept(p)
			times <- time.Now()
		},
		func(p *peer) { resumed(p, "session-0", 1); p.closed() })
	tm := fastTiming()
	tm.FirstBeat = func() float64 { return 0.5 }
	r := g.run(newRecorder(), tm)
	r.h.want(t, "ready session-0 resumed=false", "ready session-0 resumed=true")
	if d := -(<-times).Sub(<-times); d > 10*interval {
		t.Errorf("the dead connection was held for %s", d)
	}
	if n := len(g.peers[0].heartbeats()); n != 1 {
		t.Errorf("%d heartbeats without an acknowledgement", n)
	}
	r.stop(t)
}

func TestACKKeepsConnection(t *testing.T) {
	done := make(chan struct{})
	g := newGateway(t, func(p *peer) {
		p.identify(10 * time.Millisecond)
		go func() {
			defer close(done)
			for len(p.heartbeats()) < 10 {
				time.Sleep(time.Millisecond) // polling: the test's own time bounds it
			}
		}()
		p.closed()
	})
	r := g.run(newRecorder(), fastTiming())
	<-done
	if st := r.Status(); st.ACK <= 0 {
		t.Errorf("no ACK time in %+v", st)
	}
	r.stop(t)
	if n := g.connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestLateReady(t *testing.T) {
	const interval = 20 * time.Millisecond
	g := newGateway(t, func(p *peer) {
		p.hello(interval)
		var id Identify
		p.expect(OpIdentify, &id)
		go func() {
			for len(p.heartbeats()) < 3 {
				time.Sleep(time.Millisecond)
			}
			p.ready()
		}()
		p.closed()
	})
	r := g.run(newRecorder(), fastTiming())
	r.h.want(t, "ready session-0 resumed=false")
	r.stop(t)
	if beats := g.peers[0].heartbeats(); beats[0] != "null" || beats[2] != "null" {
		t.Errorf("heartbeats before READY: %v", beats)
	}
}

func TestReadyNeverComes(t *testing.T) {
	tm := fastTiming()
	tm.Hello, tm.Ready = 30*time.Millisecond, 30*time.Millisecond
	g := newGateway(t,
		func(p *peer) { p.closed() }, // no hello
		func(p *peer) {
			p.hello(10 * time.Millisecond)
			var id Identify
			p.expect(OpIdentify, &id)
			p.closed() // acknowledges, and no more
		},
		func(p *peer) { p.identify(slowBeat); p.closed() })
	r := g.run(newRecorder(), tm)
	r.h.want(t, "ready session-2 resumed=false")
	r.stop(t)
}

func TestHeartbeatOnRequest(t *testing.T) {
	got := make(chan string, 1)
	g := newGateway(t, func(p *peer) {
		p.identify(slowBeat)
		p.say(2)
		p.send(OpHeartbeat, 0, "", nil)
		go func() {
			for len(p.heartbeats()) == 0 {
				time.Sleep(time.Millisecond)
			}
			got <- p.heartbeats()[0]
		}()
		p.closed()
	})
	r := g.run(newRecorder(), fastTiming())
	select {
	case <-got:
	case <-time.After(5 * time.Second):
		t.Error("op 1 was not answered")
	}
	r.stop(t)
}

func TestFatalCloses(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			g := newGateway(t, func(p *peer) {
				p.hello(slowBeat)
				var id Identify
				p.expect(OpIdentify, &id)
				p.ws.Close(websocket.StatusCode(code), "no")
			})
			r := g.run(newRecorder(), fastTiming())
			var fatal *FatalError
			if err := r.wait(t); !errors.As(err, &fatal) || fatal.Code != code || fatal.Words == "" {
				t.Fatalf("Run: %v", err)
			}
			if fatal.IntentsRefused() != (code == 4014) {
				t.Errorf("intents refused: %t", fatal.IntentsRefused())
			}
			if strings.Contains(fatal.Error(), testToken) {
				t.Error("the error tells the token")
			}
			if st := r.Status(); st.State != StateStopped || st.Words != fatal.Words {
				t.Errorf("status %+v", st)
			}
		})
	}
}

func TestClosesThatEndTheSession(t *testing.T) {
	for _, code := range []int{4003, 4007, 4009} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			g := newGateway(t,
				func(p *peer) { p.identify(slowBeat); p.ws.Close(websocket.StatusCode(code), "") },
				func(p *peer) { p.identify(slowBeat); p.closed() })
			r := g.run(newRecorder(), fastTiming())
			r.h.want(t, "ready session-0 resumed=false", "ready session-1 resumed=false")
			r.stop(t)
		})
	}
}

func TestOtherClosesResume(t *testing.T) {
	g := newGateway(t,
		func(p *peer) { p.identify(slowBeat); p.ws.Close(4000, "") },
		func(p *peer) { resumed(p, "session-0", 1); p.ws.Close(1001, "") },
		func(p *peer) { resumed(p, "session-0", 2); p.ws.CloseNow() },
		func(p *peer) { resumed(p, "session-0", 3); p.send(OpDispatch, 9, "", "{not json"); p.closed() })
	r := g.run(newRecorder(), fastTiming())
	r.h.want(t, "ready session-0 resumed=false", "ready session-0 resumed=true", "ready session-0 resumed=true", "ready session-0 resumed=true")
	r.stop(t)
}

func TestRefusedEventComesAgain(t *testing.T) {
	h := newRecorder()
	var once sync.Once
	h.take = func(_ context.Context, id string) (err error) {
		if id == "3" {
			once.Do(func() { err = errors.New("the database is away") })
		}
		return err
	}
	g := newGateway(t,
		func(p *peer) { p.identify(slowBeat); p.say(2); p.say(3); p.say(4); checkKept(p) },
		func(p *peer) {
			checkResume(p, p.resume(slowBeat), "session-0", 2)
			p.say(3)
			p.say(4)
			p.send(OpDispatch, 5, EventResumed, struct{}{})
			p.closed()
		})
	r := g.run(h, fastTiming())
	h.want(t, "ready session-0 resumed=false", "message 2", "message 3", "message 4", "ready session-0 resumed=true")
	r.stop(t)
}

func TestSlowHandlerKeepsConnection(t *testing.T) {
	h := newRecorder()
	release := h.hold()
	g := newGateway(t, func(p *peer) {
		p.identify(10 * time.Millisecond)
		p.say(2)
		go func() {
			for len(p.heartbeats()) < 10 {
				time.Sleep(time.Millisecond)
			}
			close(release)
		}()
		p.closed()
	})
	r := g.run(h, fastTiming())
	h.want(t, "ready session-0 resumed=false", "message 2")
	r.stop(t)
	for i, beat := range g.peers[0].heartbeats()[1:9] {
		if beat != "1" {
			t.Errorf("heartbeat %d acknowledges %s while event 2 is not handled", i+1, beat)
		}
	}
}

// When the queue is full nothing is read, acknowledgements included: the connection is dropped, and what did not fit comes again.
func TestFullQueueResumes(t *testing.T) {
	const last = queueSize + 40
	h := newRecorder()
	release := h.hold()
	again := make(chan int64, 1)
	g := newGateway(t,
		func(p *peer) {
			p.identify(100 * time.Millisecond)
			for seq := range int64(last - 1) {
				p.say(seq + 2)
			}
			checkKept(p)
		},
		func(p *peer) {
			r := p.resume(slowBeat)
			again <- r.Seq
			close(release)
			for seq := r.Seq + 1; seq <= last; seq++ {
				p.say(seq)
			}
			p.closed()
		})
	tm := fastTiming()
	tm.Close = 10 * time.Millisecond
	r := g.run(h, tm)
	h.want(t, "ready session-0 resumed=false")
	for seq := 2; seq <= last; seq++ {
		h.want(t, fmt.Sprintf("message %d", seq))
	}
	if seq := <-again; seq >= last {
		t.Errorf("resumed after %d: the queue was never full, the test shows nothing", seq)
	}
	r.stop(t)
}

func TestEventsOfTheOldSessionAreHandled(t *testing.T) {
	h := newRecorder()
	release := h.hold()
	g := newGateway(t,
		func(p *peer) { p.identify(slowBeat); p.say(2); p.say(3); p.ws.Close(4009, "") },
		func(p *peer) { p.identify(slowBeat); close(release); p.say(2); p.closed() })
	r := g.run(h, fastTiming())
	h.want(t, "ready session-0 resumed=false", "message 2", "message 3", "ready session-1 resumed=false", "message 2")
	r.stop(t)
}

func TestRunEndsWithContext(t *testing.T) {
	stuck := newRecorder()
	stuck.take = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
	reached := make(chan struct{}, 1)
	deaf := func(p *peer) { reached <- struct{}{}; <-p.t.Context().Done() }
	cases := map[string]struct {
		h      *recorder
		script func(*peer)
	}{
		"no hello":         {newRecorder(), func(p *peer) { reached <- struct{}{}; p.closed() }},
		"close unanswered": {newRecorder(), deaf},
		"stuck handler": {stuck, func(p *peer) {
			p.identify(slowBeat)
			p.say(2)
			reached <- struct{}{}
			p.closed()
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, c.script)
			r := g.run(c.h, fastTiming())
			<-reached
			began := time.Now()
			if err := r.stop(t); !errors.Is(err, context.Canceled) {
				t.Errorf("Run: %v", err)
			}
			if d := time.Since(began); d > 2*time.Second {
				t.Errorf("Run took %s to end", d)
			}
			g.peers[0].ws.CloseNow()
		})
	}
}

func TestSessionStartLimit(t *testing.T) {
	g := newGateway(t, func(p *peer) { p.identify(slowBeat); p.closed() })
	g.limits = SessionStartLimit{Total: 1000, Remaining: 0, ResetAfter: 60, MaxConcurrency: 1}
	began := time.Now()
	r := g.run(newRecorder(), fastTiming())
	r.h.want(t, "ready session-0 resumed=false")
	if d := time.Since(began); d < 60*time.Millisecond {
		t.Errorf("a session was started after %s although none was left", d)
	}
	r.stop(t)
}

func TestIdentifyGap(t *testing.T) {
	times := make(chan time.Time, 2)
	g := newGateway(t,
		func(p *peer) { p.identify(slowBeat); times <- time.Now(); p.ws.Close(4009, "") },
		func(p *peer) { p.identify(slowBeat); times <- time.Now(); p.closed() })
	tm := fastTiming()
	tm.IdentifyGap = 100 * time.Millisecond
	r := g.run(newRecorder(), tm)
	r.h.want(t, "ready session-0 resumed=false", "ready session-1 resumed=false")
	if d := -(<-times).Sub(<-times); d < 80*time.Millisecond {
		t.Errorf("two sessions began within %s", d)
	}
	r.stop(t)
}

func TestWrongTokenIsFatal(t *testing.T) {
	g := newGateway(t)
	g.status = 401
	r := g.run(newRecorder(), fastTiming())
	var fatal *FatalError
	if err := r.wait(t); !errors.As(err, &fatal) || fatal.Code != 401 || fatal.IntentsRefused() {
		t.Fatalf("Run: %v", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.asked != 1 {
		t.Errorf("asked %d times with a wrong token", g.asked)
	}
}

func TestUnreachableResumeIsGivenUp(t *testing.T) {
	g := newGateway(t,
		func(p *peer) {
			p.hello(slowBeat)
			var id Identify
			p.expect(OpIdentify, &id)
			p.send(OpDispatch, 1, EventReady, Ready{SessionID: "session-0", ResumeGatewayURL: p.g.ws("/nowhere/")})
			p.ws.CloseNow()
		},
		func(p *peer) { p.identify(slowBeat); p.closed() })
	r := g.run(newRecorder(), fastTiming())
	r.h.want(t, "ready session-0 resumed=false", "ready session-1 resumed=false")
	r.stop(t)
}

func TestBackoff(t *testing.T) {
	for n := range 40 {
		full := min(time.Second<<min(n, 10), 30*time.Second)
		for range 20 {
			if d := backoff(n); d < full/5 || d > full/2 {
				t.Fatalf("attempt %d waits %s", n, d)
			}
		}
	}
}
