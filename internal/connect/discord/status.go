package discord

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// SendStatus tells the channel what happened to its conversation. On close the transcript is kept first and the channel then given up;
// it blocks until Discord has answered. Idempotent under s.Unsure.
func (c *Connector) SendStatus(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	if t.ExternalID == "" && s.Kind != connector.StatusClosed {
		return nil // there is no channel to tell
	}
	var err error
	switch t.Role {
	case kefu.RoleCustomer:
		return c.tellCustomer(ctx, t, s)
	case kefu.RoleBoard:
		return c.updateBoard(ctx, t, s)
	case kefu.RoleDesk, kefu.RoleFormer:
	}
	switch s.Kind {
	case connector.StatusHanded, connector.StatusBoard: // a desk sees what it is given
	case connector.StatusWaiting:
		err = c.callStaff(ctx, t, s)
	case connector.StatusClosed:
		err = c.closed(ctx, t, s)
	case connector.StatusReopened:
		err = c.reopened(ctx, t, s)
	case connector.StatusAssigned:
		err = c.assigned(ctx, t, s)
	}
	if channelGone(err) {
		return nil // nobody reads there any more; the next message opens a new channel
	}
	return c.failure(ctx, t.ExternalID, err)
}

// closed is several steps of which each may fail alone, so that every attempt looks what there is already.
func (c *Connector) closed(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	s.Unsure = true
	l := c.language(ctx)
	text := closeWords(l, t, s)
	if t.ExternalID == "" {
		return c.keepTranscript(ctx, l, t, s, text)
	}
	err := c.notice(ctx, t.ExternalID, string(s.DeliveryID), s.Unsure, before(s.At), words(text, colourSystem))
	if err != nil && !mayNot(err) && !channelGone(err) {
		return err
	}
	if err := c.keepTranscript(ctx, l, t, s, text); err != nil {
		return err
	}
	return c.giveUp(ctx, l, t, s)
}

// closeWords says who closed the conversation, in their own words, and why.
func closeWords(l lang, t connector.Thread, s connector.StatusChange) string {
	text := l.say("closed", numberOf(t, s), escape(cmp.Or(s.ClosedBy, actor(l, s.By))))
	if reason := strings.TrimSpace(s.Reason); reason != "" {
		text += "\n" + l.say("closed_reason", cut(quote(reason), maxFieldValue))
	}
	return text
}

func numberOf(t connector.Thread, s connector.StatusChange) int64 {
	if s.Ticket.Number != 0 {
		return s.Ticket.Number
	}
	return t.TicketNumber
}

func actor(l lang, a kefu.Author) string {
	switch {
	case a.Kind == kefu.AuthorSystem || a.Name == "":
		return l.say("somebody")
	case a.Via != "":
		return a.Name + " (" + a.Via + ")"
	}
	return a.Name
}

// keepTranscript posts the transcript's files, and links to them, to the transcript channel. A channel that is not there or not open to
// the bot must not keep tickets from being closed: that is said in the log and by doctor.
func (c *Connector) keepTranscript(ctx context.Context, l lang, t connector.Thread, s connector.StatusChange, text string) error {
	if c.set.transcriptChannel == "" || len(s.Transcript) == 0 {
		return nil
	}
	p := post{pieces: []piece{{embed: api.Embed{
		Title:       l.say("transcript", numberOf(t, s)),
		Description: text + c.transcriptLinks(s.Transcript),
		Color:       colourSystem,
	}}}}
	for i := range s.Transcript {
		p.pieces = append(p.pieces, piece{embed: api.Embed{Color: colourSystem}, file: &s.Transcript[i]})
	}
	err := c.notice(ctx, c.set.transcriptChannel, string(s.DeliveryID)+"\x00transcript", s.Unsure, before(s.At), p)
	if err != nil && (channelGone(err) || mayNot(err)) {
		c.log.ErrorContext(ctx, "discord: transcript not posted; run kefu doctor", "ticket", numberOf(t, s), "err", err)
		return nil
	}
	return err
}

