package switchboard

import (
	"errors"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// formIn gives what a message asks of the customer of its conversation. What is not theirs to read is as unknown as what is not there.
func (c *change) formIn(conv store.Conversation, id kefu.MessageID) (form *kefu.Form, refused string, err error) {
	m, err := c.Message(id)
	switch {
	case errors.Is(err, sqldb.ErrNoRows):
		return nil, connector.RefusedNotFound, nil
	case err != nil:
		return nil, "", err
	case m.ConversationID != conv.ID, m.Private, m.Meta.Deleted, m.Content.Asks() == nil:
		return nil, connector.RefusedNotFound, nil
	}
	return m.Content.Asks(), "", nil
}
