package switchboard

import (
	"context"
	"time"

	"kefu"
)

var errTodo = kefu.Errorf(kefu.KindUnavailable, "this is not there yet")

// StartConversation begins a conversation.
func (b *Switchboard) StartConversation(ctx context.Context, ask kefu.Ask, in NewConversation) (Conversation, error) {
	return Conversation{}, errTodo
}

// Conversation reads one conversation.
func (b *Switchboard) Conversation(ctx context.Context, by kefu.Caller, id kefu.ConversationID) (Conversation, error) {
	return Conversation{}, errTodo
}

// Conversations lists the conversations that the caller may see.
func (b *Switchboard) Conversations(ctx context.Context, by kefu.Caller, f ConversationFilter, p Paging) (List[Conversation], error) {
	return List[Conversation]{}, errTodo
}

// UpdateConversation changes the members that are present.
func (b *Switchboard) UpdateConversation(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, ch ConversationChange) (Conversation, error) {
	return Conversation{}, errTodo
}

// EndConversation closes a conversation. Idempotent.
func (b *Switchboard) EndConversation(ctx context.Context, ask kefu.Ask, id kefu.ConversationID) (Conversation, error) {
	return Conversation{}, errTodo
}

// Claim gives a conversation to who asks first.
func (b *Switchboard) Claim(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, in ClaimRequest) (Conversation, error) {
	return Conversation{}, errTodo
}

// Transfer gives a conversation to somebody else.
func (b *Switchboard) Transfer(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, in TransferRequest) (Conversation, error) {
	return Conversation{}, errTodo
}

// Handoff says who is expected to answer next.
func (b *Switchboard) Handoff(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, in HandoffRequest) (Conversation, error) {
	return Conversation{}, errTodo
}

// Read notes how far the caller has read; it never goes back.
func (b *Switchboard) Read(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, seq int64) (ReadState, error) {
	return ReadState{}, errTodo
}

// OpenSnoozed opens conversations whose time has come, and tells when the next one is due (zero: none).
func (b *Switchboard) OpenSnoozed(ctx context.Context) (opened int, next time.Time, err error) {
	return 0, time.Time{}, errTodo
}

// Send says something in a conversation. The answer's ConversationID is where it went, which may be another one than was asked for.
func (b *Switchboard) Send(ctx context.Context, ask kefu.Ask, in NewMessage) (Message, error) {
	return Message{}, errTodo
}

// EditMessage changes a message's text.
func (b *Switchboard) EditMessage(ctx context.Context, ask kefu.Ask, id kefu.MessageID, ch MessageChange) (Message, error) {
	return Message{}, errTodo
}

// RecallMessage empties a message.
func (b *Switchboard) RecallMessage(ctx context.Context, ask kefu.Ask, id kefu.MessageID) (Message, error) {
	return Message{}, errTodo
}

// RetryMessage sends a message again wherever it failed or is uncertain.
func (b *Switchboard) RetryMessage(ctx context.Context, ask kefu.Ask, id kefu.MessageID) (Message, error) {
	return Message{}, errTodo
}

// Message reads one message.
func (b *Switchboard) Message(ctx context.Context, by kefu.Caller, id kefu.MessageID) (Message, error) {
	return Message{}, errTodo
}

// Messages lists a conversation's messages.
func (b *Switchboard) Messages(ctx context.Context, by kefu.Caller, id kefu.ConversationID, f MessageFilter, p Paging) (List[Message], error) {
	return List[Message]{}, errTodo
}

// Feed reads placed events after a position, for those who judge by Visible themselves.
func (b *Switchboard) Feed(ctx context.Context, since int64, limit int) (FeedPage, error) {
	return FeedPage{}, errTodo
}

// Events reads events that the caller may see; it waits for the first one as long as asked.
func (b *Switchboard) Events(ctx context.Context, by kefu.Caller, q EventQuery) (EventPage, error) {
	return EventPage{}, errTodo
}

// Visible decides what a caller is shown of an event; false is nothing. It is pure: the same for REST and WebSocket.
func Visible(by kefu.Caller, sight kefu.Sight, e FeedEvent) (Event, bool) { return Event{}, false }

// Wanted tells whether an event's type is among the wanted ones: "message.received", "message.*", "*"; none is all.
func Wanted(types []string, event string) bool { return false }

// SightOf resolves what a caller may see now.
func (b *Switchboard) SightOf(ctx context.Context, by kefu.Caller) (kefu.Sight, error) {
	return kefu.Sight{}, errTodo
}

// PruneEvents forgets the oldest events that happened before a time, at most batch of them, and tells how many those were.
func (b *Switchboard) PruneEvents(ctx context.Context, before time.Time, batch int) (int64, error) {
	return 0, errTodo
}
