package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu/internal/bus"
	"kefu/internal/switchboard"
)

const (
	// indexBatch bounds how many events or rows are taken into the search index in one commit: on SQLite messages wait for it.
	indexBatch = 64
	// indexShare is how many times as long as a step took the indexer rests, so that messages are not kept waiting while much is indexed:
	// with a whole database to index it takes a fifth of one core, and new messages come first.
	indexShare = 4
	indexRest  = 10 * time.Millisecond
	// indexPause is how long it waits for company when everything is indexed: a commit for every few messages would take from the messages
	// themselves, and nobody looks for what was written a quarter of a second ago.
	indexPause = 250 * time.Millisecond
)

// Indexer keeps the search index up with the events. Two on one database are safe: each step is taken by one of them.
type Indexer struct {
	Switchboard *switchboard.Switchboard
	Bus         *bus.Bus
	Log         *slog.Logger
}

// Run indexes until ctx ends. Without events it costs one look whenever the longest wait is over.
func (x Indexer) Run(ctx context.Context) error {
	return x.Bus.Work(ctx, bus.Placed, func(ctx context.Context) time.Duration {
		for more := true; more && ctx.Err() == nil; {
			began := time.Now()
			did, err := x.Switchboard.Index(ctx, indexBatch)
			if err != nil && ctx.Err() == nil {
				x.Log.WarnContext(ctx, "the search index waits: the database does not take it now", "error", err)
			}
			more = did.More && err == nil
			rest := max(indexShare*time.Since(began), indexRest)
			if !more {
				rest = max(rest, indexPause)
			}
			sleep(ctx, rest)
		}
		return indexLook
	})
}

// indexLook is how often the indexer looks without a signal.
const indexLook = 10 * time.Second

// CatchUp indexes without rests until there is nothing left: for tools that fill a database. batch is how many rows share a commit.
func (x Indexer) CatchUp(ctx context.Context, batch int) error {
	for {
		did, err := x.Switchboard.Index(ctx, batch)
		if err != nil || !did.More {
			return err
		}
	}
}
