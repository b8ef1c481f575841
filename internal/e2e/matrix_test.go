package e2e

import (
	"flag"
	"strings"
	"testing"

	"kefu/internal/storetest"
)

var update = flag.Bool("update", false, "write docs/matrix.md anew")

// TestAnyChannelAnyDesk joins every place where customers write with every desk, in one program for each engine, and writes down what became
// of it. Its kill comes at the same moment for all.
func TestAnyChannelAnyDesk(t *testing.T) {
	t.Parallel()
	s := &matrixSheet{rows: map[string][]*row{}}
	t.Cleanup(func() { s.check(t) })
	storetest.Each(t, func(t *testing.T, url string) {
		t.Parallel()
		engine, _, _ := strings.Cut(strings.Replace(url, "postgresql", "postgres", 1), ":")
		h := newHub(t, url)
		p := h.spawn()
		h.moveIn()
		cells := h.cells(s, engine)
		inParallel(t, cells, (*cell).talkBefore)
		for _, c := range cells {
			c.interrupt((*cell).beforeKill)
		}
		h.kill(p)
		for _, c := range cells {
			c.interrupt((*cell).whileDown)
		}
		h.spawn()
		inParallel(t, cells, (*cell).talkAfter)
		h.settled()
		inParallel(t, cells, func(c *cell) { c.do(inTheEnd, c.settle) })
	})
}

// cells are all pairings.
func (h *hub) cells(s *matrixSheet, engine string) (all []*cell) {
	h.t.Helper()
	for _, from := range customerMedia() {
		for _, to := range deskMedia() {
			c, err := newCell(h, from, to, len(all)+1, s.add(engine, from.name, to.name))
			if err != nil {
				h.t.Fatal(err)
			}
			all = append(all, c)
		}
	}
	return all
}

// inParallel runs a part of every cell, and returns when all are done.
func inParallel(t *testing.T, cells []*cell, fn func(*cell)) {
	t.Helper()
	t.Run("cells", func(t *testing.T) {
		for _, c := range cells {
			t.Run(c.from.name+" to "+c.to.name, func(t *testing.T) {
				t.Parallel()
				c.t = t
				fn(c)
			})
		}
	})
}

// talkBefore is what is done before the program is killed.
func (c *cell) talkBefore() {
	c.do(begins, c.begin)
	c.do(textBothWays, c.writeBothWays)
	c.do(pictureBothWays, c.sendPictures)
	c.do(noteInside, c.keepsNote)
	c.do(oneOwner, c.hasOneOwner)
}

// talkAfter is what is done after it was started again.
func (c *cell) talkAfter() {
	c.do(killed, c.afterKill)
	c.do(handedOff, c.handOff)
	c.do(deskCloses, c.closeAtDesk)
	c.do(customerReopens, c.reopenByCustomer)
	c.do(customerCloses, c.closeByCustomer)
	c.do(deskReopens, c.reopenAtDesk)
}

// interrupt is a part of the kill, in a cell that has come so far.
func (c *cell) interrupt(fn func(*cell) error) {
	if c.broken {
		return
	}
	if err := fn(c); err != nil {
		c.do(killed, func() error { return err })
	}
}
