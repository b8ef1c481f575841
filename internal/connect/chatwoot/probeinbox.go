package chatwoot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	api "kefu/chatwoot"
)

// inbox looks at the inbox that is to be connected. What kind of thing it must be depends on what the routes make of it.
func (p *probe) inbox(ctx context.Context) {
	if p.c.user == nil {
		return
	}
	in, err := p.c.user.Inbox(ctx, p.c.set.inboxID)
	switch {
	case api.IsNotFound(err):
		p.fail("inbox_id", "set inbox_id to one of these, or make an inbox under Settings, Inboxes", "the account has no inbox %d; there are %s", p.c.set.inboxID, p.inboxes(ctx))
		return
	case refused(err):
		p.fail("inbox_id", fmt.Sprintf("make %s a collaborator of the inbox under Settings, Inboxes", p.me.Name), "the token's owner may not see inbox %d: %s", p.c.set.inboxID, wordsOf(err))
		return
	case err != nil:
		p.fail("inbox_id", "try again; look at Chatwoot's log", "the inbox cannot be read: %v", err)
		return
	}
	p.place = in
	if in.ChannelType == api.ChannelAPI {
		p.ok("inbox_id", "%s, of the API channel: a desk or a channel", in.Name)
		return
	}
	p.ok("inbox_id", "%s, of %s: a channel, whose customers write there; a desk needs an inbox of the API channel", in.Name, in.ChannelType)
	if p.c.set.rich && !slices.Contains(showsForms(), in.ChannelType) {
		p.warn("rich", "set rich to false", "%s shows no cards, forms and selects: its customers would see their text and could not answer", in.ChannelType)
	}
}

func showsForms() []string { return []string{api.ChannelAPI, "Channel::WebWidget"} }

func (p *probe) inboxes(ctx context.Context) string {
	list, err := p.c.user.Inboxes(ctx)
	if err != nil || len(list) == 0 {
		return "none that the token's owner can see"
	}
	names := make([]string, 0, len(list))
	for _, in := range list[:min(len(list), 20)] {
		names = append(names, fmt.Sprintf("%d (%s)", in.ID, in.Name))
	}
	return strings.Join(names, ", ")
}

// reading tries what looks need: conversations, their messages, agents.
func (p *probe) reading(ctx context.Context) {
	if p.place == nil {
		return
	}
	const mend = "make the token's owner an agent who is a collaborator of the inbox"
	for conv, err := range p.c.user.Conversations(ctx, api.ConversationQuery{Status: "all", InboxID: p.c.set.inboxID}) {
		if err == nil {
			_, err = p.c.user.Messages(ctx, conv.ID, 0)
		}
		if err != nil {
			p.fail("reading", mend, "conversations and messages cannot be read: %s", wordsOf(err))
			return
		}
		break
	}
	if _, err := p.c.user.Agents(ctx); err != nil {
		p.warn("reading", mend, "agents cannot be listed: %s", wordsOf(err))
		return
	}
	p.ok("reading", "conversations, messages and agents can be read")
}

// attributes looks whether agents can see what Kefu notes. Values are kept without a definition too.
func (p *probe) attributes(ctx context.Context) {
	if p.place == nil || p.place.ChannelType != api.ChannelAPI {
		return
	}
	list, err := p.c.user.AttributeDefinitions(ctx, api.ConversationAttribute)
	if err != nil {
		return // it is a comfort, and no need
	}
	if slices.ContainsFunc(list, func(d api.AttributeDefinition) bool { return d.Key == attrTicket }) {
		p.ok("attributes", "agents see the ticket's number beside the conversation")
		return
	}
	p.warn("attributes", "as a desk: add one under Settings, Custom Attributes: applies to Conversation, key "+attrTicket+", type Text",
		"agents do not see Kefu's ticket number beside a conversation, and cannot search by it")
}
