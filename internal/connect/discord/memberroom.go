package discord

import (
	"context"
	"errors"
	"net/http"
	"strings"

	api "kefu/internal/discord"
)

const (
	askRoom = "room" // a button: make a private thread
	// roomSleeps is after how many minutes without a word a private thread goes to sleep: the most that Discord knows.
	roomSleeps = 10080
	// inRooms is what the bot needs in a channel to talk in private threads there.
	inRooms = api.PermissionViewChannel | api.PermissionCreatePrivateThreads | api.PermissionSendMessagesInThreads
)

// errNoThreads says that a channel is of a kind that has no private threads.
var errNoThreads = errors.New("the channel has no private threads")

// elsewhere goes on where direct messages are closed: in the private thread that the member has, or offers to make one.
func (l *listener) elsewhere(ctx context.Context, r memberRequest, question string) {
	if room, ok := l.c.roomOf(ctx, r.i.Actor().ID); ok && l.meet(ctx, r, talkPlace{channel: room, thread: true}, question) == nil {
		return
	}
	if r.i.GuildID == "" {
		l.fill(ctx, r, r.l.say("dm_closed"))
		return
	}
	if missing := lackingOf(r.i.AppPermissions, inRooms); r.i.AppPermissions != 0 && len(missing) > 0 {
		l.fill(ctx, r, r.l.say("dm_closed")+"\n"+r.l.say("room_forbidden", strings.Join(missing, ", ")))
		return
	}
	text := r.l.say("dm_closed") + "\n" + r.l.say("room_offer")
	edit := api.MessageEdit{Content: &text, Components: &[]api.Component{
		api.Row(api.Button(api.ButtonPrimary, memberID(askRoom, ""), r.l.say("button_room"))),
	}}
	if question != "" {
		edit.Embeds = &[]api.Embed{{Description: question, Color: colourSystem}} // the button brings it back
	}
	l.finish(ctx, request{i: r.i, name: r.name}, edit)
}

// room makes the member's private thread in the channel where they asked, and begins the talk there.
func (l *listener) room(ctx context.Context, r memberRequest) {
	if !l.first(ctx, r, api.InteractionResponse{Type: api.CallbackDeferUpdate}) {
		return
	}
	var room string
	err := errLaneEnded
	l.inLane(ctx, memberLane+r.i.Actor().ID, func() { room, err = l.c.makeRoom(ctx, r) })
	if err == nil {
		err = l.meet(ctx, r, talkPlace{channel: room, thread: true}, carriedQuestion(r.i.Message))
	}
	if err != nil {
		l.c.log.WarnContext(ctx, "discord: no private thread for a member", "err", err)
		l.fill(ctx, r, l.c.whyNoRoom(r.l, err))
	}
}

// carriedQuestion is the question that the offer of a private thread shows.
func carriedQuestion(m *api.Message) string {
	if m == nil || len(m.Embeds) == 0 {
		return ""
	}
	return m.Embeds[0].Description
}

// whyNoRoom says what has to be mended, by whom.
func (c *Connector) whyNoRoom(l lang, err error) string {
	switch code := api.Code(err); {
	case errors.Is(err, errNoThreads):
		return l.say("room_not_here") + "\n" + l.say("dm_how")
	case code == api.CodeTooManyThreads:
		return l.say("room_full") + "\n" + l.say("dm_how")
	case statusOf(err) == http.StatusForbidden:
		return l.say("room_forbidden", strings.Join(inRooms.Names(), ", ")) + "\n" + l.say("dm_how")
	}
	return l.say("no_answer")
}

// roomOf finds the private thread that a member has, if it is there and can be written in.
func (c *Connector) roomOf(ctx context.Context, member string) (string, bool) {
	id, err := c.deps.State.Load(ctx, roomOfKey+member)
	if err != nil || id == "" {
		return "", false
	}
	ch, err := c.api.Channel(ctx, id)
	if channelGone(err) {
		c.forgetRoom(ctx, id, member)
	}
	return id, err == nil && (ch.Thread == nil || !ch.Thread.Locked)
}

func (c *Connector) forgetRoom(ctx context.Context, room, member string) {
	c.remember(ctx, roomKey+room, "")
	c.remember(ctx, roomOfKey+member, "")
}

// makeRoom makes a member's private thread, or finds the one they have.
func (c *Connector) makeRoom(ctx context.Context, r memberRequest) (string, error) {
	who := r.i.Actor()
	room, found := c.roomOf(ctx, who.ID)
	if !found {
		ch, err := c.startRoom(ctx, r)
		if err != nil {
			return "", err
		}
		room = ch.ID
	}
	err := patiently(ctx, func() error { return c.api.AddThreadMember(ctx, room, who.ID) })
	if err == nil && !found {
		err = errors.Join(c.deps.State.Save(ctx, roomKey+room, who.ID), c.deps.State.Save(ctx, roomOfKey+who.ID, room))
	}
	if err != nil && !found {
		return "", errors.Join(err, c.api.DeleteChannel(context.WithoutCancel(ctx), room)) // nobody knows of it
	}
	return room, err
}

// startRoom starts the thread. Discord's word filter may refuse a member's name; another name has none.
func (c *Connector) startRoom(ctx context.Context, r memberRequest) (ch api.Channel, err error) {
	parent := r.i.ChannelID
	if at := r.i.Channel; at != nil {
		switch {
		case at.Type.Thread():
			parent = at.ParentID
		case at.Type != api.ChannelText:
			return ch, errNoThreads
		}
	}
	no := false
	for _, name := range []string{r.l.say("room_name", r.sender().Name), "help-" + digest(8, "room", r.i.ID)} {
		err = patiently(ctx, func() (err error) {
			ch, err = c.api.StartThread(ctx, parent, api.ThreadCreate{
				Name: cut(name, api.MaxChannelName), Type: api.ChannelPrivateThread, AutoArchive: roomSleeps, Invitable: &no,
			})
			return err
		})
		if !nameRefused(err) {
			break
		}
	}
	return ch, err
}
