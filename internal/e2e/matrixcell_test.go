package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/client"
)

// cellPatience is how long a cell waits for what must come.
const cellPatience = 30 * time.Second

// cell is one talk: a customer of one medium, with the desk that has it, and the other desks beside.
type cell struct {
	*hub
	t        *testing.T // of the part that runs
	from     customerMedium
	to       deskMedium
	customer customerEnd
	desks    map[string]deskEnd // by the name of the medium
	row      *row
	n, seen  int               // of the talk; texts so far
	wrote    map[string]string // by text, the name of who wrote it
	order    []string          // the texts in the order in which they were written
	inside   []string          // texts that no customer may see
	broken   bool
	// unordered says that the customer's texts may be stored in another order than they were written in.
	unordered bool
}

const theCustomer = "customer"

func newCell(h *hub, from customerMedium, to deskMedium, n int, row *row) (*cell, error) {
	c := &cell{hub: h, t: h.t, n: n, from: from, to: to, row: row, desks: map[string]deskEnd{}, wrote: map[string]string{}}
	first := c.mark()
	var err error
	if c.customer, err = from.make(h, n); err != nil {
		return nil, err
	}
	for _, d := range deskMedia() {
		c.desks[d.name] = d.make(h, first)
	}
	c.note(theCustomer, first)
	return c, nil
}

// mark is a text that is found wherever it is shown, and is no part of another one.
func (c *cell) mark() string {
	text := fmt.Sprintf("〔%s to %s %d %02d〕", c.from.name, c.to.name, c.n, c.seen)
	c.seen++
	return text
}

func (c *cell) note(who, text string) {
	c.wrote[text] = who
	c.order = append(c.order, text)
}

// first is the text that the talk begins with.
func (c *cell) first() string { return c.order[0] }

// desk is the one whose cell this is.
func (c *cell) desk() deskEnd { return c.desks[c.to.name] }

// other is another desk for the cell: of each two cells of a customer another one.
func (c *cell) other() deskMedium {
	all := deskMedia()
	i := slices.IndexFunc(all, func(d deskMedium) bool { return d.name == c.to.name })
	return all[(i+1)%len(all)]
}

// do carries out one deed of the cell, unless an earlier one failed or the media cannot do it.
func (c *cell) do(d deed, fn func() error) {
	c.t.Helper()
	reason := c.from.lacks[d]
	if reason == "" {
		reason = c.to.lacks[d]
	}
	switch {
	case c.broken:
		c.row.set(d, unreached)
	case reason != "":
		c.row.set(d, reason)
	default:
		err := fn()
		if err != nil {
			c.broken = true
			c.row.set(d, failed)
			c.t.Errorf("%s to %s: %s: %v", c.from.name, c.to.name, d, err)
			return
		}
		c.row.set(d, well)
	}
}

// until waits for what must come.
func (c *cell) until(what string, cond func() bool) error {
	ctx, cancel := context.WithTimeout(c.ctx, cellPatience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if cond() {
				return nil
			}
			return fmt.Errorf("waited in vain until %s", what)
		}
	}
	return nil
}

// asks has the customer write.
func (c *cell) asks() (string, error) {
	text := c.mark()
	c.note(theCustomer, text)
	return text, c.customer.Write(text)
}

// answers has a desk write what the customer is to see.
func (c *cell) answers(desk string) (string, error) {
	text := c.mark()
	c.note(desk, text)
	return text, c.desks[desk].Write(text)
}

// mutters has a desk write what the customer must not see.
func (c *cell) mutters(desk string, write func(text string) error) (string, error) {
	text := c.mark()
	c.note(desk, text)
	c.inside = append(c.inside, text)
	return text, write(text)
}

// atDesk waits until a desk was shown a text.
func (c *cell) atDesk(desk, text string) error {
	return c.until(fmt.Sprintf("%s shows %s", desk, text), func() bool {
		return slices.ContainsFunc(slices.Concat(c.desks[desk].Saw()...), func(p piece) bool { return strings.Contains(p.text, text) })
	})
}

// atCustomer waits until the customer was shown a text.
func (c *cell) atCustomer(text string) error {
	return c.until("the customer is shown "+text, func() bool {
		return slices.ContainsFunc(c.customer.Saw(), func(p piece) bool { return strings.Contains(p.text, text) })
	})
}

// talkTo has both sides say something, and each see what the other said.
func (c *cell) talkTo(desk string) error {
	text, err := c.asks()
	if err == nil {
		err = c.atDesk(desk, text)
	}
	if err != nil {
		return err
	}
	if text, err = c.answers(desk); err != nil {
		return err
	}
	return c.atCustomer(text)
}

// kept waits until a text is stored, and gives what it is stored as.
func (c *cell) kept(text string) (m client.MessageEvent, err error) {
	err = c.until(text+" is stored", func() bool {
		for _, e := range c.heard.all() {
			if e.Message != nil && strings.Contains(e.Message.Content, text) {
				m = *e.Message
				return true
			}
		}
		return false
	})
	return m, err
}

// private waits until a text is stored, and wants it to be a note.
func (c *cell) private(text string) error {
	m, err := c.kept(text)
	if err == nil && !m.Private {
		err = fmt.Errorf("%s is no note", text)
	}
	return err
}

// status waits until the conversation is open or closed.
func (c *cell) status(want string) error {
	return c.until("the conversation is "+want, func() bool { return statusIn(c.heard, c.talkOf(c.first())) == want })
}
