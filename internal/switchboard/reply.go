package switchboard

import (
	"encoding/json"
	"errors"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Why the text of a desk is kept as a note.
const (
	unroutedOwner  = "another desk owns the talk"
	unroutedClosed = "the conversation is closed"
)

// receiveAgent takes in what an agent wrote in a desk's thread: to the customer, or as a note.
func (c *change) receiveAgent(link store.Link, in connector.Inbound, id kefu.MessageID) (connector.Result, error) {
	author, err := c.agent(link.InboxID, in.Sender.ID, in.Sender.Name)
	if err != nil {
		return connector.Result{}, err
	}
	author.Via = in.Sender.Via
	if !in.Recovered {
		if err := c.seenAt(link.InboxID, kefu.AgentID(author.ID)); err != nil {
			return connector.Result{}, err
		}
	}
	m := store.Message{Message: kefu.Message{ID: id, ConversationID: link.ConversationID, Author: author, Content: typed(in.Content), Private: in.Note,
		SourceLinkID: link.ID, ExternalID: in.ExternalID, Meta: kefu.Meta{Notes: in.Notes, Recovered: in.Recovered}}}
	return c.answer(link, &m)
}

// answer posts an agent's message: with owner rules, the ticket's first answer, and the mark that shows what became of it.
func (c *change) answer(link store.Link, m *store.Message) (connector.Result, error) {
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return connector.Result{}, err
	}
	if !m.Private {
		m.Meta.Unrouted = unrouted(conv, link)
		m.Private = m.Meta.Unrouted != ""
	}
	res := connector.Result{ConversationID: conv.ID, MessageID: m.ID, TicketNumber: link.Number, Private: m.Meta.Unrouted != ""}
	if m.Private {
		return res, c.post(link, m, kefu.RoleDesk)
	}
	if _, err := c.firstAnswer(conv, link, m.Message); err != nil {
		return res, err
	}
	if err := c.post(link, m, ""); err != nil {
		return res, err
	}
	return res, c.mark(link, m.Message)
}

func unrouted(conv store.Conversation, link store.Link) string {
	switch {
	case conv.Status == kefu.StatusClosed:
		return unroutedClosed
	case conv.OwnerLinkID != "" && conv.OwnerLinkID != link.ID:
		return unroutedOwner
	}
	return ""
}

// firstAnswer makes the desk that answers first the owner of the talk. That the ticket is being worked on from then on, post sees to.
// told says that the customer was told who it is, which comes before the answer.
func (c *change) firstAnswer(conv store.Conversation, link store.Link, m kefu.Message) (told bool, err error) {
	if conv.OwnerLinkID != "" && conv.Handler == kefu.HandlerAgent {
		return false, nil
	}
	if c.b.inboxes[conv.InboxID].Reception.Tells && conv.AssigneeID == "" && m.Author.ID != "" {
		return true, c.assign(conv, link, m.Author, m.Author) // who is said to have joined has it
	}
	if _, err := c.leaveBot(&conv, m.Author, whyTaken); err != nil {
		return false, err
	}
	if err := c.SetHandler(conv.ID, kefu.HandlerAgent, conv.AssigneeID, link.ID); err != nil || !c.b.inboxes[conv.InboxID].Reception.Tells {
		return false, err
	}
	return true, c.tellLinks(conv.ID, newMessageID(), connector.StatusChange{Kind: connector.StatusAssigned, By: m.Author, To: m.Author.Name, At: c.Now}, customers)
}

// MarkPayload is what a mark's delivery carries: what it showed last.
type MarkPayload struct {
	Shown connector.MarkState `json:"shown,omitempty"`
}

// mark queues the mark of a message that an agent wrote at a desk. It looks after a moment, so that a quick delivery is marked once; a
// final outcome wakes it at once.
func (c *change) mark(link store.Link, m kefu.Message) error {
	if in := c.b.inboxes[link.InboxID]; !in.Marks || in.Reticent {
		return nil
	}
	payload, err := json.Marshal(MarkPayload{})
	if err != nil {
		return err
	}
	c.wake[bus.Deliveries] = true
	return c.Queue(kefu.Delivery{ID: kefu.DeliveryID("dlv_" + string(m.ID[len("msg_"):]) + "_m"), Kind: kefu.DeliverMark, ConversationID: m.ConversationID,
		LinkID: link.ID, InboxID: link.InboxID, MessageID: m.ID, Line: string(link.ID) + "/mark/" + string(m.ID), Ord: 0, DueAt: c.Now.Add(waitingMark), Payload: payload})
}

// markLate queues the mark of a message whose desk is told only of what did not go well: now there is something to tell. The conversation
// must be locked.
func (c *change) markLate(m kefu.Message) error {
	if m.SourceLinkID == "" || m.Author.Kind != kefu.AuthorAgent || m.Private {
		return nil
	}
	link, err := c.Link(m.SourceLinkID)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil // of the console
	}
	if err != nil || !c.b.inboxes[link.InboxID].Reticent || link.Role != kefu.RoleDesk {
		return err
	}
	payload, err := json.Marshal(MarkPayload{})
	if err != nil {
		return err
	}
	c.wake[bus.Deliveries] = true
	id := kefu.DeliveryID("dlv_" + string(newMessageID()[len("msg_"):]) + "_m")
	return c.Queue(kefu.Delivery{ID: id, Kind: kefu.DeliverMark, ConversationID: m.ConversationID, LinkID: link.ID, InboxID: link.InboxID, MessageID: m.ID,
		Line: string(link.ID) + "/mark/" + string(id), Payload: payload})
}

// expected is what the customer's side will know a message by, if the message goes there and its connector can say so.
func (c *change) expected(link store.Link, m store.Message, role kefu.LinkRole) string {
	if role == kefu.RoleDesk || m.Private || link.CustomerInbox == "" {
		return ""
	}
	if f := c.b.inboxes[link.CustomerInbox].Fingerprint; f != nil {
		return f(c.b.AsShown(link.CustomerInbox, m.Message))
	}
	return ""
}
