package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/switchboard"
)

const (
	sweepBatch   = 20
	snapshotTime = 10 * time.Second
	sweepLook    = 10 * time.Second // how often the sweeper looks without a signal
	siteRest     = 5 * time.Second  // first pause of a site that does not answer; doubles up to longestWait
)

// Sweeper compares the threads of one inbox with their source of truth: one request at a time, and none to a site that is down.
type Sweeper struct {
	Inbox       kefu.InboxID
	Comparer    connector.Comparer
	Switchboard *switchboard.Switchboard
	Bus         *bus.Bus
	Log         *slog.Logger
	// Recovered is told of recovered messages, for metrics. It must not block.
	Recovered func(n int)

	rest  time.Duration
	until time.Time // monotonic: the site is not asked before
}

// Run compares until ctx ends, beginning with every open thread: what was missed while the program was down.
func (s *Sweeper) Run(ctx context.Context) error {
	wake, cancel := s.Bus.Subscribe(bus.Syncs)
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for begun := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-timer.C:
		}
		if !begun {
			begun = s.Switchboard.SyncAll(ctx, s.Inbox) == nil
		}
		wait, err := s.sweep(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "comparing with the site waits", "inbox", s.Inbox, "error", err)
			wait = sweepLook
		}
		timer.Reset(wait)
	}
}

// sweep works off what is due and returns when to look again.
func (s *Sweeper) sweep(ctx context.Context) (time.Duration, error) {
	for ctx.Err() == nil {
		due, _, err := s.Switchboard.DueSyncs(ctx, s.Inbox, sweepBatch)
		if err != nil || len(due) == 0 {
			return sweepLook, err
		}
		asked := 0
		for _, sync := range due {
			if rest := time.Until(s.until); rest > 0 {
				if !sync.Restoring {
					return min(rest, sweepLook), nil
				}
				// A new ticket does not wait for a site that is down.
				if err := s.without(ctx, sync); err != nil {
					return 0, err
				}
				continue
			}
			if err := s.compare(ctx, sync); err != nil {
				return 0, err
			}
			asked++
		}
		if asked == 0 {
			return sweepLook, nil
		}
	}
	return sweepLook, nil
}

func (s *Sweeper) compare(ctx context.Context, sync switchboard.Sync) error {
	asking, cancel := context.WithTimeout(ctx, snapshotTime)
	defer cancel()
	snap, err := s.Comparer.Snapshot(asking, sync.Thread)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return s.failed(ctx, sync, connector.Failure(err))
	}
	s.rest = 0
	found, err := s.Switchboard.Compare(ctx, sync.Thread.LinkID, &snap)
	if err != nil {
		return err
	}
	if found.Recovered > 0 || found.Closed {
		s.Log.InfoContext(ctx, "compared with the site", "ticket_id", sync.Ticket, "conversation_id", sync.Thread.ConversationID, "recovered", found.Recovered,
			"closed", found.Closed, "marks_settled", found.Settled)
		s.Recovered(found.Recovered)
	}
	return nil
}

// failed lets a site that is down rest, and does not let a new ticket wait for it.
func (s *Sweeper) failed(ctx context.Context, sync switchboard.Sync, e *connector.SendError) error {
	s.Log.WarnContext(ctx, "the site could not be asked", "ticket_id", sync.Ticket, "inbox", s.Inbox, "error", e)
	if e.Class == connector.Retryable || e.Class == connector.Uncertain {
		s.rest = min(max(2*s.rest, siteRest), longestWait)
		s.until = time.Now().Add(max(s.rest, min(e.RetryAfter, longestAsked)))
	}
	if sync.Restoring {
		return s.without(ctx, sync)
	}
	return s.Switchboard.Postpone(ctx, sync.Thread.LinkID, max(s.rest, siteRest))
}

// without lets in what is parked for a new ticket although the site does not tell its history; that is asked for later.
func (s *Sweeper) without(ctx context.Context, sync switchboard.Sync) error {
	if _, err := s.Switchboard.Compare(ctx, sync.Thread.LinkID, nil); err != nil {
		return err
	}
	return s.Switchboard.Postpone(ctx, sync.Thread.LinkID, siteRest)
}
