package webhook_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

func (r *rig) raise(id kefu.EndpointID) {
	r.t.Helper()
	r.change(func(tx *store.Tx) error {
		_, one := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookFailing, Subject: string(id), Severity: kefu.SeverityWarning, Summary: "it fails"})
		_, other := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertWebhookDisabled, Subject: string(id), Severity: kefu.SeverityCritical, Summary: "it is disabled"})
		return errors.Join(one, other)
	})
}

// wantAlerts tells whether the alerts of raise are open, and ends them.
func (r *rig) wantAlerts(id kefu.EndpointID, open bool) {
	r.t.Helper()
	r.change(func(tx *store.Tx) error {
		for _, kind := range []kefu.AlertKind{kefu.AlertWebhookFailing, kefu.AlertWebhookDisabled} {
			was, err := tx.ClearAlert(kind, string(id))
			if err != nil {
				return err
			}
			if was != open {
				r.t.Errorf("%s is open: %v, want %v", kind, was, open)
			}
		}
		return nil
	})
}

// TestEnablingBeginsAnew: an endpoint that Kefu gave up gets its subscriptions back and is judged by what comes from now on.
func TestEnablingBeginsAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made, at := r.create(good()), time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
		r.change(func(tx *store.Tx) error {
			e, err := tx.LockEndpoint(made.ID)
			e.Enabled, e.DisabledWhy = false, "nothing arrived for 24 hours"
			return errors.Join(err, tx.UpdateEndpoint(e), tx.Subscribe(e.ID, nil),
				tx.SetEndpointHealth(e.ID, kefu.EndpointHealth{FailingSince: at, Failures: 25, WarnedAt: at, LastFailureAt: at}))
		})
		r.raise(made.ID)

		still := r.edit(made.ID, webhook.EndpointChange{Enabled: kefu.Some(false), Description: kefu.Some("x")})
		if still.DisabledReason != "nothing arrived for 24 hours" || still.Health.Failures != 25 || len(r.subscribed(made.ID)) > 0 {
			t.Errorf("it was not enabled: %+v, subscribed to %v", still, r.subscribed(made.ID))
		}
		again := r.edit(made.ID, webhook.EndpointChange{Enabled: kefu.Some(true)})
		if again.DisabledReason != "" || again.Health.Failures != 0 || again.Health.FailingSince != nil || again.Health.LastFailureAt == nil {
			t.Errorf("%+v", again)
		}
		if to := r.target(made.ID); !to.Health.WarnedAt.IsZero() || to.DisabledWhy != "" {
			t.Errorf("the old failures are remembered: %+v, %q", to.Health, to.DisabledWhy)
		}
		if got := r.subscribed(made.ID); len(got) != 4 {
			t.Errorf("subscribed to %v", got)
		}
		r.wantAlerts(made.ID, false)

		r.raise(made.ID)
		if off := r.edit(made.ID, webhook.EndpointChange{Enabled: kefu.Some(false)}); off.Enabled || off.DisabledReason != "" || len(r.subscribed(made.ID)) > 0 {
			t.Errorf("disabled by a person: %+v", off)
		}
		r.wantAlerts(made.ID, false) // nothing could ever end them
	})
}

func TestSubscriptionsFollowTheWords(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		r.edit(made.ID, webhook.EndpointChange{Events: kefu.Some([]string{"*"})})
		all := r.subscribed(made.ID)
		if slices.Contains(all, webhook.EventTest) || slices.Contains(all, store.EventAlertRaised) || len(all) != 14 {
			t.Errorf("* is %v", all)
		}
		r.edit(made.ID, webhook.EndpointChange{Events: kefu.Some([]string{"alert.raised"}), Enabled: kefu.Some(false)})
		if got := r.subscribed(made.ID); len(got) > 0 {
			t.Errorf("a disabled one is subscribed to %v", got)
		}
		r.edit(made.ID, webhook.EndpointChange{Enabled: kefu.Some(true)})
		if got := r.subscribed(made.ID); !slices.Equal(got, []string{"alert.raised"}) {
			t.Errorf("subscribed to %v", got)
		}
	})
}

// TestResubscribe brings back what the relay joins, and only where it differs.
func TestResubscribe(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		old, off, same := r.create(good()), r.create(good()), r.create(good())
		r.edit(old.ID, webhook.EndpointChange{Events: kefu.Some([]string{"*"})})
		r.edit(off.ID, webhook.EndpointChange{Enabled: kefu.Some(false)})
		want := map[kefu.EndpointID][]string{old.ID: r.subscribed(old.ID), off.ID: nil, same.ID: r.subscribed(same.ID)}
		r.change(func(tx *store.Tx) error {
			return errors.Join(tx.Subscribe(old.ID, []string{"message.sent"}), tx.Subscribe(off.ID, []string{"message.sent"}))
		})
		for range 2 {
			if err := r.Resubscribe(t.Context()); err != nil {
				t.Fatal(err)
			}
			for id, types := range want {
				if diff := cmp.Diff(types, r.subscribed(id)); diff != "" {
					t.Error(diff)
				}
			}
		}
		if got := r.log.String(); strings.Count(got, "brought up to date") != 1 || !strings.Contains(got, "endpoints=2") {
			t.Errorf("logged: %s", got)
		}
	})
}
