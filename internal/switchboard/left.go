package switchboard

import (
	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// left tells the desks of a customer's open conversations that they cannot be reached any more.
func (c *change) left(inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	who, _, err := c.Identity(inbox, in.Sender.ID)
	if err != nil || who == "" {
		return connector.Result{Ignored: "nobody's customer"}, err
	}
	open, err := c.OpenConversationsOf(who)
	if err != nil {
		return connector.Result{}, err
	}
	res := connector.Result{Ignored: "no open conversation"}
	for _, id := range open {
		conv, err := c.LockConversation(id)
		if err != nil {
			return res, err
		}
		if conv.InboxID != inbox || conv.Status == kefu.StatusClosed {
			continue
		}
		// Who leaves is told once an hour at most: what is repeated after a broken connection has nothing to be known by.
		key := "left:" + in.Sender.ID + ":" + string(id) + ":" + c.Now.UTC().Format("2006-01-02T15")
		if _, told, err := c.Seen(inbox, key); err != nil || told {
			return connector.Result{ConversationID: id, Duplicate: true}, err
		}
		m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: id, Author: kefu.System(), Private: true, Content: kefu.Content{
			Type: kefu.ContentText, Text: "🚪 顧客已離開伺服器，訊息可能無法送達。\nThe customer has left the server: messages may not reach them."}}}
		if err := c.post(console(conv), &m, kefu.RoleDesk); err != nil {
			return res, err
		}
		res = connector.Result{ConversationID: id, MessageID: m.ID}
		if err := c.keep(inbox, key, res); err != nil {
			return res, err
		}
	}
	return res, nil
}
