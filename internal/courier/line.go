package courier

import (
	"time"

	"golang.org/x/time/rate"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

// line is what goes to one endpoint.
type line struct {
	id     kefu.EndpointID
	target webhook.Target
	live   bool // it exists, is enabled and can be called
	queue  []*job
	known  map[int64]struct{} // deliveries in the queue, on their way, or not recorded yet
	flying int
	failed int // failures in a row
	health kefu.EndpointHealth
	rate   *rate.Limiter // nil is without limit
	more   bool          // the table may have more that is due
	// after and afterN are the place of the last delivery that was read, when the next reading goes on there.
	after  time.Time
	afterN int64
}

// job is a delivery to be attempted.
type job struct {
	store.DueWebhook

	parcel *parcel   // nil when what is kept is sent again
	read   time.Time // when it was read from the table
}

// size is how many bytes are kept in memory for the job.
func (j *job) size() int {
	if j.parcel == nil {
		return 0
	}
	return len(j.parcel.event.Data)
}

// finished is an attempt whose result is not recorded yet, and what it makes of its delivery.
type finished struct {
	*job
	result webhook.Result
	body   []byte
	ended  time.Time

	state  kefu.DeliveryState // queued, delivered or failed
	pause  time.Duration      // until the next attempt, from the end of this one
	waited time.Duration      // of the pause, before it was recorded
}

// cap is how many attempts the line may have on their way.
func (l *line) cap() int {
	if l.failed >= probeAfter {
		return 1
	}
	return max(l.target.MaxInFlight, 1)
}

// suspect tells whether the last attempt failed.
func (l *line) suspect() bool { return l.failed > 0 }

// taken is a job that has a place, with its target as it is now.
type taken struct {
	*job
	line    *line
	target  webhook.Target
	suspect bool // it has one of the places of those that fail
}

// take gives the next job in turn; false when nothing may go.
func (c *Courier) take() (t taken, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flying >= places || len(c.done) >= mostResults {
		return t, false
	}
	for i := range c.ring {
		l := c.ring[(c.turn+i)%len(c.ring)]
		if !c.may(l) {
			continue
		}
		c.turn = (c.turn + i + 1) % len(c.ring)
		t = taken{job: l.queue[0], line: l, target: l.target, suspect: l.suspect()}
		l.queue[0] = nil
		l.queue = l.queue[1:]
		c.bytes -= t.size()
		l.flying++
		c.flying++
		if t.suspect {
			c.held++
		}
		return t, true
	}
	return t, false
}

// may tells whether a line may send one more now, and takes it from its rate if so.
func (c *Courier) may(l *line) bool {
	if len(l.queue) > 0 && time.Since(l.queue[0].read) > freshFor {
		c.drop(l) // what was read long ago may have been erased since: it is read again
		l.more, l.after, l.afterN = true, time.Time{}, 0
		c.wake()
	}
	if len(l.queue) == 0 || !l.live || l.flying >= l.cap() || l.suspect() && c.held >= suspectPlaces {
		return false
	}
	if l.rate == nil || l.rate.Allow() {
		return true
	}
	// A microsecond more, so that what is missing after rounding is not asked for again and again.
	again := time.Now().Add(time.Microsecond + time.Duration((1-l.rate.Tokens())/float64(l.rate.Limit())*float64(time.Second)))
	if c.rest.IsZero() || again.Before(c.rest) {
		c.rest = again
	}
	return false
}

// give takes a place back and keeps the result until it is recorded.
func (c *Courier) give(t taken, f *finished) {
	l := t.line
	c.mu.Lock()
	defer c.mu.Unlock()
	l.flying--
	c.flying--
	if t.suspect {
		c.held--
	}
	switch {
	case f.result.OK():
		l.failed = 0
	case f.result.Error != webhook.FailStopped:
		l.failed++
	}
	c.done = append(c.done, f)
	c.wake()
}

// wake has the loop look at what is new in memory.
func (c *Courier) wake() {
	select {
	case c.recorded <- struct{}{}:
	default:
	}
}

// hungry tells whether a line that may send has little left; the lock is held.
func (c *Courier) hungry() bool {
	want := c.ahead()
	for _, l := range c.ring {
		if l.live && l.more && c.room(l, want) {
			return true
		}
	}
	return false
}

// room tells whether more should be read for a line: it has little left, or nothing when much is in memory already. The lock is held.
func (c *Courier) room(l *line, want int) bool {
	if c.bytes >= bytesAhead {
		return len(l.queue) == 0
	}
	return len(l.queue) < want/2+1
}

// ahead is how many deliveries are read ahead for a line; the lock is held.
func (c *Courier) ahead() int { return max(min(readAhead/max(len(c.ring), 1), mostAhead), 8) }

// waiting is how many results are not recorded yet.
func (c *Courier) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.done)
}

// stop empties the queues: what is in them stays queued in the table.
func (c *Courier) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.ring {
		c.drop(l)
	}
}

// forget begins anew: another node may have sent since.
func (c *Courier) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines, c.ring, c.turn, c.bytes, c.done = map[kefu.EndpointID]*line{}, nil, 0, 0, nil
	c.state, c.rest, c.next = [2]int64{-1}, time.Time{}, time.Time{}
}
