package switchboard

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// receiveUnknown takes in something for a thread that no conversation has. Only a customer's side opens one: a desk's thread that nobody
// linked is somebody else's business.
func (c *change) receiveUnknown(inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	if in.Kind == connector.InRestore {
		return c.rebuild(inbox, in)
	}
	opens := in.Sender.Kind == kefu.AuthorContact || in.Kind == connector.InOpen || c.b.inboxes[inbox].SweepEvery > 0
	if !opens || in.Kind == connector.InEdit || in.Kind == connector.InDelete || in.Kind == connector.InGone || in.Kind == connector.InStanding || in.Kind == connector.InAsk {
		return connector.Result{Ignored: "unknown thread"}, nil
	}
	if refused, after, err := c.admit(inbox, in); err != nil || refused != "" {
		return connector.Result{Ignored: refused, View: &connector.View{Refused: refused, After: after}}, err
	}
	restore := in.Kind != connector.InOpen && c.b.inboxes[inbox].SweepEvery > 0
	link, made, err := c.open(inbox, in, "", restore)
	if err != nil {
		return connector.Result{}, err
	}
	if !made {
		// Two at once for one new ticket: the other one made it, and it is visible now.
		return c.receive(inbox, in)
	}
	if restore {
		c.wake[bus.Syncs] = true
		c.say("ticket is not known: asking the site for its history", link.ConversationID, link.TicketName, "inbox", inbox)
		return c.park(link, in)
	}
	return c.receiveOn(link, in, newMessageID())
}

// open makes contact, conversation, ticket, customer link and desk links. made is false when the thread was linked by somebody else
// meanwhile; nothing is left then. A restoring link counts as not opened until the site was asked.
func (c *change) open(inbox kefu.InboxID, in connector.Inbound, previous kefu.ConversationID, restoring bool) (l store.Link, made bool, err error) {
	conv := kefu.Conversation{ID: kefu.ConversationID(ident.New("cnv")), InboxID: inbox, Subject: subject(in), Status: kefu.StatusOpen,
		Handler: kefu.HandlerQueue, Priority: kefu.PriorityMedium, PreviousID: previous, CreatedAt: c.Now}
	l = store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: conv.ID, InboxID: inbox, Role: kefu.RoleCustomer, ExternalID: in.ThreadID},
		Name: in.ThreadName, Opened: 1, Status: kefu.StatusOpen, CustomerInbox: inbox, TicketName: in.ThreadID}
	due := c.nextSweep(inbox, l.ID)
	if restoring {
		l.Opened, due = 0, c.Now
	}
	if made, err = c.InsertLink(l, due); err != nil || !made {
		return l, false, err
	}
	if conv.ContactID, err = c.contact(inbox, in.Sender); err != nil {
		return l, false, err
	}
	if err = c.speaks(conv.ContactID, in.Sender, in.Content.Text); err != nil {
		return l, false, err
	}
	actor := kefu.Author{Kind: kefu.AuthorContact, ID: string(conv.ContactID), Name: in.Sender.Name}
	opening := ""
	if in.Kind == connector.InOpen {
		opening = in.Content.Text
	}
	conv, t := c.received(conv, in)
	if t, err = c.establish(conv, t, opening, actor); err != nil {
		return l, false, err
	}
	l.Number, l.Status, l.TicketName = t.Number, conv.Status, nameOfTicket(t)
	switch {
	case in.Report != nil:
		err = c.board(conv, in.Report.Board)
	case conv.Handler == kefu.HandlerQueue:
		err = c.await(store.Conversation{Conversation: conv}, "", connector.StatusChange{Kind: handed, By: actor, First: true, At: c.Now})
	}
	return l, err == nil, err
}

// received says how what a customer began is taken up: by the bot where there is one, unless it is a report.
func (c *change) received(conv kefu.Conversation, in connector.Inbound) (kefu.Conversation, kefu.Ticket) {
	reception := c.b.inboxes[conv.InboxID].Reception
	t := kefu.Ticket{ExternalID: in.ThreadID}
	if reception.Tells || reception.Talks {
		t.ExternalID = ""
	}
	switch {
	case in.Report != nil:
		t.Category, conv.Priority = in.Report.Category, cmp.Or(in.Report.Priority, conv.Priority)
	case reception.Bot:
		conv.Handler, conv.Status = kefu.HandlerBot, kefu.StatusPending
	}
	return conv, t
}

