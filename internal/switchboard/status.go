package switchboard

import (
	"cmp"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// receiveStatus takes in that the other side closed or reopened. Closing twice is closing once, so that closings never loop.
func (c *change) receiveStatus(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return connector.Result{}, err
	}
	if err := c.stillTheirs(link, conv); err != nil {
		return connector.Result{}, err
	}
	res := connector.Result{ConversationID: conv.ID, MessageID: id}
	by := closer(conv, in)
	switch {
	case in.Status == kefu.StatusClosed && conv.Status == kefu.StatusClosed:
		res.Duplicate, res.MessageID = true, ""
		return res, nil
	case in.Status == kefu.StatusClosed && !in.Force:
		return res, c.askToClose(link, in, by, id)
	case in.Status == kefu.StatusClosed:
		return res, c.close(conv, link, closing{by: by, closedBy: in.ClosedBy, reason: in.Reason, id: id, fromCustomer: link.Role == kefu.RoleCustomer})
	case in.Status == kefu.StatusOpen && conv.Status == kefu.StatusClosed:
		return res, c.reopen(conv, by)
	}
	res.Duplicate, res.MessageID = true, ""
	return res, nil
}

func closer(conv store.Conversation, in connector.Inbound) kefu.Author {
	by := kefu.Author{Kind: cmp.Or(kefu.CloserOf(in.ClosedBy), in.Sender.Kind, kefu.AuthorSystem), Name: cmp.Or(in.Sender.Name, in.ClosedBy)}
	if by.Kind == kefu.AuthorContact {
		by.ID = string(conv.ContactID)
	}
	return by
}

// askToClose asks the desks instead of closing: the site said that it does not insist.
func (c *change) askToClose(link store.Link, in connector.Inbound, by kefu.Author, id kefu.MessageID) error {
	// Stored text is read by everybody, whatever their language: both.
	text := fmt.Sprintf("%s 要求關閉此客服單。\n%s asks to close this ticket.", in.ClosedBy, in.ClosedBy)
	m := store.Message{Message: kefu.Message{ID: id, ConversationID: link.ConversationID, Author: kefu.System(), Private: true, SourceLinkID: link.ID,
		Content: kefu.Content{Type: kefu.ContentChoice, Text: text, Choices: []kefu.Choice{
			{Label: "關閉 Close", Value: connector.CmdClose}, {Label: "保持開啟 Keep open", Value: connector.CmdKeepOpen}}}}}
	c.say("close asked for", link.ConversationID, link.TicketName, "closed_by", in.ClosedBy, "by", by.Kind)
	return c.post(link, &m, kefu.RoleDesk)
}

// closing is who closes a conversation and why.
type closing struct {
	by           kefu.Author
	closedBy     string
	reason       string
	id           kefu.MessageID
	fromCustomer bool // the customer's side closed it already and need not be told
	unrated      bool // nobody is asked what they think of it
}

// close ends a conversation: status, ticket, events, a line in its history, and word to every other side. The conversation is locked.
func (c *change) close(conv store.Conversation, link store.Link, how closing) error {
	rating := kefu.RatingID("")
	if !how.unrated {
		var err error
		if rating, err = c.askRating(conv); err != nil {
			return err
		}
	}
	if _, err := c.DropTurns(conv.ID); err != nil {
		return err
	}
	if err := c.EndDialogue(conv.ID); err != nil {
		return err
	}
	if c.b.inboxes[conv.InboxID].Reception.Tells {
		if err := c.attended(conv.ID); err != nil {
			return err
		}
	}
	conv.Status, conv.ClosedAt, conv.ClosedBy = kefu.StatusClosed, c.Now, cmp.Or(how.closedBy, how.by.Name)
	if err := c.SetStatus(conv.ID, conv.Status, conv.ClosedAt, conv.ClosedBy); err != nil {
		return err
	}
	if err := c.endKnown(conv.ID); err != nil {
		return err
	}
	if err := c.ticketTo(conv.ID, kefu.TicketClosed, how.by); err != nil {
		return err
	}
	if err := c.conversationEvent("conversation.closed", conv, how.by, nil); err != nil {
		return err
	}
	c.say("ticket closed", conv.ID, link.TicketName, "closed_by", conv.ClosedBy, "by", how.by.Kind, "reason", how.reason)
	change := connector.StatusChange{Kind: connector.StatusClosed, By: how.by, ClosedBy: how.closedBy, Reason: how.reason, Rating: rating, At: c.Now}
	return c.tell(conv, how.id, change, how.fromCustomer && rating == "")
}

// reopen takes a closed conversation up again. The conversation is locked.
func (c *change) reopen(conv store.Conversation, by kefu.Author) error {
	conv.Status, conv.ClosedAt, conv.ClosedBy = kefu.StatusOpen, time.Time{}, ""
	if conv.Handler == kefu.HandlerBot {
		conv.Status = kefu.StatusPending
	}
	if err := c.SetStatus(conv.ID, conv.Status, conv.ClosedAt, ""); err != nil {
		return err
	}
	if err := c.ticketTo(conv.ID, kefu.TicketProcessing, by); err != nil {
		return err
	}
	if err := c.free(&conv, by); err != nil {
		return err
	}
	if err := c.conversationEvent("conversation.updated", conv, by, nil); err != nil {
		return err
	}
	if err := c.tell(conv, newMessageID(), connector.StatusChange{Kind: connector.StatusReopened, By: by, At: c.Now}, true); err != nil {
		return err
	}
	if conv.Handler != kefu.HandlerQueue {
		return nil
	}
	return c.await(conv, "", connector.StatusChange{Kind: handed, By: by, To: string(kefu.HandlerQueue), First: true, At: c.Now})
}

// tell writes a line into the history and queues the change of status for the desks, and for the customer's side unless it knows.
func (c *change) tell(conv store.Conversation, id kefu.MessageID, change connector.StatusChange, customerKnows bool) error {
	place, err := c.history(conv.ID, id, change.By, eventText(change))
	if err != nil {
		return err
	}
	links, err := c.Links(conv.ID)
	if err != nil {
		return err
	}
	return c.queueStatus(links, place, id, change, func(l store.Link) bool {
		return l.Role == kefu.RoleDesk || l.Role == kefu.RoleCustomer && !customerKnows
	})
}

// history writes a line into a conversation's history. It has a place like every message, so it is told like every message: who follows
// the places meets no hole.
func (c *change) history(conv kefu.ConversationID, id kefu.MessageID, by kefu.Author, text string) (store.Place, error) {
	place, err := c.NextPlace(conv, true)
	if err != nil {
		return place, err
	}
	line := store.Message{Message: kefu.Message{ID: id, ConversationID: conv, Seq: place.Seq, Author: by, Private: true, CreatedAt: c.Now,
		Content: kefu.Content{Type: kefu.ContentEvent, Text: text}}}
	event, err := c.newEvent("message.sent", conv, by, dataOf(line.Message))
	if err != nil {
		return place, err
	}
	all := c.Batch()
	all.InsertMessage(line)
	all.AppendEvent(event)
	_, err = all.Run()
	return place, err
}

// eventText is the line of the history, as machines and people find it: "closed by 網站/客戶端: done".
func eventText(s connector.StatusChange) string {
	text := fmt.Sprintf("%s by %s", s.Kind, cmp.Or(s.ClosedBy, s.By.Name, string(s.By.Kind)))
	if s.To != "" {
		text += " to " + s.To
	}
	if s.Reason != "" {
		text += ": " + s.Reason
	}
	return text
}
