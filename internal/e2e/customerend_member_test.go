package e2e

import (
	"errors"
	"fmt"

	"kefu/internal/fake/discord"
)

// memberCustomer is a member of the Discord server who writes to the bot.
type memberCustomer struct {
	h    *hub
	who  string
	dm   string
	open bool
}

func newMemberCustomer(h *hub, n int) (customerEnd, error) {
	who := h.guild.AddMember(fmt.Sprintf("Member%03d", n)).ID
	if err := h.guild.SetLocale(who, "en-US"); err != nil {
		return nil, err
	}
	ch, err := h.guild.DM(who)
	return &memberCustomer{h: h, who: who, dm: ch.ID}, err
}

func (c *memberCustomer) Write(text string) error {
	if !c.open {
		c.open = true
		if _, err := c.h.guild.Say(c.dm, c.who, text); err != nil {
			return err
		}
		text = "I want to talk to a real person" // else the bot has it
	}
	_, err := c.h.guild.Say(c.dm, c.who, text)
	return err
}

func (c *memberCustomer) Send(p picture) error {
	_, err := c.h.guild.Say(c.dm, c.who, "", discord.File{Name: p.name, Data: p.data})
	return err
}

func (c *memberCustomer) Saw() (list []piece) {
	for _, m := range c.h.bot(c.dm) {
		list = append(list, inDiscordPost(m))
	}
	return list
}

func (c *memberCustomer) Close() error { return errors.ErrUnsupported }

func (c *memberCustomer) ShowsClosed() bool { return c.h.times(c.dm, "was closed by") > 0 }
