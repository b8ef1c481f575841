package dispatch

import (
	"context"
	"time"

	"kefu/internal/store"
)

const (
	// mendEvery is how often the dispatcher looks for claims of dead nodes and for what should not be.
	mendEvery = 5 * time.Second
	// longestDue is the furthest that anything is ever due: what is later was written before the clock was set back.
	longestDue = longestAsked + time.Minute
)

// recover takes back what nodes that are gone were sending, and promotes heads of lines that nobody promoted. It takes milliseconds, and
// nothing is sent before it is done.
func (d *Dispatcher) recover(ctx context.Context) error {
	dead, err := d.deadNodes(ctx)
	if err != nil {
		return err
	}
	return d.Store.Update(ctx, func(tx *store.Tx) error {
		for _, node := range dead {
			n, err := tx.Recover(node)
			if err != nil {
				return err
			}
			d.Log.InfoContext(ctx, "deliveries of a stopped process are taken over; each is looked for before it is sent again", "node", node, "deliveries", n)
		}
		if _, err := tx.RepairLines(); err != nil {
			return err
		}
		return tx.PullIn(longestDue)
	})
}

func (d *Dispatcher) deadNodes(ctx context.Context) ([]string, error) {
	var nodes, dead []string
	err := d.Store.View(ctx, func(tx *store.Tx) (err error) {
		nodes, err = tx.Claimants()
		return err
	})
	for _, node := range nodes {
		if node == d.Node {
			continue
		}
		alive, err := d.Store.DB().PresenceAlive(ctx, node)
		if err != nil {
			return nil, err
		}
		if !alive {
			dead = append(dead, node)
		}
	}
	return dead, err
}

// Mend repeats the recovery at intervals until ctx ends: other nodes die too, and clocks are set back.
func (d *Dispatcher) Mend(ctx context.Context) error {
	ticks := time.NewTicker(mendEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
			if err := d.recover(ctx); err != nil && ctx.Err() == nil {
				d.Log.WarnContext(ctx, "looking for abandoned deliveries failed", "error", err)
			}
		}
	}
}
