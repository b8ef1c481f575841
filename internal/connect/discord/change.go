package discord

import (
	"context"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// SendChange shows an edit or a deletion in the posts that the message went out as. Posts that are gone are passed over, and text that
// needs more parts than there are is cut. It may be repeated at will.
func (c *Connector) SendChange(ctx context.Context, t connector.Thread, change connector.Change) error {
	m := change.Message
	m.Meta.Edited = m.Meta.Edited || !change.Deleted
	m.Meta.Deleted = m.Meta.Deleted || change.Deleted
	l := c.language(ctx)
	posts := render(l, connector.Outbound{Thread: t, Message: m})
	sign := l.say("edited")
	if change.Deleted {
		sign = "🗑️"
	}
	for _, part := range change.Parts {
		text := "…" // the text has become shorter than it was
		if part.N < len(posts) {
			text = posts[part.N].pieces[0].embed.Description
		}
		if err := c.changePost(ctx, t.ExternalID, part.ExternalID, text, sign); err != nil && !vanished(err) {
			return c.failure(ctx, t.ExternalID, err)
		}
	}
	return nil
}

// changePost changes the text, and says so in the footer; the rest stays as it is: the post may be the opening card.
func (c *Connector) changePost(ctx context.Context, channel, id, text, sign string) error {
	old, err := c.api.Message(ctx, channel, id)
	if err != nil || len(old.Embeds) == 0 {
		return err
	}
	embeds := old.Embeds
	embeds[0].Description = text
	last := &embeds[len(embeds)-1]
	if last.Footer != nil {
		last.Footer = &api.EmbedFooter{Text: footerForm.FindString(last.Footer.Text) + " · " + sign}
	}
	return patiently(ctx, func() error {
		_, err := c.api.EditMessage(ctx, channel, id, api.MessageEdit{Embeds: &embeds})
		return err
	})
}
