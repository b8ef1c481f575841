package stream

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"kefu"
)

// rights are what a connection may do and see, as they were read last.
type rights struct {
	caller kefu.Caller
	sight  kefu.Sight
}

func (r *rights) ended(now time.Time) bool {
	return !r.caller.ExpiresAt.IsZero() && !now.Before(r.caller.ExpiresAt)
}

// conn is one connection. Its reader is one goroutine; a writer lives while there is something to write.
type conn struct {
	hub *Hub
	id  string
	ws  *websocket.Conn
	raw net.Conn

	rights  atomic.Pointer[rights]
	reading sync.Mutex   // of rights: what is read later is kept later
	heard   atomic.Int64 // when the client was heard last, unix nanoseconds
	stuck   atomic.Int64 // when the write under way began; 0 when none is

	// Under the hub's lock.
	pos     int64 // everything up to here was handed to it, or decided against
	live    bool
	run     int // which replay counts: a newer one ends the older
	fresh   bool
	only    []string // patterns of events; none is all
	checked time.Time

	mu      sync.Mutex
	queue   [][]byte
	size    int // bytes in queue
	writing bool
	end     *closing
	parted  bool
	room    chan struct{} // somebody waits for room; nil when nobody does

	// Of the reader alone.
	frames    rate.Limiter
	malformed []time.Time
	typing    typed
}

// closing is how a connection ends.
type closing struct {
	code   websocket.StatusCode
	reason string
}

func newConn(h *Hub, id string, r rights) *conn {
	c := &conn{hub: h, id: id, fresh: true, frames: *rate.NewLimiter(h.o.Limits.FrameRate, h.o.Limits.FrameBurst)}
	c.rights.Store(&r)
	return c
}

// push queues a frame. A full queue ends the connection: the client takes up from the position that it has.
func (c *conn) push(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		return
	}
	if len(c.queue) >= c.hub.o.Limits.QueueFrames || c.size+len(frame) > c.hub.o.Limits.QueueBytes {
		c.finish(closing{closeSlow, "frames are not read fast enough: come back with since"}, false)
		return
	}
	c.queue, c.size = append(c.queue, frame), c.size+len(frame)
	c.startWriter()
}

// startWriter needs c.mu.
func (c *conn) startWriter() {
	if c.writing || c.ws == nil {
		return
	}
	c.writing = true
	c.hub.wg.Go(c.write)
}

// opened gives the connection its line, on which frames may be waiting already.
func (c *conn) opened(ws *websocket.Conn, raw net.Conn) {
	ws.SetReadLimit(c.hub.o.Limits.Frame)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ws, c.raw = ws, raw
	if c.end != nil {
		c.part()
		return
	}
	if len(c.queue) > 0 {
		c.startWriter()
	}
}

// waitRoom waits until half of the queue is free, so that who replays leaves room for answers. It is false when the connection ends.
func (c *conn) waitRoom() bool {
	for {
		c.mu.Lock()
		if c.end != nil {
			c.mu.Unlock()
			return false
		}
		if len(c.queue) <= c.hub.o.Limits.QueueFrames/2 && c.size <= c.hub.o.Limits.QueueBytes/2 {
			c.mu.Unlock()
			return true
		}
		if c.room == nil {
			c.room = make(chan struct{})
		}
		room := c.room
		c.mu.Unlock()
		<-room
	}
}

// makeRoom needs c.mu.
func (c *conn) makeRoom() {
	if c.room != nil {
		close(c.room)
		c.room = nil
	}
}

// write writes until nothing is left, and then says goodbye if the connection is to end.
func (c *conn) write() {
	for {
		frame := c.next()
		if frame == nil {
			return
		}
		c.stuck.Store(c.hub.o.Now().UnixNano())
		err := c.ws.Write(context.Background(), websocket.MessageText, frame) // bounded by the sweep
		c.stuck.Store(0)
		if err != nil {
			c.close(closing{websocket.StatusInternalError, ""}, false)
		}
	}
}

func (c *conn) next() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		c.queue, c.writing = nil, false
		c.makeRoom()
		if c.end != nil {
			c.part()
		}
		return nil
	}
	frame := c.queue[0]
	c.queue[0] = nil
	c.queue, c.size = c.queue[1:], c.size-len(frame)
	if len(c.queue) <= c.hub.o.Limits.QueueFrames/4 {
		c.makeRoom()
	}
	return frame
}

// close ends the connection, once; drain lets what is queued go out before. It does not block.
func (c *conn) close(how closing, drain bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(how, drain)
}

// finish needs c.mu.
func (c *conn) finish(how closing, drain bool) {
	if c.end != nil {
		return
	}
	c.end = &how
	if !drain {
		c.queue, c.size = nil, 0
	}
	c.makeRoom()
	if !drain || !c.writing {
		c.part()
		return
	}
	time.AfterFunc(closeWait, c.tear)
}

// part says goodbye, and tears the line when that is not answered in time. It needs c.mu.
func (c *conn) part() {
	if c.parted || c.ws == nil {
		return
	}
	c.parted = true
	how := *c.end
	c.hub.wg.Go(func() {
		tear := time.AfterFunc(closeWait, c.tear)
		defer tear.Stop()
		_ = c.ws.Close(how.code, how.reason) // who went away cannot be told
	})
}

func (c *conn) tear() {
	c.mu.Lock()
	raw := c.raw
	c.mu.Unlock()
	if raw != nil {
		raw.Close()
	}
}

// ending tells whether the connection is being closed.
func (c *conn) ending() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end != nil
}

// read takes frames until the line ends. It goes on while the connection is being closed: the client's goodbye comes this way.
func (c *conn) read() {
	defer c.hub.forget(c)
	for {
		kind, r, err := c.ws.Reader(context.Background())
		if err != nil {
			break
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			break
		}
		now := c.hub.o.Now()
		c.heard.Store(now.UnixNano())
		if !c.ending() {
			c.take(kind, raw, now)
		}
	}
	c.close(closing{websocket.StatusNormalClosure, ""}, false)
}

// misread counts a frame that was not understood; the tenth within a minute ends the connection.
func (c *conn) misread(now time.Time) {
	c.malformed = slices.DeleteFunc(c.malformed, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	c.malformed = append(c.malformed, now)
	if len(c.malformed) >= maxMalformed {
		c.close(closing{closeMalformed, "ten frames in a minute were not understood"}, true)
	}
}
