package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// errGone is the error of a delivery whose event is no longer kept, errLater that of one whose words cannot be read now.
var (
	errGone  = errors.New("the event is no longer kept")
	errLater = errors.New("it is tried later")
)

// skipBatch is how many deliveries to an endpoint that takes none any more are ended in one commit.
const skipBatch = 500

// refill reads what is due. look asks for the state of endpoints and lines too; without it only lines that are known to have more are
// read. full tells that something was left in the table.
func (c *Courier) refill(ctx context.Context, look bool) (full bool, err error) {
	var found reading
	err = c.Store.View(ctx, func(tx *store.Tx) error {
		found = reading{now: tx.Now}
		if look {
			if err := c.look(tx, &found); err != nil {
				return err
			}
			c.takeIn(ctx, found)
		}
		return c.read(tx, &found)
	})
	if err != nil {
		return false, err
	}
	full = c.queue(found)
	if look {
		err = c.skip(ctx, found.lines)
	}
	return full, err
}

// reading is what one look at the table found.
type reading struct {
	now       time.Time
	state     [2]int64
	changed   bool // endpoints were read, because they are not as before
	endpoints []kefu.Endpoint
	lines     []store.WebhookLine
	wants     []store.WebhookWant
	due       []store.DueWebhook
	events    map[int64]*parcel
}

// look reads which endpoints there are, if they have changed, and what is queued for them.
func (c *Courier) look(tx *store.Tx, found *reading) (err error) {
	if found.state, err = tx.EndpointsState(); err != nil {
		return err
	}
	if found.changed = found.state != c.state; found.changed {
		if found.endpoints, err = tx.LiveEndpoints(); err != nil {
			return err
		}
	}
	found.lines, err = tx.WebhookLines()
	return err
}

// read reads what is due for lines that have room for it.
func (c *Courier) read(tx *store.Tx, found *reading) (err error) {
	c.wants(found)
	if found.due, err = tx.DueWebhooks(found.wants); err != nil || len(found.due) == 0 {
		return err
	}
	return c.events(tx, found)
}

// wants says how much is wanted for each line: those that the look found something for, or that are known to have more.
func (c *Courier) wants(found *reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range found.lines {
		if l := c.lines[w.EndpointID]; l != nil && l.live && !w.Due.After(found.now) {
			l.more, l.after, l.afterN = true, time.Time{}, 0
		}
	}
	ahead := c.ahead()
	for _, l := range c.ring {
		if l.more && c.room(l, ahead) {
			found.wants = append(found.wants, l.want(ahead))
		}
	}
}

// want asks for what follows what was read last. After a look that is everything: what was committed late may be due before it. What is
// known stands among it then.
func (l *line) want(ahead int) store.WebhookWant {
	w := store.WebhookWant{EndpointID: l.id, Limit: ahead, After: l.after, AfterN: l.afterN}
	if l.after.IsZero() {
		w.Limit += len(l.known)
	}
	return w
}

// line is the line of an endpoint, made if there is none; the lock is held.
func (c *Courier) line(id kefu.EndpointID) *line {
	l := c.lines[id]
	if l == nil {
		l = &line{id: id, known: map[int64]struct{}{}}
		c.lines[id] = l
		c.ring = append(c.ring, l)
	}
	return l
}

// events reads the events of what is due and new, each once.
func (c *Courier) events(tx *store.Tx, found *reading) error {
	found.events = map[int64]*parcel{}
	ns := c.unread(found)
	rows, left, err := tx.EventsByN(ns, bytesAhead)
	if err != nil {
		return err
	}
	for _, r := range rows {
		found.events[r.N] = &parcel{event: r.Event}
	}
	for _, n := range left {
		delete(found.events, n)
	}
	return nil
}

// unread lists the events of what is not on its way already, each once, and notes that they are asked for.
func (c *Courier) unread(found *reading) (ns []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range found.due {
		d := &found.due[i]
		if _, known := c.line(d.EndpointID).known[d.N]; known || d.Kept {
			continue
		}
		if _, asked := found.events[d.EventN]; !asked {
			found.events[d.EventN] = nil
			ns = append(ns, d.EventN)
		}
	}
	return ns
}

