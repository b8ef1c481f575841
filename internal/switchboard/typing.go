package switchboard

import (
	"context"
	"encoding/json"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Typing says that somebody is writing, or no longer. It is never stored: who is not there to see it misses nothing.
type Typing struct {
	ConversationID kefu.ConversationID
	// Seen is what decides who may see it, From who writes, Kind what kind of caller that is.
	Seen   kefu.Seen
	From   kefu.Author
	Kind   kefu.CallerKind
	Active bool
	// Node is where it was said: that node shows it by itself.
	Node string
}

// typingChannel carries typing to the other nodes on the database.
const typingChannel = "kefu_typing"

// Type tells the other nodes that a caller is writing in a conversation which the caller may see, and returns what to show on this one.
func (b *Switchboard) Type(ctx context.Context, by kefu.Caller, id kefu.ConversationID, active bool, node string) (Typing, error) {
	t, err := look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (Typing, error) {
		conv, err := tx.Conversation(id)
		seen := kefu.Seen{InboxID: conv.InboxID, ContactID: conv.ContactID, AssigneeID: conv.AssigneeID, TeamID: conv.TeamID}
		if err == nil && !sight.Sees(seen) {
			err = sqldb.ErrNoRows
		}
		return Typing{ConversationID: id, Seen: seen, From: by.Author(), Kind: by.Kind, Active: active, Node: node}, found(err, "conversation")
	})
	if err != nil || b.store.DB().Dialect() == sqldb.SQLite {
		return t, err
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return t, err
	}
	return t, b.store.Update(ctx, func(tx *store.Tx) error { return tx.Notify(typingChannel, string(raw)) })
}

// HearTyping calls fn for whatever other nodes tell by Type, until ctx ends. fn must not block.
func (b *Switchboard) HearTyping(ctx context.Context, node string, fn func(Typing)) error {
	return b.store.DB().Listen(ctx, typingChannel, func(payload string) {
		var t Typing
		if json.Unmarshal([]byte(payload), &t) == nil && t.Node != node {
			fn(t)
		}
	})
}
