package twilio

import (
	"context"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// maxHistory is how many messages a conversation that is made again is filled with; older ones are in the transcript.
	maxHistory = 300
	// historyDelivery stands for a delivery in the attributes of what was said before.
	historyDelivery = "history"
)

// refill writes what was said before into a conversation that was made again, oldest first, several messages in one. An earlier call may
// have written some of it.
func (c *Connector) refill(ctx context.Context, o connector.Opening, conversation string) error {
	there := map[int]bool{}
	if o.Unsure {
		_, err := c.walk(ctx, conversation, func(m api.Message) bool {
			if mark, ok := sentMarkOf(m); ok && mark.Delivery == historyDelivery {
				there[mark.Part] = true
			}
			return true
		})
		if err != nil {
			return err
		}
	}
	for i, body := range c.packed(o) {
		if there[i] {
			continue
		}
		attributes, err := sentMark{Delivery: historyDelivery, Part: i, From: kefu.System(), Card: true}.attributes()
		if err != nil {
			return err
		}
		if _, err := c.api.CreateMessage(ctx, conversation, api.MessageCreate{Author: ourAuthor, Body: body, Attributes: attributes}); err != nil {
			return err
		}
	}
	return nil
}

// packed is the history in as few messages as hold it.
func (c *Connector) packed(o connector.Opening) []string {
	head := wordHistory
	if o.Late {
		head = wordHistoryLate
	}
	lines := []string{c.card(connector.Outbound{Customer: o.Customer, Card: &connector.Card{Ticket: o.Ticket, Subject: o.Subject}}), "", c.say(head)}
	said := o.History
	if cut := len(said) - maxHistory; cut > 0 {
		lines, said = append(lines, c.say(wordHistoryCut, cut)), said[cut:]
	}
	for _, m := range said {
		lines = append(lines, c.line(o, m))
	}
	return api.SplitText(strings.Join(lines, "\n"), 0)
}

// line is one message of the history: who, and what.
func (c *Connector) line(o connector.Opening, m kefu.Message) string {
	who := c.speaker(m)
	if who == "" {
		who = "💬 " + oneLine(o.Customer.Name)
	}
	words := []string{who + ": " + c.words(m)}
	for _, a := range m.Content.Attachments {
		words = append(words, c.inWords(a))
	}
	return strings.Join(words, "\n")
}
