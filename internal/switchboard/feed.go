package switchboard

import (
	"encoding/json"
	"time"

	"kefu"
)

// Event is an event as the API and the WebSocket show it.
type Event struct {
	ID             kefu.EventID         `json:"id" doc:"Id of the event." example:"evt_06c0000000000000000000000g"`
	Event          string               `json:"event" doc:"What happened." example:"message.received"`
	Position       int64                `json:"position" doc:"Its place among all events."`
	Timestamp      time.Time            `json:"timestamp" doc:"When it happened."`
	ConversationID *kefu.ConversationID `json:"conversation_id" doc:"The conversation that it is about, or null."`
	Data           json.RawMessage      `json:"data" doc:"What happened in detail; the members depend on the event."`
}

// FeedEvent is a placed event with what decides who may see it.
type FeedEvent struct {
	kefu.Event
	// Seen is its conversation as it stands now; Known is false when the event is about none.
	Seen  kefu.Seen
	Known bool
	// Private says that it is about a note. Role is data.role of user.*: contact, agent, supervisor or admin.
	Private bool
	Role    string
	// Subject is the agent or contact that a user.* or agent.* is about; Served are the contacts whose open conversation that agent has.
	Subject string
	Served  []kefu.ContactID
}

// FeedPage is a run of placed events without a hole. To is the position of the last one, or what was asked for when there is none.
type FeedPage struct {
	Events []FeedEvent
	To     int64
	// First and Last are the positions of the oldest event that is kept and of the newest that was placed; First is Last+1 when none is kept.
	First, Last int64
}

// EventQuery asks for events after a position.
type EventQuery struct {
	// Since is the position after which they begin; negative is the newest there is.
	Since int64
	// Types are words such as message.received, with * for a part: message.*; none is all.
	Types []string
	// Limit is how many at most, 1 to 200; 0 is 50. Wait is how long to wait for the first one, at most MaxWait.
	Limit int
	Wait  time.Duration
	// Stop ends the waiting when it is closed; nil never is.
	Stop <-chan struct{}
}

// MaxWait is the longest wait of a long-poll.
const MaxWait = 30 * time.Second

// EventPage is the answer of a long-poll.
type EventPage struct {
	Items []Event `json:"items" doc:"Events, oldest first."`
	// Position is the newest position that was looked at, also of events that the caller may not see or did not ask for.
	Position int64 `json:"position" doc:"The newest position that was looked at: the next request's since."`
	// Gap is set when events after since are no longer kept.
	Gap *Gap `json:"gap,omitempty" doc:"Positions that are no longer kept: what they told must be read anew."`
}

// Gap names positions that are no longer kept, both included.
type Gap struct {
	From int64 `json:"from" doc:"The first position that is missing."`
	To   int64 `json:"to" doc:"The last position that is missing."`
}
