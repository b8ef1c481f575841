package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kefu/client"
)

// beforeKill has both sides write what is on its way when the program dies.
func (c *cell) beforeKill() error {
	_, one := c.asks()
	_, two := c.answers(c.to.name)
	return errors.Join(one, two)
}

// whileDown has both sides write what nobody takes. Programs cannot: there is nothing to write to.
func (c *cell) whileDown() error {
	var errs []error
	if !c.from.needsKefu {
		_, err := c.asks()
		errs = append(errs, err)
	}
	if !c.to.needsKefu {
		_, err := c.answers(c.to.name)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// afterKill waits until both sides have all that was written, and has them go on.
func (c *cell) afterKill() error {
	if err := c.equal(); err != nil {
		return err
	}
	return c.talkTo(c.to.name)
}

// equal waits until no side lacks anything.
func (c *cell) equal() error {
	var last error
	err := c.until("all sides are equal", func() bool { last = c.unequal(); return last == nil })
	return errors.Join(err, last)
}

// unequal says in what the sides differ: everything that was written is stored once and in its author's order, and every side has
// everything that it may see once and in the order in which it is stored.
func (c *cell) unequal() error {
	book, err := c.book()
	if err != nil {
		return err
	}
	var errs []error
	fault := func(what string, f faults) {
		if !f.none() {
			errs = append(errs, fmt.Errorf("%s: %s", what, f))
		}
	}
	writers := []string{theCustomer}
	for name := range c.desks {
		writers = append(writers, name)
	}
	for _, who := range writers {
		f := compare(c.of(c.order[1:], func(text string) bool { return c.wrote[text] == who }), [][]string{book})
		if c.unordered && who == theCustomer {
			f.moved = nil
		}
		fault("stored of "+who, f)
	}
	said := c.of(book, func(text string) bool { return c.wrote[text] != theCustomer && !slices.Contains(c.inside, text) })
	fault("customer", compare(said, [][]string{c.found(c.customer.Saw())}))
	for name, d := range c.desks {
		if !d.There() {
			continue
		}
		var places [][]string
		for _, thread := range d.Saw() {
			places = append(places, c.found(thread))
		}
		fault("desk "+name, compare(c.of(book, func(text string) bool { return c.wrote[text] != name }), places))
	}
	return errors.Join(errs...)
}

// settle wants the sides to be equal, and nothing to be shown to whom it was not for.
func (c *cell) settle() error {
	if err := c.equal(); err != nil {
		return err
	}
	seen := c.found(c.customer.Saw())
	for _, text := range c.order {
		own := c.wrote[text] == theCustomer
		if slices.Contains(seen, text) && (own || slices.Contains(c.inside, text)) {
			return fmt.Errorf("%s was shown to the customer", text)
		}
		if own || slices.Contains(c.inside, text) { // a desk is told of what was kept as a note, with its words
			continue
		}
		threads := c.desks[c.wrote[text]].Saw()
		if len(threads) == 1 && slices.Contains(c.found(threads[0]), text) { // a thread that was made anew tells what was said in the one before
			return fmt.Errorf("%s came back to %s, where it was written: %+v", text, c.wrote[text], threads[0])
		}
	}
	return nil
}

// book are the texts of the conversation as they are stored.
func (c *cell) book() (texts []string, err error) {
	list, err := client.Collect(c.admin.Conversations.Messages(c.ctx, c.talkOf(c.first()), client.MessageFilter{OldestFirst: true}), 1000)
	if err != nil {
		return nil, err
	}
	pieces := make([]piece, 0, len(list))
	for _, m := range list {
		if m.ContentType != "event" {
			pieces = append(pieces, piece{text: m.Content})
		}
	}
	return c.found(pieces), nil
}

func (c *cell) of(texts []string, match func(string) bool) (some []string) {
	for _, text := range texts {
		if match(text) {
			some = append(some, text)
		}
	}
	return some
}

// found are the texts of this cell in what was shown, in order. The first is left out: it is the title of the case too.
func (c *cell) found(list []piece) (texts []string) {
	for _, p := range list {
		at := map[string]int{}
		var here []string
		for _, text := range c.order[1:] {
			if i := strings.Index(p.text, text); i >= 0 {
				at[text] = i
				here = append(here, text)
			}
		}
		slices.SortFunc(here, func(a, b string) int { return at[a] - at[b] })
		texts = append(texts, here...)
	}
	return texts
}
