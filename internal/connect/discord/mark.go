package discord

import (
	"cmp"
	"context"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// reactions show what became of a message beside the message itself.
var reactions = map[connector.MarkState]string{
	connector.MarkWaiting:      "⏳",
	connector.MarkDelivered:    "✅",
	connector.MarkFailed:       "⚠️",
	connector.MarkUncertain:    "⚠️",
	connector.MarkNote:         "📝",
	connector.MarkEditedLater:  "✏️",
	connector.MarkDeletedLater: "🗑️",
}

// Mark shows a message's state as a reaction, in place of the one it had; what went wrong is said below it in words, with a button to
// try again. Idempotent; a message that is gone needs no mark.
func (c *Connector) Mark(ctx context.Context, m connector.Mark) error {
	channel, message := m.Thread.ExternalID, messageOf(m.ExternalID)
	was, is := reactions[m.Previous], reactions[m.State]
	if message == "" {
		was, is = "", ""
	}
	var err error
	if is != "" && m.State != connector.MarkDeletedLater {
		err = patiently(ctx, func() error { return c.api.AddReaction(ctx, channel, message, is) })
	}
	if err == nil && was != "" && was != is {
		err = patiently(ctx, func() error { return c.api.RemoveOwnReaction(ctx, channel, message, was) })
	}
	if err == nil || vanished(err) {
		err = c.explain(ctx, m) // last, because it is the one step that repeating would show
	}
	if vanished(err) {
		return nil
	}
	return c.failure(ctx, channel, err)
}

func vanished(err error) bool { return api.Code(err) == api.CodeUnknownMessage || channelGone(err) }

// explain answers the marked message in words, where a sign alone would leave people guessing.
func (c *Connector) explain(ctx context.Context, m connector.Mark) error {
	l := c.language(ctx)
	reason := cut(quote(cmp.Or(m.Reason, "?")), maxFieldValue)
	var text string
	switch m.State {
	case connector.MarkFailed:
		text = l.say("failed", reason)
	case connector.MarkUncertain:
		text = l.say("uncertain", reason)
	case connector.MarkEditedLater:
		text = l.say("edited_later")
	case connector.MarkDeletedLater:
		text = l.say("deleted_later")
	default:
		return nil
	}
	p := words(text, colourNote)
	if m.Retry != "" {
		p.rows = []api.Component{api.Row(api.Button(api.ButtonPrimary, customID(connector.CmdRetry, string(m.Retry)), l.say("button_retry")))}
	}
	p.answers = messageOf(m.ExternalID)
	// One mark speaks again when its message fails again for another reason.
	again := string(m.DeliveryID) + "\x00" + string(m.State) + "\x00" + m.Reason
	return c.notice(ctx, m.Thread.ExternalID, again, m.Unsure, cmp.Or(p.answers, m.Thread.ExternalID), p)
}
