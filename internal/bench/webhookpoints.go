package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

// The points of the process that sends webhooks.
const (
	hookDrain   = "drain"     // deliveries that wait already, until the last is recorded
	hookFlow    = "flow"      // from appending the first event until the last delivery is recorded
	hookPickUp  = "pickup"    // from the commit to the first byte, when nothing else is to do
	hookRetries = "retries"   // how late second attempts begin
	hookApart   = "isolation" // the same as pickup, for the others, while one endpoint hangs
	hookFan     = "fan"       // one event for all endpoints, from the commit to the last first byte
)

const (
	appenders  = 64   // transactions that append an event each, at once
	pickUpRate = 40   // events a second when nothing else is to do
	retryRate  = 25   // events a second to each endpoint whose retries are looked at
	apartRate  = 50   // events a second beside the endpoint that hangs,
	hungQueue  = 2000 // and what waits for that one
	fanRounds  = 5
	hookBatch  = 500 // events of a commit that is not measured
)

// append writes one event in a transaction of its own and tells when it was committed.
func (w *hookWork) append(ctx context.Context, e kefu.Event) (time.Time, error) {
	err := w.store.Update(ctx, func(tx *store.Tx) error { return tx.AppendEvent(e) })
	at := time.Now()
	w.bus.Signal(bus.Events)
	return at, err
}

// fill appends events in large commits, and waits until the relay has made their deliveries.
func (w *hookWork) fill(ctx context.Context, kind string, events, deliveries int) error {
	data := hookData()
	for left := events; left > 0; left -= hookBatch {
		err := w.store.Update(ctx, func(tx *store.Tx) error {
			b := tx.Batch()
			for range min(left, hookBatch) {
				b.AppendEvent(hookEvent(kind, data))
			}
			_, err := b.Run()
			return err
		})
		if err != nil {
			return err
		}
	}
	w.bus.Signal(bus.Events)
	return until(ctx, 20*time.Millisecond, func() (bool, error) {
		n, err := w.countRows(ctx, sqlHooksMade)
		return n >= deliveries, err
	})
}

// drain measures how fast what waits is sent.
func (w *hookWork) drain(ctx context.Context) (worked, error) {
	events := max(w.count/w.endpoints, 1)
	told := worked{Want: events * w.endpoints}
	w.relay(ctx)
	if err := w.fill(ctx, hookType, events, told.Want); err != nil {
		return told, err
	}
	done, err := w.watch()
	if err != nil {
		return told, err
	}
	w.deliver(ctx)
	if err := w.recorded(ctx, told.Want); err != nil {
		return told, err
	}
	done(&told)
	return told, nil
}

