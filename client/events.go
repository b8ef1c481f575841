package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// Occurrence is an event as REST shows it. Data is what webhooks carry.
type Occurrence struct {
	ID             string          `json:"id"`
	Event          string          `json:"event"` // message.received, conversation.assigned, …
	Position       int64           `json:"position"`
	Timestamp      time.Time       `json:"timestamp"`
	ConversationID *string         `json:"conversation_id"`
	Data           json.RawMessage `json:"data"`
}

// EventQuery asks for events after a position.
type EventQuery struct {
	// Since is the position after which they begin; absent is the newest there is.
	Since Opt[int64]
	// Types are words such as "message.*"; none is all.
	Types []string
	Limit int           // at most 200; 0 is the server's
	Wait  time.Duration // for the first one, at most 30 s
}

func (q EventQuery) query() url.Values {
	f := filter{}.words("types", q.Types).number("limit", int64(q.Limit))
	if since, ok := q.Since.Value(); ok {
		f["since"] = []string{strconv.FormatInt(since, 10)}
	}
	if q.Wait > 0 {
		f["wait"] = []string{strconv.Itoa(int(q.Wait / time.Second))}
	}
	return url.Values(f)
}

// EventPage is a run of events.
type EventPage struct {
	Items []Occurrence `json:"items"`
	// Position is the newest position that was looked at: the next Since.
	Position int64 `json:"position"`
	// Gap is set when events after Since are no longer kept.
	Gap *Gap `json:"gap"`
}

// Gap names positions that are no longer kept, both included.
type Gap struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Events are what happened, by REST. A Stream shows the same as it happens.
type Events struct{ c *Client }

// Poll reads events after a position, and waits for the first one as long as the query says.
func (s Events) Poll(ctx context.Context, q EventQuery) (*EventPage, error) {
	return get[EventPage](ctx, s.c, "/events", q.query())
}

// Follow polls page after page until ctx ends or a page cannot be read.
func (s Events) Follow(ctx context.Context, q EventQuery) iter.Seq2[EventPage, error] {
	return func(yield func(EventPage, error) bool) {
		if q.Wait <= 0 {
			q.Wait = 30 * time.Second
		}
		for {
			p, err := s.Poll(ctx, q)
			if err != nil {
				yield(EventPage{}, err)
				return
			}
			if !yield(*p, nil) {
				return
			}
			q.Since = Set(p.Position)
		}
	}
}
