package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu/internal/bus"
	"kefu/internal/store"
)

const (
	// placeBatch bounds how many events get their position in one commit, and placeFirst is how many do in the first one: with many
	// endpoints one event is many webhooks, and messages must not wait while thousands of those are written.
	placeBatch = 500
	placeFirst = 16
	// manyMade and fewMade webhooks in one commit make the next one smaller, or larger.
	manyMade = 2000
	fewMade  = 500
	// placeRest is the shortest time between two looks: events that come closely after each other share a commit instead of competing
	// with the messages they belong to for the disk.
	placeRest = 10 * time.Millisecond
)

// Relay gives events their gapless positions and makes their webhook deliveries in the same commit. Two relays on one database are safe;
// Placed is signalled after each batch, and Webhooks when there is something to send.
type Relay struct {
	Store *store.Store
	Bus   *bus.Bus
	Log   *slog.Logger
	// Node names this process in the signals that other nodes hear.
	Node string
}

// signalChannel carries one signal for each batch of placed events to the other nodes on the database.
const signalChannel = "kefu_events"

// Run places events until ctx ends.
func (r Relay) Run(ctx context.Context) error {
	batch := placeFirst
	return r.Bus.Work(ctx, bus.Events, func(ctx context.Context) time.Duration {
		for full := true; full; {
			n, made, err := r.place(ctx, batch)
			if err != nil && ctx.Err() == nil {
				r.Log.WarnContext(ctx, "events wait for their positions: the database does not take them now", "error", err)
			}
			full = n == int64(batch) && err == nil
			batch = nextBatch(batch, full, made)
		}
		sleep(ctx, placeRest)
		return lookAnyway
	})
}

// nextBatch is how many events are placed next after a batch that was full or not, and of which so many webhooks were made.
func nextBatch(batch int, full bool, made int64) int {
	switch {
	case made > manyMade:
		return max(batch/2, 1)
	case full && made < fewMade:
		return min(2*batch, placeBatch)
	}
	return batch
}

func (r Relay) place(ctx context.Context, batch int) (n, made int64, err error) {
	err = r.Store.Update(ctx, func(tx *store.Tx) (err error) {
		if n, made, err = tx.PlaceEvents(batch); err != nil || n == 0 {
			return err
		}
		return tx.Notify(signalChannel, r.Node)
	})
	if n > 0 && err == nil {
		r.Bus.Signal(bus.Placed)
	}
	if made > 0 && err == nil {
		r.Bus.Signal(bus.Webhooks)
	}
	return n, made, err
}

// Hear passes the signals of other nodes on to this one's bus until ctx ends: events were placed there, and what they queued may be sent
// from here as well.
func (r Relay) Hear(ctx context.Context) error {
	return r.Store.DB().Listen(ctx, signalChannel, func(node string) {
		if node != r.Node {
			r.Bus.Signal(bus.Placed)
			r.Bus.Signal(bus.Deliveries)
			r.Bus.Signal(bus.Webhooks)
		}
	})
}
