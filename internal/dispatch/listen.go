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

const (
	leaseTTL   = 9 * time.Second // another node takes over within 15 s
	leaseRenew = 3 * time.Second
	listenRest = time.Second // first pause after a listener failed; doubles up to a minute
)

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
		held, err := k.acquire(ctx)
		if err != nil && ctx.Err() == nil {
			k.Log.WarnContext(ctx, "the lease of a connection could not be asked for", "inbox", k.Inbox, "error", err)
		}
		if held {
			began := time.Now()
			err := k.hold(ctx)
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
			rest = leaseRenew
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

// acquire takes the lease, at once from a node that is gone.
func (k *Keeper) acquire(ctx context.Context) (held bool, err error) {
	return k.Store.TakeLease(ctx, k.lease(), k.Node, leaseTTL)
}

func (k *Keeper) lease() string { return "listen:" + string(k.Inbox) }

// hold listens while the lease can be renewed, and gives it back at the end.
func (k *Keeper) hold(ctx context.Context) error {
	listening, cancel := context.WithCancel(ctx)
	defer cancel()
	var renewing sync.WaitGroup
	renewing.Go(func() { k.renew(listening, cancel) })
	k.report("ok", "this node holds the connection")
	err := k.Listener.Listen(listening, k.receive)
	cancel()
	renewing.Wait()
	release, done := context.WithTimeout(context.WithoutCancel(ctx), leaseRenew)
	defer done()
	if e := k.Store.GiveLease(release, k.lease(), k.Node); e != nil {
		k.Log.WarnContext(ctx, "the lease could not be given back; it expires by itself", "inbox", k.Inbox, "error", e)
	}
	return err
}

func (k *Keeper) receive(ctx context.Context, in connector.Inbound) (connector.Result, error) {
	res, err := k.Switchboard.Receive(ctx, k.Inbox, in)
	if err == nil && in.Recovered && !res.Duplicate && res.MessageID != "" && k.Recovered != nil {
		k.Recovered(1)
	}
	return res, err
}

// renew keeps the lease; when it is lost, or could not be renewed until shortly before it expires, listening ends.
func (k *Keeper) renew(ctx context.Context, lost func()) {
	renewed := time.Now()
	for sleep(ctx, leaseRenew) {
		held, err := k.acquire(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && held:
			renewed = time.Now()
		case err == nil || time.Since(renewed) > leaseTTL-leaseRenew:
			k.Log.WarnContext(ctx, "the lease of the connection is lost: another node takes over", "inbox", k.Inbox, "error", err)
			lost()
			return
		}
	}
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
