package api

import (
	"context"
	"time"

	"kefu/internal/switchboard"
)

func (s *server) eventRoutes() []operation {
	return under("Events",
		list("/events", "events:read", "listEvents", "Read what happened", s.listEvents).
			about("The same events as over the WebSocket, as far as the caller may see them: each needs the scope to read what it is about. With wait the "+
				"answer comes when something has happened. Ask again with since = position. gap names positions that are no longer kept: read "+
				"anew what they may have told."),
	)
}

type eventList struct {
	Since int64    `query:"since" minimum:"-1" default:"-1" doc:"Only events after this position; without it those that happen from now on."`
	Types []string `query:"types" maxItems:"50" doc:"Only these, separated by commas: message.received, or message.* for all of a kind."`
	Limit int      `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many events at most."`
	Wait  int      `query:"wait" minimum:"0" maximum:"30" doc:"How many seconds to wait for the first event."`
}

func (s *server) listEvents(ctx context.Context, in *eventList) (switchboard.EventPage, error) {
	return s.Board.Events(ctx, caller(ctx), switchboard.EventQuery{Since: in.Since, Types: in.Types, Limit: in.Limit,
		Wait: time.Duration(in.Wait) * time.Second, Stop: s.Stopping})
}
