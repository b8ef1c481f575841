package webhook

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"kefu"
	"kefu/internal/store"
)

// TailQuery narrows what a tail shows; zero members do not.
type TailQuery struct {
	EndpointID kefu.EndpointID
	// Failed leaves out what arrived, and what only waits.
	Failed bool
	// Last is how many lines of what has already happened come first.
	Last int
}

// TailLine is one line of the log as it grows: an attempt; or, without one, a delivery that begins to wait or came to an end.
type TailLine struct {
	At         time.Time          `json:"at"`
	EndpointID kefu.EndpointID    `json:"endpoint_id"`
	Event      string             `json:"event"`
	DeliveryID string             `json:"delivery_id"`
	Attempt    int                `json:"attempt"` // 0 is none
	Status     int                `json:"status"`  // 0 is none
	Error      string             `json:"error"`
	DurationMS int64              `json:"duration_ms"`
	State      kefu.DeliveryState `json:"state"`
	n          int64
}

const (
	tailPage = 500
	// tailPages bounds how far back the lines that come first are looked for.
	tailPages = 20
	// tailPatience is how long a number that is missing is asked for again: numbers are given before a commit.
	tailPatience = time.Minute
	// tailGap is the widest hole in the numbers that is watched.
	tailGap = 10000
)

// Tail follows the log. It misses no attempt: it remembers how many it has told of each delivery that is not final, and numbers that were
// passed over. It is not safe for concurrent use.
type Tail struct {
	w       *Webhooks
	query   TailQuery
	last    int64               // the highest number that was seen
	told    map[int64]int       // attempts told, of deliveries that are not final
	missing map[int64]time.Time // numbers below last that nobody had, and until when they are looked for
}

// Tail begins to follow the log. The lines are of what has already happened, oldest first.
func (w *Webhooks) Tail(ctx context.Context, by kefu.Caller, q TailQuery) (*Tail, []TailLine, error) {
	if err := mayUse(by); err != nil {
		return nil, nil, err
	}
	t := &Tail{w: w, query: q, missing: map[int64]time.Time{}}
	lines, err := look(ctx, w, func(tx *store.Tx) (lines []TailLine, err error) {
		if q.EndpointID != "" {
			if _, err := tx.Endpoint(q.EndpointID); err != nil {
				return nil, found(err, endpointNoun)
			}
		}
		if t.last, err = tx.LastWebhook(); err != nil {
			return nil, err
		}
		if t.told, err = tx.QueuedWebhooks(); err != nil {
			return nil, err
		}
		return t.history(tx)
	})
	return t, lines, err
}

// history reads back until there are lines enough. What is on its way and not queued, a test, is followed from here.
func (t *Tail) history(tx *store.Tx) (lines []TailLine, err error) {
	filter := store.WebhookFilter{EndpointID: t.query.EndpointID, Limit: tailPage}
	for range tailPages {
		rows, err := tx.WebhookDeliveries(filter)
		if err != nil {
			return nil, err
		}
		for _, d := range rows {
			if !d.State.Final() {
				t.told[d.N] = d.Attempts
			}
		}
		more, err := t.lines(tx, rows, nil)
		if err != nil {
			return nil, err
		}
		if lines = append(lines, more...); len(rows) < tailPage || len(lines) >= t.query.Last {
			break
		}
		filter.Before = rows[len(rows)-1].N
	}
	inOrder(lines)
	return lines[max(0, len(lines)-t.query.Last):], nil
}

// Next gives what has happened since it was called last, oldest first; nothing when nothing has.
func (t *Tail) Next(ctx context.Context) ([]TailLine, error) {
	return look(ctx, t.w, func(tx *store.Tx) ([]TailLine, error) {
		fresh, err := t.fresh(tx)
		if err != nil {
			return nil, err
		}
		known, err := tx.WebhooksOf(slices.Sorted(maps.Keys(t.told)))
		if err != nil {
			return nil, err
		}
		before := maps.Clone(t.told)
		changed := slices.DeleteFunc(known, func(d kefu.WebhookDelivery) bool { return !d.State.Final() && d.Attempts == before[d.N] })
		lines, err := t.lines(tx, append(fresh, changed...), before)
		if err != nil {
			return nil, err
		}
		for _, d := range append(fresh, changed...) {
			if t.told[d.N] = d.Attempts; d.State.Final() {
				delete(t.told, d.N)
			}
		}
		inOrder(lines)
		return lines, nil
	})
}

