package courier_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kefu"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

func TestDelivers(t *testing.T) {
	each(t, func(b *bench) {
		id := b.endpoint()
		b.happen(3)
		b.run()
		done := b.settled("everything delivered", all(kefu.DeliveryDelivered))
		if len(done) != 3 || len(b.sent()) != 3 {
			b.t.Fatalf("%d deliveries, %d attempts", len(done), len(b.sent()))
		}
		for _, d := range done {
			tries := b.attempts(d.N)
			if d.Attempts != 1 || d.Status != 200 || d.Body != "" || d.DoneAt.IsZero() || len(tries) != 1 || tries[0].Status != 200 || tries[0].No != 1 {
				b.t.Errorf("%+v, attempts %+v", d, tries)
			}
		}
		if h := b.stored(id).Health; h.LastSuccessAt.IsZero() || !h.FailingSince.IsZero() {
			b.t.Errorf("health %+v", h)
		}
	})
}

// TestSchedule: attempts at 0, +1, +5 and +30 s after the end of the failed one, to the nanosecond, then failed, said once, and no fifth.
func TestSchedule(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		id := b.endpoint()
		const takes = 300 * time.Millisecond
		b.answers(func(webhook.Request) webhook.Result {
			time.Sleep(takes)
			return webhook.Result{Status: 500, Error: webhook.FailStatus}
		})
		b.run()
		b.happen(1)
		time.Sleep(10 * time.Minute)
		posts := b.sent()
		if len(posts) != 4 {
			t.Fatalf("%d attempts\n%s", len(posts), b.log)
		}
		for i, pause := range []time.Duration{time.Second, 5 * time.Second, 30 * time.Second} {
			if got := posts[i+1].at.Sub(posts[i].at) - takes; got != pause {
				t.Errorf("attempt %d came %s after the end of attempt %d, not %s", i+2, got, i+1, pause)
			}
		}
		for i, p := range posts {
			if p.Attempt != i+1 || string(p.Body) != string(posts[0].Body) || p.EventID != posts[0].EventID {
				t.Errorf("attempt %d: number %d, id %s, body %s", i+1, p.Attempt, p.EventID, p.Body)
			}
		}
		d := b.deliveries()[0]
		if d.State != kefu.DeliveryFailed || d.Attempts != 4 || d.Error != webhook.FailStatus || d.Body != "" || len(b.attempts(d.N)) != 4 {
			t.Errorf("%+v", d)
		}
		if n := strings.Count(b.log.String(), "a webhook was given up"); n != 1 {
			t.Errorf("said %d times:\n%s", n, b.log)
		}
		if got := b.openAlerts(); !slices.Equal(got, []string{"webhook_failing warning"}) {
			t.Errorf("alerts %v", got)
		}
		if h := b.stored(id).Health; h.Failures != 4 {
			t.Errorf("health %+v", h)
		}
		b.answers(nil)
		b.happen(1)
		time.Sleep(time.Minute)
		if got := b.openAlerts(); len(got) != 0 || !b.stored(id).Health.FailingSince.IsZero() {
			t.Errorf("after a success: alerts %v, health %+v, %+v\n%s", got, b.stored(id).Health, b.deliveries(), b.log)
		}
	})
}

// TestExtended: ten attempts over three days, and what Retry-After asks for counts.
func TestExtended(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		b.look = time.Hour
		b.endpoint(func(ch *webhook.EndpointChange) { ch.Schedule = kefu.Some(kefu.ScheduleExtended) })
		first := true
		b.answers(func(webhook.Request) webhook.Result {
			r := webhook.Result{Status: 429, Error: webhook.FailStatus}
			if first {
				first, r.RetryAfter = false, time.Minute
			}
			return r
		})
		b.happen(1)
		b.run()
		time.Sleep(10 * 24 * time.Hour)
		posts := b.sent()
		var pauses []time.Duration
		for i := range posts[1:] {
			pauses = append(pauses, posts[i+1].at.Sub(posts[i].at))
		}
		want := []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
		if !slices.Equal(pauses, want) {
			t.Errorf("pauses %v", pauses)
		}
	})
}

