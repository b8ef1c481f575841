package webhook_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

func (r *rig) replay(id kefu.EndpointID, q webhook.ReplayRequest) webhook.WebhookReplay {
	r.t.Helper()
	made, err := r.Replay(r.t.Context(), ask(), id, q)
	if err != nil {
		r.t.Fatal(err)
	}
	return made
}

// run steps until nothing runs.
func (r *rig) run() {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		next, err := r.StepReplays(r.t.Context())
		if err != nil || time.Now().After(deadline) {
			r.t.Fatal("the replay does not end: ", err)
		}
		if next == 0 {
			return
		}
		r.later(next)
	}
}

func TestAReplaySendsWhatFailedAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*", "ticket.created")
		failed := r.ended(e.ID, kefu.DeliveryFailed, "message.sent", "ticket.created")
		r.ended(e.ID, kefu.DeliveryDelivered, "message.sent")
		once := ask()
		once.Key, once.Fingerprint = "k", "f"
		made, err := r.Replay(t.Context(), once, e.ID, webhook.ReplayRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if made.Status != store.ReplayFailed || made.PerSecond != 50 || made.State != store.ReplayRunning || made.Since != nil || made.DoneAt != nil ||
			!slices.Equal(made.Events, []string{"message.received", "message.sent", "message.failed", "ticket.created"}) {
			t.Errorf("%+v", made)
		}
		if again, err := r.Replay(t.Context(), once, e.ID, webhook.ReplayRequest{}); err != nil || again.ID != made.ID {
			t.Errorf("the same key: %+v, %v", again, err)
		}
		r.run()
		got := r.deliveries(e.ID)[3:]
		if len(got) != 2 {
			t.Fatal(tell(got))
		}
		for i, d := range got {
			if d.EventID != failed[i].EventID || d.Cause != kefu.CauseReplay || d.State != kefu.DeliveryQueued || d.DueAt.After(d.CreatedAt) {
				t.Errorf("%+v", d)
			}
		}
		end, err := r.ReplayOf(t.Context(), ask().Caller, made.ID)
		if err != nil || end.State != store.ReplayDone || end.Made != 2 || end.DoneAt == nil {
			t.Errorf("%+v, %v", end, err)
		}
		list, err := r.Replays(t.Context(), ask().Caller, e.ID, kefu.Paging{})
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != made.ID {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestOneReplayAtATime(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e, other := r.hook(somewhere, "*"), r.hook(somewhere, "*")
		r.ended(e.ID, kefu.DeliveryFailed, "message.sent")
		first := r.replay(e.ID, webhook.ReplayRequest{})
		_, err := r.Replay(t.Context(), ask(), e.ID, webhook.ReplayRequest{})
		if wantKind(t, "a second one", err, kefu.KindConflict); !strings.Contains(err.Error(), first.ID) {
			t.Errorf("it is not named: %v", err)
		}
		r.replay(other.ID, webhook.ReplayRequest{})
		for range 2 {
			if err := r.CancelReplay(t.Context(), ask(), first.ID); err != nil {
				t.Fatal(err)
			}
		}
		wantKind(t, "nobody's", r.CancelReplay(t.Context(), ask(), "whr_x"), kefu.KindNotFound)
		if got, err := r.ReplayOf(t.Context(), ask().Caller, first.ID); err != nil || got.State != store.ReplayCancelled || got.DoneAt == nil {
			t.Errorf("%+v, %v", got, err)
		}
		r.run()
		if got := tell(r.deliveries(e.ID)); len(got) != 1 {
			t.Errorf("a cancelled replay went on: %v", got)
		}
		r.replay(e.ID, webhook.ReplayRequest{})
	})
}