func (c *Connector) transcriptLinks(list []kefu.Attachment) string {
	var b strings.Builder
	for _, a := range list {
		if link := webLink(c.deps.Files.Link(a)); link != "" {
			fmt.Fprintf(&b, "\n[%s](%s)", escape(a.Name), link)
		}
	}
	return b.String()
}

// giveUp deletes or archives the channel as it is now; one that is gone already is done. Without the permission, that is said in the
// channel: the conversation is closed all the same.
func (c *Connector) giveUp(ctx context.Context, l lang, t connector.Thread, s connector.StatusChange) error {
	ch, err := c.api.Channel(ctx, t.ExternalID)
	if err == nil && c.set.onClose == onCloseArchive {
		err = c.putAway(ctx, ch)
	} else if err == nil {
		err = c.api.DeleteChannel(ctx, ch.ID)
	}
	if !mayNot(err) {
		return err
	}
	c.log.ErrorContext(ctx, "discord: the channel of a closed ticket cannot be removed: permission Manage Channels (or, for archiving, Manage Roles) is missing; run kefu doctor", "ticket", numberOf(t, s))
	told := c.notice(ctx, t.ExternalID, string(s.DeliveryID)+"\x00forbidden", s.Unsure, before(s.At), words(l.say("cannot_remove"), colourNote))
	if told != nil {
		c.log.WarnContext(ctx, "discord: staff could not be told", "err", told)
	}
	return fail(connector.Permanent, connector.ScopeThread, 0, strings.TrimPrefix(l.say("cannot_remove"), "⚠️ "), err)
}

func (c *Connector) reopened(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	ch, err := c.api.Channel(ctx, t.ExternalID)
	if err != nil {
		return err
	}
	if err := c.bringBack(ctx, ch); err != nil {
		return err
	}
	l := c.language(ctx)
	text := l.say("reopened", numberOf(t, s), escape(cmp.Or(s.ClosedBy, actor(l, s.By))))
	return c.notice(ctx, t.ExternalID, string(s.DeliveryID), s.Unsure, before(s.At), words(text, colourSystem))
}

// assigned says who has the conversation. When the newest post says so already it is changed instead: a row of such notices tells
// nothing that the last one does not.
func (c *Connector) assigned(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	l := c.language(ctx)
	text := l.say("unassigned")
	if s.To != "" {
		text = l.say("assigned", escape(s.To))
	}
	p := words(text, colourSystem)
	p.pieces[0].embed.Footer = &api.EmbedFooter{Text: assignedTag}
	done, err := c.inPlace(ctx, t.ExternalID, string(s.DeliveryID), p.pieces[0].embed)
	if err != nil || done {
		return err
	}
	return c.notice(ctx, t.ExternalID, string(s.DeliveryID), s.Unsure, before(s.At), p)
}

// inPlace changes the newest post if it is a notice of the same kind.
func (c *Connector) inPlace(ctx context.Context, channel, delivery string, e api.Embed) (bool, error) {
	bot, err := c.self(ctx)
	if err != nil {
		return false, err
	}
	newest, err := c.newest(ctx, channel)
	if err != nil || newest.Author.ID != bot.ID || !about(newest, e.Footer.Text) {
		return false, err
	}
	e.Footer = &api.EmbedFooter{Text: e.Footer.Text + " " + tag(delivery)}
	_, err = c.api.EditMessage(ctx, channel, newest.ID, api.MessageEdit{Embeds: &[]api.Embed{e}})
	return true, err
}

// about tells whether a post's footer begins with a tag.
func about(m api.Message, tag string) bool {
	return len(m.Embeds) == 1 && m.Embeds[0].Footer != nil && strings.HasPrefix(m.Embeds[0].Footer.Text, tag)
}

// assignedTag marks notices of who has the conversation, so that the next one can take its place.
const assignedTag = tagPrefix + "assigned"

func (c *Connector) newest(ctx context.Context, channel string) (api.Message, error) {
	page, err := c.api.Messages(ctx, channel, api.Page{Limit: 1})
	if err != nil || len(page) == 0 {
		return api.Message{}, err
	}
	return page[0], nil
}
