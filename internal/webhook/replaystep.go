package webhook

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// stride bounds what one step makes and what it comes by: it is a short transaction.
type stride struct{ made, read int }

const (
	stepMade = 200
	stepRead = 1000
	// soon is when a replay that has more to look at goes on: others have had a turn by then.
	soon = time.Millisecond
	// window is what a replay's rate is counted in.
	window = time.Second
)

// StepReplays makes one step of each running replay and tells when it wants to be called again; 0 when none runs. Any number of nodes may
// call it at once.
func (w *Webhooks) StepReplays(ctx context.Context) (next time.Duration, err error) {
	return w.stepReplays(ctx, stride{stepMade, stepRead})
}

func (w *Webhooks) stepReplays(ctx context.Context, most stride) (next time.Duration, err error) {
	running, err := look(ctx, w, func(tx *store.Tx) ([]store.WebhookReplay, error) { return tx.RunningReplays() })
	if err != nil {
		return 0, err
	}
	made := false
	for _, r := range running {
		s, stepErr := w.stepReplay(ctx, r, most)
		err = cmp.Or(err, stepErr)
		made = made || s.made > 0
		if s.wait > 0 && (next == 0 || s.wait < next) {
			next = s.wait
		}
	}
	if made {
		w.Bus.Signal(bus.Webhooks)
	}
	return next, err
}

// step is what one step came to.
type step struct {
	made int64
	wait time.Duration // until the next one; 0 when there is none
}

func (w *Webhooks) stepReplay(ctx context.Context, r store.WebhookReplay, most stride) (out step, err error) {
	err = w.Store.Update(ctx, func(tx *store.Tx) (err error) {
		out = step{}
		e, err := tx.LockEndpoint(r.EndpointID)
		if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
			return err
		}
		r, err := tx.LockReplay(r.ID)
		switch {
		case errors.Is(err, sqldb.ErrNoRows):
			return nil
		case err != nil || r.State != store.ReplayRunning:
			return err
		case !e.Enabled || !e.DeletedAt.IsZero():
			r.State = store.ReplayCancelled
			return tx.SaveReplay(r)
		}
		out, err = goOn(tx, r, most)
		return err
	})
	return out, err
}

// goOn makes what the rate allows now of a replay that is locked, as its endpoint is. What was made stands in the table, so neither a restart
// nor another node hurries it.
func goOn(tx *store.Tx, r store.WebhookReplay, most stride) (step, error) {
	before, first, err := tx.ReplayedSince(r.EndpointID, tx.Now.Add(-window))
	if err != nil {
		return step{}, err
	}
	room := r.PerSecond - before
	if room <= 0 {
		return step{wait: max(first.Add(window).Sub(tx.Now), soon)}, nil
	}
	wanted, ended, err := pick(tx, &r, stride{min(room, most.made), most.read})
	if err != nil {
		return step{}, err
	}
	b := tx.Batch()
	for _, n := range wanted {
		b.DeliverAgain(r.EndpointID, n, kefu.CauseReplay)
	}
	changed, err := b.Run()
	if err != nil {
		return step{}, err
	}
	out := step{wait: soon}
	for _, n := range changed {
		out.made += n
	}
	if r.Made += out.made; ended {
		r.State, out.wait = store.ReplayDone, 0
	}
	return out, tx.SaveReplay(r)
}

// pick finds the next events that a replay sends, by their rows, and moves its place behind them.
func pick(tx *store.Tx, r *store.WebhookReplay, most stride) (wanted []int64, ended bool, err error) {
	items, err := tx.ReplayItems(*r, most.read)
	if err != nil {
		return nil, false, err
	}
	for _, i := range items {
		r.Place = i.Place
		if !i.Latest || !slices.Contains(r.Types, i.Type) || i.OccurredAt.Before(r.Since) || !r.Until.IsZero() && !i.OccurredAt.Before(r.Until) {
			continue
		}
		if wanted = append(wanted, i.EventN); len(wanted) == most.made {
			return wanted, false, nil
		}
	}
	return wanted, len(items) < most.read, nil
}