func TestAReplayEndsWithItsEndpoint(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		off, gone := r.hook(somewhere, "message.*"), r.hook(somewhere, "message.*")
		r.happen("message.sent")
		var replays []webhook.WebhookReplay
		for _, id := range []kefu.EndpointID{off.ID, gone.ID} {
			r.finish(r.deliveries(id), is(kefu.DeliveryFailed))
			replays = append(replays, r.replay(id, webhook.ReplayRequest{}))
		}
		if _, err := r.UpdateEndpoint(t.Context(), ask(), off.ID, webhook.EndpointChange{Enabled: kefu.Some(false)}); err != nil {
			t.Fatal(err)
		}
		if err := r.DeleteEndpoint(t.Context(), ask(), gone.ID); err != nil {
			t.Fatal(err)
		}
		r.run()
		for i, id := range []kefu.EndpointID{off.ID, gone.ID} {
			got, err := r.ReplayOf(t.Context(), ask().Caller, replays[i].ID)
			if err != nil || got.State != store.ReplayCancelled || len(r.deliveries(id)) != 1 {
				t.Errorf("%+v, %v, %v", got, err, tell(r.deliveries(id)))
			}
		}
		_, err := r.Replay(t.Context(), ask(), off.ID, webhook.ReplayRequest{})
		wantKind(t, "disabled", err, kefu.KindConflict)
		_, err = r.Replay(t.Context(), ask(), gone.ID, webhook.ReplayRequest{})
		wantKind(t, "deleted", err, kefu.KindNotFound)
	})
}

func TestWhatAReplayRefuses(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "*")
		_, err := r.Replay(t.Context(), ask(), e.ID, webhook.ReplayRequest{Events: []string{"message.snt", "webhook.test"}, Status: "lost", PerSecond: 1001,
			Since: time.Unix(2, 0), Until: time.Unix(2, 0)})
		wantKind(t, "everything wrong", err, kefu.KindInvalid)
		for _, words := range []string{"message.sent", "webhook.test", "status must be", "per_second must be", "until must be"} {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%v: nothing of %s", err, words)
			}
		}
		_, err = r.Replay(t.Context(), ask(), e.ID, webhook.ReplayRequest{PerSecond: -1})
		wantKind(t, "a negative rate", err, kefu.KindInvalid)
	})
}

// TestARestartNeitherHurriesNorRepeats: whatever happens to the program, no second has more than was asked for.
func TestARestartNeitherHurriesNorRepeats(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e := r.hook(somewhere, "message.*")
		r.ended(e.ID, kefu.DeliveryFailed, slices.Repeat([]string{"message.sent"}, 45)...)
		r.replay(e.ID, webhook.ReplayRequest{PerSecond: 20})
		began := time.Now()
		for {
			r.restart()
			next, err := r.StepReplays(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if next == 0 {
				break
			}
			if next > time.Second {
				t.Fatalf("the next step is in %s", next)
			}
			r.later(next / 2)
			if time.Since(began) > 30*time.Second {
				t.Fatal("it does not end")
			}
		}
		var at []time.Time
		of := map[kefu.EventID]int{}
		for _, d := range r.deliveries(e.ID)[45:] {
			at = append(at, d.CreatedAt)
			of[d.EventID]++
		}
		if len(at) != 45 || len(of) != 45 {
			t.Fatalf("%d deliveries of %d events", len(at), len(of))
		}
		for i := 20; i < len(at); i++ {
			if at[i].Sub(at[i-20]) < time.Second {
				t.Errorf("21 deliveries within %s", at[i].Sub(at[i-20]))
			}
		}
	})
}

