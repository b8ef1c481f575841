package discord

import (
	"context"
	"encoding/json"
)

// queueSize is how many events may wait for the Handler.
const queueSize = 256

// event is one event on its way to the Handler.
type event struct {
	seq          int64
	name         string
	data         json.RawMessage
	ready        *Ready // of READY and RESUMED
	epoch, flush int
}

// work hands events to h until ctx ends. It lives as long as Run, so that a reconnect neither loses nor delays what is queued.
func (s *Session) work(ctx context.Context, h Handler) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-s.queue:
			s.handle(ctx, h, e)
		}
	}
}

func (s *Session) handle(ctx context.Context, h Handler, e event) {
	if ctx.Err() != nil || !s.current(e) {
		return
	}
	if e.ready != nil {
		h.Ready(ctx, *e.ready, e.name == EventResumed)
		s.took(e)
		return
	}
	if err := h.Dispatch(ctx, e.name, e.data); err != nil {
		s.takeBack(ctx, e, err)
		return
	}
	s.took(e)
}

// takeBack has everything from e on sent again, by dropping the connection.
func (s *Session) takeBack(ctx context.Context, e event, err error) {
	if ctx.Err() != nil {
		return
	}
	c, again := s.refused(e)
	s.c.o.Log.Warn("discord gateway: an event was not taken", "event", e.name, "again", again, "err", err)
	if c != nil {
		c.fail(closeKeep, &refusedEventError{event: e.name, err: err})
	}
}
