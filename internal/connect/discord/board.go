package discord

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	boardKey = "board:" // + link: the post that took the place of one that was deleted by hand
	// boardLook is how many of the newest posts are looked at for one that may be there.
	boardLook = 100
)

// sheet is what a board shows of a ticket.
type sheet struct {
	link     kefu.LinkID
	ticket   kefu.Ticket
	first    string // number of the ticket that it says the same as, "#12"; "" is not known
	customer kefu.Contact
	text     string // what was reported; "" once it was erased
}

// openBoard posts a ticket where everybody sees how it stands, or finds the post that an earlier call made. A board that cannot be used
// is said in words; the ticket does without. Idempotent under o.Unsure.
func (c *Connector) openBoard(ctx context.Context, o connector.Opening) (connector.Thread, error) {
	s := sheet{link: o.LinkID, ticket: o.Ticket, customer: o.Customer, text: o.Ticket.Description}
	for _, m := range o.History[:min(len(o.History), 1)] {
		s.text = m.Content.Text
	}
	at, err := c.putUp(ctx, o.Name, s, o.Unsure, nonce(string(o.LinkID), "board"))
	if err != nil {
		return connector.Thread{}, c.boardFailure(ctx, o.Name, err)
	}
	return connector.Thread{LinkID: o.LinkID, ConversationID: o.ConversationID, TicketNumber: o.Ticket.Number, Role: kefu.RoleBoard,
		ExternalID: at, Name: o.Name, Meta: o.Meta}, nil
}

// updateBoard makes the post of a ticket say how it stands now. One that was deleted by hand is posted again: the ticket goes on.
// Idempotent.
func (c *Connector) updateBoard(ctx context.Context, t connector.Thread, st connector.StatusChange) error {
	s := sheet{link: t.LinkID, ticket: st.Ticket, first: st.To, customer: st.Customer, text: st.Ticket.Description}
	moved, err := c.deps.State.Load(ctx, boardKey+string(t.LinkID))
	if err != nil {
		return c.failure(ctx, "", errors.Join(errState, err))
	}
	at := t.ExternalID
	if moved != "" {
		at = moved
	}
	channel, message, _ := strings.Cut(at, "/")
	err = c.correct(ctx, channel, message, s)
	if !vanished(err) {
		return c.boardFailure(ctx, channel, err)
	}
	again, err := c.putUp(ctx, t.Name, s, st.Unsure, nonce(string(st.DeliveryID), "board"))
	if err != nil {
		return c.boardFailure(ctx, t.Name, err)
	}
	if err := c.deps.State.Save(ctx, boardKey+string(t.LinkID), again); err != nil {
		return c.failure(ctx, "", errors.Join(errState, err))
	}
	return nil
}

// boardFailure classes what kept a board from being written. A channel that is not there is nothing to wait for.
func (c *Connector) boardFailure(ctx context.Context, channel string, err error) error {
	if !channelGone(err) {
		return c.failure(ctx, channel, err)
	}
	return fail(connector.Permanent, connector.ScopeThread, 0, c.language(ctx).say("why_board_gone", "<#"+channel+">"), err)
}

// putUp posts a sheet and gives "channel/message". In a forum it is a post of its own, which is a channel too.
func (c *Connector) putUp(ctx context.Context, channel string, s sheet, unsure bool, n api.Nonce) (string, error) {
	var room api.Channel
	err := patiently(ctx, func() (err error) {
		room, err = c.api.Channel(ctx, channel)
		return err
	})
	if err != nil {
		return "", err
	}
	if unsure {
		if at, err := c.putUpBefore(ctx, room, boardMark(s.link)); err != nil || at != "" {
			return at, err
		}
	}
	send := api.MessageSend{Embeds: []api.Embed{sheetEmbed(c.language(ctx), s)}}
	if room.Type == api.ChannelForum {
		post, err := c.api.CreateForumPost(ctx, room.ID, api.ForumPost{Name: cut(plainHeading(s.ticket), api.MaxChannelName), Message: send})
		return post.ID + "/" + post.ID, err
	}
	send.Nonce, send.EnforceNonce = n, true
	m, err := c.api.CreateMessage(ctx, room.ID, send)
	return room.ID + "/" + m.ID, err
}

// boardMark is what the post of a link is found again by.
func boardMark(link kefu.LinkID) string { return tag("board\x00" + string(link)) }

// putUpBefore finds the post that an earlier attempt made; "" when there is none.
func (c *Connector) putUpBefore(ctx context.Context, room api.Channel, mark string) (string, error) {
	bot, err := c.self(ctx)
	if err != nil {
		return "", err
	}
	if room.Type == api.ChannelForum {
		return c.forumSheet(ctx, room.ID, bot.ID, mark)
	}
	newest, err := c.api.Messages(ctx, room.ID, api.Page{Limit: boardLook})
	if err != nil {
		return "", err
	}
	for _, m := range newest {
		if m.Author.ID == bot.ID && tagged(m, mark) {
			return room.ID + "/" + m.ID, nil
		}
	}
	return "", nil
}

// forumSheet looks into the bot's newest posts of a forum.
func (c *Connector) forumSheet(ctx context.Context, forum, bot, mark string) (string, error) {
	posts, err := c.api.ActiveThreads(ctx, c.set.guildID)
	if err != nil {
		return "", err
	}
	posts = slices.DeleteFunc(posts, func(ch api.Channel) bool { return ch.ParentID != forum || ch.OwnerID != bot })
	slices.SortFunc(posts, func(a, b api.Channel) int { return api.Compare(b.ID, a.ID) })
	for _, ch := range posts[:min(len(posts), maxForumLook)] {
		first, err := c.api.Message(ctx, ch.ID, ch.ID)
		switch {
		case vanished(err):
		case err != nil:
			return "", err
		case tagged(first, mark):
			return ch.ID + "/" + ch.ID, nil
		}
	}
	return "", nil
}

// correct edits a sheet that says something else. A forum post that went to sleep is woken, once.
func (c *Connector) correct(ctx context.Context, channel, message string, s sheet) error {
	old, err := c.api.Message(ctx, channel, message)
	if err != nil {
		return err
	}
	e := sheetEmbed(c.language(ctx), s)
	if len(old.Embeds) == 1 && sameSheet(old.Embeds[0], e) {
		return nil
	}
	edit := func() error {
		_, err := c.api.EditMessage(ctx, channel, message, api.MessageEdit{Embeds: &[]api.Embed{e}})
		return err
	}
	err = patiently(ctx, edit)
	if api.Code(err) != api.CodeThreadArchived {
		return err
	}
	if _, wake := c.api.ModifyChannel(ctx, channel, api.ChannelEdit{Archived: new(bool)}); wake != nil {
		return errors.Join(err, wake)
	}
	return patiently(ctx, edit)
}

func sameSheet(a, b api.Embed) bool {
	return a.Title == b.Title && a.Description == b.Description && a.Color == b.Color && slices.Equal(a.Fields, b.Fields)
}
