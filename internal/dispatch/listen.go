package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

const listenRest = time.Second // first pause after a listener failed; doubles up to a minute

// Keeper holds one inbox's connection while this node has the lease for it.
type Keeper struct {
	Inbox       kefu.InboxID
	Listener    connector.Listener
	Switchboard *switchboard.Switchboard
	Store       *store.Store
	Node        string
	Log         *slog.Logger
	// Recovered is told of messages that were read back after they had been missed, for metrics. Nil tells nobody; it must not block.
	Recovered func(n int)

	mu    sync.Mutex
	state connector.Health
}

// Report says how the connection is kept: off on a node that does not hold it, off with words after a fault only a person can mend.
func (k *Keeper) Report() connector.Health {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

func (k *Keeper) report(state, words string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state = connector.Health{State: state, Words: words, Since: time.Now()}
}

// Run keeps the connection until ctx ends or a person must mend something.
func (k *Keeper) Run(ctx context.Context) error {
	k.report("degraded", "waiting for the lease: another node may hold the connection")
	rest := listenRest
	for ctx.Err() == nil {
		began := time.Now()
		var err error
		held := k.lease().Hold(ctx, func(ctx context.Context) {
			k.report("ok", "this node holds the connection")
			err = k.Listener.Listen(ctx, k.receive)
		})
		if held {
			if fatal := new(connector.FatalError); errors.As(err, &fatal) {
				k.report("off", fatal.Words)
				k.Log.ErrorContext(ctx, "the connection is given up until somebody mends it and the program is started again", "inbox", k.Inbox, "error", fatal.Words)
				<-ctx.Done()
				return nil
			}
			if time.Since(began) > time.Minute {
				rest = listenRest
			}
			k.complain(ctx, err)
		}
		if !sleep(ctx, rest) {
			break
		}
		rest = min(2*rest, time.Minute)
		if !held {
			rest = store.LeaseRenew
		}
	}
	return nil
}

func (k *Keeper) complain(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	k.report("degraded", err.Error())
	k.Log.WarnContext(ctx, "the connection was lost and is made again", "inbox", k.Inbox, "error", err)
}

func (k *Keeper) lease() store.Lease {
	return store.Lease{Store: k.Store, Name: k.Lease(), Node: k.Node, Log: k.Log.With("inbox", k.Inbox)}
}

// Lease is the name of the lease that whoever holds the connection has.
func (k *Keeper) Lease() string { return "listen:" + string(k.Inbox) }

func (k *Keeper) receive(ctx context.Context, in connector.Inbound) (connector.Result, error) {
	res, err := k.Switchboard.Receive(ctx, k.Inbox, in)
	if err == nil && in.Recovered && !res.Duplicate && res.MessageID != "" && k.Recovered != nil {
		k.Recovered(1)
	}
	return res, err
}

// sleep waits, and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
