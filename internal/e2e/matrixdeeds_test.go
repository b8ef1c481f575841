package e2e

import (
	"errors"
	"fmt"
	"slices"

	"kefu/client"
)

// deed is a row of behaviour: what is done in every cell.
type deed string

// The deeds, as the head of their column says them.
const (
	begins          deed = "begins"
	textBothWays    deed = "text"
	pictureBothWays deed = "picture"
	noteInside      deed = "note"
	oneOwner        deed = "one owner"
	killed          deed = "kill"
	handedOff       deed = "hand-off"
	deskCloses      deed = "desk closes"
	customerReopens deed = "customer reopens"
	customerCloses  deed = "customer closes"
	deskReopens     deed = "desk reopens"
	inTheEnd        deed = "in the end"
)

// begin has the customer write first. The talk comes to the desks of its route by itself; if the cell's is none of them it is given there.
func (c *cell) begin() error {
	if err := c.customer.Write(c.first()); err != nil {
		return err
	}
	if _, err := c.kept(c.first()); err != nil {
		return err
	}
	for _, d := range deskMedia() {
		switch {
		case slices.Contains(routes()[c.from.inbox], d.inbox):
		case d.name == c.to.name && d.inbox != "":
			if err := c.give(d); err != nil {
				return err
			}
		default:
			continue
		}
		if err := c.atDesk(d.name, c.first()); err != nil {
			return err
		}
	}
	return nil
}

// give gives the talk to a desk, as a program of the house does.
func (c *cell) give(to deskMedium) error {
	whom := client.Transfer{Desk: to.inbox}
	if to.inbox == "" {
		whom = client.Transfer{AgentID: c.agent.ID}
	}
	_, err := c.admin.Conversations.Transfer(c.ctx, c.talkOf(c.first()), whom)
	return err
}

// writeBothWays has the desk answer first, so that the talk is its own.
func (c *cell) writeBothWays() error {
	text, err := c.answers(c.to.name)
	if err == nil {
		err = c.atCustomer(text)
	}
	if err != nil {
		return err
	}
	return c.talkTo(c.to.name)
}

func (c *cell) sendPictures() error {
	one, two := c.album.next(), c.album.next()
	if err := errors.Join(c.customer.Send(one), c.desk().Send(two)); err != nil {
		return err
	}
	err := c.until("the desk has the customer's picture", func() bool { return c.has(slices.Concat(c.desk().Saw()...), one) })
	if err != nil {
		return err
	}
	return c.until("the customer has the desk's picture", func() bool { return c.has(c.customer.Saw(), two) })
}

// keepsNote has the desk write a note, which the other desks are shown.
func (c *cell) keepsNote() error {
	text, err := c.mutters(c.to.name, c.desk().Note)
	if err == nil {
		err = c.private(text)
	}
	if err != nil {
		return err
	}
	return c.atOthers(c.to.name, text)
}

// others are the desks that have the talk besides one. Without any nothing would be shown.
func (c *cell) others(but string) (names []string, err error) {
	for name, d := range c.desks {
		if name != but && d.There() {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		err = errors.New("no other desk has the talk")
	}
	return names, err
}

// atOthers waits until every other desk that has the talk was shown a text.
func (c *cell) atOthers(but, text string) error {
	names, err := c.others(but)
	for _, name := range names {
		err = errors.Join(err, c.atDesk(name, text))
	}
	return err
}

// hasOneOwner has somebody of the desk take the talk, and every other desk write as well: it is kept as a note.
func (c *cell) hasOneOwner() error {
	names, err := c.others(c.to.name)
	if err == nil {
		err = c.desk().Claim() // who accepts the task of a talk that nobody has, as in Flex, would have it
	}
	if err == nil {
		err = c.until("somebody has the talk", func() bool { return c.heard.assignee(c.talkOf(c.first())) != "" })
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := c.mutters(name, c.desks[name].Write)
		if err == nil {
			err = c.private(text)
		}
		if err == nil {
			err = c.atOthers(name, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// handOff gives the talk to another desk, which has it from then on, and then takes it back by the desk's own means.
func (c *cell) handOff() error {
	next := c.other()
	if err := c.give(next); err != nil {
		return err
	}
	if err := c.atDesk(next.name, c.first()); err != nil {
		return err
	}
	if err := c.ownedBy(next.name, c.to.name); err != nil {
		return fmt.Errorf("given to %s: %w", next.name, err)
	}
	err := c.desk().TakeOver()
	if errors.Is(err, errors.ErrUnsupported) {
		err = c.give(c.to)
	}
	if err != nil {
		return err
	}
	if err := c.ownedBy(c.to.name, next.name); err != nil {
		return fmt.Errorf("taken back: %w", err)
	}
	return nil
}

// ownedBy has both desks write: the owner's text goes to the customer, the other one's is a note.
func (c *cell) ownedBy(owner, other string) error {
	text, err := c.answers(owner)
	if err == nil {
		err = c.atCustomer(text)
	}
	if err != nil {
		return err
	}
	if text, err = c.mutters(other, c.desks[other].Write); err == nil {
		err = c.private(text)
	}
	if err != nil {
		return err
	}
	if text, err = c.asks(); err == nil {
		err = errors.Join(c.atDesk(owner, text), c.atDesk(other, text))
	}
	return err
}

func (c *cell) closeAtDesk() error {
	if err := c.desk().Close(); err != nil {
		return err
	}
	return errors.Join(c.status("closed"), c.until("the customer's side is closed", c.customer.ShowsClosed))
}

func (c *cell) reopenByCustomer() error {
	text, err := c.asks()
	if err == nil {
		err = c.status("open")
	}
	if err == nil {
		err = c.atDesk(c.to.name, text)
	}
	if err != nil {
		return err
	}
	return c.talkTo(c.to.name)
}

func (c *cell) closeByCustomer() error {
	if err := c.customer.Close(); err != nil {
		return err
	}
	return errors.Join(c.status("closed"), c.until("the desk shows the end", c.desk().ShowsClosed))
}

// reopenAtDesk closes the talk at the desk first, where the customer could not.
func (c *cell) reopenAtDesk() error {
	if !c.closed(c.talkOf(c.first())) {
		if err := c.closeAtDesk(); err != nil {
			return err
		}
	}
	if err := c.until("the desk shows the end", c.desk().ShowsClosed); err != nil {
		return err
	}
	if err := c.desk().Reopen(); err != nil {
		return err
	}
	if err := c.status("open"); err != nil {
		return err
	}
	return c.talkTo(c.to.name)
}
