package discord

import (
	"context"
	"errors"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// reportPrefix begins the thread of a report: "report:<user>:<interaction>". It is shown in the direct messages of who made it.
	reportPrefix = "report:"
	directKey    = "dm:" // + user: the channel of their direct messages
	// Codes of Discord that say that a person cannot be written to.
	codeNoMutualGuild = 50278
	codeNoRecipient   = 50033
)

func reportThread(user, interaction string) string { return reportPrefix + user + ":" + interaction }

// reporter gives who made the report that a thread belongs to; false when it is no report's.
func reporter(thread string) (user string, ok bool) {
	rest, ok := strings.CutPrefix(thread, reportPrefix)
	if !ok {
		return "", false
	}
	user, _, ok = strings.Cut(rest, ":")
	return user, ok && user != ""
}

// customerLanguage is what a customer reads; the guild's language when that is not known.
func (c *Connector) customerLanguage(ctx context.Context, who kefu.Contact) lang {
	for l := range lang(languages) {
		if who.Locale == l.locale() {
			return l
		}
	}
	return c.language(ctx)
}

// inRoom does something in the channel that shows a customer's thread, and classes what went wrong. It may do it twice.
func (c *Connector) inRoom(ctx context.Context, thread string, do func(channel string) error) error {
	room, err := c.inRoomOnce(ctx, thread, do)
	var refused *api.RefusedError
	switch user, report := reporter(thread); {
	case errors.As(err, &refused) && refused.Code == api.CodeCannotDM:
		// The client leaves alone what was refused three times; but people open their direct messages again, and nobody tells.
		c.api.Reset()
		room, err = c.inRoomOnce(ctx, thread, do)
	case report && channelGone(err):
		c.remember(ctx, directKey+user, "")
		room, err = c.inRoomOnce(ctx, thread, do)
	}
	return c.customerFailure(ctx, room, err)
}

func (c *Connector) inRoomOnce(ctx context.Context, thread string, do func(channel string) error) (room string, err error) {
	room = thread
	if user, ok := reporter(thread); ok {
		room, err = c.directRoom(ctx, user)
	}
	if err == nil {
		err = do(room)
	}
	return room, err
}

// directRoom opens a member's direct messages; Discord gives the same channel each time.
func (c *Connector) directRoom(ctx context.Context, user string) (string, error) {
	if id, err := c.deps.State.Load(ctx, directKey+user); err == nil && id != "" {
		return id, nil
	}
	var room api.Channel
	err := patiently(ctx, func() (err error) {
		room, err = c.api.CreateDM(ctx, user)
		return err
	})
	if err == nil {
		c.remember(ctx, directKey+user, room.ID)
	}
	return room.ID, err
}

// customerFailure classes what kept words from a customer, with a reason for who wrote them.
func (c *Connector) customerFailure(ctx context.Context, room string, err error) error {
	if err == nil {
		return nil
	}
	l := c.language(ctx)
	permanent := func(w word) error { return fail(connector.Permanent, connector.ScopeThread, 0, l.say(w), err) }
	switch code := api.Code(err); {
	case code == api.CodeCannotDM && !c.hasLeft(ctx, room):
		return permanent("why_dm_closed")
	case code == api.CodeCannotDM, code == codeNoMutualGuild, code == codeNoRecipient, code == api.CodeUnknownUser:
		return permanent("why_left")
	case code == api.CodeDMTooFast:
		return fail(connector.Retryable, connector.ScopeThread, pause, l.say("why_dm_fast"), err)
	case channelGone(err):
		return permanent("why_thread_gone")
	}
	return c.patientFailure(ctx, room, err)
}

// hasLeft tells whether the other side of direct messages is known not to be in the server any more.
func (c *Connector) hasLeft(ctx context.Context, room string) bool {
	if room == "" {
		return false // it could not even be opened
	}
	ch, err := c.api.Channel(ctx, room)
	if err != nil || len(ch.Recipients) != 1 {
		return false
	}
	_, err = c.api.GuildMember(ctx, c.set.guildID, ch.Recipients[0].ID)
	return api.Code(err) == api.CodeUnknownMember
}
