package alert_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/alert"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// rig is a database with what waits, and watchers as nodes.
type rig struct {
	t     *testing.T
	store *store.Store
	log   bytes.Buffer
	pos   int64 // of the last event that was read
}

func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		t.Parallel()
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		r := &rig{t: t, store: store.New(db)}
		if _, err := r.store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		fn(t, r)
	})
}

// watcher is a node for which everything that waits has waited for too long, however short that was.
func (r *rig) watcher(node string, c ...alert.Connection) *alert.Watcher {
	r.t.Helper()
	leave, err := r.store.DB().HoldPresence(r.t.Context(), node)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(leave)
	return alert.NewWatcher(alert.Options{Store: r.store, Bus: bus.New(), Log: slog.New(slog.NewTextHandler(&r.log, nil)), Node: node,
		RemoteDown: 1, QueueAge: 1, Connections: c})
}

func (r *rig) update(fn func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.store.Update(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// look has a watcher look, and tells the events that came of it.
func (r *rig) look(w *alert.Watcher) string {
	r.t.Helper()
	if err := w.Look(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return r.events()
}

// events tells the events since it was asked last: "raised queue_age shop".
func (r *rig) events() string {
	r.t.Helper()
	var told []string
	r.update(func(tx *store.Tx) error {
		told = nil
		if _, _, err := tx.PlaceEvents(100); err != nil {
			return err
		}
		all, err := tx.EventsSince(r.pos, 100)
		for _, e := range all {
			r.pos = e.Pos
			told = append(told, strings.TrimPrefix(e.Type, "alert.")+" "+member(e.Data, "kind")+" "+member(e.Data, "subject"))
		}
		return err
	})
	return strings.Join(told, ", ")
}

// member cuts a member that is text out of JSON.
func member(raw []byte, name string) string {
	_, rest, _ := strings.Cut(string(raw), `"`+name+`":"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func (r *rig) want(got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("told was %q, want %q", got, want)
	}
}

// wait has something wait for an inbox.
func (r *rig) wait(id string, inbox kefu.InboxID) {
	r.t.Helper()
	r.update(func(tx *store.Tx) error {
		return tx.Queue(kefu.Delivery{ID: kefu.DeliveryID(id), Kind: kefu.DeliverMessage, InboxID: inbox, Line: id, Ord: 1})
	})
}

// end makes an attempt of all that waits for an inbox.
func (r *rig) end(inbox kefu.InboxID, as kefu.DeliveryState) {
	r.t.Helper()
	r.update(func(tx *store.Tx) error {
		claimed, err := tx.Claim(inbox, "sender", 10)
		if err != nil || len(claimed) == 0 {
			return fmt.Errorf("claimed %d: %w", len(claimed), err)
		}
		b := tx.Batch()
		for _, d := range claimed {
			b.Finish(d.Delivery, "sender", store.Finish{State: as, Counts: true})
		}
		_, err = b.Run()
		return err
	})
}

func TestAQueueThatWaitsIsToldOnce(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		w := r.watcher("one")
		r.want(r.look(w), "")
		r.wait("dlv_1", "shop")
		r.want(r.look(w), "raised queue_age shop")
		r.want(r.look(w), "")
		r.end("shop", kefu.DeliveryDelivered)
		r.want(r.look(w), "")
		r.wait("dlv_2", "shop") // well at one look only
		r.want(r.look(w), "")
		r.end("shop", kefu.DeliveryDelivered)
		r.want(r.look(w), "")
		r.want(r.look(w), "cleared queue_age shop")
		r.want(r.look(w), "")
		log := r.log.String()
		if strings.Count(log, "level=WARN") != 1 || strings.Count(log, "level=INFO") != 1 || !strings.Contains(log, "subject=shop") ||
			!strings.Contains(log, "the oldest of 1 deliveries has waited") {
			r.t.Errorf("the log says:\n%s", log)
		}
	})
}

func TestLateWebhooks(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		w := r.watcher("one")
		queue := func(id kefu.EndpointID, due time.Duration) {
			r.update(func(tx *store.Tx) error {
				_, err := tx.InsertWebhookDelivery(kefu.WebhookDelivery{EndpointID: id, EventID: "evt_1", EventType: "message.sent", State: kefu.DeliveryQueued,
					Cause: kefu.CauseRetry, DueAt: tx.Now.Add(due)})
				return err
			})
		}
		queue("whe_later", time.Hour)
		r.want(r.look(w), "")
		queue("whe_late", -time.Second)
		r.want(r.look(w), "raised queue_age whe_late")
	})
}

// TestARemoteThatTakesNothing: two tries in vain are bad luck, three are a remote that is down.
func TestARemoteThatTakesNothing(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		w := r.watcher("one")
		w.QueueAge = time.Hour
		r.wait("dlv_1", "shop")
		for range 2 {
			r.end("shop", kefu.DeliveryQueued)
			r.want(r.look(w), "")
		}
		r.end("shop", kefu.DeliveryQueued)
		r.want(r.look(w), "raised remote_down shop")
		r.end("shop", kefu.DeliveryFailed)
		r.want(r.look(w), "")
		r.want(r.look(w), "cleared remote_down shop")
	})
}

// TestALostConnection: only the node that holds a connection tells that it is lost, and that it is there again.
func TestALostConnection(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		health := map[string]connector.Health{"holder": {State: "degraded", Words: "no route"}, "other": {State: "degraded", Words: "waiting for the lease"}}
		node := func(name string) *alert.Watcher {
			return r.watcher(name, alert.Connection{Inbox: "guild", Lease: "listen:guild", Report: func() connector.Health { return health[name] }})
		}
		holder, other := node("holder"), node("other")
		if held, err := r.store.TakeLease(r.t.Context(), "listen:guild", "holder", time.Minute); err != nil || !held {
			r.t.Fatal(held, err)
		}
		for range 3 {
			r.want(r.look(other), "")
		}
		r.want(r.look(holder), "") // since when: from this look on
		r.want(r.look(holder), "raised remote_down guild")
		if err := r.store.GiveLease(r.t.Context(), "alerts", "holder"); err != nil {
			r.t.Fatal(err)
		}
		for range 3 {
			r.want(r.look(other), "") // it could say that all is well, and cannot know
		}
		health["holder"] = connector.Health{State: "ok"}
		r.want(r.look(holder), "")
		r.want(r.look(holder), "cleared remote_down guild")
		if log := r.log.String(); !strings.Contains(log, "no route") || strings.Contains(log, "waiting for the lease") {
			r.t.Errorf("the log says:\n%s", log)
		}
	})
}

// TestAConnectionThatIsNoMore: an inbox that was taken out of the configuration leaves no alert behind.
func TestAConnectionThatIsNoMore(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		lost := r.watcher("one", alert.Connection{Inbox: "guild", Lease: "listen:guild", Report: func() connector.Health { return connector.Health{State: "off"} }})
		r.want(r.look(lost), "")
		r.want(r.look(lost), "raised remote_down guild")
		again := r.watcher("two")
		if err := r.store.GiveLease(r.t.Context(), "alerts", "one"); err != nil {
			r.t.Fatal(err)
		}
		r.want(r.look(again), "")
		r.want(r.look(again), "cleared remote_down guild")
	})
}

// TestOneNodeActs: what two nodes have seen is told once.
func TestOneNodeActs(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		one, two := r.watcher("one"), r.watcher("two")
		r.wait("dlv_1", "shop")
		r.want(r.look(one), "raised queue_age shop")
		r.wait("dlv_2", "guild")
		r.want(r.look(two), "") // one is at it
		r.want(r.look(one), "raised queue_age guild")
	})
}

// TestOthersAlertsAreLeftAlone: those of endpoints are raised and cleared by who sends.
func TestOthersAlertsAreLeftAlone(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		w := r.watcher("one")
		r.update(func(tx *store.Tx) error {
			_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookFailing, Subject: "whe_1", Severity: kefu.SeverityWarning, Summary: "x"})
			return err
		})
		r.want(r.look(w), "raised webhook_failing whe_1")
		for range 3 {
			r.want(r.look(w), "")
		}
	})
}

// TestWellCostsNoWrite: a look at a program that is well leaves not even a lease.
func TestWellCostsNoWrite(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		w := r.watcher("one", alert.Connection{Inbox: "guild", Lease: "listen:guild", Report: func() connector.Health { return connector.Health{State: "ok"} }})
		for range 3 {
			r.want(r.look(w), "")
		}
		err := r.store.View(t.Context(), func(tx *store.Tx) error {
			holder, err := tx.LeaseHolder("alerts")
			if holder != "" {
				t.Errorf("%s took the lease for nothing", holder)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
