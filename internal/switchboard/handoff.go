package switchboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// Why the bot handed a conversation over. Staff of every language read it.
const (
	whyAsked  = "顧客要求真人客服 the customer asked for a person"
	whyMissed = "機器人找不到答案 the bot found no answer"
	whyTaken  = "客服接手 staff took it over"
)

// handToQueue has a person answer next: the case is opened if it was none, the desks are told with the context, the customer is told the
// number and the place in the queue. The conversation is locked.
func (c *change) handToQueue(conv store.Conversation, by kefu.Author, why string) error {
	first, err := c.leaveBot(&conv, by, why)
	if err != nil {
		return err
	}
	previous := conv.AssigneeID
	next := conv
	next.Handler, next.AssigneeID, next.OwnerLinkID = kefu.HandlerQueue, "", ""
	if next.Status != kefu.StatusClosed {
		next.Status, next.SnoozedUntil = kefu.StatusOpen, time.Time{}
	}
	if err := c.UpdateConversation(next); err != nil {
		return err
	}
	return c.queued(next, previous, by, connector.StatusChange{Kind: handed, By: by, To: string(kefu.HandlerQueue), Reason: why, First: first, At: c.Now})
}

// queued follows that a conversation waits for a person, which is stored: those who follow it are told, the customer is, and a desk is.
func (c *change) queued(conv store.Conversation, previous kefu.AgentID, by kefu.Author, word connector.StatusChange) error {
	if err := c.assigned(conv, previous, by, word); err != nil {
		return err
	}
	return c.await(conv, previous, word)
}

// leaveBot ends the bot's time with a conversation that somebody else takes: what it has to answer it answers no more; the case is opened if
// it was none (then first is true), and the desks learn what was said. The caller stores who has it now.
func (c *change) leaveBot(conv *store.Conversation, by kefu.Author, why string) (first bool, err error) {
	if conv.Handler != kefu.HandlerBot {
		return false, nil
	}
	if _, err := c.DropTurns(conv.ID); err != nil {
		return false, err
	}
	t, err := c.TicketOf(conv.ID)
	if err != nil || t.ID != "" {
		return false, err
	}
	if t, err = c.register(conv.Conversation, kefu.Ticket{}); err != nil {
		return false, err
	}
	if err := c.registered(t, "", by); err != nil {
		return false, err
	}
	conv.TicketName = nameOfTicket(t)
	note, err := c.context(*conv, why)
	if err != nil {
		return false, err
	}
	m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: conv.ID, Author: kefu.System(), Private: true,
		Content: kefu.Content{Type: kefu.ContentText, Text: note}}}
	if err := c.post(console(*conv), &m, kefu.RoleDesk); err != nil {
		return true, err
	}
	return true, c.showSaid(conv.ID, m.Seq)
}

// mostShown bounds how much of the talk with the bot the desks are shown: the newest of it.
const mostShown = 20

// showSaid gives the desks what was said before them, files and all, below the context.
func (c *change) showSaid(id kefu.ConversationID, before int64) error {
	said, err := c.MessagePage(id, store.MessagePage{Before: before, Public: true, Limit: mostShown})
	if err != nil {
		return err
	}
	slices.Reverse(said) // the page has the newest first
	for _, m := range said {
		if m.Meta.Deleted || m.Content.Type == kefu.ContentEvent {
			continue
		}
		place, err := c.NextPlace(id, false)
		if err != nil {
			return err
		}
		if err := c.showTo(m, place.Ord); err != nil {
			return err
		}
	}
	return nil
}

// mostTried bounds what the context of a hand-off tells of the bot's answers.
const mostTried = 10

// context tells staff how a conversation came to them. It is read by everybody, whatever their language: both.
func (c *change) context(conv store.Conversation, why string) (string, error) {
	who, err := c.Contact(conv.ContactID)
	if err != nil {
		return "", err
	}
	given, err := c.BotAnswersOf(conv.ID)
	if err != nil {
		return "", err
	}
	lines := []string{"🤝 機器人轉交 Handed over by the bot: " + why, "顧客 Customer: " + who.Name, "問題 Question: " + conv.Subject}
	if len(given) == 0 {
		lines = append(lines, "機器人沒有回答過 The bot has not answered")
	} else {
		lines = append(lines, "機器人的回答 What the bot tried:")
	}
	for i, r := range given[max(len(given)-mostTried, 0):] {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, tried(r)))
	}
	return strings.Join(lines, "\n"), nil
}

// tried is one answer of the bot in a line.
func tried(r kefu.BotRecord) string {
	names := make([]string, 0, len(r.Articles))
	for _, a := range r.Articles {
		if a.Used || r.Miss {
			names = append(names, a.Title)
		}
	}
	line := strings.Join(names, " · ")
	switch {
	case r.Miss && r.Helped < 0:
		line += " — ✘ 顧客說沒有幫助 did not help"
	case r.Miss && line == "":
		line = "— 沒有文章 no article"
	case r.Miss:
		line = "— 不確定 unsure: " + line
	case r.Helped > 0:
		line += " — ✔ 顧客說有幫助 helped"
	}
	return fmt.Sprintf("%s (%s, %.2f)", line, r.Source, r.Confidence)
}
