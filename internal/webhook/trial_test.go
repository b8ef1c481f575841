package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

// takes is a receiver that answers with a status and counts.
type takes struct {
	*httptest.Server

	status atomic.Int64
	mu     sync.Mutex
	bodies [][]byte
	header http.Header
	during func()
}

func taker(t *testing.T) *takes {
	t.Helper()
	s := &takes{}
	s.status.Store(http.StatusOK)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.bodies, s.header = append(s.bodies, body), r.Header.Clone()
		during := s.during
		s.mu.Unlock()
		if during != nil {
			during()
		}
		w.WriteHeader(int(s.status.Load()))
		_, _ = io.WriteString(w, "thank you")
	}))
	t.Cleanup(s.Close)
	return s
}

func TestATestIsSentAtOnceAndLogged(t *testing.T) {
	eachReachable(t, func(t *testing.T, r *rig) {
		to := taker(t)
		e := r.hook(to.URL, "message.*")
		if _, err := r.UpdateEndpoint(t.Context(), ask(), e.ID, webhook.EndpointChange{Enabled: kefu.Some(false)}); err != nil {
			t.Fatal(err)
		}
		before, err := r.Endpoint(t.Context(), ask().Caller, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		for status, want := range map[int64]kefu.DeliveryState{http.StatusAccepted: kefu.DeliveryDelivered, http.StatusTeapot: kefu.DeliveryFailed} {
			to.status.Store(status)
			got, err := r.Test(t.Context(), ask(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got.State != want || got.Status == nil || int64(*got.Status) != status || got.Event != webhook.EventTest || got.Cause != kefu.CauseTest ||
				got.Attempts != 1 || len(got.AttemptLog) != 1 || got.AttemptLog[0].Answer != "thank you" || got.DoneAt == nil || got.DueAt != nil {
				t.Errorf("%d: %+v", status, got)
			}
			sent := to.bodies[len(to.bodies)-1]
			b0, _, err := websig.Strip(sent)
			if err != nil || !bytes.Equal(b0, got.Payload) || to.header.Get("X-Webhook-Delivery") != got.ID || to.header.Get("Webhook-Id") != string(got.EventID) {
				t.Errorf("%d: sent %s, logged %s, %v, %v", status, sent, got.Payload, to.header, err)
			}
			var body struct {
				Event string
				Data  struct {
					Message    string
					EndpointID string `json:"endpoint_id"`
				}
			}
			if err := json.Unmarshal(sent, &body); err != nil || body.Event != "webhook.test" || body.Data.Message == "" || body.Data.EndpointID != string(e.ID) {
				t.Errorf("%s, %v", sent, err)
			}
			if want, err := websig.BodySignature(e.Secret, sent); err != nil || to.header.Get("Signature") != want {
				t.Errorf("the signature is another one: %v", err)
			}
		}
		after, err := r.Endpoint(t.Context(), ask().Caller, e.ID)
		if err != nil || after.Health != before.Health {
			t.Errorf("a test counts for the health: %+v, %v", after.Health, err)
		}
	})
}

func TestOneKeySendsOneTest(t *testing.T) {
	eachReachable(t, func(t *testing.T, r *rig) {
		to := taker(t)
		e := r.hook(to.URL, "message.*")
		once := ask()
		once.Key, once.Fingerprint = "k", "f"
		var twin webhook.WebhookLog
		to.during = func() { // the same request comes again while the first is on its way
			var err error
			if twin, err = r.Test(t.Context(), once, e.ID); err != nil {
				t.Error(err)
			}
		}
		first, err := r.Test(t.Context(), once, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		to.during = nil
		again, err := r.Test(t.Context(), once, e.ID)
		if err != nil || again.ID != first.ID || again.State != kefu.DeliveryDelivered || len(again.AttemptLog) != 1 {
			t.Errorf("%+v, %v", again, err)
		}
		if twin.ID != first.ID || twin.State != kefu.DeliverySending {
			t.Errorf("meanwhile: %+v", twin)
		}
		if len(to.bodies) != 1 {
			t.Errorf("%d were sent", len(to.bodies))
		}
	})
}

func TestWhatIsOnlyTriedSendsNothing(t *testing.T) {
	eachReachable(t, func(t *testing.T, r *rig) {
		to := taker(t)
		e := r.hook(to.URL, "message.*")
		dry := ask()
		dry.Dry = true
		if _, err := r.Test(t.Context(), dry, e.ID); err == nil {
			t.Error("a rehearsal succeeded")
		}
		if len(to.bodies) != 0 || len(r.deliveries(e.ID)) != 0 {
			t.Errorf("%d were sent, %v", len(to.bodies), tell(r.deliveries(e.ID)))
		}
	})
}

func TestATestOfNobody(t *testing.T) {
	eachReachable(t, func(t *testing.T, r *rig) {
		_, err := r.Test(t.Context(), ask(), "whe_nobody")
		wantKind(t, "nobody's", err, kefu.KindNotFound)
		e := r.hook("http://127.0.0.1:1/", "message.*")
		got, err := r.Test(t.Context(), ask(), e.ID)
		if err != nil || got.State != kefu.DeliveryFailed || got.Status != nil || got.Error != webhook.FailConnect || len(got.AttemptLog) != 1 {
			t.Errorf("nobody listens: %+v, %v", got, err)
		}
		if err := r.DeleteEndpoint(t.Context(), ask(), e.ID); err != nil {
			t.Fatal(err)
		}
		_, err = r.Test(t.Context(), ask(), e.ID)
		wantKind(t, "deleted", err, kefu.KindNotFound)
	})
}

// TestATestIsRecordedWhenItsAskerHangsUp: it was sent, so the log says so.
func TestATestIsRecordedWhenItsAskerHangsUp(t *testing.T) {
	eachReachable(t, func(t *testing.T, r *rig) {
		to := taker(t)
		e := r.hook(to.URL, "message.*")
		ctx, hangUp := context.WithCancel(t.Context())
		to.during = hangUp
		_, _ = r.Test(ctx, ask(), e.ID)
		if got := tell(r.deliveries(e.ID)); len(got) != 1 || strings.Contains(got[0], "sending") {
			t.Error(got)
		}
	})
}

// TestATestThatWasBrokenOffIsEnded: nobody knows what it came to when the program was killed in the middle.
func TestATestThatWasBrokenOffIsEnded(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	e := r.hook(somewhere, "message.*")
	r.change(func(tx *store.Tx) error {
		_, err := tx.InsertWebhookDelivery(kefu.WebhookDelivery{EndpointID: e.ID, EventID: "evt_1", EventType: webhook.EventTest, OccurredAt: tx.Now,
			Cause: kefu.CauseTest, State: kefu.DeliverySending, DueAt: tx.Now, Body: "{}"})
		return err
	})
	for _, want := range []kefu.DeliveryState{kefu.DeliverySending, kefu.DeliveryFailed} {
		if _, err := r.Prune(t.Context(), 90*24*time.Hour, 100); err != nil {
			t.Fatal(err)
		}
		if d := r.deliveries(e.ID)[0]; d.State != want || (want == kefu.DeliveryFailed) != (d.Error == webhook.FailStopped && !d.DoneAt.IsZero()) {
			t.Errorf("%+v, want %s", d, want)
		}
		r.later(2*time.Minute + time.Second)
	}
}
