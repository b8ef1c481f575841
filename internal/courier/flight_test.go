package courier_test

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

// held has every attempt wait until the test lets it end; the returned function ends one with a result.
func (b *bench) held() (end func(webhook.Result)) {
	results := make(chan webhook.Result)
	b.answers(func(webhook.Request) webhook.Result {
		select {
		case r := <-results:
			return r
		case <-b.t.Context().Done():
			return webhook.Result{Error: webhook.FailStopped}
		}
	})
	return func(r webhook.Result) {
		select {
		case results <- r:
		case <-time.After(50 * time.Millisecond): // nothing is on its way
		case <-b.t.Context().Done():
		}
	}
}

func TestDisabledInFlight(t *testing.T) {
	each(t, func(b *bench) {
		id := b.endpoint(func(ch *webhook.EndpointChange) { ch.MaxInFlight = kefu.Some(2) })
		end := b.held()
		b.happen(40)
		b.run()
		b.until("two on their way", count(2))
		b.change(id, webhook.EndpointChange{Enabled: kefu.Some(false)})
		b.settled("what was queued is skipped", func(ds []kefu.WebhookDelivery) bool {
			end(webhook.Result{Status: 500, Error: webhook.FailStatus}) // of the two, and of what was taken before the change was seen
			return strings.Count(states(ds), "skipped") == 40
		})
		n := len(b.sent())
		if n >= 40 {
			b.t.Error("everything was sent although it was disabled")
		}
		b.answers(nil)
		b.change(id, webhook.EndpointChange{Enabled: kefu.Some(true)})
		b.happen(1)
		b.until("what happens later is sent", count(n+1))
	})
}

func TestDeletedInFlight(t *testing.T) {
	each(t, func(b *bench) {
		id := b.endpoint(func(ch *webhook.EndpointChange) { ch.MaxInFlight = kefu.Some(1) })
		end := b.held()
		b.happen(40)
		b.run()
		b.until("one on its way", count(1))
		if err := b.rules.DeleteEndpoint(b.t.Context(), operator(), id); err != nil {
			b.t.Fatal(err)
		}
		b.settled("what was queued is skipped", func(ds []kefu.WebhookDelivery) bool {
			end(webhook.Result{Status: 500, Error: webhook.FailStatus})
			return strings.Count(states(ds), "skipped") == 40
		})
		if n := len(b.sent()); n >= 40 {
			b.t.Errorf("%d attempts to an endpoint that is no more", n)
		}
	})
}

// TestRotatedInFlight: what was sent under the old secret is sent again under the new one, and is otherwise the same.
func TestRotatedInFlight(t *testing.T) {
	each(t, func(b *bench) {
		id := b.endpoint()
		end := b.held()
		b.happen(1)
		b.run()
		first := b.until("one on its way", count(1))[0]
		fresh, err := b.rules.RotateEndpoint(b.t.Context(), operator(), id, webhook.SecretChange{})
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.rules.PromoteEndpoint(b.t.Context(), operator(), id); err != nil {
			b.t.Fatal(err)
		}
		end(webhook.Result{Status: 500, Error: webhook.FailStatus})
		second := b.until("it is tried again", count(2))[1]
		end(webhook.Result{Status: 200})
		b.settled("delivered", all(kefu.DeliveryDelivered))
		was, _, err := websig.Strip(first.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		is, inner, err := websig.Strip(second.Body)
		if err != nil || string(is) != string(was) || websig.VerifyBody(fresh.Secret, inner, is) != nil {
			b.t.Errorf("first %s\nthen %s", first.Body, second.Body)
		}
		if second.Target.Secrets.Previous != first.Target.Secrets.Signing || second.Target.Secrets.Signing != fresh.Secret {
			b.t.Error("the old secret does not sign beside the new one")
		}
	})
}

// TestStopsInOrder: a stop lets what is on its way end, records it, and leaves the rest where it is.
func TestStopsInOrder(t *testing.T) {
	each(t, func(b *bench) {
		b.endpoint(func(ch *webhook.EndpointChange) { ch.MaxInFlight = kefu.Some(3) })
		end := b.held()
		b.happen(50)
		stop := b.run()
		b.until("three on their way", count(3))
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		go func() {
			for b.t.Context().Err() == nil {
				end(webhook.Result{Status: 200})
			}
		}()
		<-stopped
		got := states(b.deliveries())
		if d, q := strings.Count(got, "delivered"), strings.Count(got, "queued"); d != len(b.sent()) || d+q != 50 {
			b.t.Errorf("%d attempts, states %s", len(b.sent()), got)
		}
		b.answers(nil)
		b.run()
		b.settled("the rest follows", all(kefu.DeliveryDelivered))
		if n := len(b.sent()); n != 50 {
			b.t.Errorf("%d attempts for 50", n)
		}
	})
}

// TestRolledBack: a change that did not happen leaves nothing to send.
func TestRolledBack(t *testing.T) {
	each(t, func(b *bench) {
		b.endpoint()
		err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
			if err := tx.AppendEvent(kefu.Event{ID: "evt_never", Type: "message.received", Actor: kefu.System(), Data: []byte(`{}`)}); err != nil {
				return err
			}
			if _, made, err := tx.PlaceEvents(10); err != nil || made != 1 {
				b.t.Errorf("made %d, %v", made, err)
			}
			return errChanged
		})
		if err == nil || len(b.deliveries()) != 0 {
			b.t.Errorf("%v, deliveries %v", err, b.deliveries())
		}
	})
}

