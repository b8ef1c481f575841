package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// roleLoad is the process of the senders.
const roleLoad = "load"

// load is one round of sending.
type load struct {
	host    string
	senders int
	tickets int
	create  bool          // one hook that opens each ticket, and no more
	length  time.Duration // send for so long,
	count   int64         // or so many
	rate    float64       // hooks a second over all senders; 0 is as fast as they are answered

	taken atomic.Int64 // of count
	ok    atomic.Int64
}

// sent is what a load tells at its end.
type sent struct {
	Accepted int64         `json:"accepted"`
	Began    int64         `json:"began"` // unix nanoseconds
	Took     time.Duration `json:"took"`
}

func runLoad(ctx context.Context, args []string) error {
	l := &load{}
	f := flag.NewFlagSet(roleLoad, flag.ContinueOnError)
	f.StringVar(&l.host, "host", "", "host and port")
	f.IntVar(&l.senders, "senders", 1, "connections")
	f.IntVar(&l.tickets, "tickets", 1, "tickets")
	f.BoolVar(&l.create, "create", false, "open the tickets")
	f.DurationVar(&l.length, "for", 0, "how long")
	f.Int64Var(&l.count, "count", 0, "how many")
	f.Float64Var(&l.rate, "rate", 0, "hooks a second")
	if err := f.Parse(args); err != nil {
		return err
	}
	if l.senders < 1 || l.tickets < l.senders {
		return errors.New("each sender needs a ticket of its own, so that the order within a ticket is known")
	}
	told, err := l.run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func (l *load) run(ctx context.Context) (sent, error) {
	senders := make([]*sender, 0, l.senders)
	for range l.senders {
		s, err := dialSender(ctx, l.host)
		if err != nil {
			return sent{}, err
		}
		defer s.close()
		senders = append(senders, s)
	}
	errs := make([]error, l.senders)
	began := time.Now()
	var all sync.WaitGroup
	for i, s := range senders {
		all.Go(func() { errs[i] = l.work(ctx, s, i, began) })
	}
	all.Wait()
	return sent{Accepted: l.ok.Load(), Began: began.UnixNano(), Took: time.Since(began)}, errors.Join(errs...)
}

// work sends for the tickets that are one sender's alone. The first failure ends it: a point with refusals is no point.
func (l *load) work(ctx context.Context, s *sender, i int, began time.Time) error {
	own := (l.tickets - i + l.senders - 1) / l.senders
	for n := 0; l.more(ctx, began, i, n, own); n++ {
		ticket := i + 1 + n%own*l.senders
		send := s.update
		if l.create {
			send = s.create
		}
		if err := send(ticket); err != nil {
			return err
		}
		l.ok.Add(1)
	}
	return ctx.Err()
}

// more waits for the turn of a sender's n-th hook; false when the round is over.
func (l *load) more(ctx context.Context, began time.Time, i, n, own int) bool {
	if l.create {
		return n < own && ctx.Err() == nil
	}
	if l.count > 0 && l.taken.Add(1) > l.count {
		return false
	}
	if l.rate > 0 {
		due := began.Add(time.Duration(float64(n*l.senders+i) / l.rate * float64(time.Second)))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil && (l.length == 0 || time.Since(began) < l.length)
}