// takeIn brings the lines up to date with the endpoints.
func (c *Courier) takeIn(ctx context.Context, found reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looked, c.next = time.Now(), time.Time{}
	for _, w := range found.lines {
		if w.Next.IsZero() {
			continue
		}
		// The table's clock may not be ours: what counts is how long from its now.
		if at := c.looked.Add(w.Next.Sub(found.now)); c.next.IsZero() || at.Before(c.next) {
			c.next = at
		}
	}
	if !found.changed {
		return
	}
	c.state = found.state
	live := make(map[kefu.EndpointID]bool, len(found.endpoints))
	for _, e := range found.endpoints {
		live[e.ID] = e.Enabled
		c.renewLine(ctx, e)
	}
	for _, l := range c.ring {
		if !live[l.id] {
			l.live, l.target.Enabled = false, false
			c.drop(l)
		}
	}
	c.ring = slices.DeleteFunc(c.ring, func(l *line) bool {
		_, there := live[l.id]
		over := !there && len(l.known) == 0
		if over {
			delete(c.lines, l.id)
		}
		return over
	})
}

// renewLine gives a line its endpoint as it is now; the lock is held.
func (c *Courier) renewLine(ctx context.Context, e kefu.Endpoint) {
	l := c.line(e.ID)
	if l.target.UpdatedAt.Equal(e.UpdatedAt) && l.target.ID == e.ID && l.live == e.Enabled {
		return
	}
	t, err := c.Webhooks.Target(e)
	if err != nil {
		c.Log.ErrorContext(ctx, "webhooks to an endpoint wait", "endpoint_id", e.ID, "error", err)
		l.live = false
		return
	}
	if l.target.URL != t.URL || !l.live {
		l.failed = 0 // another receiver, or one that somebody has mended
	}
	if l.target.ID == "" {
		l.health = e.Health
	}
	l.live, l.target = e.Enabled, t
	switch {
	case e.RateLimit <= 0:
		l.rate = nil
	case l.rate == nil || l.rate.Limit() != rate.Limit(e.RateLimit):
		l.rate = rate.NewLimiter(rate.Limit(e.RateLimit), 1)
	}
}

// drop forgets what is queued; what is on its way stays known. The lock is held.
func (c *Courier) drop(l *line) {
	for _, j := range l.queue {
		delete(l.known, j.N)
		c.bytes -= j.size()
	}
	l.queue, l.more = nil, false
}

// skip ends what is queued for endpoints that are disabled or deleted.
func (c *Courier) skip(ctx context.Context, lines []store.WebhookLine) error {
	for _, w := range lines {
		if !c.abandoned(w.EndpointID) {
			continue
		}
		var n int64
		err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
			n = 0
			e, err := tx.LockEndpoint(w.EndpointID)
			if err == nil && e.Enabled && e.DeletedAt.IsZero() || err != nil && !errors.Is(err, sqldb.ErrNoRows) {
				return err // somebody has just enabled it
			}
			n, err = tx.SkipWebhooks(w.EndpointID, skipBatch)
			return err
		})
		if err != nil {
			return err
		}
		for range n {
			c.Final(kefu.DeliverySkipped)
		}
		if n > 0 {
			c.Log.InfoContext(ctx, "webhooks were skipped: the endpoint is disabled or deleted", "endpoint_id", w.EndpointID, "deliveries", n)
		}
	}
	return nil
}

// abandoned tells whether an endpoint takes nothing any more, and nothing is on its way to it.
func (c *Courier) abandoned(id kefu.EndpointID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lines[id]
	return l == nil || !l.live && !l.target.Enabled && len(l.known) == 0
}

// queue puts what was read into the lines, and tells whether there is more in the table.
func (c *Courier) queue(found reading) (full bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	got, left := map[kefu.EndpointID]int{}, map[*line]bool{}
	now := time.Now()
	for _, d := range found.due {
		got[d.EndpointID]++
		l := c.line(d.EndpointID)
		l.after, l.afterN = d.DueAt, d.N
		if _, known := l.known[d.N]; known || !l.live {
			continue
		}
		p, read := found.events[d.EventN]
		if !read && !d.Kept || c.bytes >= bytesAhead && len(l.queue) > 0 {
			left[l] = true // it is read another time
			continue
		}
		j := &job{d, p, now}
		l.known[d.N] = struct{}{}
		l.queue = append(l.queue, j)
		c.bytes += j.size()
	}
	for _, w := range found.wants {
		l := c.line(w.EndpointID)
		l.more = l.live && (got[w.EndpointID] >= w.Limit || left[l])
		if left[l] {
			l.after, l.afterN = time.Time{}, 0
		}
		full = full || l.more
	}
	return full
}

// replay makes one step of the running replays and tells when to come back.
func (c *Courier) replay(ctx context.Context) time.Duration {
	next, err := c.Webhooks.StepReplays(ctx)
	if err != nil && ctx.Err() == nil {
		c.Log.WarnContext(ctx, "a replay waits: the database does not take it now", "error", err)
	}
	return next
}
