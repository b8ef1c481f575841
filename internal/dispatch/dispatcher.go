package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// Target is one inbox that can be sent to.
type Target struct {
	Inbox     kefu.InboxID
	Name      string
	Connector connector.Connector
	Can       connector.Abilities
	// Looks says that the connector can find out whether an uncertain message arrived. Without it an uncertain outcome is final.
	Looks bool
	// Cap is how many deliveries may be in flight at once; 0 is the default.
	Cap int
}

// Options are what a Dispatcher is made of. All but Observe are required.
type Options struct {
	Store       *store.Store
	Switchboard *switchboard.Switchboard
	Bus         *bus.Bus
	Log         *slog.Logger
	Targets     []Target
	// Node names this process among others on the same database.
	Node string
	// Observe is told of every finished attempt, for metrics. It must not block.
	Observe func(inbox kefu.InboxID, kind kefu.DeliveryKind, outcome kefu.Outcome, took time.Duration)
}

const (
	defaultCap  = 64
	lookAnyway  = time.Second      // how often the loop looks without a signal: another node may have queued something
	grace       = 10 * time.Second // how long what is in flight may take when the program stops
	sendTimeout = 45 * time.Second // of one attempt
)

// Dispatcher claims and sends. Make it with New, run it once with Run.
type Dispatcher struct {
	Options
	lanes   []*lane
	results chan result
}

// New makes a dispatcher. It does nothing until Run.
func New(o Options) *Dispatcher {
	if o.Observe == nil {
		o.Observe = func(kefu.InboxID, kefu.DeliveryKind, kefu.Outcome, time.Duration) {}
	}
	d := &Dispatcher{Options: o}
	slots := 0
	for _, t := range o.Targets {
		if t.Cap <= 0 {
			t.Cap = defaultCap
		}
		slots += t.Cap
		d.lanes = append(d.lanes, newLane(t))
	}
	// Room for every result there can be, so that no sender ever waits for the loop.
	d.results = make(chan result, slots)
	return d
}

// Run claims and sends until ctx ends; then it takes nothing new, gives what is in flight ten seconds, records it and returns nil.
func (d *Dispatcher) Run(ctx context.Context) error {
	wake, cancel := d.Bus.Subscribe(bus.Deliveries)
	defer cancel()
	for err := d.recover(ctx); err != nil; err = d.recover(ctx) {
		d.Log.WarnContext(ctx, "deliveries wait: what an earlier process left behind cannot be read now", "error", err)
		if !sleep(ctx, lookAnyway) {
			return nil
		}
	}
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var pending []result
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		var wait time.Duration
		pending, wait = d.cycle(ctx, sending, pending)
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		case r := <-d.results:
			pending = append(pending, r)
		}
		pending = d.drain(pending)
	}
	d.finish(ctx, stop, pending)
	return nil
}

// drain takes the results that are there without waiting.
func (d *Dispatcher) drain(pending []result) []result {
	for {
		select {
		case r := <-d.results:
			pending = append(pending, r)
		default:
			return pending
		}
	}
}

// finish waits for what is in flight, and records it. What does not end in time is cut off: its outcome is then unknown, and stored as such.
func (d *Dispatcher) finish(ctx context.Context, stop func(), pending []result) {
	ctx = context.WithoutCancel(ctx)
	deadline := time.NewTimer(grace)
	defer deadline.Stop()
	for _, r := range pending {
		r.job.lane.inFlight--
	}
	for d.inFlight() > 0 {
		select {
		case r := <-d.results:
			r.job.lane.inFlight--
			pending = append(pending, r)
		case <-deadline.C:
			stop()
		}
	}
	if len(pending) == 0 {
		return
	}
	if err := d.Store.Update(ctx, func(tx *store.Tx) error { return d.record(tx, pending) }); err != nil {
		d.Log.ErrorContext(ctx, "results of the last deliveries could not be stored; they will be looked for at the next start", "error", err, "deliveries", len(pending))
	}
}

func (d *Dispatcher) inFlight() int {
	n := 0
	for _, l := range d.lanes {
		n += l.inFlight
	}
	return n
}

// cycle records results, claims what is due and starts it, in one transaction. It returns the results it could not record, and how long
// the loop may sleep.
func (d *Dispatcher) cycle(ctx, sending context.Context, pending []result) ([]result, time.Duration) {
	for i := range pending {
		if r := &pending[i]; !r.counted {
			r.counted = true
			r.job.lane.settle(*r)
		}
	}
	var plan claimed
	err := d.Store.Update(ctx, func(tx *store.Tx) error {
		plan = claimed{wait: lookAnyway}
		if err := d.record(tx, pending); err != nil {
			return err
		}
		if err := d.claim(tx, &plan); err != nil {
			return err
		}
		return loadAll(tx, plan.jobs)
	})
	if err != nil {
		if ctx.Err() == nil {
			d.Log.WarnContext(ctx, "deliveries wait: the database cannot take results or claims now", "error", err, "results", len(pending))
		}
		return pending, lookAnyway
	}
	for _, r := range pending {
		d.tell(ctx, r)
	}
	for _, j := range plan.jobs {
		j.lane.inFlight++
		go d.carryOut(sending, j)
	}
	return nil, plan.wait
}

type claimed struct {
	jobs []*job
	wait time.Duration
}

// claim takes due heads of lines for every lane that has room.
func (d *Dispatcher) claim(tx *store.Tx, plan *claimed) error {
	for _, l := range d.lanes {
		room, wait := l.room()
		if wait > 0 {
			plan.wait = min(plan.wait, wait)
		}
		if room <= 0 {
			continue
		}
		rows, err := tx.Claim(l.Inbox, d.Node, room)
		if err != nil {
			return err
		}
		for _, row := range rows {
			plan.jobs = append(plan.jobs, &job{Delivery: row, lane: l})
		}
		if len(rows) == room {
			continue // a result will wake the loop
		}
		next, err := tx.NextDue(l.Inbox)
		if err != nil {
			return err
		}
		if !next.IsZero() {
			plan.wait = min(plan.wait, max(next.Sub(tx.Now), time.Millisecond))
		}
	}
	return nil
}
