package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

func (c *conn) write() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.wake:
		}
		for c.flush() {
		}
		if c.ctx.Err() != nil {
			return
		}
	}
}

func (c *conn) flush() bool {
	c.s.mu.Lock()
	var events []event
	at := c.cursor
	if c.sess != nil && !c.silent {
		at = max(at, c.sess.first)
		events = c.sess.unsent(at, 64)
		c.cursor = at + int64(len(events))
	}
	var frames []frame
	if len(events) == 0 {
		frames, c.outbox = c.outbox, nil
	}
	c.s.mu.Unlock()
	for i, e := range events {
		if !c.send(fmt.Appendf(nil, `{"op":0,"t":%q,"s":%d,"d":%s}`, e.typ, at+int64(i), e.data)) {
			return false
		}
	}
	for _, f := range frames {
		if !c.sendFrame(f) {
			return false
		}
	}
	return len(events)+len(frames) > 0
}

func (c *conn) sendFrame(f frame) bool {
	if f.cut || f.code != 0 {
		c.s.mu.Lock()
		c.info.Code = f.code
		c.s.mu.Unlock()
		if !f.cut {
			_ = c.ws.Close(websocket.StatusCode(f.code), closeReason(f.code))
		}
		_ = c.ws.CloseNow()
		c.cancel()
		return false
	}
	raw, err := json.Marshal(map[string]any{"op": f.op, "d": f.d, "s": nil, "t": nil})
	return err == nil && c.send(raw)
}

func (c *conn) send(raw []byte) bool {
	ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
	defer cancel()
	kind := websocket.MessageText
	if c.deflate != nil {
		c.packed.Reset()
		_, _ = c.deflate.Write(raw) // into memory: cannot fail
		_ = c.deflate.Flush()
		raw, kind = c.packed.Bytes(), websocket.MessageBinary
	}
	if err := c.ws.Write(ctx, kind, raw); err != nil {
		c.cancel()
		return false
	}
	return true
}

func closeReason(code int) string {
	switch code {
	case 4000:
		return "Unknown error."
	case 4001:
		return "Unknown opcode."
	case 4002:
		return "Error while decoding payload."
	case 4003:
		return "Not authenticated."
	case 4004:
		return "Authentication failed."
	case 4005:
		return "Already authenticated."
	case 4007:
		return "Invalid seq."
	case 4008:
		return "Rate limited."
	case 4009:
		return "Session timed out."
	case 4010:
		return "Invalid shard."
	case 4011:
		return "Sharding required."
	case 4012:
		return "Invalid API version."
	case 4013:
		return "Invalid intent(s)."
	case 4014:
		return "Disallowed intent(s)."
	}
	return ""
}
