package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/api"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// endpoint is one that was never asked anything.
func endpoint(id string, enabled bool, disabledWhy string) kefu.Endpoint {
	return kefu.Endpoint{ID: kefu.EndpointID(id), Name: "倉庫", URL: "https://secret-host.example/hook", Events: []string{"*"}, Enabled: enabled,
		DisabledWhy: disabledWhy, Auth: kefu.AuthNone, Timestamps: kefu.TimestampISO, Schedule: kefu.ScheduleStandard, Timeout: time.Second, MaxInFlight: 4}
}

// seen leaves in the database of an app what the parts that send and receive leave there.
func (a *App) seen(t *testing.T) {
	t.Helper()
	a.update(t, func(tx *store.Tx) error {
		for _, e := range []kefu.Endpoint{endpoint("whe_well", true, ""), endpoint("whe_ill", true, ""), endpoint("whe_young", true, ""),
			endpoint("whe_off", false, ""), endpoint("whe_dead", false, "nothing arrived for 24 hours")} {
			if err := tx.InsertEndpoint(e); err != nil {
				return err
			}
		}
		for id, ago := range map[kefu.EndpointID]time.Duration{"whe_ill": 11 * time.Minute, "whe_young": 9 * time.Minute} {
			if err := tx.SetEndpointHealth(id, kefu.EndpointHealth{FailingSince: tx.Now.Add(-ago), Failures: 7}); err != nil {
				return err
			}
		}
		if _, err := tx.InsertWebhookDelivery(kefu.WebhookDelivery{EndpointID: "whe_ill", EventID: "evt_1", EventType: "message.sent",
			State: kefu.DeliveryQueued, Cause: kefu.CauseRetry, DueAt: tx.Now.Add(-time.Hour)}); err != nil {
			return err
		}
		for kind, subject := range map[kefu.AlertKind]string{kefu.AlertWebhookDisabled: "whe_dead", kefu.AlertRemoteDown: "shop"} {
			if _, err := tx.RaiseAlert(kefu.Alert{Kind: kind, Subject: subject, Severity: kefu.SeverityCritical, Summary: "it is " + string(kind)}); err != nil {
				return err
			}
		}
		return tx.Queue(kefu.Delivery{ID: "dlv_1", Kind: kefu.DeliverMessage, InboxID: "shop", Line: "l", Ord: 1})
	})
}

// TestReadyNamesIllEndpoints: those that have failed for long and those that were given up, by id; who was disabled by a person is well.
func TestReadyNamesIllEndpoints(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		a, _ := newApp(t, url, "")
		check := func() api.Check {
			all := a.ready(t.Context())
			i := slices.IndexFunc(all, func(c api.Check) bool { return c.Name == "webhooks" })
			if i < 0 {
				t.Fatalf("no check of webhooks among %v", all)
			}
			return all[i]
		}
		if c := check(); c.Status != api.CheckOK || c.Detail != "" {
			t.Errorf("without endpoints: %+v", c)
		}
		a.seen(t)
		c := check()
		if c.Status != api.CheckDegraded || !strings.Contains(c.Detail, "whe_ill has failed for 11m") || !strings.Contains(c.Detail, "whe_dead was disabled") ||
			strings.Contains(c.Detail, "whe_young") || strings.Contains(c.Detail, "whe_off") || strings.Contains(c.Detail, "secret-host") {
			t.Errorf("with ill ones: %+v", c)
		}
		if status, body := a.ask(t, http.MethodGet, "/readyz", ""); status != http.StatusOK {
			t.Errorf("a dead endpoint makes the process unready: %d %s", status, body)
		}
		a.update(t, func(tx *store.Tx) error {
			for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
				if err := tx.InsertEndpoint(endpoint("whe_dead"+n, false, "x")); err != nil {
					return err
				}
			}
			return nil
		})
		if c := check(); !strings.HasSuffix(c.Detail, "; 3 more endpoints") {
			t.Errorf("many ill ones: %s", c.Detail)
		}
	})
}

// TestDoctorTellsOfAlerts: what the program has found out stands in the doctor's answer, with what to do about it.
func TestDoctorTellsOfAlerts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		a, _ := newApp(t, url, "")
		doctor := func() string {
			var words []string
			for _, f := range Doctor(t.Context(), testConfig(t, url, ""), Options{Version: "test", Log: a.Log, Factories: a.Factories}) {
				if f.Part == "alerts" || f.Part == "webhooks" {
					words = append(words, f.Level+" "+f.Check+" "+f.Words+" | "+f.Mend)
					if f.Level != connector.LevelOK && f.Mend == "" {
						t.Errorf("no mend for %+v", f)
					}
				}
			}
			return strings.Join(words, "\n")
		}
		if got := doctor(); got != "ok open none | " {
			t.Errorf("of a new database: %s", got)
		}
		a.seen(t)
		got := doctor()
		for _, want := range []string{"it is remote_down", `endpoint "倉庫" was disabled: nothing arrived for 24 hours`, `PUT /api/v1/webhooks/whe_dead {"enabled":true}`} {
			if !strings.Contains(got, want) {
				t.Errorf("the doctor does not say %q:\n%s", want, got)
			}
		}
		if strings.Contains(got, "secret-host") || strings.Contains(got, "whe_off") || strings.Contains(got, "it is webhook_disabled") {
			t.Errorf("the doctor says too much:\n%s", got)
		}
	})
}

// TestTidyKeepsAsLongAsItIsTold: events go after payload_days.
func TestTidyKeepsAsLongAsItIsTold(t *testing.T) {
	for _, c := range []struct {
		days string
		kept bool
	}{{"1", false}, {"3", true}} {
		t.Run(c.days, func(t *testing.T) {
			a, said := newApp(t, storetest.SQLite(t), "webhooks: {payload_days: "+c.days+"}")
			a.update(t, func(tx *store.Tx) error {
				if err := tx.AppendEvent(kefu.Event{ID: "evt_1", Type: "conversation.created", Actor: kefu.System(), Data: []byte("{}")}); err != nil {
					return err
				}
				_, _, err := tx.PlaceEvents(10)
				return err
			})
			a.Clock = func() time.Time { return time.Now().Add(2 * 24 * time.Hour) }
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- a.tidy(ctx) }()
			kept := func() (n int) {
				err := a.store.View(t.Context(), func(tx *store.Tx) error {
					all, err := tx.EventsSince(0, 10)
					n = len(all)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				return n
			}
			for deadline := time.Now().Add(10 * time.Second); !c.kept && kept() > 0 && time.Now().Before(deadline); {
				<-time.After(5 * time.Millisecond)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if n := kept(); n > 0 != c.kept {
				t.Errorf("%d events are left of two days ago; the log says:\n%s", n, said)
			}
		})
	}
}