// establish stores a new conversation with its ticket and its links to the desks, and tells of it. t has what the ticket does not take from
// the conversation. opening is the text of the message that it is opened with, which follows.
func (c *change) establish(conv kefu.Conversation, t kefu.Ticket, opening string, actor kefu.Author) (kefu.Ticket, error) {
	err := c.InsertConversation(conv)
	if err != nil {
		return t, err
	}
	if conv.Labels == nil {
		conv.Labels = []string{}
	}
	if conv.Handler == kefu.HandlerBot { // it is no case before a person is needed
		c.say("conversation begun with the bot", conv.ID, "", "inbox", conv.InboxID)
		if err := c.direct(conv); err != nil {
			return kefu.Ticket{}, err
		}
		return kefu.Ticket{}, c.conversationEvent("conversation.created", store.Conversation{Conversation: conv}, actor, nil)
	}
	if t, err = c.register(conv, t); err != nil {
		return t, err
	}
	if err = c.conversationEvent("conversation.created", store.Conversation{Conversation: conv}, actor, nil); err != nil {
		return t, err
	}
	return t, c.registered(t, opening, actor)
}

// register makes the case of a conversation, and links its desks.
func (c *change) register(conv kefu.Conversation, t kefu.Ticket) (kefu.Ticket, error) {
	t.ID, t.ConversationID, t.InboxID, t.Title, t.CreatedAt = kefu.TicketID(ident.New("tkt")), conv.ID, conv.InboxID, conv.Subject, c.Now
	t.Status, t.Priority, t.AssigneeID, t.TeamID = kefu.TicketPending, conv.Priority, conv.AssigneeID, conv.TeamID
	var err error
	if t.Number, err = c.InsertTicket(t); err == nil && t.Number == 0 {
		err = errTwin
	}
	if err != nil {
		return t, err
	}
	return t, c.desks(conv.ID, conv.InboxID)
}

// nameOfTicket is what people call a ticket, as the log has it: the outside system's own id, else our number; "" for none.
func nameOfTicket(t kefu.Ticket) string {
	if t.ExternalID == "" && t.Number > 0 {
		return "#" + strconv.FormatInt(t.Number, 10)
	}
	return t.ExternalID
}

// registered tells of a new case. opening is the text that it is opened with, when that is not stored yet.
func (c *change) registered(t kefu.Ticket, opening string, actor kefu.Author) error {
	c.say("ticket opened", t.ConversationID, nameOfTicket(t), "number", t.Number, "inbox", t.InboxID)
	words, err := c.TicketWords(t.ConversationID)
	if err != nil {
		return err
	}
	words.Description = cmp.Or(opening, words.Description)
	return c.toldOfTicket("ticket.created", t, words, actor)
}

