package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/courier"
	"kefu/internal/dispatch"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

// roleHooks is the process that sends webhooks with Kefu's own parts: store, rules, relay and courier.
const roleHooks = "hooks"

// worked is what a point of that process tells.
type worked struct {
	Want      int           `json:"want"`      // deliveries that must arrive
	Delivered int           `json:"delivered"` // rows that say so
	Attempts  int           `json:"attempts"`  // rows of the log
	Retried   int           `json:"retried"`   // of these, not the first of their delivery
	Took      time.Duration `json:"took"`
	Spent     time.Duration `json:"spent"`   // of processors
	Highest   int64         `json:"highest"` // bytes of memory
	Heap      int64         `json:"heap"`    // bytes in use afterwards
	P50       time.Duration `json:"p50"`
	P99       time.Duration `json:"p99"`
	Max       time.Duration `json:"max"`
	First     time.Duration `json:"first"`
	Last      time.Duration `json:"last"`
	Early     int           `json:"early"` // attempts that came before they were due
}

// hookWork is the process: one point, on an empty database, with as many endpoints as it is told.
type hookWork struct {
	database  string
	receiver  string // address of its questions
	endpoints int
	hangs     int // endpoint that hears of hookTypeHung alone; -1 is none
	point     string
	count     int
	length    time.Duration
	profile   string

	store *store.Store
	bus   *bus.Bus
	rules *webhook.Webhooks
	log   *slog.Logger
	hung  kefu.EndpointID
	run   sync.WaitGroup // relay and courier
}

