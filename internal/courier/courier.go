package courier

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

const (
	// places bounds the attempts of all endpoints that are on their way at once. Those whose last attempt failed share a part of them, so
	// that however many hang, the others find a place.
	places        = 512
	suspectPlaces = 128
	// probeAfter failures in a row leave an endpoint one attempt at a time, until one arrives.
	probeAfter = 8
	// readAhead bounds the deliveries that are kept in memory. Beyond bytesAhead of data of their events a line has one.
	readAhead  = 16384
	bytesAhead = 32 << 20
	// mostResults bounds the results that wait to be recorded: beyond that nothing more is sent.
	mostResults = 4096
	// mostAhead bounds those of one line: enough that it does not run dry while results are recorded.
	mostAhead = 1024
	// freshFor is how long what was read may wait before it is sent. What is older is read again.
	freshFor = 5 * time.Second
	// lookAnyway is how often the table is looked at without a signal.
	lookAnyway = time.Second
	// stopTime is how long attempts on their way may go on when the program stops.
	stopTime = 10 * time.Second
)

// Options are what a courier is built from.
type Options struct {
	Store    *store.Store
	Webhooks *webhook.Webhooks
	Bus      *bus.Bus
	Log      *slog.Logger
	// Node names this process in the lease. On SQLite there is one process, and no lease.
	Node string
	// Post makes an attempt; nil is that of Webhooks.
	Post func(context.Context, webhook.Request) webhook.Result
	// Luck gives random numbers from 0 to 1 for the extended schedule; nil is a random source.
	Luck func() float64
	// Look is how often the table is looked at without a signal; 0 is every second.
	Look time.Duration
	// Attempted is told of each attempt: the class of its failure, "" when it arrived, how long it took, and how late it began. Final is told of
	// each delivery that ended. Nil tells nobody; they must not block.
	Attempted func(class string, took, late time.Duration)
	Final     func(state kefu.DeliveryState)
}

// Courier sends what is due.
type Courier struct {
	Options

	mu     sync.Mutex
	lines  map[kefu.EndpointID]*line
	ring   []*line // of lines, in the order of their turns
	turn   int
	bytes  int // of the events of what is queued in memory
	flying int // attempts on their way
	held   int // of those, to endpoints whose last attempt failed
	done   []*finished
	// rest is when a line that waits for its rate may go on; zero when none does.
	rest time.Time

	recorded chan struct{} // a result waits
	senders  sync.WaitGroup
	state    [2]int64 // of the endpoints when they were read last
	looked   time.Time
	next     time.Time // when something is due that is not yet
}

// New makes a courier.
func New(o Options) *Courier {
	if o.Post == nil {
		o.Post = o.Webhooks.Post
	}
	if o.Luck == nil {
		o.Luck = luck
	}
	o.Look = cmp.Or(o.Look, lookAnyway)
	if o.Attempted == nil {
		o.Attempted = func(string, time.Duration, time.Duration) {}
	}
	if o.Final == nil {
		o.Final = func(kefu.DeliveryState) {}
	}
	return &Courier{Options: o, lines: map[kefu.EndpointID]*line{}, recorded: make(chan struct{}, 1)}
}

// Run sends until ctx ends, then takes nothing more, lets what is on its way end (10 s), records it and returns nil.
func (c *Courier) Run(ctx context.Context) error {
	return c.leading(ctx, func(ctx context.Context) {
		sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		c.forget()
		c.loop(ctx, sending)
		c.finish(ctx, cancel)
	})
}

// loop records, reads, sends and waits, in turns.
func (c *Courier) loop(ctx, sending context.Context) {
	told, unsubscribe := c.Bus.Subscribe(bus.Webhooks)
	defer unsubscribe()
	timer := time.NewTimer(0)
	defer timer.Stop()
	look := true
	for ctx.Err() == nil {
		c.record(ctx)
		full, err := c.refill(ctx, look)
		if err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "webhooks wait: the database does not answer", "error", err)
		}
		c.send(sending)
		timer.Reset(c.pause(full && err == nil))
		select {
		case <-ctx.Done():
		case <-told:
			look = true
		case <-c.recorded:
			look = c.collect(ctx, told)
		case <-timer.C:
			look = c.stale()
		}
	}
}

// collect waits a little for more results, so that they share a commit; it tells whether something was signalled meanwhile.
func (c *Courier) collect(ctx context.Context, told <-chan struct{}) (look bool) {
	rest := time.NewTimer(min(recordRest, c.pause(false)))
	defer rest.Stop()
	for n := c.waiting(); n > 0 && n < recordEnough; n = c.waiting() {
		select {
		case <-ctx.Done():
			return false
		case <-told:
			return true
		case <-c.recorded:
		case <-rest.C:
			return false
		}
	}
	return false
}

// stale tells whether it is time to look at the table again.
func (c *Courier) stale() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.looked) >= c.Look || !c.next.IsZero() && !time.Now().Before(c.next)
}

// pause is how long nothing has to be done when nobody says anything. more says that the last reading left something.
func (c *Courier) pause(more bool) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if more && c.hungry() {
		return 0
	}
	pause := c.Look
	for _, at := range []time.Time{c.next, c.rest} {
		if !at.IsZero() {
			pause = min(pause, max(time.Until(at), 0))
		}
	}
	return pause
}

// finish lets what is on its way end, and records it.
func (c *Courier) finish(ctx context.Context, cancel func()) {
	over := time.AfterFunc(stopTime, cancel)
	defer over.Stop()
	c.stop()
	c.senders.Wait()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer done()
	for c.waiting() > 0 && last.Err() == nil {
		c.record(last)
	}
}

// leading runs work while this node has the lease, again and again until ctx ends.
func (c *Courier) leading(ctx context.Context, work func(context.Context)) error {
	store.Lease{Store: c.Store, Name: leaseName, Node: c.Node, Log: c.Log}.Keep(ctx, work)
	return nil
}

// leaseName is the lease of who sends webhooks.
const leaseName = "webhooks"

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Replay makes the deliveries of running replays until ctx ends. It may run on every node.
func (c *Courier) Replay(ctx context.Context) error {
	return c.Bus.Work(ctx, bus.Webhooks, func(ctx context.Context) time.Duration { return cmp.Or(c.replay(ctx), c.Look) })
}