// desks links the conversation to every desk of its inbox; the threads are opened when the first message goes there.
func (c *change) desks(conv kefu.ConversationID, inbox kefu.InboxID) error {
	for i, desk := range c.b.inboxes[inbox].Desks {
		l := store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: conv, InboxID: desk, Role: kefu.RoleDesk}, Slot: int64(i + 1)}
		if _, err := c.InsertLink(l, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

func subject(in connector.Inbound) string {
	for _, s := range []string{in.Title, strings.TrimPrefix(in.ThreadName, "#"), in.ThreadID} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return "?"
}

// nextSweep is when a thread is compared next; spread out, so that a thousand tickets do not ask the site at once.
func (c *change) nextSweep(inbox kefu.InboxID, link kefu.LinkID) time.Time {
	every := c.b.inboxes[inbox].SweepEvery
	if every <= 0 {
		return time.Time{}
	}
	h := fnv.New32a()
	h.Write([]byte(link))
	spread := every / 5 * time.Duration(h.Sum32()%1000) / 1000
	return c.Now.Add(every - every/10 + spread)
}

// park keeps something for a ticket that is being restored until the site told what came before it. It has its id already, so that it can
// be answered now.
func (c *change) park(link store.Link, in connector.Inbound) (connector.Result, error) {
	if _, err := c.LockConversation(link.ConversationID); err != nil {
		return connector.Result{}, err
	}
	if now, err := c.Link(link.ID); err != nil || now.Opened > 0 { // the site has told it meanwhile
		return connector.Result{}, cmp.Or(err, errTwin)
	}
	res := connector.Result{ConversationID: link.ConversationID, MessageID: newMessageID(), TicketNumber: link.Number}
	raw, err := json.Marshal(in)
	if err != nil {
		return res, err
	}
	if err := c.Park(link.ID, store.Parked{MessageID: res.MessageID, Inbound: string(raw)}); err != nil {
		return res, err
	}
	return res, c.keep(link.InboxID, in.Key, res)
}

// opensAgain settles a ticket/create of a ticket that is known: one ticket is opened once. A create that comes after an update had opened
// the ticket gives it its title and first message; its result is empty then.
func (c *change) opensAgain(conv store.Conversation, in connector.Inbound) (connector.Result, error) {
	if conv.InitialMessageID != "" {
		return connector.Result{ConversationID: conv.ID, MessageID: conv.InitialMessageID, Duplicate: true}, nil
	}
	equal, found, err := c.EqualSince(conv.ID, in.Fingerprint, time.Time{})
	if err != nil || !found {
		return connector.Result{}, err
	}
	res := connector.Result{ConversationID: conv.ID, MessageID: equal.ID, Duplicate: true}
	return res, c.retitle(conv, equal.ID, in.Title, contactAuthor(conv, in))
}

// afterOpen notes which message opened the ticket.
func (c *change) afterOpen(conv store.Conversation, in connector.Inbound, m store.Message) error {
	if in.Kind != connector.InOpen || conv.InitialMessageID != "" {
		return nil
	}
	return c.retitle(conv, m.ID, in.Title, m.Author)
}

// retitle notes what opened a ticket, and tells of what was not known when the ticket was made.
func (c *change) retitle(conv store.Conversation, initial kefu.MessageID, title string, by kefu.Author) error {
	if title == "" {
		title = conv.Subject
	}
	if err := c.SetInitial(conv.ID, initial, title); err != nil {
		return err
	}
	if title == conv.Subject && (initial == conv.InitialMessageID || c.madeNow(conv)) {
		return nil
	}
	t, err := c.TicketOf(conv.ID)
	if err != nil {
		return err
	}
	renamed := t
	renamed.Title = title
	if _, err := c.keepTicket(t, renamed, by); err != nil {
		return err
	}
	if title != conv.Subject {
		conv.Subject = title
		if err := c.conversationEvent("conversation.updated", conv, by, nil); err != nil {
			return err
		}
	}
	return c.ticketEvent("ticket.updated", renamed, by)
}

// madeNow tells whether a conversation was made in this transaction: its ticket's event told the text that it is opened with.
func (c *change) madeNow(conv store.Conversation) bool {
	return conv.CreatedAt.UnixMicro() == c.Now.UnixMicro()
}

// reported tells whether a case of this category was made by a report.
func reported(category string) bool { return category == "bug" || category == "feature" }

// wakeClosed lets a customer's message reopen a closed conversation, or begin a new one that refers to it when that is too long ago.
func (c *change) wakeClosed(link store.Link, conv store.Conversation, in connector.Inbound) (store.Link, store.Conversation, error) {
	by := kefu.Author{Kind: kefu.AuthorContact, ID: string(conv.ContactID), Name: in.Sender.Name}
	if c.Now.Sub(conv.ClosedAt) <= ReopenWithin {
		return link, conv, c.reopen(conv, by)
	}
	if err := c.RetireLink(link.ID); err != nil {
		return link, conv, err
	}
	t, err := c.TicketOf(conv.ID)
	if err != nil {
		return link, conv, err
	}
	if reported(t.Category) { // what is said of a report is no question for the bot
		in.Report = &connector.Report{Category: t.Category, Priority: t.Priority}
	}
	next, made, err := c.open(link.InboxID, in, conv.ID, false)
	if err == nil && !made {
		err = errTwin
	}
	if err == nil && link.Cursor != "" { // it is the same thread, read as far as before
		err = c.SetCursor(link.InboxID, link.ExternalID, link.Cursor)
	}
	if err != nil {
		return next, conv, err
	}
	conv, err = c.LockConversation(next.ConversationID)
	return next, conv, err
}
