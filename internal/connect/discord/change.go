package discord

import (
	"context"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// SendChange shows an edit or a deletion in the posts that the message went out as. Posts that are gone are passed over, and text that
// needs more parts than there are is cut. It may be repeated at will.
func (c *Connector) SendChange(ctx context.Context, t connector.Thread, change connector.Change) error {
	m := change.Message
	m.Meta.Edited = m.Meta.Edited || !change.Deleted
	m.Meta.Deleted = m.Meta.Deleted || change.Deleted
	change.Message = m
	if t.Role == kefu.RoleCustomer {
		return c.changeCustomer(ctx, t, change)
	}
	l := c.language(ctx)
	posts := render(l, connector.Outbound{Thread: t, Message: m})
	sign := l.say("edited")
	if change.Deleted {
		sign = "🗑️"
	}
	return c.failure(ctx, t.ExternalID, c.changeParts(ctx, t.ExternalID, change.Parts, posts, sign))
}

// changeParts changes the text of the posts that are there.
func (c *Connector) changeParts(ctx context.Context, channel string, parts []connector.Part, posts []post, sign string) error {
	for _, part := range parts {
		text := "…" // the text has become shorter than it was
		if part.N < len(posts) {
			text = posts[part.N].pieces[0].embed.Description
		}
		if err := c.changePost(ctx, channel, part.ExternalID, text, sign); err != nil && !vanished(err) {
			return err
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
		last.Footer = &api.EmbedFooter{Text: changedFooter(last.Footer.Text, sign)}
	}
	return patiently(ctx, func() error {
		_, err := c.api.EditMessage(ctx, channel, id, api.MessageEdit{Embeds: &embeds})
		return err
	})
}

// changedFooter keeps what a post is found by: its place on a desk, its mark at a customer's.
func changedFooter(old, sign string) string {
	if place := footerForm.FindString(old); place != "" || !strings.Contains(old, tagPrefix) {
		return place + " · " + sign
	}
	at := strings.LastIndex(old, tagPrefix)
	if strings.Contains(old[:at], sign) {
		return old
	}
	return old[:at] + sign + " · " + old[at:]
}
