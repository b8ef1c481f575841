package switchboard

import (
	"cmp"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// transferTo gives a conversation to whom a command names: a member of the desk of link, a team's queue, or another desk.
func (c *change) transferTo(conv store.Conversation, link store.Link, in connector.Inbound, by kefu.Author) (refused string, err error) {
	args := in.Command.Args
	member, team, desk := args["agent_id"], kefu.TeamID(args["team"]), kefu.InboxID(args["desk"])
	given := 0
	for _, s := range []string{member, string(team), string(desk)} {
		if s != "" {
			given++
		}
	}
	switch {
	case given == 0:
		return connector.RefusedNotFound, nil
	case given > 1:
		return connector.RefusedInvalid, nil
	case conv.Status == kefu.StatusClosed:
		return connector.RefusedClosed, nil
	case member != "":
		to, err := c.agent(link.InboxID, member, args["agent_name"])
		if err != nil {
			return "", err
		}
		return "", c.assign(conv, link, by, to)
	}
	var f kefu.Faults
	to, err := teamFor(c.Tx, &f, team)
	if err != nil {
		return "", err
	}
	at := c.b.deskFor(&f, desk)
	switch {
	case len(f) > 0:
		return connector.RefusedNotFound, nil
	case desk != "":
		return "", c.giveDesk(conv, by, at)
	}
	return "", c.give(conv, by, kefu.Agent{}, to)
}

// giveDesk gives a conversation to another desk: whoever answers there first has it, and what is written at any other desk is a note.
func (c *change) giveDesk(conv store.Conversation, by kefu.Author, desk Inbox) error {
	first, err := c.leaveBot(&conv, by, whyTaken)
	if err != nil {
		return err
	}
	seat, err := c.seat(conv.ID, desk.ID)
	if err != nil || conv.OwnerLinkID == seat && conv.AssigneeID == "" && conv.Handler == kefu.HandlerQueue {
		return err
	}
	next := conv
	next.AssigneeID, next.Handler, next.OwnerLinkID = "", kefu.HandlerQueue, seat
	if next.Status == kefu.StatusPending {
		next.Status = kefu.StatusOpen
	}
	if err := c.UpdateConversation(next); err != nil {
		return err
	}
	word := connector.StatusChange{Kind: connector.StatusAssigned, By: by, To: cmp.Or(desk.Name, string(desk.ID)), First: first, At: c.Now}
	return c.queued(next, conv.AssigneeID, by, word)
}

// deskFor finds an inbox that can have conversations as a desk, or notes a fault; none is asked for with "".
func (b *Switchboard) deskFor(f *kefu.Faults, id kefu.InboxID) (desk Inbox) {
	if id == "" {
		return desk
	}
	if desk = b.inboxes[id]; !desk.Desk {
		f.Add("desk", "is not the id of an inbox that is a desk")
	}
	return desk
}

// seat is the link of a conversation to a desk. A desk that joins late has its thread opened at once, with what was said before: a delivery
// that opens a thread which never was is nothing else.
func (c *change) seat(conv kefu.ConversationID, desk kefu.InboxID) (kefu.LinkID, error) {
	links, err := c.Links(conv)
	if err != nil {
		return "", err
	}
	slot := int64(0)
	for _, l := range links {
		if l.Role == kefu.RoleDesk && l.InboxID == desk {
			return l.ID, nil
		}
		slot = max(slot, l.Slot)
	}
	l := store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: conv, InboxID: desk, Role: kefu.RoleDesk}, Slot: slot + 1}
	if _, err := c.InsertLink(l, time.Time{}); err != nil {
		return "", err
	}
	place, err := c.NextPlace(conv, false)
	if err != nil {
		return "", err
	}
	c.wake[bus.Deliveries] = true
	return l.ID, c.Queue(kefu.Delivery{ID: kefu.DeliveryID("dlv_" + ident.New("msg")[len("msg_"):] + "_o"), Kind: kefu.DeliverOpen, ConversationID: conv,
		LinkID: l.ID, InboxID: desk, Line: string(l.ID), Ord: place.Ord})
}
