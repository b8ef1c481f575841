package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// told is what a receiver of alerts reads of a webhook.
type told struct {
	Event string `json:"event"`
	Data  struct {
		Kind, Subject, Summary string
		ClearedAt              *time.Time `json:"cleared_at"`
	} `json:"data"`
}

// TestAlertsReachAReceiverOfOnesOwn: an endpoint that asks for alerts by name hears that messages wait, and that they do no more; one that asks
// for everything hears of neither.
func TestAlertsReachAReceiverOfOnesOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		heard := make(chan told, 10)
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var one told
			raw, err := io.ReadAll(r.Body)
			if err == nil {
				err = json.Unmarshal(raw, &one)
			}
			if err != nil || r.URL.Path != "/alerts" {
				t.Errorf("%s was sent %s: %v", r.URL.Path, raw, err)
			}
			heard <- one
		}))
		t.Cleanup(receiver.Close)
		a, said := newApp(t, url, "egress: {allow: [127.0.0.0/8]}\nwebhooks: {allow_http: true}")
		run(t, a)
		for path, events := range map[string][]string{"/alerts": {"alert.raised", "alert.cleared"}, "/all": {"*"}} {
			if _, err := a.webhooks.CreateEndpoint(t.Context(), kefu.Ask{Caller: kefu.SystemCaller("test")}, webhook.EndpointChange{Name: kefu.Some(path),
				URL: kefu.Some(receiver.URL + path), Events: kefu.Some(events)}); err != nil {
				t.Fatal(err)
			}
		}
		a.update(t, func(tx *store.Tx) error { // no connector serves this inbox
			return tx.Queue(kefu.Delivery{ID: "dlv_1", Kind: kefu.DeliverMessage, InboxID: "attic", Line: "l", Ord: 1})
		})
		w := a.watcher()
		w.QueueAge = 1
		look := func() {
			t.Helper()
			if err := w.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		hear := func() told {
			t.Helper()
			select {
			case one := <-heard:
				return one
			case <-time.After(30 * time.Second):
				t.Fatalf("nothing was heard; the log says:\n%s", said)
				return told{}
			}
		}
		look()
		if one := hear(); one.Event != "alert.raised" || one.Data.Kind != "queue_age" || one.Data.Subject != "attic" || one.Data.ClearedAt != nil ||
			!strings.Contains(one.Data.Summary, "inbox attic") {
			t.Errorf("heard %+v", one)
		}
		a.update(t, func(tx *store.Tx) error {
			claimed, err := tx.Claim("attic", a.node, 1)
			if err != nil {
				return err
			}
			b := tx.Batch()
			b.Finish(claimed[0].Delivery, a.node, store.Finish{State: kefu.DeliveryDelivered, Counts: true})
			_, err = b.Run()
			return err
		})
		look()
		look()
		if one := hear(); one.Event != "alert.cleared" || one.Data.Subject != "attic" || one.Data.ClearedAt == nil {
			t.Errorf("heard %+v", one)
		}
	})
}