// TestGivenUp: nothing but failures for 24 hours, and at least twenty, disables; half of it is said. What is queued is skipped.
func TestGivenUp(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		id := b.endpoint()
		b.answers(func(webhook.Request) webhook.Result { return webhook.Result{Error: webhook.FailConnect} })
		b.run()
		for range 12 {
			b.happen(1)
			time.Sleep(time.Hour)
		}
		if got := b.openAlerts(); !slices.Equal(got, []string{"webhook_failing warning"}) || !b.stored(id).Enabled {
			t.Fatalf("after 12 hours less a little: %v", got)
		}
		b.happen(1)
		time.Sleep(time.Hour)
		if got := b.openAlerts(); !slices.Equal(got, []string{"webhook_failing critical"}) || !b.stored(id).Enabled {
			t.Fatalf("after half of it: %v", got)
		}
		time.Sleep(11 * time.Hour)
		b.happen(3)
		time.Sleep(time.Hour)
		e := b.stored(id)
		if e.Enabled || !strings.HasPrefix(e.DisabledWhy, "nothing but failures since ") {
			t.Fatalf("after 24 hours: %+v", e)
		}
		if got := b.openAlerts(); !slices.Equal(got, []string{"webhook_disabled critical", "webhook_failing critical"}) {
			t.Errorf("alerts %v", got)
		}
		before := len(b.sent())
		b.happen(1)
		time.Sleep(time.Hour)
		if n := len(b.sent()) - before; n != 0 {
			t.Errorf("%d attempts to a disabled endpoint", n)
		}
		states := map[kefu.DeliveryState]int{}
		for _, d := range b.deliveries() {
			states[d.State]++
		}
		if states[kefu.DeliveryQueued] != 0 || states[kefu.DeliverySkipped] == 0 {
			t.Errorf("deliveries %v", states)
		}
	})
}

// TestGone: 410 is tried as any failure, and disables when the last attempt still said so.
func TestGone(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		id := b.endpoint()
		b.answers(func(webhook.Request) webhook.Result { return webhook.Result{Status: 410, Error: webhook.FailStatus} })
		b.run()
		b.happen(1)
		time.Sleep(30 * time.Second)
		if !b.stored(id).Enabled || len(b.sent()) != 3 {
			t.Fatalf("before the end of the schedule: %d attempts, %+v", len(b.sent()), b.stored(id))
		}
		time.Sleep(time.Minute)
		if e := b.stored(id); e.Enabled || !strings.Contains(e.DisabledWhy, "410") || len(b.sent()) != 4 {
			t.Fatalf("at the end: %d attempts, %+v", len(b.sent()), e)
		}
	})
}

// TestRate: an endpoint gets no more a second than it asked for, and no less.
func TestRate(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		b.endpoint(func(ch *webhook.EndpointChange) { ch.RateLimit = kefu.Some(2) })
		b.run()
		b.happen(21)
		time.Sleep(10*time.Second + time.Millisecond)
		if n := len(b.sent()); n != 21 {
			t.Errorf("%d in ten seconds, not 21: one at once and two a second", n)
		}
		posts := b.sent()
		for i := range posts[1:] {
			if gap := posts[i+1].at.Sub(posts[i].at); gap < 499*time.Millisecond {
				t.Errorf("only %s between %d and %d", gap, i, i+1)
			}
		}
	})
}

