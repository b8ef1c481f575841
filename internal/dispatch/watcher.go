package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

const (
	mostLooks = 8                // threads of one inbox that are read at once
	lookTime  = 30 * time.Second // of one look
	// mostHeld is how often the wait of a look is doubled that only waits for something of ours to arrive; its arrival ends the wait.
	mostHeld   = 5
	changeTime = 5 * time.Minute // of one question what has changed: it may have many pages
	// overlap is how far before the last question the next one asks: clocks differ, and a change is shown a moment after it was made.
	overlap = 2 * time.Minute
	// fresh is how old a message may be that only the comparison found, and whose hook may still be on its way.
	fresh      = time.Minute
	watchedKey = "watched"
	// deskPatience is how long after a start a customer's first words wait for the desks to be read, and deskPause how long until they are
	// looked at again.
	deskPatience = time.Minute
	deskPause    = 200 * time.Millisecond
)

// Watcher reads the threads of one inbox at which something happened: those that a hook named, and at intervals those that changed.
type Watcher struct {
	Inbox       kefu.InboxID
	Watcher     connector.Watcher
	Switchboard *switchboard.Switchboard
	State       connector.State
	Store       *store.Store
	Bus         *bus.Bus
	Node        string
	Log         *slog.Logger
	// Desks are the watched inboxes that customers of this one are answered in.
	Desks []kefu.InboxID
	// Recovered is told of messages whose hook was lost, for metrics. It must not block.
	Recovered func(n int)

	done  chan looked
	busy  map[string]bool
	rest  time.Duration
	until time.Time // monotonic: nothing is read before
	ready bool      // customers may begin conversations
	begun time.Time
}

// looked is the end of one look.
type looked struct {
	look switchboard.Look
	err  error
}

// Run reads until ctx ends. One node does so at a time.
func (w *Watcher) Run(ctx context.Context) error {
	lease := store.Lease{Store: w.Store, Name: "watch:" + string(w.Inbox), Node: w.Node, Log: w.Log.With("inbox", w.Inbox)}
	lease.Keep(ctx, w.watch)
	return nil
}

// watch reads while this node has the lease.
func (w *Watcher) watch(ctx context.Context) {
	wake, cancel := w.Bus.Subscribe(bus.Looks)
	defer cancel()
	w.done, w.busy, w.begun = make(chan looked, mostLooks), make(map[string]bool, mostLooks), time.Now()
	if err := w.Switchboard.BeginLooks(ctx, w.Inbox, longestWait); err != nil && ctx.Err() == nil {
		w.Log.WarnContext(ctx, "threads that were put off are read when they are due", "inbox", w.Inbox, "error", err)
	}
	sweeping, swept := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		w.sweep(sweeping)
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(w.begin(ctx))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		case l := <-w.done:
			w.settle(ctx, l)
		}
	}
	swept()
	for len(w.busy) > 0 { // each ends with ctx
		delete(w.busy, (<-w.done).look.ThreadID)
	}
	<-finished
}

// begin starts the looks that are due and for which there is room, and returns when to come again.
func (w *Watcher) begin(ctx context.Context) time.Duration {
	if rest := time.Until(w.until); rest > 0 {
		return min(rest, lookAnyway)
	}
	room := mostLooks - len(w.busy)
	if room <= 0 {
		return lookAnyway
	}
	w.ready = w.ready || w.desksRead(ctx) // before the threads are found: then they have the links that were made
	ready := w.ready
	due, err := w.Switchboard.DueLooks(ctx, w.Inbox, w.busy, room)
	if err != nil {
		if ctx.Err() == nil {
			w.Log.WarnContext(ctx, "what is to be read cannot be read from the database now", "inbox", w.Inbox, "error", err)
		}
		return lookAnyway
	}
	for _, l := range due {
		w.busy[l.ThreadID] = true
		go func() { w.done <- looked{l, w.look(ctx, l, ready)} }()
	}
	return lookAnyway
}

// desksRead tells whether the desks were read once. An empty store is filled from what is noted there, and a customer who has a conversation
// must not begin another. A desk that does not answer is not waited for beyond deskPatience.
func (w *Watcher) desksRead(ctx context.Context) bool {
	if time.Since(w.begun) > deskPatience {
		return true
	}
	for _, desk := range w.Desks {
		unread := int64(0)
		asked, err := switchboard.State{Store: w.Store, Inbox: desk}.Load(ctx, watchedKey)
		if err == nil {
			err = w.Store.View(ctx, func(tx *store.Tx) (err error) {
				unread, err = tx.NewLooks(desk)
				return err
			})
		}
		if err != nil || asked == "" || unread > 0 {
			return false
		}
	}
	return true
}

