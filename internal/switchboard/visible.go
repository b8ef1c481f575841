package switchboard

import (
	"encoding/json"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/store"
)

// Visible decides what a caller is shown of an event; false is nothing. It is pure and the same for REST and WebSocket: the interface
// permission for what the event is about, the data permission for its conversation, and for contacts only what is theirs, without what
// is only staff's business.
func Visible(by kefu.Caller, sight kefu.Sight, e FeedEvent) (Event, bool) {
	if e.Type == store.EventRights || strings.HasPrefix(e.Type, "article.") { // for those who push or index, and nobody else
		return Event{}, false
	}
	out := Event{ID: e.ID, Event: e.Type, Position: e.Pos, Timestamp: e.OccurredAt, ConversationID: orNull(e.ConversationID), Data: e.Data}
	if by.Kind == kefu.CallerContact {
		data, ok := forContact(by, sight, e)
		out.Data = data
		return out, ok
	}
	return out, mayRead(by, e) && forOthers(sight, e)
}

// mayRead tells whether the interface permission for what an event is about is among the caller's.
func mayRead(by kefu.Caller, e FeedEvent) bool {
	switch kind, _, _ := strings.Cut(e.Type, "."); kind {
	case "message":
		return by.May("messages:read")
	case "conversation", "ticket":
		return by.May("conversations:read")
	case "agent":
		return by.May("agents:read")
	case "user":
		if e.Role == "contact" {
			return by.May("contacts:read")
		}
		return by.May("agents:read")
	case "contact":
		return by.May("contacts:read")
	}
	return by.May("events:read")
}

// forOthers is the data permission of staff and programs.
func forOthers(sight kefu.Sight, e FeedEvent) bool {
	switch {
	case sight.Kind == kefu.SeesAll:
		return true
	case e.Known:
		return sight.Sees(e.Seen)
	}
	return sight.Kind != "" && e.Type == "agent.status_changed"
}

// forContact is what a contact is shown of an event.
func forContact(by kefu.Caller, sight kefu.Sight, e FeedEvent) (json.RawMessage, bool) {
	if sight.Kind != kefu.SeesOneContact || sight.ID != by.ID {
		return nil, false
	}
	own := e.Known && sight.Sees(e.Seen)
	switch e.Type {
	case "message.received", "message.sent", "message.updated", "message.deleted":
		return e.Data, own && !e.Private && by.May("messages:read")
	case "conversation.created", "conversation.updated", "conversation.assigned", "conversation.closed":
		data, ok := withoutInternal(e.Data)
		return data, ok && own && by.May("conversations:read")
	case "user.created", "user.updated":
		return e.Data, e.Role == "contact" && e.Subject == by.ID
	case "agent.status_changed":
		return e.Data, slices.Contains(e.Served, kefu.ContactID(by.ID))
	}
	return nil, false
}

// withoutInternal takes out of a conversation's event how staff sort it.
func withoutInternal(raw json.RawMessage) (json.RawMessage, bool) {
	var data conversationData
	if json.Unmarshal(raw, &data) != nil {
		return nil, false
	}
	data.TeamID, data.Labels, data.Priority, data.PreviousAgentID = nil, []string{}, kefu.PriorityMedium, nil
	if data.Status == kefu.StatusSnoozed {
		data.Status = kefu.StatusOpen
	}
	out, err := json.Marshal(data)
	return out, err == nil
}
