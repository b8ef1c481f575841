package stream

import (
	"context"
	"time"

	"github.com/coder/websocket"
)

const (
	// sweepEvery is how often all connections are looked at, in place of a timer for each.
	sweepEvery = time.Second
	// recheckEvery is how often the rights of a connection are read again without a sign that they changed, if not more than recheckMost a
	// second are due: changes of rights make events, and this is for what did not come from here.
	recheckEvery = 30 * time.Second
	recheckMost  = 20
	// shutTime is how long connections have to end when the hub stops.
	shutTime = 6 * time.Second
)

// sweep closes what is silent, stuck or expired, until ctx ends.
func (h *Hub) sweep(ctx context.Context) {
	ticks := time.NewTicker(min(sweepEvery, h.o.Limits.Silence/4, h.o.Limits.Stuck/4))
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		for _, c := range h.lookAround() {
			c.recheck(ctx)
		}
	}
}

// lookAround looks at every connection once and returns those whose rights are to be read again.
func (h *Hub) lookAround() (due []*conn) {
	now := h.o.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		if how, over := c.judge(now); over {
			c.close(how, false)
			continue
		}
		if len(due) < recheckMost && now.Sub(c.checked) >= recheckEvery {
			c.checked = now
			due = append(due, c)
		}
	}
	return due
}

func (c *conn) judge(now time.Time) (closing, bool) {
	limits := c.hub.o.Limits
	switch stuck := c.stuck.Load(); {
	case c.rights.Load().ended(now):
		return closing{closeExpired, reasonExpired}, true
	case now.Sub(time.Unix(0, c.heard.Load())) >= limits.Silence:
		return closing{closeSilent, "nothing was heard: send a ping every 30 seconds"}, true
	case stuck != 0 && now.Sub(time.Unix(0, stuck)) >= limits.Stuck:
		return closing{closeSlow, "frames are not read: come back with since"}, true
	}
	return closing{}, false
}

// alive notes a ping of the protocol itself, which some clients send in place of ours.
func (c *conn) alive(context.Context, []byte) bool {
	c.heard.Store(c.hub.o.Now().UnixNano())
	return true
}

// shut closes every connection and waits until all have ended; what does not end is torn.
func (h *Hub) shut() {
	h.mu.Lock()
	h.stopping = true
	for c := range h.conns {
		c.close(closing{websocket.StatusServiceRestart, "the server is restarting: come back in a moment"}, true)
	}
	h.mu.Unlock()
	ended := make(chan struct{})
	go func() { h.wg.Wait(); close(ended) }()
	late := time.NewTimer(shutTime)
	defer late.Stop()
	select {
	case <-ended:
	case <-late.C:
		h.stop()
		h.tearAll()
		<-ended
	}
	h.stop()
}

func (h *Hub) tearAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		c.tear()
	}
}
