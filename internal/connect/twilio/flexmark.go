package twilio

import (
	"context"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// markPage is how far back a word of ours is looked for before it is said.
const markPage = 50

// markWords are what agents of Flex are told of what they wrote. What arrived needs no word.
var markWords = map[connector.MarkState]word{
	connector.MarkFailed:       wordFailed,
	connector.MarkUncertain:    wordUncertain,
	connector.MarkNote:         wordKept,
	connector.MarkEditedLater:  wordEdited,
	connector.MarkDeletedLater: wordTakenBack,
}

// Reticent says that nothing is told of what arrived.
func (c *Connector) Reticent() bool { return true }

// Mark tells the agents, once, of a message that did not reach the customer, may not have, or stayed inside.
func (c *Connector) Mark(ctx context.Context, m connector.Mark) error {
	what, told := markWords[m.State]
	if !told || m.Thread.Role != kefu.RoleDesk || m.State == m.Previous {
		return nil
	}
	sign := sentMark{Delivery: m.DeliveryID + kefu.DeliveryID(":"+string(m.State)+":"+digest(m.Reason)), From: kefu.System(), Card: true}
	there, err := c.api.LastMessages(ctx, m.Thread.ExternalID, markPage)
	if err != nil {
		return c.readFailure(err)
	}
	for _, one := range there {
		if s, ok := sentMarkOf(one); ok && s.Delivery == sign.Delivery {
			return nil
		}
	}
	text := c.say(what)
	if what == wordFailed || what == wordUncertain {
		text = c.say(what, oneLine(m.Reason))
	}
	create := api.MessageCreate{Author: ourAuthor, Body: fit(text)}
	if create.Attributes, err = sign.attributes(); err != nil {
		return err
	}
	_, err = c.api.CreateMessage(ctx, m.Thread.ExternalID, create)
	if refused(err) {
		if over, asked := c.closed(ctx, m.Thread.ExternalID); over && asked == nil {
			return nil // nobody is there to be told
		}
	}
	return c.failure(err)
}