// flow measures how fast events become deliveries that are recorded.
func (w *hookWork) flow(ctx context.Context) (worked, error) {
	events := max(w.count/w.endpoints, 1)
	told := worked{Want: events * w.endpoints}
	w.relay(ctx)
	w.deliver(ctx)
	done, err := w.watch()
	if err != nil {
		return told, err
	}
	var taken atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, appenders)
	for i := range appenders {
		all.Go(func() {
			data := hookData()
			for errs[i] == nil && taken.Add(1) <= int64(events) {
				_, errs[i] = w.append(ctx, hookEvent(hookType, data))
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return told, err
	}
	if err := w.recorded(ctx, told.Want); err != nil {
		return told, err
	}
	done(&told)
	return told, nil
}

// paced appends events one after the other, so many a second, and tells when each was committed.
func (w *hookWork) paced(ctx context.Context, rate int) (map[string]time.Time, error) {
	committed := map[string]time.Time{}
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	data := hookData()
	for began := time.Now(); time.Since(began) < w.length; {
		e := hookEvent(hookType, data)
		at, err := w.append(ctx, e)
		if err != nil {
			return nil, err
		}
		committed[string(e.ID)] = at
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return committed, nil
}

// pickUp measures the way from a commit to the first byte at the receiver.
func (w *hookWork) pickUp(ctx context.Context) (worked, error) {
	w.relay(ctx)
	w.deliver(ctx)
	if err := wait(ctx, time.Second); err != nil {
		return worked{}, err
	}
	return w.arriving(ctx, pickUpRate, w.endpoints)
}

// arriving appends at a rate and measures the way of each event to each of so many endpoints.
func (w *hookWork) arriving(ctx context.Context, rate, endpoints int) (told worked, err error) {
	committed, err := w.paced(ctx, rate)
	if err != nil {
		return told, err
	}
	told.Want = len(committed) * endpoints
	if err := w.recorded(ctx, told.Want); err != nil {
		return told, err
	}
	arrivals, err := w.arrivals(ctx)
	if err != nil {
		return told, err
	}
	var took []time.Duration
	for _, a := range arrivals {
		if at, ours := committed[a.Event]; ours && a.Attempt == 1 {
			took = append(took, max(time.Unix(0, a.At).Sub(at), 0))
		}
	}
	slices.Sort(took)
	told.P50, told.P99, told.Max = quantile(took, 0.5), quantile(took, 0.99), quantile(took, 1)
	return told, nil
}

func (w *hookWork) arrivals(ctx context.Context) (all []arrival, err error) {
	err = ask(ctx, "http://"+w.receiver+"/bench/arrivals", &all)
	return all, err
}

// apart measures how the others fare while one endpoint hangs with much that waits for it.
func (w *hookWork) apart(ctx context.Context) (worked, error) {
	w.relay(ctx)
	hung := w.hung
	w.hung = "" // its deliveries count, this once
	err := w.fill(ctx, hookTypeHung, hungQueue, hungQueue)
	w.hung = hung
	if err != nil {
		return worked{}, err
	}
	w.deliver(ctx)
	if err := wait(ctx, time.Second); err != nil {
		return worked{}, err
	}
	return w.arriving(ctx, apartRate, w.endpoints-1)
}

const sqlHooksLate = `SELECT b.started_at - a.started_at - a.duration FROM webhook_attempt a JOIN webhook_attempt b ON b.delivery_n = a.delivery_n AND b.no = a.no + 1
WHERE a.no = 1`

// firstPause is what the standard schedule waits after the first failure.
const firstPause = time.Second

// retries measures how long after its due time a second attempt begins, by the log; and by the receiver's clock that none came early.
func (w *hookWork) retries(ctx context.Context) (worked, error) {
	w.relay(ctx)
	w.deliver(ctx)
	told, err := w.arriving(ctx, retryRate, w.endpoints)
	if err != nil {
		return told, err
	}
	var late []time.Duration
	err = w.store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(sqlHooksLate)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var micros int64
			if err := rows.Scan(&micros); err != nil {
				return err
			}
			late = append(late, time.Duration(micros)*time.Microsecond-firstPause)
		}
		return rows.Err()
	})
	if err != nil {
		return told, err
	}
	slices.Sort(late)
	told.P50, told.P99, told.Max = quantile(late, 0.5), quantile(late, 0.99), quantile(late, 1)
	arrivals, err := w.arrivals(ctx)
	told.Early = tooEarly(arrivals)
	return told, err
}

// tooEarly counts second attempts that came before the first pause was over.
func tooEarly(all []arrival) (n int) {
	refused := map[hookKey]int64{}
	slices.SortFunc(all, func(a, b arrival) int { return cmp.Compare(a.At, b.At) })
	for _, a := range all {
		k := hookKey{a.Endpoint, a.Event}
		if at, again := refused[k]; again && time.Duration(a.At-at) < firstPause {
			n++
		}
		if a.Refused {
			refused[k] = a.Ended
		}
	}
	return n
}

// fan measures how long one event takes to all endpoints: the medians of some rounds.
func (w *hookWork) fan(ctx context.Context) (told worked, err error) {
	w.relay(ctx)
	w.deliver(ctx)
	var firsts, middles, lasts []time.Duration
	for range fanRounds {
		if err := wait(ctx, w.length/fanRounds); err != nil {
			return told, err
		}
		e := hookEvent(hookType, hookData())
		at, err := w.append(ctx, e)
		if err != nil {
			return told, err
		}
		told.Want += w.endpoints
		if err := w.recorded(ctx, told.Want); err != nil {
			return told, err
		}
		arrivals, err := w.arrivals(ctx)
		if err != nil {
			return told, err
		}
		var took []time.Duration
		for _, a := range arrivals {
			if a.Event == string(e.ID) {
				took = append(took, time.Unix(0, a.At).Sub(at))
			}
		}
		slices.Sort(took)
		firsts, middles, lasts = append(firsts, quantile(took, 0)), append(middles, quantile(took, 0.5)), append(lasts, quantile(took, 1))
	}
	for _, all := range [][]time.Duration{firsts, middles, lasts} {
		slices.Sort(all)
	}
	told.First, told.P50, told.Last = quantile(firsts, 0.5), quantile(middles, 0.5), quantile(lasts, 0.5)
	return told, nil
}
