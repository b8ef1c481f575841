package sqldb

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// Limits of a group: how many transactions share a commit, and for how long the first of them waits for the others to finish.
const (
	groupMembers = 64
	groupTime    = 10 * time.Millisecond
)

// committer owns SQLite's one writing connection. Its goroutine opens a transaction for the first caller who comes, lets whoever is
// waiting by then in one by one, and commits once for all of them. Each caller's function runs on the caller's own goroutine, which
// holds the connection meanwhile, so that a panic unwinds where it belongs.
type committer struct {
	s     *session
	clock func() time.Time
	queue chan *member // unbuffered: a caller is out of the queue the moment it is let in
	stop  chan struct{}
	ended chan struct{}
}

func startCommitter(s *session, clock func() time.Time) *committer {
	c := &committer{s: s, clock: clock, queue: make(chan *member), stop: make(chan struct{}), ended: make(chan struct{})}
	go c.loop()
	return c
}

func (c *committer) loop() {
	defer close(c.ended)
	for {
		select {
		case m := <-c.queue:
			c.group(m)
		case <-c.stop:
			return
		}
	}
}

// close ends the loop after the group under way.
func (c *committer) close() error {
	close(c.stop)
	select {
	case <-c.ended:
		return c.s.close()
	case <-time.After(closeWait):
		return errors.New("sqldb: an Update is still running at Close: end it before")
	}
}

func (c *committer) update(ctx context.Context, fn func(*Tx) error) error {
	m := &member{ctx: ctx, fn: fn, orders: make(chan order, 1), ran: make(chan error, 1)}
	select {
	case c.queue <- m:
		return m.obey()
	case <-ctx.Done():
		return ctx.Err()
	case <-c.stop:
		return ErrClosed
	}
}

// group runs first and those who wait behind it as one transaction.
func (c *committer) group(first *member) {
	if err := c.s.begin("BEGIN IMMEDIATE"); err != nil {
		c.refuse(first, err)
		return
	}
	// The first member is the whole transaction so far and needs no savepoint: when it fails, there is nothing else to keep.
	if err := c.run(first); err != nil {
		c.s.rollback()
		first.answer(err)
		return
	}
	done := []*member{first}
	for start := time.Now(); len(done) < groupMembers && time.Since(start) < groupTime; {
		m := c.next()
		if m == nil {
			break
		}
		lost, err := c.join(m)
		switch {
		case lost:
			c.s.rollback()
			c.alone(append(done, m))
			return
		case err != nil:
			m.answer(err)
		default:
			done = append(done, m)
		}
	}
	c.commit(done)
}

// next returns a caller who is waiting now. Callers who are awake but not yet in the queue get one turn of the scheduler.
func (c *committer) next() *member {
	for range 2 {
		select {
		case m := <-c.queue:
			return m
		default:
			runtime.Gosched()
		}
	}
	return nil
}

// join runs m in a savepoint. lost means that SQLite has undone the whole transaction, as it may when the disk is full.
func (c *committer) join(m *member) (lost bool, err error) {
	if err := c.s.do("SAVEPOINT m"); err != nil {
		return true, err
	}
	err = c.run(m)
	if err != nil {
		if c.s.do("ROLLBACK TO m") != nil {
			return true, err
		}
	}
	return c.s.do("RELEASE m") != nil, err
}

func (c *committer) commit(done []*member) {
	err := c.s.do("COMMIT")
	if err == nil {
		for _, m := range done {
			m.answer(nil)
		}
		return
	}
	c.s.rollback()
	if len(done) == 1 {
		done[0].answer(err)
		return
	}
	c.alone(done)
}

// alone gives every member of a lost group a transaction of its own, once, so that nobody pays for another's failure. When not even
// beginning works, the rest is refused at once: each would wait as long for the same answer.
func (c *committer) alone(members []*member) {
	for i, m := range members {
		if err := c.s.begin("BEGIN IMMEDIATE"); err != nil {
			for _, rest := range members[i:] {
				rest.answer(err)
			}
			return
		}
		err := c.run(m)
		if err == nil {
			err = c.s.do("COMMIT")
		}
		if err != nil {
			c.s.rollback()
		}
		m.answer(err)
	}
}

// refuse answers everybody who is waiting: the lock did not come free within the busy timeout, and waiting once more for each of them
// would add the timeouts up.
func (c *committer) refuse(m *member, err error) {
	for ; m != nil; m = c.next() {
		m.answer(err)
	}
}

// run lends the connection to m's goroutine for one run of its function.
func (c *committer) run(m *member) error {
	if m.over != nil {
		return m.over
	}
	if err := m.ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(nested(context.WithoutCancel(m.ctx)), writeLimit)
	defer cancel()
	m.orders <- order{tx: &Tx{Now: stamp(c.clock()), ctx: ctx, dialect: SQLite, run: steady{c.s}}}
	err := <-m.ran
	if errors.Is(err, errAborted) || ctx.Err() != nil {
		m.over = err
	}
	return err
}