// fresh reads deliveries that were not seen before: those with higher numbers, and those whose numbers were missing.
func (t *Tail) fresh(tx *store.Tx) (all []kefu.WebhookDelivery, err error) {
	late, err := tx.WebhooksOf(slices.Sorted(maps.Keys(t.missing)))
	if err != nil {
		return nil, err
	}
	for _, d := range late {
		delete(t.missing, d.N)
	}
	maps.DeleteFunc(t.missing, func(_ int64, until time.Time) bool { return tx.Now.After(until) })
	for all = late; ; {
		rows, err := tx.WebhooksAfter(t.last, tailPage)
		if err != nil {
			return nil, err
		}
		for _, d := range rows {
			for n := max(t.last+1, d.N-tailGap); n < d.N; n++ {
				t.missing[n] = tx.Now.Add(tailPatience)
			}
			t.last = d.N
		}
		if all = append(all, rows...); len(rows) < tailPage {
			return all, nil
		}
	}
}

// lines tells deliveries, beyond the attempts that were told before. told is nil when all are to be told.
func (t *Tail) lines(tx *store.Tx, rows []kefu.WebhookDelivery, told map[int64]int) (lines []TailLine, err error) {
	var tried []int64
	for _, d := range rows {
		if d.Attempts > told[d.N] {
			tried = append(tried, d.N)
		}
	}
	attempts, err := tx.AttemptsOf(tried)
	if err != nil {
		return nil, err
	}
	of := map[int64][]kefu.WebhookAttempt{}
	for _, a := range attempts {
		of[a.DeliveryN] = append(of[a.DeliveryN], a)
	}
	for _, d := range rows {
		lines = append(lines, t.tell(d, slices.DeleteFunc(of[d.N], func(a kefu.WebhookAttempt) bool { return a.No <= told[d.N] }))...)
	}
	return lines, nil
}

// tell writes the lines of one delivery: its attempts, and its end or beginning when that was no attempt.
func (t *Tail) tell(d kefu.WebhookDelivery, attempts []kefu.WebhookAttempt) (lines []TailLine) {
	line := TailLine{EndpointID: d.EndpointID, Event: d.EventType, DeliveryID: DeliveryID(d.N), n: d.N}
	for _, a := range attempts {
		line.At, line.Attempt, line.Status, line.Error, line.DurationMS = a.StartedAt, a.No, a.Status, a.Error, a.Duration.Milliseconds()
		if line.State = d.State; a.No < d.Attempts || d.State == kefu.DeliverySkipped {
			line.State = kefu.DeliveryQueued // it was to be tried again
		}
		lines = append(lines, line)
	}
	if len(attempts) == 0 || d.State == kefu.DeliverySkipped {
		line.At, line.State, line.Attempt, line.Status, line.Error, line.DurationMS = d.CreatedAt, d.State, 0, 0, "", 0
		if d.State.Final() {
			line.At, line.Error = d.DoneAt, d.Error
		}
		lines = append(lines, line)
	}
	return slices.DeleteFunc(lines, func(l TailLine) bool {
		bad := l.Error != "" || l.State == kefu.DeliveryFailed || l.State == kefu.DeliverySkipped
		return t.query.Failed && !bad || t.query.EndpointID != "" && t.query.EndpointID != l.EndpointID
	})
}

func inOrder(lines []TailLine) {
	slices.SortFunc(lines, func(a, b TailLine) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.n, b.n), cmp.Compare(a.Attempt, b.Attempt))
	})
}
