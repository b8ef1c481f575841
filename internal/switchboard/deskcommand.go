package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// wide tells whether a command of staff needs no thread of a conversation.
func wide(name string) bool { return false }

// deskCommand carries out such a command.
func (b *Switchboard) deskCommand(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	return connector.Result{View: &connector.View{Refused: connector.RefusedUnknown}}, nil
}

// commandCanned sends a canned response in the name of who asks.
func (c *change) commandCanned(conv store.Conversation, link store.Link, in connector.Inbound, by kefu.Author, res *connector.Result) (refused string, err error) {
	return connector.RefusedNotFound, nil
}
