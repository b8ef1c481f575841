package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// command carries out what a person at a desk asks for, and answers with what they see then. Commands are at most once: their answer is
// for the person who asked, and is not repeated. The view of a refused command says why.
func (b *Switchboard) command(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	switch {
	case in.Sender.Kind == kefu.AuthorContact:
		return b.customerCommand(ctx, inbox, in)
	case wide(in.Command.Name):
		return b.deskCommand(ctx, inbox, in)
	}
	var res connector.Result
	var link store.Link
	err := b.update(ctx, func(c *change) (err error) {
		res = connector.Result{View: &connector.View{}}
		var found bool
		if link, found, err = c.Thread(inbox, in.ThreadID); err != nil {
			return err
		}
		if !found || link.Role != kefu.RoleDesk { // a customer's own thread is no desk
			res.View.Refused = connector.RefusedUnknown
			return nil
		}
		conv, err := c.LockConversation(link.ConversationID)
		if err != nil {
			return err
		}
		res.ConversationID, res.TicketNumber = conv.ID, link.Number
		by, err := c.agent(inbox, in.Sender.ID, in.Sender.Name)
		if err != nil {
			return err
		}
		by.Via = in.Sender.Via
		if res.View.Refused, err = c.carryOut(conv, link, in, by, &res); err != nil {
			return err
		}
		return c.view(conv.ID, res.View)
	})
	if err != nil || res.View.Refused != "" {
		return res, err
	}
	return res, b.lookUp(ctx, in.Command.Name, link, res.View)
}

func (c *change) carryOut(conv store.Conversation, link store.Link, in connector.Inbound, by kefu.Author, res *connector.Result) (refused string, err error) {
	c.say("command", conv.ID, link.TicketName, "command", in.Command.Name, "by", by.Name)
	switch in.Command.Name {
	case connector.CmdReply, connector.CmdNote:
		return c.commandReply(conv, link, in, by, res)
	case connector.CmdCanned:
		return c.commandCanned(conv, link, in, by, res)
	case connector.CmdClaim:
		return c.claim(conv, link, by)
	case connector.CmdTransfer:
		return c.transferTo(conv, link, in, by)
	case connector.CmdClose:
		if conv.Status == kefu.StatusClosed {
			return connector.RefusedClosed, nil
		}
		res.MessageID = newMessageID()
		return "", c.close(conv, link, closing{by: by, reason: in.Command.Args["reason"], id: res.MessageID})
	case connector.CmdReopen:
		if conv.Status != kefu.StatusClosed {
			return connector.RefusedOpen, nil
		}
		return "", c.reopen(conv, by)
	case connector.CmdRetry:
		return c.retry(conv, kefu.DeliveryID(in.Command.Args["delivery"]))
	case connector.CmdTakeOver:
		if string(conv.AssigneeID) == by.ID {
			return "", c.SetHandler(conv.ID, kefu.HandlerAgent, conv.AssigneeID, link.ID)
		}
		conv.OwnerLinkID = link.ID
		return "", c.hand(&conv, by, kefu.AgentID(by.ID))
	}
	return "", nil // keep_open, order, transcript, status, contact only look
}

func (c *change) commandReply(conv store.Conversation, link store.Link, in connector.Inbound, by kefu.Author, res *connector.Result) (string, error) {
	if in.Content.Empty() {
		return connector.RefusedEmpty, nil
	}
	note := in.Command.Name == connector.CmdNote
	if why := unrouted(conv, link); why != "" && !note {
		if why == unroutedClosed {
			return connector.RefusedClosed, nil
		}
		return connector.RefusedOwner, nil
	}
	// No source link: the desk's thread did not show the text yet, so it is delivered there as well.
	m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: conv.ID, Author: by, Content: typed(in.Content), Private: note}}
	out, err := c.answer(link, &m)
	out.View = res.View
	*res = out
	return "", err
}

// claim gives the conversation to who asks first; everybody else learns who has it.
func (c *change) claim(conv store.Conversation, link store.Link, by kefu.Author) (string, error) {
	if conv.AssigneeID != "" && string(conv.AssigneeID) != by.ID {
		return connector.RefusedTaken, nil
	}
	if string(conv.AssigneeID) != by.ID {
		return "", c.assign(conv, link, by, by)
	}
	if conv.OwnerLinkID == link.ID {
		return "", nil
	}
	return "", c.SetHandler(conv.ID, kefu.HandlerAgent, conv.AssigneeID, link.ID) // had it elsewhere, and answers here from now on
}

