package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// conn is one connection to the gateway. One goroutine reads (run), one beats, and one parts.
type conn struct {
	s       *Session
	ws      *websocket.Conn
	raw     net.Conn
	address string
	from    position // what the connection takes up
	resume  bool

	// life ends when the connection is given up, its cause says why. Reading goes on until the socket is closed.
	life context.Context
	end  context.CancelCauseFunc

	part sync.Once
	wg   sync.WaitGroup

	ready *time.Timer // until READY or RESUMED must have come
	beats heart
	epoch int
}

func newConn(ctx context.Context, s *Session, ws *websocket.Conn, raw net.Conn, address string) *conn {
	c := &conn{s: s, ws: ws, raw: raw, address: address, beats: newHeart()}
	// Not cancelled with ctx: that would tear the socket before we have said goodbye.
	c.life, c.end = context.WithCancelCause(context.WithoutCancel(ctx))
	c.from = s.attach(c)
	c.resume, c.epoch = c.from.url != "", c.from.epoch
	return c
}

// run reads until the connection ends, and gives the reason.
func (c *conn) run(ctx context.Context) error {
	defer c.wg.Wait()
	stop := context.AfterFunc(ctx, func() { c.fail(closeEnd, context.Cause(ctx)) })
	defer stop()
	hello := c.failAfter(c.s.o.Timing.Hello, errNoHello)
	defer hello.Stop()
	c.ready = c.failAfter(c.s.o.Timing.Hello+c.s.o.Timing.Ready, errNoReady)
	defer c.ready.Stop()
	for {
		p, err := c.read()
		if err != nil {
			return c.over(err)
		}
		if c.life.Err() != nil {
			continue // given up: only the close frame is of interest
		}
		if p.Op == OpHello {
			hello.Stop()
		}
		if err := c.take(p); err != nil {
			c.fail(closeKeep, err)
		}
	}
}

// over ends the connection after reading failed with err, and gives the reason: the first that was known.
func (c *conn) over(err error) error {
	reason, forget := closedBy(err)
	switch {
	case forget: // the gateway's word counts, even if we had given up already
		c.s.forget()
	case c.life.Err() != nil:
		reason = context.Cause(c.life)
	}
	c.end(reason)
	c.fail(closeKeep, reason)
	return reason
}

// fail gives the connection up for reason: it says goodbye with code, and tears the socket if that is not answered in time. It does
// not block. Only the first call counts.
func (c *conn) fail(code websocket.StatusCode, reason error) {
	c.part.Do(func() {
		c.end(reason)
		c.wg.Go(func() {
			tear := time.AfterFunc(c.s.o.Timing.Close, c.tear)
			defer tear.Stop()
			_ = c.ws.Close(code, "")
		})
	})
}

func (c *conn) tear() {
	if c.raw != nil {
		c.raw.Close()
	}
}

func (c *conn) failAfter(d time.Duration, reason error) *time.Timer {
	return time.AfterFunc(d, func() { c.fail(closeKeep, reason) })
}

func (c *conn) read() (Payload, error) {
	_, b, err := c.ws.Read(context.WithoutCancel(c.life))
	if err != nil {
		return Payload{}, err
	}
	var p Payload
	if err := json.Unmarshal(b, &p); err != nil {
		return Payload{}, fmt.Errorf("a payload is not JSON: %w", err)
	}
	return p, nil
}

// take acts on one payload. An error drops the connection and keeps the session.
func (c *conn) take(p Payload) error {
	switch p.Op {
	case OpHello:
		return c.hello(p.D)
	case OpHeartbeat:
		c.beats.ask()
	case OpHeartbeatACK:
		c.acknowledged()
	case OpReconnect:
		return errReconnect
	case OpInvalidSession:
		c.invalid(p.D)
	case OpDispatch:
		return c.dispatch(p)
	}
	return nil
}

// hello starts the heartbeat and begins the session, or takes it up again.
func (c *conn) hello(d json.RawMessage) error {
	var h Hello
	if err := json.Unmarshal(d, &h); err != nil || h.HeartbeatInterval <= 0 {
		return fmt.Errorf("hello without a heartbeat interval")
	}
	if !c.beats.start() {
		return fmt.Errorf("a second hello")
	}
	c.wg.Go(func() { c.pulse(time.Duration(h.HeartbeatInterval) * time.Millisecond) })
	token := string(c.s.c.o.Token)
	if c.resume {
		return c.write(OpResume, Resume{Token: token, SessionID: c.from.sessionID, Seq: c.from.received})
	}
	c.s.identified()
	return c.write(OpIdentify, Identify{
		Token: token, Intents: c.s.o.Intents, LargeThreshold: 50,
		Properties: IdentifyProperties{OS: runtime.GOOS, Browser: "kefu", Device: "kefu"},
	})
}

// invalid ends the connection after op 9, and the session with it unless the gateway says that it can be resumed.
func (c *conn) invalid(d json.RawMessage) {
	var resumable bool
	_ = json.Unmarshal(d, &resumable) // anything but true means that it is gone
	if resumable {
		c.fail(closeKeep, &invalidSessionError{resumable: true})
		return
	}
	c.s.forget()
	c.fail(closeEnd, &invalidSessionError{wait: c.s.o.Timing.Invalid()})
}

// dispatch queues an event. While the queue is full it blocks, and with it the reading: then acknowledgements are missed, and the
// connection is dropped and resumed.
func (c *conn) dispatch(p Payload) error {
	e := event{name: p.T, data: p.D, flush: c.from.flush}
	if p.S != nil {
		e.seq = *p.S
	}
	switch p.T {
	case EventReady:
		var r Ready
		if err := json.Unmarshal(p.D, &r); err != nil || r.SessionID == "" {
			return fmt.Errorf("READY without a session")
		}
		c.epoch = c.s.begin(r, c.address)
		c.ready.Stop()
		e.ready = &r
	case EventResumed:
		c.ready.Stop()
		r := c.s.resumed()
		e.ready = &r
	}
	e.epoch = c.epoch
	select {
	case c.s.queue <- e:
		c.s.queued(e)
	case <-c.life.Done():
	}
	return nil
}

// write sends one payload, within the time for a hello.
func (c *conn) write(op Op, d any) error {
	b, err := json.Marshal(struct {
		Op Op  `json:"op"`
		D  any `json:"d"`
	}{op, d})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.life), c.s.o.Timing.Hello)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, b)
}
