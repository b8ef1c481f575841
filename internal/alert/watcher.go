package alert

import (
	"context"
	"log/slog"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

const (
	lookEvery = 10 * time.Second
	lookTime  = 5 * time.Second
	leaseName = "alerts"
	// leaseTTL outlasts two looks: who cleared something has seen it well, and nobody who looked before raises it again.
	leaseTTL = 25 * time.Second
	// wellLooks is at how many looks in a row something must be well until it is cleared.
	wellLooks = 2
	// mostChanges bounds one transaction; what is left comes with the next look.
	mostChanges = 200
)

// Options are what a Watcher is built from.
type Options struct {
	Store *store.Store
	Bus   *bus.Bus
	Log   *slog.Logger
	Node  string
	// RemoteDown and QueueAge are how long something may be wrong before it is told.
	RemoteDown, QueueAge time.Duration
	Connections          []Connection
}

// Watcher raises and clears the alerts on remotes and queues.
type Watcher struct {
	Options

	lines []*line
	// well counts the looks in a row at which an open alert was well.
	well map[subject]int
	held bool // this node had the lease once
}

// subject is what one alert at a time is open of.
type subject struct {
	kind kefu.AlertKind
	of   string
}

func subjectOf(a kefu.Alert) subject { return subject{a.Kind, a.Subject} }

// NewWatcher makes one.
func NewWatcher(o Options) *Watcher {
	w := &Watcher{Options: o, well: map[subject]int{}}
	for _, c := range o.Connections {
		w.lines = append(w.lines, &line{Connection: c})
	}
	return w
}

// Run looks every ten seconds until ctx ends. It waits before the first look: what waited while the program was off gets its chance.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			w.giveBack(ctx)
			return nil
		case <-tick.C:
		}
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "what waits cannot be looked at now, so no alert is raised or cleared", "error", err)
		}
	}
}

// giveBack lets another node change alerts at once.
func (w *Watcher) giveBack(ctx context.Context) {
	if !w.held {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	if err := w.Store.GiveLease(ctx, leaseName, w.Node); err != nil {
		w.Log.WarnContext(ctx, "the lease of the alerts could not be given back; it expires by itself", "error", err)
	}
}

// Look looks once, and raises and clears what has changed. Run does so by itself.
func (w *Watcher) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	f, err := w.see(ctx)
	if err != nil {
		return err
	}
	raise, settle := w.compare(f)
	if len(raise)+len(settle) == 0 {
		return nil
	}
	if w.held, err = w.Store.TakeLease(ctx, leaseName, w.Node, leaseTTL); err != nil || !w.held {
		return err // another node is at it: what it leaves is seen at the next look
	}
	return w.change(ctx, raise, settle)
}

func (w *Watcher) see(ctx context.Context) (f facts, err error) {
	err = w.Store.View(ctx, func(tx *store.Tx) (err error) {
		f.now = tx.Now
		if f.inboxes, err = tx.Backlogs(refusals); err != nil {
			return err
		}
		if f.webhooks, err = tx.WebhookQueues(); err != nil {
			return err
		}
		if f.open, err = tx.OpenAlerts(); err != nil {
			return err
		}
		for _, l := range w.lines {
			if err := l.look(tx, w.Node, w.RemoteDown); err != nil {
				return err
			}
		}
		return nil
	})
	return f, err
}

// compare finds what is wrong and not told yet, and what is told and has been well for long enough. What hovers about a limit is told once:
// well is what has come down to half of it.
func (w *Watcher) compare(f facts) (raise, settle []kefu.Alert) {
	bad, told, well := map[subject]bool{}, map[subject]bool{}, map[subject]int{}
	for _, a := range f.wrong(limits{w.RemoteDown / 2, w.QueueAge / 2}, w.lines) {
		bad[subjectOf(a)] = true
	}
	for _, a := range f.open {
		s := subjectOf(a)
		told[s] = true
		if a.Kind != kefu.AlertRemoteDown && a.Kind != kefu.AlertQueueAge || bad[s] || !mayBeWell(a, w.lines) {
			continue
		}
		if well[s] = w.well[s] + 1; well[s] >= wellLooks {
			settle = append(settle, a)
		}
	}
	w.well = well
	for _, a := range f.wrong(limits{w.RemoteDown, w.QueueAge}, w.lines) {
		if s := subjectOf(a); !told[s] {
			told[s] = true // a remote may be down for two reasons
			raise = append(raise, a)
		}
	}
	raise = raise[:min(len(raise), mostChanges)]
	return raise, settle[:min(len(settle), mostChanges)]
}

// change raises and clears in one transaction, and says so after its commit.
func (w *Watcher) change(ctx context.Context, raise, settle []kefu.Alert) error {
	var raised, cleared []kefu.Alert
	err := w.Store.Update(ctx, func(tx *store.Tx) error {
		raised, cleared = nil, nil
		for _, a := range raise {
			fresh, err := tx.RaiseAlert(a)
			if err != nil {
				return err
			}
			if fresh {
				raised = append(raised, a)
			}
		}
		for _, a := range settle {
			done, err := tx.ClearAlert(a.Kind, a.Subject)
			if err != nil {
				return err
			}
			if done {
				cleared = append(cleared, a)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Bus.Signal(bus.Events)
	for _, a := range raised {
		w.Log.WarnContext(ctx, "alert raised", "kind", a.Kind, "subject", a.Subject, "severity", a.Severity, "summary", a.Summary)
	}
	for _, a := range cleared {
		w.Log.InfoContext(ctx, "alert cleared", "kind", a.Kind, "subject", a.Subject, "summary", a.Summary)
	}
	return nil
}