var errChanged = kefu.Errorf(kefu.KindConflict, "somebody has changed their mind")

// TestTwoNodes: one of two nodes sends; when it goes, the other one does, and nothing is sent by both.
func TestTwoNodes(t *testing.T) {
	b := newBench(t, storetest.Postgres(t))
	other := b.second()
	b.endpoint()
	stop := b.run()
	other.run()
	b.happen(100)
	b.settled("everything delivered", all(kefu.DeliveryDelivered))
	if first, second := len(b.sent()), len(other.sent()); first+second != 100 || first != 0 && second != 0 {
		t.Fatalf("%d and %d attempts", first, second)
	}
	stop()
	b.happen(100)
	b.settled("the other one goes on", func(ds []kefu.WebhookDelivery) bool { return len(ds) == 200 && all(kefu.DeliveryDelivered)(ds) })
	if n := len(b.sent()) + len(other.sent()); n != 200 {
		t.Errorf("%d attempts for 200", n)
	}
}

// TestForgottenEvent: a delivery whose event is no longer kept fails with words, and is not tried for ever.
func TestForgottenEvent(t *testing.T) {
	each(t, func(b *bench) {
		b.endpoint()
		b.happen(1)
		b.update(func(tx *store.Tx) error {
			_, err := tx.PruneEvents(tx.Now.AddDate(1, 0, 0), 10)
			return err
		})
		b.run()
		done := b.settled("failed", all(kefu.DeliveryFailed))
		if done[0].Error != webhook.FailPayload || len(b.sent()) != 0 {
			b.t.Errorf("%+v, %d attempts", done[0], len(b.sent()))
		}
	})
}

// TestAnAlertIsNotSentToItsSubject: it would be the reason of the next one.
func TestAnAlertIsNotSentToItsSubject(t *testing.T) {
	each(t, func(b *bench) {
		watching := []string{store.EventAlertRaised, store.EventAlertCleared, "message.received"}
		ill := b.endpoint(func(ch *webhook.EndpointChange) { ch.Events = kefu.Some(watching) })
		well := b.endpoint(func(ch *webhook.EndpointChange) { ch.Events = kefu.Some(watching[:2]) })
		b.update(func(tx *store.Tx) error {
			_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookFailing, Subject: string(ill), Severity: kefu.SeverityWarning, Summary: "it fails"})
			if err == nil {
				_, _, err = tx.PlaceEvents(10)
			}
			return err
		})
		b.run()
		b.settled("delivered", all(kefu.DeliveryDelivered))
		if sent := b.sent(); len(sent) != 1 || sent[0].Target.ID != well || sent[0].Type != store.EventAlertRaised {
			b.t.Errorf("sent %v", sent)
		}
	})
}

