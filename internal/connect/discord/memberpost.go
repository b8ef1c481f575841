package discord

import (
	"context"

	api "kefu/internal/discord"
)

// post posts words in a customer's channel, once for each nonce. A thread that went to sleep is woken.
func (c *Connector) post(ctx context.Context, channel, text string, n api.Nonce) (m api.Message, err error) {
	send := api.MessageSend{Content: cut(text, api.MaxContent), Nonce: n, EnforceNonce: true}
	again := func() (err error) {
		m, err = c.api.CreateMessage(ctx, channel, send)
		return err
	}
	err = untilSure(ctx, again)
	if api.Code(err) != api.CodeThreadArchived {
		return m, err
	}
	if _, err := c.api.ModifyChannel(ctx, channel, api.ChannelEdit{Archived: new(bool)}); err != nil {
		return m, err
	}
	return m, untilSure(ctx, again)
}

// tongue is the language that a member was last answered in; the guild's while they were never.
func (c *Connector) tongue(ctx context.Context, member string) lang {
	known, err := c.deps.State.Load(ctx, tongueKey+member)
	if err != nil || known == "" {
		return c.language(ctx)
	}
	return memberLang(known)
}

// hears remembers the language of a member.
func (c *Connector) hears(ctx context.Context, r memberRequest) {
	id := r.i.Actor().ID
	if known, err := c.deps.State.Load(ctx, tongueKey+id); err == nil && known != r.l.String() {
		c.remember(ctx, tongueKey+id, r.l.String())
	}
}

// correctPost puts other words in the place of what was posted.
func (c *Connector) correctPost(ctx context.Context, channel, id, text string) error {
	text = cut(text, api.MaxContent)
	return patiently(ctx, func() error {
		_, err := c.api.EditMessage(ctx, channel, id, api.MessageEdit{Content: &text})
		return err
	})
}
