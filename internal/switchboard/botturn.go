package switchboard

import (
	"context"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// mostMisses is after how many answers in a row that were none a person is asked for.
const mostMisses = 2

// owe has the bot answer what a customer wrote, if the bot has the conversation and nobody else decides when it speaks.
func (c *change) owe(conv store.Conversation, m kefu.Message) error {
	if conv.Handler != kefu.HandlerBot || m.Private || m.Author.Kind != kefu.AuthorContact || !c.b.inboxes[conv.InboxID].Reception.Bot ||
		c.directed(conv.InboxID) {
		return nil
	}
	c.wake[bus.BotTurns] = true
	return c.OweTurn(m, conv.Epoch)
}

// Turns lists what the bot has to answer now, one turn for each conversation, the longest due first. It changes nothing: who answers a turn
// that another one has answered meanwhile says nothing.
func (b *Switchboard) Turns(ctx context.Context, limit int) (turns []kefu.BotTurn, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		turns = turns[:0]
		ids, err := tx.DueTurns(limit)
		for _, id := range ids {
			t, err := tx.TurnOf(id)
			if err != nil {
				return err
			}
			if t.Text = ownWords(t.Text); len(t.Messages) > 0 {
				turns = append(turns, t)
			}
		}
		return err
	})
	return turns, err
}

// ownWords leaves out what a customer quotes: what is said there is not what they ask.
func ownWords(text string) string {
	var own []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, ">") {
			own = append(own, line)
		}
	}
	return strings.Join(own, "\n")
}

// PutOffTurn has a turn tried again later.
func (b *Switchboard) PutOffTurn(ctx context.Context, t kefu.BotTurn, delay time.Duration) error {
	return b.update(ctx, func(c *change) error { return c.DelayTurns(t.Messages, delay) })
}

// AnswerTurn says what the bot answers, in one transaction with the end of the turn. posted is false when nobody waits for it any more: a
// person has the conversation, it is closed, or the turn was answered. Whatever a program that was interrupted repeats, the customer is
// answered once.
func (b *Switchboard) AnswerTurn(ctx context.Context, t kefu.BotTurn, a kefu.BotAnswer) (posted bool, err error) {
	err = b.update(ctx, func(c *change) error {
		posted = false
		conv, err := c.LockConversation(t.ConversationID)
		if err != nil {
			return err
		}
		left, err := c.DropTurns(t.ConversationID, t.Messages...)
		if err != nil || left == 0 {
			return err
		}
		if conv.Handler != kefu.HandlerBot || conv.Epoch != t.Epoch || conv.Status == kefu.StatusClosed {
			c.say("the bot is silent: it does not have the conversation any more", conv.ID, conv.TicketName)
			return nil
		}
		posted = true
		return c.reply(conv, t, a)
	})
	return posted && err == nil, err
}

// reply is what follows from an answer: it is said, or the customer is asked to say more, or a person is asked for.
func (c *change) reply(conv store.Conversation, t kefu.BotTurn, a kefu.BotAnswer) error {
	if a.Person {
		return c.handToQueue(conv, c.asker(conv), whyAsked)
	}
	given, err := c.BotAnswersOf(conv.ID)
	if err != nil {
		return err
	}
	r := kefu.BotRecord{ConversationID: conv.ID, Questions: t.Messages, Locale: t.Locale, Source: a.Source, Confidence: a.Confidence, Reason: a.Reason,
		Miss: a.Text == "", Epoch: conv.Epoch, Articles: basis(a)}
	if r.Miss {
		r.Source = kefu.SourceNone
	}
	if r.Miss && misses(given, conv.Epoch)+1 >= mostMisses {
		r.MessageID = newMessageID() // of no message: a record has one all the same, and nothing is said
		if err := c.InsertBotAnswer(r); err != nil {
			return err
		}
		return c.handToQueue(conv, kefu.System(), whyMissed) // the bot has said its last
	}
	m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: conv.ID, Author: kefu.Bot(), Content: spoken(t.Locale, a),
		Meta: kefu.Meta{Source: r.Source}}}
	r.MessageID = m.ID
	if err := c.post(console(conv), &m, c.hearers(conv)); err != nil {
		return err
	}
	c.say("the bot has answered", conv.ID, conv.TicketName, "message_id", m.ID, "source", r.Source, "confidence", r.Confidence, "reason", r.Reason)
	return c.InsertBotAnswer(r)
}

// asker is the customer, as the one who asks for a person.
func (c *change) asker(conv store.Conversation) kefu.Author {
	return kefu.Author{Kind: kefu.AuthorContact, ID: string(conv.ContactID)}
}

// misses counts the answers in a row, up to the newest, that were none.
func misses(given []kefu.BotRecord, epoch int64) int {
	n := 0
	for i := len(given) - 1; i >= 0 && given[i].Miss && given[i].Epoch == epoch; i-- {
		n++
	}
	return n
}

func basis(a kefu.BotAnswer) []kefu.BotBasis {
	out := make([]kefu.BotBasis, 0, len(a.Articles))
	for _, art := range a.Articles {
		used := false
		for _, id := range a.Used {
			used = used || id == art.ID
		}
		out = append(out, kefu.BotBasis{ID: art.ID, Title: art.Title, Score: a.Scores[art.ID], Used: used})
	}
	return out
}

// spoken is what the customer is shown: the answer with its articles, or the question to say more.
func spoken(l kefu.Locale, a kefu.BotAnswer) kefu.Content {
	out := kefu.Content{Type: kefu.ContentText, Text: a.Text, Articles: a.Articles}
	person := kefu.Choice{Label: botSays(l, "person"), Value: connector.CmdPerson}
	if out.Choices = []kefu.Choice{person}; a.Text == "" {
		out.Text = botSays(l, "unsure")
		if len(a.Articles) > 0 {
			out.Text += "\n" + botSays(l, "perhaps")
		}
	} else {
		out.Choices = []kefu.Choice{{Label: botSays(l, "helped"), Value: connector.CmdHelped + ":yes"},
			{Label: botSays(l, "not_helped"), Value: connector.CmdHelped + ":no"}, person}
	}
	if len(out.Articles) > 0 {
		out.Type = kefu.ContentArticle
	}
	return out
}
