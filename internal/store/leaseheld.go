package store

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"kefu/internal/sqldb"
)

// How long a lease is good for without being renewed, and how often that is done and others ask: another node takes over within 15 s.
const (
	leaseTTL   = 9 * time.Second
	LeaseRenew = 3 * time.Second
)

// Lease is a right that one node has at a time, for as long as it works.
type Lease struct {
	Store      *Store
	Name, Node string
	Log        *slog.Logger
}

// Hold takes the lease and runs work while this node has it: the context of work ends with ctx, or when the lease is lost. It gives the
// lease back when work has returned. false says that another node has it, or nobody could be asked: ask again after LeaseRenew.
func (l Lease) Hold(ctx context.Context, work func(context.Context)) (held bool) {
	held, err := l.Store.TakeLease(ctx, l.Name, l.Node, leaseTTL)
	if err != nil && ctx.Err() == nil {
		l.Log.WarnContext(ctx, "a lease could not be asked for", "lease", l.Name, "error", err)
	}
	if !held {
		return false
	}
	holding, cancel := context.WithCancel(ctx)
	defer cancel()
	var renewing sync.WaitGroup
	renewing.Go(func() { l.renew(holding, cancel) })
	work(holding)
	cancel()
	renewing.Wait()
	giving, done := context.WithTimeout(context.WithoutCancel(ctx), LeaseRenew)
	defer done()
	if err := l.Store.GiveLease(giving, l.Name, l.Node); err != nil {
		l.Log.WarnContext(ctx, "a lease could not be given back; it expires by itself", "lease", l.Name, "error", err)
	}
	return true
}

// Keep does work whenever this node has the lease, until ctx ends. On SQLite there is one process, and no lease.
func (l Lease) Keep(ctx context.Context, work func(context.Context)) {
	if l.Store.DB().Dialect() != sqldb.PostgreSQL {
		work(ctx)
		return
	}
	for ctx.Err() == nil {
		l.Hold(ctx, work)
		timer := time.NewTimer(LeaseRenew)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// renew keeps the lease; when it is lost, or could not be renewed until shortly before it expires, lost is called.
func (l Lease) renew(ctx context.Context, lost func()) {
	tick := time.NewTicker(LeaseRenew)
	defer tick.Stop()
	// It runs out also while the database does not answer.
	over := time.AfterFunc(leaseTTL-LeaseRenew, func() {
		l.Log.WarnContext(ctx, "a lease could not be renewed: another node may take over", "lease", l.Name)
		lost()
	})
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		held, err := l.Store.TakeLease(ctx, l.Name, l.Node, leaseTTL)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && held:
			over.Reset(leaseTTL - LeaseRenew)
		case err == nil:
			l.Log.WarnContext(ctx, "a lease is lost: another node takes over", "lease", l.Name)
			lost()
			return
		}
	}
}