// TestHangingDelaysNobody: however much waits for an endpoint that does not answer, and however many such there are, the others get theirs.
func TestHangingDelaysNobody(t *testing.T) {
	each(t, func(b *bench) {
		release := make(chan struct{})
		hangs := map[kefu.EndpointID]bool{}
		var mu sync.Mutex
		flying, most := 0, 0
		b.answers(func(r webhook.Request) webhook.Result {
			if !hangs[r.Target.ID] {
				return webhook.Result{Status: 200}
			}
			mu.Lock()
			flying++
			most = max(most, flying)
			mu.Unlock()
			<-release
			mu.Lock()
			flying--
			mu.Unlock()
			return webhook.Result{Error: webhook.FailTimeout}
		})
		hangs[b.endpoint()] = true
		b.happen(2000)
		healthy := b.endpoint()
		b.run()
		b.until("the hanging one has all its places", func([]post) bool {
			mu.Lock()
			defer mu.Unlock()
			return flying == 4
		})
		b.happen(100)
		b.until("the others got theirs", func(ps []post) bool {
			n := 0
			for _, p := range ps {
				if p.Target.ID == healthy {
					n++
				}
			}
			return n == 100
		})
		close(release)
		mu.Lock()
		defer mu.Unlock()
		if most != 4 {
			b.t.Errorf("%d in flight to one endpoint", most)
		}
	})
}

// TestProbes: after eight failures in a row there is one attempt at a time, until one arrives.
func TestProbes(t *testing.T) {
	each(t, func(b *bench) {
		b.endpoint(func(ch *webhook.EndpointChange) { ch.MaxInFlight = kefu.Some(8) })
		var mu sync.Mutex
		flying, failures := 0, 0
		probing, after := 0, 0 // the most at once
		step := make(chan bool)
		b.answers(func(webhook.Request) webhook.Result {
			mu.Lock()
			flying++
			if failures >= 8+7 { // seven more may have begun before the eighth failed
				probing = max(probing, flying)
			}
			if failures < 0 {
				after = max(after, flying)
			}
			mu.Unlock()
			ok := <-step
			mu.Lock()
			defer mu.Unlock()
			flying--
			if ok {
				failures = -1
				return webhook.Result{Status: 200}
			}
			failures++
			return webhook.Result{Error: webhook.FailTimeout}
		})
		b.happen(100)
		b.run()
		for range 30 {
			step <- false
		}
		step <- true
		b.settled("several at once again", func([]kefu.WebhookDelivery) bool {
			mu.Lock()
			defer mu.Unlock()
			return after > 1
		})
		go func() {
			for {
				select {
				case step <- true:
				case <-b.t.Context().Done():
					return
				}
			}
		}()
		b.settled("everything delivered", all(kefu.DeliveryDelivered))
		if probing != 1 {
			b.t.Errorf("while probing %d at once", probing)
		}
	})
}

// TestManyEndpoints: one event, 500 endpoints, each signed with its own secret.
func TestManyEndpoints(t *testing.T) {
	each(t, func(b *bench) {
		const endpoints = 500
		for range endpoints {
			b.endpoint()
		}
		b.happen(1)
		b.run()
		b.settled("everything delivered", func(ds []kefu.WebhookDelivery) bool { return len(ds) == endpoints && all(kefu.DeliveryDelivered)(ds) })
		seen := map[kefu.EndpointID]bool{}
		for _, p := range b.sent() {
			seen[p.Target.ID] = true
			b0, inner, err := websig.Strip(p.Body)
			if err != nil || websig.VerifyBody(p.Target.Secrets.Signing, inner, b0) != nil {
				b.t.Fatalf("%s: %s", p.Target.ID, p.Body)
			}
		}
		if len(seen) != endpoints || len(b.sent()) != endpoints {
			b.t.Errorf("%d attempts to %d endpoints", len(b.sent()), len(seen))
		}
	})
}

// TestGoneAtHalfWay: that half of the time is over is no reason to keep an address that is no more.
func TestGoneAtHalfWay(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		id := b.endpoint()
		b.answers(func(webhook.Request) webhook.Result { return webhook.Result{Error: webhook.FailConnect} })
		b.run()
		b.happen(3)
		time.Sleep(12*time.Hour - 20*time.Second)
		b.answers(func(webhook.Request) webhook.Result { return webhook.Result{Status: 410, Error: webhook.FailStatus} })
		b.happen(1)
		time.Sleep(time.Minute)
		if e := b.stored(id); e.Enabled || !strings.Contains(e.DisabledWhy, "410") {
			t.Errorf("%+v", e)
		}
	})
}
