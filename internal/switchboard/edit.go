package switchboard

import (
	"encoding/json"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// ChangePayload is what a change's delivery carries.
type ChangePayload struct {
	Deleted bool `json:"deleted"`
}

// receiveChange takes in an edit or a deletion of a message: the old text is kept, and the change is carried to the links whose connector
// can; where the message had gone out and cannot be changed, it is marked.
func (c *change) receiveChange(link store.Link, in connector.Inbound) (connector.Result, error) {
	seen, known, err := c.Seen(link.InboxID, "m:"+in.ExternalID)
	if err != nil || !known || seen.MessageID == "" {
		return connector.Result{ConversationID: link.ConversationID, Ignored: "unknown message"}, err
	}
	if _, err := c.LockConversation(seen.ConversationID); err != nil { // a thread may have gone on to another conversation since
		return connector.Result{}, err
	}
	m, err := c.Message(seen.MessageID)
	if err != nil {
		return connector.Result{}, err
	}
	res := connector.Result{ConversationID: m.ConversationID, MessageID: m.ID, TicketNumber: link.Number}
	deleted := in.Kind == connector.InDelete
	if m.Meta.Deleted || !deleted && in.Content.Text == m.Content.Text {
		res.Duplicate = true
		return res, nil
	}
	content := m.Content
	content.Text = in.Content.Text
	if deleted {
		content = kefu.Content{Type: m.Content.Type}
	}
	m.Meta.Edited, m.Meta.Deleted = m.Meta.Edited || !deleted, deleted
	if err := c.ReplaceContent(m.ID, content, m.Meta); err != nil {
		return res, err
	}
	m.Content = content
	c.say("message changed at its source", m.ConversationID, link.TicketName, "message_id", m.ID, "deleted", deleted)
	return res, c.carryChange(link.ID, m.Message, deleted, m.Author)
}

// carryChange tells of an edit or a deletion, and queues it for the links that can show it, but not for where it came from.
func (c *change) carryChange(source kefu.LinkID, m kefu.Message, deleted bool, by kefu.Author) error {
	kind := map[bool]string{true: "message.deleted", false: "message.updated"}[deleted]
	if err := c.event(kind, m.ConversationID, by, dataOf(m)); err != nil {
		return err
	}
	place, err := c.NextPlace(m.ConversationID, false)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(ChangePayload{Deleted: deleted})
	if err != nil {
		return err
	}
	links, err := c.Links(m.ConversationID)
	if err != nil {
		return err
	}
	suffix := "_e" + m.ID[len("msg_"):]
	for _, l := range links {
		if l.ID == source || l.Role == kefu.RoleFormer || l.Role == kefu.RoleBoard || m.Private && l.Role == kefu.RoleCustomer || !c.b.inboxes[l.InboxID].Changes {
			continue
		}
		d := kefu.Delivery{ID: kefu.DeliveryID("dlv_" + string(newMessageID()[len("msg_"):]) + string(suffix)), Kind: kefu.DeliverChange,
			ConversationID: m.ConversationID, LinkID: l.ID, InboxID: l.InboxID, MessageID: m.ID, Line: string(l.ID), Ord: place.Ord, Payload: payload}
		if err := c.Queue(d); err != nil {
			return err
		}
	}
	c.wake[bus.Deliveries] = true
	if err := c.markLate(m); err != nil {
		return err
	}
	return c.WakeMark(m.ID, c.Now)
}
