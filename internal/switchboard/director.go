package switchboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

const (
	// answerWait is how long who asked for the bot's answer is kept waiting: they are answered within a second.
	answerWait = 800 * time.Millisecond
	answerLook = 20 * time.Millisecond
	// mostAskable bounds how far back what was asked is looked for.
	mostAskable = 20
)

// directed tells whether a desk of the inbox decides who answers its customers.
func (c *change) directed(inbox kefu.InboxID) bool {
	return slices.ContainsFunc(c.b.inboxes[inbox].Desks, func(desk kefu.InboxID) bool { return c.b.inboxes[desk].Directs })
}

// direct gives a talk that begins with the bot to the desks that decide who answers.
func (c *change) direct(conv kefu.Conversation) error {
	for i, desk := range c.b.inboxes[conv.InboxID].Desks {
		if !c.b.inboxes[desk].Directs {
			continue
		}
		l := store.Link{Link: kefu.Link{ID: kefu.LinkID(ident.New("lnk")), ConversationID: conv.ID, InboxID: desk, Role: kefu.RoleDesk}, Slot: int64(i + 1)}
		if _, err := c.InsertLink(l, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// hearers are the links that the bot's words go to: a desk that directs the talk hears them too, others hear of them when they get it.
func (c *change) hearers(conv store.Conversation) kefu.LinkRole {
	if c.directed(conv.InboxID) {
		return ""
	}
	return kefu.RoleCustomer
}

// showTo queues a message for the desks that have not had it.
func (c *change) showTo(m store.Message, ord int64) error {
	links, err := c.Links(m.ConversationID)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Role != kefu.RoleDesk || l.ID == m.SourceLinkID || c.b.inboxes[l.InboxID].Directs {
			continue
		}
		c.wake[bus.Deliveries] = true
		err := c.Queue(kefu.Delivery{ID: kefu.DeliveryID(fmt.Sprintf("dlv_%s_%d", m.ID[len("msg_"):], l.Slot)), Kind: kefu.DeliverMessage,
			ConversationID: m.ConversationID, LinkID: l.ID, InboxID: l.InboxID, MessageID: m.ID, Line: string(l.ID), Ord: ord})
		if err != nil {
			return err
		}
	}
	return nil
}

// receiveAsk has the bot answer what a customer wrote, because the desk that directs the talk asks for it. Asking again is asking once: what
// was answered stays answered.
func (c *change) receiveAsk(link store.Link, in connector.Inbound) (connector.Result, error) {
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return connector.Result{}, err
	}
	res := connector.Result{ConversationID: conv.ID, View: &connector.View{Conversation: conv.Conversation}}
	switch {
	case link.Role != kefu.RoleDesk || !c.b.inboxes[link.InboxID].Directs:
		res.View.Refused = connector.RefusedUnknown
	case conv.Status == kefu.StatusClosed:
		res.View.Refused = connector.RefusedClosed
	case conv.Handler != kefu.HandlerBot:
		res.View.Refused = connector.RefusedTaken
	}
	if res.View.Refused != "" {
		return res, nil
	}
	m, answered, err := c.asked(conv, in.Content.Text)
	if err != nil || m.ID == "" {
		res.View.Refused = connector.RefusedEmpty
		return res, err
	}
	if res.MessageID, res.Duplicate = m.ID, answered; answered {
		res.View.Answered = true
		return res, nil
	}
	turn, err := c.TurnOf(conv.ID)
	if err != nil || slices.Contains(turn.Messages, m.ID) {
		return res, err
	}
	c.say("the bot is asked by the desk that directs the talk", conv.ID, conv.TicketName, "inbox", link.InboxID, "message_id", m.ID)
	c.wake[bus.BotTurns] = true
	return res, c.OweTurn(m, conv.Epoch)
}

// asked finds the customer's message that is asked about: the oldest of these words that has no answer; else, when these words have been
// answered, what was answered; else the newest without an answer, because the desk may have put it into other words.
func (c *change) asked(conv store.Conversation, text string) (m kefu.Message, answered bool, err error) {
	page, err := c.MessagePage(conv.ID, store.MessagePage{Public: true, Limit: mostAskable})
	if err != nil {
		return m, false, err
	}
	given, err := c.BotAnswersOf(conv.ID)
	if err != nil {
		return m, false, err
	}
	var open, meant, done kefu.Message
	for _, one := range page { // newest first
		if one.Author.Kind != kefu.AuthorContact || one.Meta.Deleted {
			continue
		}
		same := strings.TrimSpace(one.Content.Text) == strings.TrimSpace(text)
		known := slices.ContainsFunc(given, func(r kefu.BotRecord) bool { return slices.Contains(r.Questions, one.ID) })
		switch {
		case same && known && done.ID == "":
			done = one.Message
		case same && !known:
			meant = one.Message
		case !known && open.ID == "":
			open = one.Message
		}
	}
	if meant.ID == "" && done.ID != "" {
		return done, true, nil
	}
	if meant.ID == "" {
		meant = open
	}
	return meant, false, nil
}

// AwaitAnswer waits for what becomes of a question that Receive has taken (InAsk), for less than a second. What is not answered by then is
// answered later, where the customer writes: the result then says neither that it is answered nor that a person is needed.
func (b *Switchboard) AwaitAnswer(ctx context.Context, res connector.Result) (connector.Result, error) {
	if res.View == nil || res.View.Refused != "" || res.View.Answered || res.MessageID == "" {
		return res, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	tick := time.NewTicker(answerLook)
	defer tick.Stop()
	view := *res.View
	res.View = &view
	for {
		done, err := b.answered(ctx, res)
		if done || ctx.Err() != nil {
			return res, nil // when the time is over it is answered later
		}
		if err != nil {
			return res, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return res, nil
		}
	}
}

// answered reads whether the bot has answered, or a person has the talk.
func (b *Switchboard) answered(ctx context.Context, res connector.Result) (done bool, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		conv, err := tx.Conversation(res.ConversationID)
		if err != nil {
			return err
		}
		res.View.Conversation = conv.Conversation
		if done = conv.Handler != kefu.HandlerBot || conv.Status == kefu.StatusClosed; done {
			res.View.Refused = connector.RefusedTaken
			return nil
		}
		given, err := tx.BotAnswersOf(res.ConversationID)
		done = slices.ContainsFunc(given, func(r kefu.BotRecord) bool { return slices.Contains(r.Questions, res.MessageID) })
		res.View.Answered = done
		return err
	})
	return done, err
}