func TestALongRestDoesNotHurryAReplay(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	e := r.hook(somewhere, "message.*")
	r.ended(e.ID, kefu.DeliveryFailed, slices.Repeat([]string{"message.sent"}, 30)...)
	r.replay(e.ID, webhook.ReplayRequest{PerSecond: 5})
	for want := 5; want <= 30; want += 5 {
		for range 3 {
			if _, err := r.StepReplays(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if made := len(r.deliveries(e.ID)) - 30; made != want {
			t.Fatalf("%d were made, want %d", made, want)
		}
		r.later(time.Hour)
	}
}

func TestAnAlertIsNotReplayedToWhomItIsAbout(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		e, other := r.hook(somewhere, "alert.raised"), r.hook(somewhere, "alert.raised")
		r.change(func(tx *store.Tx) error {
			if _, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookFailing, Subject: string(e.ID), Severity: kefu.SeverityWarning}); err != nil {
				return err
			}
			_, _, err := tx.PlaceEvents(10)
			return err
		})
		r.finish(r.deliveries(other.ID), is(kefu.DeliveryFailed))
		for _, id := range []kefu.EndpointID{e.ID, other.ID} {
			r.replay(id, webhook.ReplayRequest{Status: store.ReplayAny})
		}
		r.run()
		if mine, others := r.deliveries(e.ID), r.deliveries(other.ID); len(mine) != 0 || len(others) != 2 {
			t.Errorf("%v and %v", tell(mine), tell(others))
		}
	})
}

// restart has other rules take over the same store, as another process would.
func (r *rig) restart() {
	r.Close()
	r.Webhooks = webhook.New(r.Options)
}

// past is what happened to an endpoint.
type past struct {
	*rig
	id     kefu.EndpointID
	events []kefu.Event
}

// TestAReplayMakesWhatItSaysOnce holds every mode of a replay against the same question asked in Go, with a history of every kind, small
// steps, restarts, other nodes and new events in the middle.
func TestAReplayMakesWhatItSaysOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		rapid.Check(t, func(rt *rapid.T) {
			p := &past{rig: r}
			p.live(rt)
			types := map[string]bool{}
			q := webhook.ReplayRequest{PerSecond: 1000,
				Status: rapid.SampledFrom([]store.ReplayStatus{"", store.ReplayFailed, store.ReplaySkipped, store.ReplayDelivered, store.ReplayAny}).Draw(rt, "status")}
			for _, word := range []string{"message.sent", "message.received"} {
				types[word] = true // what it is subscribed to
			}
			if rapid.Bool().Draw(rt, "types?") {
				q.Events = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"message.sent", "message.received", "ticket.created"}), 1, 3, rapid.ID).Draw(rt, "types")
				clear(types)
				for _, word := range q.Events {
					types[word] = true
				}
			}
			if rapid.Bool().Draw(rt, "since?") {
				q.Since = rapid.SampledFrom(p.events).Draw(rt, "since").OccurredAt
			}
			if rapid.Bool().Draw(rt, "until?") {
				q.Until = rapid.SampledFrom(p.events).Draw(rt, "until").OccurredAt
			}
			if !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until) {
				q.Until = time.Time{}
			}
			want := p.expected(q, types)
			before := int64(0)
			for _, d := range p.deliveries(p.id) {
				before = d.N
			}
			p.replay(p.id, q)
			p.steps(rt)
			var got []string
			for _, d := range p.deliveries(p.id) {
				if d.N > before && d.Cause == kefu.CauseReplay {
					got = append(got, string(d.EventID))
				}
			}
			slices.Sort(got)
			if slices.Sort(want); !slices.Equal(got, want) {
				rt.Fatalf("%+v: %d, want %d:\n got %v\nwant %v", q, len(got), len(want), got, want)
			}
			if err := p.DeleteEndpoint(t.Context(), ask(), p.id); err != nil {
				rt.Fatal(err)
			}
		})
	})
}