func states(ds []kefu.WebhookDelivery) string {
	var all []string
	for _, d := range ds {
		all = append(all, string(d.State))
	}
	return strings.Join(all, " ")
}

// erase takes the words out of the events of the test's conversation, as erasing a person does.
func (b *bench) erase() {
	b.t.Helper()
	b.update(func(tx *store.Tx) error {
		n, err := tx.RewriteEvents("con_1", []kefu.ConversationID{"cnv_1"}, func(actor, data string) (string, string, error) {
			return actor, strings.ReplaceAll(data, "你好", ""), nil
		})
		if err == nil && n == 0 {
			b.t.Error("nothing was erased")
		}
		return err
	})
}

// TestErasedInFlight: words that were erased while they were on their way are not kept for the next attempt, and not sent again.
func TestErasedInFlight(t *testing.T) {
	each(t, func(b *bench) {
		b.endpoint()
		end := b.held()
		b.happen(1)
		b.run()
		first := b.until("one on its way", count(1))[0]
		b.erase()
		end(webhook.Result{Status: 500, Error: webhook.FailStatus})
		second := b.until("it is tried again", count(2))[1]
		if body := b.deliveries()[0].Body; !strings.Contains(string(first.Body), "你好") || strings.Contains(string(second.Body)+body, "你好") {
			b.t.Errorf("first %s\nthen %s\nkept %q", first.Body, second.Body, body)
		}
		end(webhook.Result{Status: 500, Error: webhook.FailStatus})
		third := b.until("and again", count(3))[2]
		if string(third.Body) != string(second.Body) {
			b.t.Errorf("second %s\nthird %s", second.Body, third.Body)
		}
		end(webhook.Result{Status: 200})
		b.settled("delivered", all(kefu.DeliveryDelivered))
	})
}

// TestReadAnew: what has waited in memory for long is read again before it is sent.
func TestReadAnew(t *testing.T) {
	url := storetest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, url)
		b.endpoint(func(ch *webhook.EndpointChange) { ch.MaxInFlight = kefu.Some(1) })
		b.answers(func(webhook.Request) webhook.Result {
			time.Sleep(3 * time.Second)
			return webhook.Result{Status: 200}
		})
		b.happen(10)
		b.run()
		time.Sleep(time.Second)
		b.erase()
		time.Sleep(time.Minute)
		old := 0
		for _, p := range b.sent() {
			if strings.Contains(string(p.Body), "你好") {
				old++
			}
		}
		if old > 2 || len(b.sent()) != 10 {
			t.Errorf("%d attempts, %d of them with words that had been erased", len(b.sent()), old)
		}
	})
}

// TestLargeEvents: however large the events are, memory holds a bounded part of them, and all arrive.
func TestLargeEvents(t *testing.T) {
	each(t, func(b *bench) {
		b.endpoint()
		b.endpoint()
		end := b.held()
		const events, size = 300, 400 << 10
		for range events / 30 {
			b.update(func(tx *store.Tx) error {
				for range 30 {
					data := `{"message_id":"msg_1","content":"` + strings.Repeat("x", size) + `"}`
					if err := tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: "message.received", Actor: kefu.System(), Data: []byte(data)}); err != nil {
						return err
					}
				}
				_, _, err := tx.PlaceEvents(30)
				return err
			})
		}
		before := inUse()
		b.run()
		b.until("all places are taken", count(8))
		end(webhook.Result{Status: 500, Error: webhook.FailStatus}) // that what is kept is not read ahead either
		b.until("it goes on", count(9))
		if grown := inUse() - before; grown > 100<<20 {
			b.t.Errorf("%d MiB in memory of %d MiB that wait", grown>>20, events*size>>20)
		}
		b.answers(nil)
		go func() {
			for b.t.Context().Err() == nil {
				end(webhook.Result{Status: 200})
			}
		}()
		b.settled("everything delivered", func(ds []kefu.WebhookDelivery) bool { return len(ds) == 2*events && all(kefu.DeliveryDelivered)(ds) })
	})
}

// inUse is how many bytes are in use after what is not was collected.
func inUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