// look reads one thread and hands in what is new. ready says that a thread that nobody has may begin a conversation.
func (w *Watcher) look(running context.Context, l switchboard.Look, ready bool) error {
	ctx, cancel := context.WithTimeout(running, lookTime)
	defer cancel()
	recovered, took := 0, false
	err := w.Watcher.Look(ctx, l.Thread, func(ctx context.Context, in connector.Inbound) (connector.Result, error) {
		if in.Kind == connector.InStanding {
			in.Rev = l.Thread.Rev
		}
		says := in.Kind == connector.InMessage || in.Kind == connector.InOpen
		if says && l.Thread.LinkID == "" && !ready && !in.History {
			return connector.Result{}, &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, NotTried: true, RetryAfter: deskPause,
				Reason: "the desks are read first"}
		}
		missed := l.Swept && says && time.Since(in.OccurredAt) > fresh
		in.Recovered = in.Recovered || missed
		res, err := w.Switchboard.Receive(ctx, w.Inbox, in)
		if err == nil && in.Recovered && !res.Duplicate && res.MessageID != "" {
			recovered++
		}
		took = took || err == nil && !res.Duplicate && res.MessageID != ""
		return res, err
	})
	if recovered > 0 {
		w.Log.InfoContext(ctx, "messages recovered", "inbox", w.Inbox, "conversation_id", l.Thread.ConversationID, "thread", l.ThreadID, "recovered", recovered)
		w.Recovered(recovered)
	}
	switch {
	case err == nil:
		return w.Switchboard.Looked(ctx, w.Inbox, l)
	case running.Err() != nil:
		return err // who watches next reads it at once
	case took:
		l.Tries = 0 // it gets on
	}
	return w.failed(ctx, l, connector.Failure(err))
}

// failed puts a look off that may succeed later, and gives up one that cannot. What it returns holds up the others.
func (w *Watcher) failed(ctx context.Context, l switchboard.Look, e *connector.SendError) error {
	ctx = context.WithoutCancel(ctx)
	wait := backoff(l.Tries)
	l.Tries++
	switch {
	case e.Class == connector.Gone && l.Thread.LinkID != "":
		if _, err := w.Switchboard.Receive(ctx, w.Inbox, connector.Inbound{Kind: connector.InGone, ThreadID: l.ThreadID}); err != nil {
			return err
		}
		wait = -1
	case e.Class == connector.Gone, e.Class == connector.Permanent:
		wait = -1
	case e.NotTried && e.RetryAfter > 0:
		l.Tries = min(l.Tries, mostHeld)
		wait = min(e.RetryAfter, longestAsked) << l.Tries / 2
	case e.RetryAfter > 0:
		wait = min(e.RetryAfter, longestAsked)
	}
	level := slog.LevelWarn
	if e.NotTried {
		level = slog.LevelDebug
	}
	w.Log.Log(ctx, level, "a thread could not be read", "inbox", w.Inbox, "conversation_id", l.Thread.ConversationID, "thread", l.ThreadID, "given_up", wait < 0,
		"retry_in", max(wait, 0), "error", e)
	var err error
	if wait < 0 {
		err = w.Switchboard.Looked(ctx, w.Inbox, l)
	} else {
		err = w.Switchboard.PutOffLook(ctx, w.Inbox, l, wait)
	}
	if err != nil {
		return err
	}
	if e.Scope == connector.ScopeInbox && e.Class != connector.Permanent {
		return e
	}
	return nil
}

// settle takes the end of a look into account: an inbox that does not answer rests, for longer each time.
func (w *Watcher) settle(ctx context.Context, l looked) {
	delete(w.busy, l.look.ThreadID)
	if l.err == nil {
		w.rest = 0
		return
	}
	if ctx.Err() != nil {
		return
	}
	wait := connector.Failure(l.err).RetryAfter
	w.rest = min(max(2*w.rest, firstWait), longestWait)
	w.until = time.Now().Add(max(w.rest, min(wait, longestAsked)))
}

// sweep asks at intervals which threads have changed, beginning with what was missed while the program was down.
func (w *Watcher) sweep(ctx context.Context) {
	every := w.Watcher.LookEvery()
	if every <= 0 {
		return
	}
	rest := firstWait
	for ctx.Err() == nil {
		wait := every
		if err := w.askChanged(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "what has changed could not be asked", "inbox", w.Inbox, "retry_in", rest, "error", err)
			wait, rest = rest, min(2*rest, longestWait)
		} else {
			rest = firstWait
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// askChanged has the threads read that have changed since it was asked last, and notes the time.
func (w *Watcher) askChanged(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	since := time.Time{}
	if last, err := w.State.Load(ctx, watchedKey); err != nil {
		return err
	} else if t, err := time.Parse(time.RFC3339, last); err == nil {
		since = t.Add(-overlap)
	}
	began := time.Now()
	threads, err := w.Watcher.Changed(ctx, since)
	if err != nil {
		return err
	}
	if err := w.Switchboard.AskLooks(ctx, w.Inbox, threads); err != nil {
		return err
	}
	w.Bus.Signal(bus.Looks)
	return w.State.Save(ctx, watchedKey, began.UTC().Format(time.RFC3339))
}
