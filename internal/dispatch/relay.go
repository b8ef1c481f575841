package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu/internal/bus"
	"kefu/internal/store"
)

const (
	// placeBatch bounds how many events get their position in one commit.
	placeBatch = 500
	// placeRest is the shortest time between two looks: events that come closely after each other share a commit instead of competing
	// with the messages they belong to for the disk.
	placeRest = 10 * time.Millisecond
)

// Relay gives events their gapless positions. Two relays on one database are safe; Placed is signalled after each batch.
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
	return onSignal(ctx, r.Bus, bus.Events, func(ctx context.Context) time.Duration {
		for full := true; full; {
			n, err := r.place(ctx)
			if err != nil && ctx.Err() == nil {
				r.Log.WarnContext(ctx, "events wait for their positions: the database does not take them now", "error", err)
			}
			full = n == placeBatch && err == nil
		}
		sleep(ctx, placeRest)
		return lookAnyway
	})
}

func (r Relay) place(ctx context.Context) (n int64, err error) {
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		if n, err = tx.PlaceEvents(placeBatch); err != nil || n == 0 {
			return err
		}
		return tx.Notify(signalChannel, r.Node)
	})
	if n > 0 && err == nil {
		r.Bus.Signal(bus.Placed)
	}
	return n, err
}

// Hear passes the signals of other nodes on to this one's bus until ctx ends: events were placed there, and what they queued may be sent
// from here as well.
func (r Relay) Hear(ctx context.Context) error {
	return r.Store.DB().Listen(ctx, signalChannel, func(node string) {
		if node != r.Node {
			r.Bus.Signal(bus.Placed)
			r.Bus.Signal(bus.Deliveries)
		}
	})
}