// live makes a history.
func (p *past) live(rt *rapid.T) {
	p.forgetEvents()
	p.id = p.hook(somewhere, "message.sent", "message.received").ID
	states := rapid.SampledFrom([]kefu.DeliveryState{kefu.DeliveryFailed, kefu.DeliverySkipped, kefu.DeliveryDelivered, kefu.DeliveryQueued})
	for i := range rapid.IntRange(1, 5).Draw(rt, "acts") {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"message.sent", "message.received", "ticket.created"}), 1, 6).Draw(rt, "events")
		p.events = append(p.events, p.happen(words...)...)
		p.finishSome(rt, states)
		switch all := p.deliveries(p.id); rapid.IntRange(0, 4).Draw(rt, fmt.Sprint("act", i)) {
		case 0: // somebody retries what can be retried
			var ids []string
			for _, d := range all[max(len(all)/2, len(all)-webhook.MaxRetries):] {
				ids = append(ids, webhook.DeliveryID(d.N))
			}
			if len(ids) > 0 {
				if _, err := p.RetryMany(p.t.Context(), ask(), ids); err != nil {
					rt.Fatal(err)
				}
			}
			p.finishSome(rt, states)
		case 1: // an earlier replay
			p.replay(p.id, webhook.ReplayRequest{Status: store.ReplayAny, PerSecond: 1000})
			p.run()
			p.finishSome(rt, states)
		case 2: // a test of the endpoint
			if _, err := p.Test(p.t.Context(), ask(), p.id); err != nil {
				rt.Fatal(err)
			}
		case 3:
			p.forgetEvents()
		}
		p.later(time.Duration(rapid.IntRange(0, 120).Draw(rt, "minutes")) * time.Minute)
	}
}

// finishSome ends queued deliveries in one way or another; some stay queued.
func (p *past) finishSome(rt *rapid.T, states *rapid.Generator[kefu.DeliveryState]) {
	var some []kefu.WebhookDelivery
	end := map[int64]kefu.DeliveryState{}
	for _, d := range p.deliveries(p.id) {
		if state := states.Draw(rt, "state"); d.State == kefu.DeliveryQueued && state != kefu.DeliveryQueued {
			some, end[d.N] = append(some, d), state
		}
	}
	p.finish(some, func(d kefu.WebhookDelivery) kefu.DeliveryState { return end[d.N] })
}

// expected asks in Go what a replay is to send.
func (p *past) expected(q webhook.ReplayRequest, types map[string]bool) (want []string) {
	status := q.Status
	if status == "" {
		status = store.ReplayFailed
	}
	latest := map[kefu.EventID]kefu.DeliveryState{}
	for _, d := range p.deliveries(p.id) {
		if d.Cause != kefu.CauseTest {
			latest[d.EventID] = d.State
		}
	}
	for _, e := range p.every() {
		if (status == store.ReplayAny || latest[e.ID] == kefu.DeliveryState(status)) && types[e.Type] && !e.OccurredAt.Before(q.Since) &&
			(q.Until.IsZero() || e.OccurredAt.Before(q.Until)) {
			want = append(want, string(e.ID))
		}
	}
	return want
}

// every lists all events that are kept.
func (p *past) every() (all []kefu.Event) {
	p.read(func(tx *store.Tx) (err error) {
		all, err = tx.EventsSince(0, 100000)
		return err
	})
	return all
}

// steps runs a replay to its end, with what may come in between.
func (p *past) steps(rt *rapid.T) {
	made, read := rapid.IntRange(1, 4).Draw(rt, "made"), rapid.IntRange(1, 5).Draw(rt, "read")
	for range 10000 {
		switch rapid.IntRange(0, 5).Draw(rt, "meanwhile") {
		case 0:
			p.restart()
		case 1:
			p.happen("message.sent")
		case 2: // another node steps at the same time
			var wg sync.WaitGroup
			other := webhook.New(p.Options)
			wg.Go(func() {
				if _, err := other.StepReplaysBy(p.t.Context(), made, read); err != nil {
					p.t.Error(err)
				}
			})
			defer other.Close()
			defer wg.Wait()
		}
		next, err := p.StepReplaysBy(p.t.Context(), made, read)
		if err != nil {
			rt.Fatal(err)
		}
		if next == 0 {
			return
		}
		p.later(next)
	}
	rt.Fatal("the replay does not end")
}
