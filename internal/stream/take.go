package stream

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/coder/websocket"

	"kefu"
)

// take obeys one frame, or says why not.
func (c *conn) take(kind websocket.MessageType, raw []byte, now time.Time) {
	defer c.survive()
	if c.rights.Load().ended(now) {
		c.close(closing{closeExpired, reasonExpired}, false)
		return
	}
	if !c.frames.AllowN(now, 1) {
		c.push(refusal("", kefu.Errorf(kefu.KindRateLimited, "too many frames: at most %v a second", c.hub.o.Limits.FrameRate)).encode())
		c.close(closing{websocket.StatusPolicyViolation, "too many frames"}, true)
		return
	}
	var f frameIn
	err := kefu.Errorf(kefu.KindMalformed, "frames are text")
	if kind == websocket.MessageText {
		if f, err = parse(raw); err == nil {
			err = c.obey(f)
		}
	}
	if err == nil {
		return
	}
	if kefu.KindOf(err) == kefu.KindInternal {
		c.hub.o.Log.Error("a frame failed", "type", f.Type, "caller", c.rights.Load().caller.ID, "error", err)
	}
	c.push(refusal(f.ID, err).encode())
	if kefu.KindOf(err) == kefu.KindMalformed {
		c.misread(now)
	}
}

// survive keeps a fault in the obeying of one frame from ending the program.
func (c *conn) survive() {
	if fault := recover(); fault != nil {
		c.hub.o.Log.Error("a frame made the program fail", "fault", fault, "stack", string(debug.Stack()))
		c.close(closing{websocket.StatusInternalError, "something went wrong here"}, false)
	}
}

func (c *conn) obey(f frameIn) error {
	if f.Type == typeSubscribe {
		return c.subscribe(f)
	}
	c.settle()
	switch f.Type + "/" + f.Action {
	case typePing + "/":
		c.pong()
		return nil
	case typeMessage + "/send":
		return c.send(f)
	case typeTyping + "/start", typeTyping + "/stop":
		return c.showTyping(f)
	case typeRead + "/":
		return c.markRead(f)
	case typeStatus + "/set":
		return c.setStatus(f)
	}
	return kefu.Errorf(kefu.KindMalformed, "no such frame: there are ping, message with the action send, subscribe, typing with start or stop, read, "+
		"and status with set")
}

// pong tells the newest position of which the connection has had everything, so that one who sees little can come back with it.
func (c *conn) pong() {
	h := c.hub
	now := h.o.Now().Unix()
	h.mu.Lock()
	defer h.mu.Unlock()
	at := c.pos
	if c.live {
		at = max(at, h.pos)
	}
	c.push(frameOut{Type: typePong, Timestamp: now, Position: &at}.encode())
}

// Bounds of a subscription.
const (
	maxPatterns = 50
	maxPattern  = 100
)

func (c *conn) subscribe(f frameIn) error {
	var in subscribeData
	if len(f.Data) > 0 {
		if err := decode(f.Data, &in); err != nil {
			return err
		}
	}
	var faults kefu.Faults
	if in.Since != nil && *in.Since < 0 {
		faults.Add("since", "must not be negative")
	}
	if len(in.Events) > maxPatterns {
		faults.Add("events", "must be at most %d", maxPatterns)
	}
	for _, p := range in.Events {
		if p == "" || len(p) > maxPattern {
			faults.Add("events", "must each have 1 to %d characters", maxPattern)
			break
		}
	}
	if err := faults.Err("this cannot be subscribed to"); err != nil {
		return err
	}
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	c.only = in.Events
	c.ack(f, nil)
	c.start(in.Since)
	return nil
}

// ack answers a frame that has an id; one that said something is answered always.
func (c *conn) ack(f frameIn, data any) {
	if f.ID != "" || data != nil {
		c.push(frameOut{Type: typeAck, ID: f.ID, Data: data}.encode())
	}
}

// may refuses when the connection lacks an interface permission.
func (c *conn) may(scope string) error {
	if c.rights.Load().caller.May(scope) {
		return nil
	}
	return kefu.Errorf(kefu.KindForbidden, "this needs the scope %s", scope)
}

// now is who the caller is at this moment: what changes something is not judged by what was true when the line was opened.
func (c *conn) now(ctx context.Context) (kefu.Caller, error) {
	before := c.rights.Load().caller
	caller, err := c.hub.o.Auth.Again(ctx, before)
	if err != nil && isOver(err) {
		c.close(closing{closeExpired, reasonExpired}, false)
	}
	caller.Address = before.Address
	return caller, err
}

// verb gives a frame the time that it may take.
func (c *conn) verb() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.hub.life, verbTime)
}
