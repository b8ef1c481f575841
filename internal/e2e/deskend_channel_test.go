package e2e

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"kefu/internal/fake/discord"
)

var errNoThread = errors.New("the desk has no thread of this talk")

// channelDesk is a ticket's channel in Discord.
type channelDesk struct {
	h    *hub
	mark string
	mu   sync.Mutex
	id   string
}

func newChannelDesk(h *hub, mark string) deskEnd { return &channelDesk{h: h, mark: mark} }

// channel finds the channel by what was said there.
func (d *channelDesk) channel() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.id != "" {
		return d.id
	}
	for _, ch := range d.h.guild.Channels() {
		if !strings.Contains(ch.Topic, "kefu:") || ch.Deleted {
			continue
		}
		if slices.ContainsFunc(d.h.bot(ch.ID), func(m discord.Message) bool { return shows(m, d.mark) }) {
			d.id = ch.ID
		}
	}
	return d.id
}

func (d *channelDesk) There() bool { return d.channel() != "" }

func (d *channelDesk) say(text string, files ...discord.File) error {
	_, err := d.h.guild.Say(d.channel(), d.h.amy, text, files...)
	return err
}

func (d *channelDesk) Write(text string) error { return d.say(text) }

func (d *channelDesk) Send(p picture) error {
	return d.say("", discord.File{Name: p.name, Data: p.data})
}

func (d *channelDesk) Note(text string) error { return d.say("// " + text) }

func (d *channelDesk) Saw() [][]piece {
	var list []piece
	for _, m := range d.h.bot(d.channel()) {
		list = append(list, inDiscordPost(m))
	}
	return [][]piece{list}
}

// TakeOver presses the button below the last text that was kept as a note; it comes a moment after the text.
func (d *channelDesk) TakeOver() error {
	var message, button string
	found := wait(d.h.ctx, func() bool {
		for _, m := range d.h.bot(d.channel()) {
			if id := buttonID(m.Components, "take_over"); id != "" {
				message, button = m.ID, id
			}
		}
		return button != ""
	})
	if !found {
		return errors.New("no button takes it over")
	}
	x, err := d.h.guild.Press(message, button, d.h.amy)
	if err != nil {
		return err
	}
	_, err = x.Answer(d.h.ctx)
	return err
}

func (d *channelDesk) command(name string) error {
	x, err := d.h.guild.Slash(d.channel(), d.h.amy, name, nil)
	if err != nil {
		return err
	}
	_, err = x.Answer(d.h.ctx)
	return err
}

func (d *channelDesk) Claim() error { return d.command("claim") }

func (d *channelDesk) Close() error { return d.command("close") }

func (d *channelDesk) Reopen() error { return d.command("reopen") }

func (d *channelDesk) ShowsClosed() bool {
	ch, _ := d.h.guild.Channel(d.channel())
	parent, _ := d.h.guild.Channel(ch.ParentID)
	return strings.HasPrefix(parent.Name, "Archived")
}
