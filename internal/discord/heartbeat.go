package discord

import (
	"sync"
	"time"
)

// heart knows whether the last heartbeat was acknowledged.
type heart struct {
	asked chan struct{} // the gateway wants a heartbeat now

	mu      sync.Mutex
	started bool
	waiting bool
	at      time.Time
}

func newHeart() heart { return heart{asked: make(chan struct{}, 1)} }

// start gives false if the heart beats already.
func (h *heart) start() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := !h.started
	h.started = true
	return first
}

// ask has a heartbeat sent at once. One request is as good as many.
func (h *heart) ask() {
	select {
	case h.asked <- struct{}{}:
	default:
	}
}

// beat notes that a heartbeat is sent.
func (h *heart) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting, h.at = true, time.Now()
}

// missed says whether a heartbeat is not acknowledged yet.
func (h *heart) missed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waiting
}

// acknowledged notes an ACK and gives how long it took; ok is false if none was awaited.
func (h *heart) acknowledged() (took time.Duration, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ok = h.waiting
	h.waiting = false
	return time.Since(h.at), ok
}

// pulse beats until the connection is given up: first after a part of the interval, so that a thousand bots that lost their
// connections together do not beat together, then once an interval. It gives the connection up when a beat is due and the one before
// was not acknowledged.
func (c *conn) pulse(interval time.Duration) {
	t := time.NewTimer(time.Duration(float64(interval) * c.s.o.Timing.FirstBeat()))
	defer t.Stop()
	for {
		select {
		case <-c.life.Done():
			return
		case <-c.beats.asked:
		case <-t.C:
			if c.beats.missed() {
				c.fail(closeKeep, errNoACK)
				return
			}
		}
		c.beats.beat()
		if err := c.write(OpHeartbeat, c.s.acknowledged()); err != nil {
			c.fail(closeKeep, err)
			return
		}
		t.Reset(interval)
	}
}

// acknowledged notes an ACK.
func (c *conn) acknowledged() {
	took, ok := c.beats.acknowledged()
	if !ok {
		return
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.status.ACK = took
}