// assign gives the conversation to an agent, whose desk owns the talk from now on.
func (c *change) assign(conv store.Conversation, link store.Link, by, to kefu.Author) error {
	if _, err := c.leaveBot(&conv, by, whyTaken); err != nil {
		return err
	}
	next := conv
	next.AssigneeID, next.Handler, next.OwnerLinkID = kefu.AgentID(to.ID), kefu.HandlerAgent, link.ID
	if next.Status == kefu.StatusPending {
		next.Status = kefu.StatusOpen
	}
	if err := c.UpdateConversation(next); err != nil {
		return err
	}
	return c.assigned(next, conv.AssigneeID, by, connector.StatusChange{Kind: connector.StatusAssigned, By: by, To: to.Name, At: c.Now})
}

// assigned follows a change of who has a conversation, which is stored: the ticket, the event, the history, and word to the desks unless it
// went to the queue or a bot.
func (c *change) assigned(conv store.Conversation, previous kefu.AgentID, by kefu.Author, word connector.StatusChange) error {
	if conv.Handler != kefu.HandlerQueue && c.b.inboxes[conv.InboxID].Reception.Tells {
		if err := c.attended(conv.ID); err != nil {
			return err
		}
	}
	t, err := c.TicketOf(conv.ID)
	if err != nil {
		return err
	}
	given := t
	given.AssigneeID, given.TeamID = conv.AssigneeID, conv.TeamID
	changed, err := c.keepTicket(t, given, by)
	if err != nil {
		return err
	}
	kind, before := "conversation.assigned", &previous
	if previous == conv.AssigneeID {
		kind, before = "conversation.updated", nil
	}
	if err := c.conversationEvent(kind, conv, by, before); err != nil {
		return err
	}
	if before != nil || changed {
		if err := c.ticketEvent("ticket.updated", given, by); err != nil {
			return err
		}
	}
	if word.Kind == connector.StatusAssigned {
		if word.Left, err = c.nameOf(previous, conv.AssigneeID); err != nil {
			return err
		}
		// Whose conversation waits for somebody is told that, and who left, and not the name of a team or desk.
		told := conv.Handler == kefu.HandlerAgent && c.b.inboxes[conv.InboxID].Reception.Tells
		return c.tell(conv, newMessageID(), word, !told)
	}
	_, err = c.history(conv.ID, newMessageID(), by, eventText(word))
	return err
}

// nameOf is the name of who had a conversation, if somebody else has it now.
func (c *change) nameOf(previous, now kefu.AgentID) (string, error) {
	if previous == "" || previous == now {
		return "", nil
	}
	a, err := c.Tx.Agent(previous)
	return a.Name, err
}

// retry sends a failed or uncertain message again, at the end of its line, marked late.
func (c *change) retry(conv store.Conversation, id kefu.DeliveryID) (string, error) {
	d, err := c.Delivery(id)
	if err != nil || d.ConversationID != conv.ID {
		return connector.RefusedNotFound, nil //nolint:nilerr // an unknown delivery is an answer for the person who asked
	}
	place, err := c.NextPlace(conv.ID, false)
	if err != nil {
		return "", err
	}
	again, err := c.Requeue(id, place.Ord)
	if err != nil {
		return "", err
	}
	if !again {
		return connector.RefusedFinal, nil
	}
	c.wake[bus.Deliveries] = true
	return "", c.WakeMark(d.MessageID, c.Now.Add(waitingMark))
}

// view fills in what a person at a desk sees.
func (c *change) view(id kefu.ConversationID, v *connector.View) error {
	conv, err := c.Conversation(id)
	if err != nil {
		return err
	}
	v.Conversation = conv.Conversation
	if v.Ticket, err = c.TicketOf(id); err != nil {
		return err
	}
	if v.Customer, err = c.Contact(conv.ContactID); err != nil {
		return err
	}
	owner, err := c.Agent(conv.AssigneeID)
	if err != nil {
		return err
	}
	v.Owner = owner.Name
	v.Waiting, v.Failed, err = c.Trouble(id)
	return err
}

// lookUp adds to a view what must be asked outside a transaction.
func (b *Switchboard) lookUp(ctx context.Context, name string, link store.Link, v *connector.View) error {
	switch name {
	case connector.CmdOrder:
		v.Orders, v.OrderErr = b.Orders(ctx, link.ConversationID)
	case connector.CmdTranscript:
		files, err := b.Transcript(ctx, link.ConversationID)
		if err != nil {
			return err
		}
		for _, f := range files {
			v.Transcript = append(v.Transcript, b.vault.Link(f))
		}
	}
	return nil
}
