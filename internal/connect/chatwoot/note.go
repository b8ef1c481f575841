package chatwoot

import (
	"context"
	"encoding/hex"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// noteBack is how far back a note of ours is looked for before it is written.
const noteBack = 24 * time.Hour

// marks are the phrases for what became of a message. What went well needs no word.
var marks = map[connector.MarkState]string{
	connector.MarkFailed:       "failed",
	connector.MarkUncertain:    "uncertain",
	connector.MarkNote:         "note",
	connector.MarkEditedLater:  "edited",
	connector.MarkDeletedLater: "deleted",
}

// Reticent says that nothing is told of what arrived.
func (c *Connector) Reticent() bool { return true }

// Mark says in a private note, once, what people must know of a message: that it did not arrive, may not have, or stayed inside.
func (c *Connector) Mark(ctx context.Context, m connector.Mark) error {
	phrase, ok := marks[m.State]
	if !ok || m.Thread.Role != kefu.RoleDesk {
		return nil
	}
	text := c.say(phrase)
	if m.State == connector.MarkFailed || m.State == connector.MarkUncertain {
		text = c.say(phrase, inline(m.Reason))
	}
	return c.words(ctx, m.Thread, "mark:"+string(m.DeliveryID)+":"+phrase+":"+m.Reason, text, m.ExternalID)
}

// SendStatus words for the staff what the standing does not show. It closes and opens nothing: SendStanding does.
func (c *Connector) SendStatus(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	if t.Role != kefu.RoleDesk || t.ExternalID == "" {
		return nil
	}
	text := ""
	switch s.Kind {
	case connector.StatusWaiting:
		text = c.say("waiting", s.Since.Local().Format("15:04"))
	case connector.StatusHanded:
		text = c.say("handed")
	case connector.StatusClosed:
		text = c.closing(t, s)
	case connector.StatusReopened, connector.StatusAssigned, connector.StatusBoard:
	}
	if text == "" {
		return nil
	}
	return c.words(ctx, t, "status:"+string(s.DeliveryID), text, "")
}

// closing says who closed the conversation, and why: Chatwoot itself only names the owner of the token.
func (c *Connector) closing(_ connector.Thread, s connector.StatusChange) string {
	by := s.ClosedBy
	if by == "" && s.By.Kind != kefu.AuthorSystem {
		by = s.By.Name
		if s.By.Via != "" {
			by += " (" + s.By.Via + ")"
		}
	}
	if by == "" {
		by = c.say("somebody")
	}
	text := c.say("closed", inline(by))
	if s.Reason != "" {
		text += "\n" + c.say("reason", inline(s.Reason))
	}
	return text
}

// words writes a note into a desk's conversation, once. Where the conversation is gone nobody reads it.
func (c *Connector) words(ctx context.Context, t connector.Thread, key, text, about string) error {
	p, err := c.verify(ctx, t)
	if err == nil {
		err = c.noteOnce(ctx, t, p.id, key, text, about)
	}
	if err != nil && connector.Failure(err).Class == connector.Gone {
		return nil
	}
	return err
}

// noteOnce writes a private note unless one with this key is there. about is the external id of the message that it speaks of.
func (c *Connector) noteOnce(ctx context.Context, t connector.Thread, id int64, key, text, about string) error {
	name := "note:" + hex.EncodeToString(digest(key)[:12])
	if c.user != nil {
		there, err := c.sent(ctx, t.Role, id, c.deps.Now().Add(-noteBack))
		if err != nil || there[name] != "" {
			return err
		}
	}
	attributes := api.Attributes{attrDelivery: name}
	if n := numberOf(about); n > 0 {
		attributes["in_reply_to"] = n
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := c.any().SendMessage(ctx, id, api.Message{Content: api.WithoutLiquid(harmless(text)), Type: api.Outgoing, Private: true, ContentAttributes: attributes})
	return c.writing(t.Role, err)
}
