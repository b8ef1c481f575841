package switchboard

import (
	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// gone notes that a desk's thread vanished. The ticket stays as it is; the thread is made again with the next message, or at once when it
// was found missing at start. A customer's thread that vanished stays linked: its messages fail with words.
func (c *change) gone(link store.Link, in connector.Inbound) (connector.Result, error) {
	res := connector.Result{ConversationID: link.ConversationID, TicketNumber: link.Number}
	if link.Role != kefu.RoleDesk {
		res.Ignored = "a customer's thread is not made again"
		return res, nil
	}
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return res, err
	}
	forgot, err := c.ForgetThread(link.ID, in.ThreadID)
	if err != nil || !forgot {
		res.Duplicate = !forgot
		return res, err
	}
	c.say("thread vanished", conv.ID, link.TicketName, "inbox", link.InboxID, "thread", in.ThreadID, "open_again", in.Reopen)
	if !in.Reopen || conv.Status == kefu.StatusClosed {
		return res, nil
	}
	place, err := c.NextPlace(conv.ID, false)
	if err != nil {
		return res, err
	}
	c.wake[bus.Deliveries] = true
	return res, c.Queue(kefu.Delivery{ID: kefu.DeliveryID("dlv_" + string(newMessageID()[len("msg_"):]) + "_o"), Kind: kefu.DeliverOpen, ConversationID: conv.ID,
		LinkID: link.ID, InboxID: link.InboxID, Line: string(link.ID), Ord: place.Ord})
}
