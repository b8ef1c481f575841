package stream

import (
	"context"

	"github.com/coder/websocket"

	"kefu/internal/switchboard"
)

// start begins to follow from a position, or from where the connection stands when since is nil, and takes it live from there. What was
// begun before ends. It needs the hub's lock.
func (c *conn) start(since *int64) {
	h := c.hub
	if c.live {
		c.pos = max(c.pos, h.pos)
	}
	if since != nil {
		c.pos = *since
	}
	c.fresh, c.live = false, false
	c.run++
	if h.stopping || since == nil && c.join() {
		return
	}
	run := c.run
	h.wg.Go(func() { c.replay(run) })
}

// settle takes a new connection live that has not asked for a position in time.
func (c *conn) settle() {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if _, ok := c.hub.conns[c]; ok && c.fresh {
		c.start(nil)
	}
}

// join makes the connection live if nothing lies between it and the hub. It needs the hub's lock.
func (c *conn) join() bool {
	c.live = c.pos >= c.hub.pos
	return c.live
}

// replay reads pages from the store until the connection has reached the hub, and joins.
func (c *conn) replay(run int) {
	ctx := c.hub.life
	for c.waitRoom() {
		since, ok := c.at(run)
		if !ok {
			return
		}
		page, err := c.hub.page(ctx, since)
		if err != nil {
			if ctx.Err() == nil {
				c.hub.o.Log.WarnContext(ctx, "a connection is closed: what it missed cannot be read", "error", err)
			}
			c.close(closing{websocket.StatusTryAgainLater, "what you missed cannot be read now: come back with since"}, true)
			return
		}
		to := c.bridge(since, page)
		if len(page.Events) > 0 {
			to = page.To
		}
		if !c.showPage(ctx, run, page.Events) || c.arrive(run, to) {
			return
		}
	}
}

// page reads a page, when it is this connection's turn.
func (h *Hub) page(ctx context.Context, since int64) (switchboard.FeedPage, error) {
	select {
	case h.pages <- struct{}{}:
	case <-ctx.Done():
		return switchboard.FeedPage{}, ctx.Err()
	}
	defer func() { <-h.pages }()
	ctx, cancel := context.WithTimeout(ctx, verbTime)
	defer cancel()
	return h.o.Board.Feed(ctx, since, pageSize)
}

// at is the connection's position; false when another replay took over.
func (c *conn) at(run int) (int64, bool) {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	return c.pos, c.run == run
}

// bridge says which positions are missing, if any, and returns the position behind them. A position that was never placed belongs to
// another history, such as that of a database before it was restored: everything is missing then.
func (c *conn) bridge(since int64, page switchboard.FeedPage) int64 {
	gap := gapData{From: since + 1, To: page.First - 1}
	switch {
	case since > page.Last:
		gap = gapData{From: 1, To: page.Last}
	case page.First <= since+1:
		return since
	}
	c.push(frameOut{Type: typeGap, Data: gap}.encode())
	return gap.To
}

// showPage shows a page to this connection alone. It is false when the connection ended or another replay took over.
func (c *conn) showPage(ctx context.Context, run int, events []switchboard.FeedEvent) bool {
	for _, e := range events {
		if e.Type == rightsChanged {
			if c.isAmong(subjectsOf(e)) {
				c.refresh(ctx)
			}
			continue
		}
		if !c.waitRoom() {
			return false
		}
		if !c.showOne(run, &shown{FeedEvent: e}) {
			return false
		}
	}
	return true
}

// showOne shows an event unless another replay took over.
func (c *conn) showOne(run int, s *shown) bool {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if c.run != run {
		return false
	}
	c.show(s)
	return true
}

// arrive notes how far the connection has come, and joins the live ones when that is far enough.
func (c *conn) arrive(run int, to int64) bool {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if c.run != run {
		return true
	}
	c.pos = to
	return c.join()
}