func runHooks(ctx context.Context, args []string) error {
	w := &hookWork{bus: bus.New(), log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	f := flag.NewFlagSet(roleHooks, flag.ContinueOnError)
	f.StringVar(&w.database, "database", "", "sqlite:path or postgres://…")
	f.StringVar(&w.receiver, "receiver", "", "address of the receiver's questions")
	f.IntVar(&w.endpoints, "endpoints", 1, "endpoints")
	f.IntVar(&w.hangs, "hangs", -1, "endpoint that never answers")
	f.StringVar(&w.point, "point", "", "what is measured")
	f.IntVar(&w.count, "count", 1, "how many deliveries")
	f.DurationVar(&w.length, "for", time.Second, "how long")
	f.StringVar(&w.profile, "profile", "", "file for a CPU profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	told, err := w.work(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

// work measures the point and ends what it started.
func (w *hookWork) work(ctx context.Context) (told worked, err error) {
	do, known := map[string]func(context.Context) (worked, error){
		hookDrain: w.drain, hookFlow: w.flow, hookPickUp: w.pickUp, hookRetries: w.retries, hookApart: w.apart, hookFan: w.fan}[w.point]
	if !known {
		return told, fmt.Errorf("there is no point %q", w.point)
	}
	ctx, cancel := context.WithTimeout(ctx, drainLimit)
	defer cancel()
	db, err := sqldb.Open(ctx, w.database, sqldb.Options{Log: w.log})
	if err != nil {
		return told, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w.store = store.New(db)
	if _, err := w.store.Migrate(ctx); err != nil {
		return told, err
	}
	if err := w.enter(ctx); err != nil {
		return told, err
	}
	defer w.rules.Close()
	defer w.run.Wait() // what is in flight ends before the database is closed
	defer cancel()
	if told, err = do(ctx); err == nil {
		err = w.tally(ctx, &told)
	}
	return told, err
}

// enter makes the rules and the endpoints.
func (w *hookWork) enter(ctx context.Context) error {
	var info hookInfo
	if err := ask(ctx, "http://"+w.receiver+"/readyz", &info); err != nil {
		return err
	}
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		return err
	}
	w.rules = webhook.New(webhook.Options{Store: w.store, Bus: w.bus, Box: box, Log: w.log, AllowHTTP: true, Allow: hookAllow(), Version: "bench"})
	who := kefu.Ask{Caller: kefu.SystemCaller("bench")}
	for n := range w.endpoints {
		kind := hookType
		if n == w.hangs {
			kind = hookTypeHung
		}
		e, err := w.rules.CreateEndpoint(ctx, who, webhook.EndpointChange{Name: kefu.Some(fmt.Sprint("receiver ", n)), URL: kefu.Some(hookURL(info.Port, n)),
			Events: kefu.Some([]string{kind}), Secret: kefu.Some(hookSecret(n))})
		if err != nil {
			return err
		}
		if n == w.hangs {
			w.hung = e.ID
		}
	}
	return nil
}

// relay gives events their positions and makes their deliveries, until ctx ends.
func (w *hookWork) relay(ctx context.Context) {
	r := dispatch.Relay{Store: w.store, Bus: w.bus, Log: w.log, Node: "bench"}
	w.run.Go(func() { _ = r.Run(ctx) }) // it fails never
}

// deliver sends what is due, until ctx ends.
func (w *hookWork) deliver(ctx context.Context) {
	c := courier.New(courier.Options{Store: w.store, Webhooks: w.rules, Bus: w.bus, Log: w.log, Node: "bench"})
	w.run.Go(func() { _ = c.Run(ctx) }) // it fails never
}

// watch begins to measure what the process takes; the returned function notes it. What the process took before is forgotten.
func (w *hookWork) watch() (done func(*worked), err error) {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the highest memory so far; elsewhere than on Linux nothing is measured
	stop, err := profiled(w.profile)
	if err != nil {
		return nil, err
	}
	began, spent := time.Now(), spentBy(os.Getpid())
	return func(told *worked) {
		told.Took, told.Spent = time.Since(began), spentBy(os.Getpid())-spent
		stop()
		told.Highest = memoryOf(os.Getpid(), "VmHWM:")
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		told.Heap = int64(min(m.HeapAlloc, 1<<40))
	}, nil
}

const (
	sqlHooksLeft = `SELECT COUNT(*) FROM (SELECT 1 FROM webhook_delivery WHERE state = 'queued' AND endpoint_id <> $1 LIMIT 1) one`
	sqlHooksDone = `SELECT COUNT(*) FROM webhook_delivery WHERE state = 'delivered' AND endpoint_id <> $1`
	sqlHooksLog  = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN a.no > 1 THEN 1 ELSE 0 END), 0) FROM webhook_attempt a
JOIN webhook_delivery d ON d.n = a.delivery_n WHERE d.endpoint_id <> $1`
	sqlHooksMade = `SELECT COUNT(*) FROM webhook_delivery WHERE endpoint_id <> $1`
)

// countRows asks for one figure, of all endpoints but the one that hangs.
func (w *hookWork) countRows(ctx context.Context, text string) (n int, err error) {
	err = w.store.View(ctx, func(tx *store.Tx) error { return tx.QueryRow(text, string(w.hung)).Scan(&n) })
	return n, err
}

// tally reads what the tables say in the end.
func (w *hookWork) tally(ctx context.Context, told *worked) (err error) {
	if told.Delivered, err = w.countRows(ctx, sqlHooksDone); err != nil {
		return err
	}
	return w.store.View(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(sqlHooksLog, string(w.hung)).Scan(&told.Attempts, &told.Retried)
	})
}

// recorded waits until so many deliveries have arrived and nothing is queued any more. The receiver is asked first: it costs less.
func (w *hookWork) recorded(ctx context.Context, want int) error {
	arrived := func() (bool, error) {
		var got hookArrivals
		err := ask(ctx, "http://"+w.receiver+"/bench/report", &got)
		return got.Taken >= want, err
	}
	if err := until(ctx, 10*time.Millisecond, arrived); err != nil {
		return fmt.Errorf("not all of %d deliveries arrived: %w", want, err)
	}
	return until(ctx, 2*time.Millisecond, func() (bool, error) {
		left, err := w.countRows(ctx, sqlHooksLeft)
		return left == 0, err
	})
}

// until asks again and again whether something is so.
func until(ctx context.Context, every time.Duration, so func() (bool, error)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if yes, err := so(); yes || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
