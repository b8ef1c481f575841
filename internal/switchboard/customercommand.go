package switchboard

import (
	"context"
	"errors"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// customerCommand carries out what a customer asks for by a button or form.
func (b *Switchboard) customerCommand(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	var res connector.Result
	err := b.update(ctx, func(c *change) error {
		res = connector.Result{View: &connector.View{}}
		who, _, err := c.Identity(inbox, in.Sender.ID)
		if err != nil {
			return err
		}
		if who == "" {
			res.View.Refused = connector.RefusedUnknown
			return nil
		}
		if in.Command.Name == connector.CmdRate {
			res.View.Rating, res.View.Refused, err = c.rate(inbox, who, in.Command.Args)
			return err
		}
		return c.customerAsks(inbox, in, who, &res)
	})
	return res, err
}

// customerAsks is what a customer asks for in the thread of their conversation.
func (c *change) customerAsks(inbox kefu.InboxID, in connector.Inbound, who kefu.ContactID, res *connector.Result) error {
	link, found, err := c.Thread(inbox, in.ThreadID)
	if err != nil {
		return err
	}
	if !found || link.Role != kefu.RoleCustomer {
		res.View.Refused = connector.RefusedUnknown
		return nil
	}
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return err
	}
	if conv.ContactID != who {
		res.View.Refused = connector.RefusedUnknown // somebody else's button
		return nil
	}
	if err := c.speaks(who, in.Sender, ""); err != nil {
		return err
	}
	by := kefu.Author{Kind: kefu.AuthorContact, ID: string(who), Name: in.Sender.Name, Via: in.Sender.Via}
	c.say("customer asks", conv.ID, conv.TicketName, "command", in.Command.Name)
	switch in.Command.Name {
	case connector.CmdPerson:
		res.View.Refused, err = c.person(conv, by)
	case connector.CmdHelped:
		res.View.Refused, err = c.helped(conv, by, in.Command.Args)
	case connector.CmdForm:
		res.View.Form, res.View.Refused, err = c.formIn(conv, kefu.MessageID(in.Command.Args["message"]))
	default:
		res.View.Refused = connector.RefusedInvalid
	}
	if err != nil {
		return err
	}
	res.ConversationID = conv.ID
	if err := c.view(conv.ID, res.View); err != nil {
		return err
	}
	res.TicketNumber = res.View.Ticket.Number
	return c.stands(res.View)
}

// stands adds where one who waits stands.
func (c *change) stands(v *connector.View) error {
	w, waits, err := c.Waits(v.Conversation.ID)
	if err != nil || !waits || v.Conversation.Handler != kefu.HandlerQueue {
		return err
	}
	in := c.b.inboxes[v.Conversation.InboxID]
	if opens, ok := in.Hours.NextOpening(c.Now); ok && opens.After(c.Now) {
		v.OpensAt = opens
	}
	v.Position, err = c.Position(w)
	return err
}

// person asks for a person; one who has or awaits one is told so.
func (c *change) person(conv store.Conversation, by kefu.Author) (refused string, err error) {
	switch {
	case conv.Status == kefu.StatusClosed:
		return connector.RefusedClosed, nil
	case conv.Handler != kefu.HandlerBot:
		return connector.RefusedDone, nil
	}
	return "", c.handToQueue(conv, by, whyAsked)
}

// helped keeps what the customer says of an answer. One that helped ends the matter; one that did not counts as a miss.
func (c *change) helped(conv store.Conversation, by kefu.Author, args map[string]string) (refused string, err error) {
	r, err := c.BotAnswer(kefu.MessageID(args["message"]))
	switch {
	case errors.Is(err, sqldb.ErrNoRows) || err == nil && r.ConversationID != conv.ID:
		return connector.RefusedNotFound, nil
	case err != nil:
		return "", err
	case args["answer"] != "yes" && args["answer"] != "no":
		return connector.RefusedInvalid, nil
	}
	yes := args["answer"] == "yes"
	fresh, err := c.SayHelped(r, yes)
	if err != nil {
		return "", err
	}
	if !fresh {
		return connector.RefusedDone, nil
	}
	if conv.Handler != kefu.HandlerBot || conv.Status == kefu.StatusClosed || conv.Epoch != r.Epoch {
		return "", nil // it is counted; nothing follows
	}
	if yes {
		return "", c.close(conv, console(conv), closing{by: by, id: newMessageID(), fromCustomer: true})
	}
	given, err := c.BotAnswersOf(conv.ID)
	if err != nil {
		return "", err
	}
	if misses(given, conv.Epoch) >= mostMisses {
		return "", c.handToQueue(conv, by, whyMissed)
	}
	return "", c.sorry(conv)
}

// sorry asks for more after an answer that did not help.
func (c *change) sorry(conv store.Conversation) error {
	who, err := c.Contact(conv.ContactID)
	if err != nil {
		return err
	}
	m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: conv.ID, Author: kefu.Bot(), Content: kefu.Content{Type: kefu.ContentText,
		Text: botSays(who.Locale, "sorry"), Choices: []kefu.Choice{{Label: botSays(who.Locale, "person"), Value: connector.CmdPerson}}}}}
	return c.post(console(conv), &m, kefu.RoleCustomer)
}
