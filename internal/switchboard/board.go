package switchboard

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// boardSlot is the slot of a board's link: behind every desk.
const boardSlot = 1000

// board has a place show everybody how a case stands; "" is none.
func (c *change) board(conv kefu.Conversation, place string) error {
	if place == "" {
		return nil
	}
	l := store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: conv.ID, InboxID: conv.InboxID, Role: kefu.RoleBoard},
		Slot: boardSlot, Name: place}
	if _, err := c.InsertLink(l, time.Time{}); err != nil {
		return err
	}
	order, err := c.NextPlace(conv.ID, false)
	if err != nil {
		return err
	}
	c.wake[bus.Deliveries] = true
	return c.Queue(kefu.Delivery{ID: kefu.DeliveryID("dlv_" + string(newMessageID()[len("msg_"):]) + "_o"), Kind: kefu.DeliverOpen, ConversationID: conv.ID,
		LinkID: l.ID, InboxID: l.InboxID, Line: string(l.ID), Ord: order.Ord})
}

// onBoard has the board of a case, if it has one, show it as it is by then.
func (c *change) onBoard(t kefu.Ticket) error {
	if !c.b.inboxes[t.InboxID].Reception.Tells {
		return nil // boards are of those who receive
	}
	links, err := c.Links(t.ConversationID)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Role != kefu.RoleBoard {
			continue
		}
		order, err := c.NextPlace(t.ConversationID, false)
		if err != nil {
			return err
		}
		payload, err := json.Marshal(connector.StatusChange{Kind: connector.StatusBoard, At: c.Now})
		if err != nil {
			return err
		}
		c.wake[bus.Deliveries] = true
		d := kefu.Delivery{ID: kefu.DeliveryID("dlv_" + string(newMessageID()[len("msg_"):]) + "_b"), Kind: kefu.DeliverStatus, ConversationID: t.ConversationID,
			LinkID: l.ID, InboxID: l.InboxID, Line: string(l.ID), Ord: order.Ord, Payload: payload}
		if err := c.Queue(d); err != nil {
			return err
		}
	}
	return nil
}
