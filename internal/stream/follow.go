package stream

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"kefu/internal/bus"
	"kefu/internal/switchboard"
)

// rightsChanged is the event that says whose rights are others now.
const rightsChanged = "rights.changed"

// everybody is the subject that means all callers.
const everybody = "*"

// follow shows placed events to the live connections until ctx ends.
func (h *Hub) follow(ctx context.Context) {
	wake, cancel := h.o.Bus.Subscribe(bus.Placed)
	defer cancel()
	look := time.NewTicker(h.o.Limits.Look)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-look.C:
		}
		if err := h.catchUp(ctx); err != nil && ctx.Err() == nil {
			h.o.Log.WarnContext(ctx, "events wait to be pushed: they cannot be read now", "error", err)
		}
	}
}

// catchUp shows whatever is placed. While nobody is connected it reads nothing.
func (h *Hub) catchUp(ctx context.Context) error {
	for {
		since, anybody := h.place()
		if !anybody {
			return nil
		}
		page, err := h.o.Board.Feed(ctx, since, pageSize)
		if err != nil {
			return err
		}
		if page.First > since+1 {
			h.skip(since+1, page.First-1)
		}
		h.showAll(ctx, page.Events)
		if len(page.Events) < pageSize {
			return nil
		}
	}
}

// place is where the hub stands; false when nobody is connected, and then it stands nowhere.
func (h *Hub) place() (int64, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.warm = len(h.conns) > 0
	return h.pos, h.warm
}

// skip says that positions are no longer kept: the hub could not read for as long as events are kept.
func (h *Hub) skip(from, to int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	frame := frameOut{Type: typeGap, Data: gapData{From: from, To: to}}.encode()
	for c := range h.conns {
		if c.live && c.pos < to {
			c.push(frame)
		}
	}
	h.pos = max(h.pos, to)
}

// showAll shows a run of events, and reads rights anew where they changed, before anything later is shown.
func (h *Hub) showAll(ctx context.Context, events []switchboard.FeedEvent) {
	for len(events) > 0 {
		n := slices.IndexFunc(events, func(e switchboard.FeedEvent) bool { return e.Type == rightsChanged })
		if n < 0 {
			n = len(events)
		}
		h.showRun(events[:n])
		if n == len(events) {
			return
		}
		for _, c := range h.concerned(events[n]) {
			c.refresh(ctx)
		}
		events = events[n+1:]
	}
}

func (h *Hub) showRun(events []switchboard.FeedEvent) {
	for _, e := range events {
		s := shown{FeedEvent: e}
		h.mu.Lock()
		for c := range h.conns {
			if c.live && c.pos < e.Pos {
				c.show(&s)
			}
		}
		h.pos = e.Pos
		h.mu.Unlock()
	}
}

// show queues what the connection may see of an event. It needs the hub's lock.
func (c *conn) show(s *shown) {
	r := c.rights.Load()
	if r.ended(c.hub.o.Now()) {
		c.close(closing{closeExpired, reasonExpired}, false)
		return
	}
	if frame := s.frame(r, c.only); frame != nil {
		c.push(frame)
	}
}

// concerned moves the hub past a change of rights and lists the connections that it concerns, also those that are not live: who joins from
// now on has met the change on the way.
func (h *Hub) concerned(e switchboard.FeedEvent) (all []*conn) {
	subjects := subjectsOf(e)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pos = e.Pos
	for c := range h.conns {
		if c.isAmong(subjects) {
			all = append(all, c)
		}
	}
	return all
}

func subjectsOf(e switchboard.FeedEvent) []string {
	var data struct {
		Subjects []string `json:"subjects"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return []string{everybody}
	}
	return data.Subjects
}

func (c *conn) isAmong(subjects []string) bool {
	caller := c.rights.Load().caller
	return slices.ContainsFunc(subjects, func(s string) bool {
		return s == everybody || s == caller.ID || s == caller.Credential && s != ""
	})
}
