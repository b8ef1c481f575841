package discord

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Handler takes what the gateway tells. Its methods are called one at a time, in the gateway's order, with the context of Run. They may
// be slow, within reason: up to 256 events wait, heartbeats go on, and beyond that the connection is dropped and resumed.
type Handler interface {
	// Ready is called when a session has begun (resumed false: events may have been missed since the last one, read them from the
	// channels) or was taken up again (resumed true: nothing was missed, and what was replayed has been dispatched already).
	Ready(ctx context.Context, r Ready, resumed bool)
	// Dispatch takes one event; the Event constants name the types. After an error the connection is dropped and resumed, and this
	// event and all later ones come again: it must be idempotent, and must give nil for what it can never take.
	Dispatch(ctx context.Context, event string, data json.RawMessage) error
}

// SessionOptions say how a Session connects.
type SessionOptions struct {
	// Client asks for the gateway's address; its token, transport and log are the session's as well.
	Client  *Client
	Intents Intents
	// Timing is for tests; its zero value is what Discord asks for.
	Timing Timing
}

// Timing holds the times of a session. Zero fields take the defaults given here.
type Timing struct {
	Dial        time.Duration           // to connect: 15 s
	Hello       time.Duration           // until HELLO: 15 s
	Ready       time.Duration           // until READY or RESUMED: 2 min
	Close       time.Duration           // to part in good order: 1 s
	Steady      time.Duration           // a connection that lasted so long resets the back-off: 1 min
	IdentifyGap time.Duration           // between two session starts: 5 s
	Backoff     func(int) time.Duration // before the n-th attempt in a row, from 0: 1 s doubling to 30 s, times 0.2 to 0.5
	Invalid     func() time.Duration    // before a new session after op 9 false: 1 to 5 s
	FirstBeat   func() float64          // the part of the interval before the first heartbeat: random
}

func (t Timing) withDefaults() Timing {
	set := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	set(&t.Dial, 15*time.Second)
	set(&t.Hello, 15*time.Second)
	set(&t.Ready, 2*time.Minute)
	set(&t.Close, time.Second)
	set(&t.Steady, time.Minute)
	set(&t.IdentifyGap, 5*time.Second)
	if t.Backoff == nil {
		t.Backoff = backoff
	}
	if t.Invalid == nil {
		t.Invalid = func() time.Duration { return time.Second + rand.N(4*time.Second) }
	}
	if t.FirstBeat == nil {
		t.FirstBeat = rand.Float64
	}
	return t
}

func backoff(n int) time.Duration {
	d := min(time.Second<<min(n, 5), 30*time.Second)
	return time.Duration(float64(d) * (0.2 + 0.3*rand.Float64()))
}

// Session is one bot's place at the gateway. It outlives its connections.
type Session struct {
	c     *Client
	o     SessionOptions
	http  *http.Client
	queue chan event

	mu           sync.Mutex
	pos          position
	conn         *conn // the connection that is up, nil between two
	status       Status
	lastIdentify time.Time
	resumeMisses int
}

// NewSession makes a Session. It connects when Run is called.
func NewSession(o SessionOptions) *Session {
	o.Timing = o.Timing.withDefaults()
	return &Session{
		c: o.Client, o: o,
		http:   &http.Client{Transport: o.Client.http.Transport},
		queue:  make(chan event, queueSize),
		status: Status{State: StateIdle, Words: "not started"},
	}
}

// Run holds the connection until ctx ends, whose error it then gives, or until Discord refuses for good: *FatalError. Whatever else
// happens, it connects again. At the end the session is closed, so that the bot goes offline at once and another node can take over.
// It must not be called twice at a time.
func (s *Session) Run(ctx context.Context, h Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { s.work(ctx, h) })
	err := s.stay(ctx)
	cancel()
	work.Wait()
	s.clear()
	s.setStatus(StateStopped, err)
	return err
}

// clear forgets everything, for another Run: what was not handled is found by looking after its Ready.
func (s *Session) clear() {
	s.forget()
	for len(s.queue) > 0 {
		<-s.queue
	}
}

// stay connects again and again.
func (s *Session) stay(ctx context.Context) error {
	for n := 0; ; n++ {
		began := time.Now()
		err := s.connect(ctx)
		var fatal *FatalError
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &fatal):
			return fatal
		case time.Since(began) >= s.o.Timing.Steady:
			n = 0
		}
		wait := max(s.o.Timing.Backoff(n), askedWait(err))
		s.setStatus(StateWaiting, err)
		s.c.o.Log.Info("discord gateway: connecting again", "reason", err, "wait", wait)
		if err := sleep(ctx, wait); err != nil {
			return context.Cause(ctx)
		}
	}
}

// askedWait gives how long the other side, or our own brake, asked us to wait.
func askedWait(err error) time.Duration {
	var (
		limited *RateLimitedError
		braked  *BrakeError
		invalid *invalidSessionError
	)
	switch {
	case errors.As(err, &limited):
		return limited.RetryAfter
	case errors.As(err, &braked):
		return braked.RetryAfter
	case errors.As(err, &invalid):
		return invalid.wait
	}
	return 0
}
