package alert_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/alert"
	"kefu/internal/store"
)

func TestReadingAlerts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		alerts := &alert.Alerts{Store: r.store}
		for i := range 3 {
			r.update(func(tx *store.Tx) error {
				_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertQueueAge, Subject: fmt.Sprint("inbox", i), Severity: kefu.SeverityWarning, Summary: "x",
					Detail: []byte(`{"waiting":7}`)})
				return err
			})
		}
		r.update(func(tx *store.Tx) error {
			_, err := tx.ClearAlert(kefu.AlertQueueAge, "inbox1")
			return err
		})
		subjects := func(s alert.State) string {
			var all []string
			for p := (kefu.Paging{Limit: 1}); ; {
				got, err := alerts.List(t.Context(), kefu.SystemCaller("test"), s, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range got.Items {
					all = append(all, a.Subject)
				}
				if p.Cursor = got.NextCursor; p.Cursor == "" {
					return strings.Join(all, " ")
				}
			}
		}
		for state, want := range map[alert.State]string{"": "inbox2 inbox0", alert.Open: "inbox2 inbox0", alert.Cleared: "inbox1", alert.All: "inbox2 inbox1 inbox0"} {
			if got := subjects(state); got != want {
				t.Errorf("%q lists %s, want %s", state, got, want)
			}
		}
		list, err := alerts.List(t.Context(), kefu.SystemCaller("test"), alert.Cleared, kefu.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		one, err := alerts.Read(t.Context(), kefu.SystemCaller("test"), list.Items[0].ID)
		if err != nil || one.ClearedAt == nil || one.Detail["waiting"] != 7.0 || one.Count != 1 {
			t.Errorf("read %+v, %v", one, err)
		}
		if _, err := alerts.Read(t.Context(), kefu.SystemCaller("test"), "alr_none"); kefu.KindOf(err) != kefu.KindNotFound {
			t.Errorf("no such alert: %v, want one of kind not found", err)
		}
	})
}

// TestWhoMayReadAlerts: they tell of every inbox, so who is bound to some, and who sees only their own, may not.
func TestWhoMayReadAlerts(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		alerts := &alert.Alerts{Store: r.store}
		for name, c := range map[string]struct {
			by  kefu.Caller
			may bool
		}{
			"admin":         {kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Role: kefu.RoleAdmin}, true},
			"program":       {kefu.Caller{Kind: kefu.CallerClient, ID: "key_1"}, true},
			"agent":         {kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_2", Role: kefu.RoleAgent, Scopes: []string{"*:*"}}, false},
			"supervisor":    {kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_3", Role: kefu.RoleSupervisor, Scopes: []string{"*:*"}}, false},
			"bound program": {kefu.Caller{Kind: kefu.CallerClient, ID: "key_2", Bound: true, Scopes: []string{"*:*"}}, false},
			"contact":       {kefu.Caller{Kind: kefu.CallerContact, ID: "con_1", Scopes: []string{"*:*"}}, false},
		} {
			_, err := alerts.List(t.Context(), c.by, alert.All, kefu.Paging{})
			_, one := alerts.Read(t.Context(), c.by, "alr_none")
			if may := err == nil && kefu.KindOf(one) == kefu.KindNotFound; may != c.may || !may && kefu.KindOf(err) != kefu.KindForbidden {
				t.Errorf("%s: %v, %v; may read: want %v", name, err, one, c.may)
			}
		}
	})
}

// TestOnlyClearedAlertsAreForgotten: what is wrong stays, however long it has been.
func TestOnlyClearedAlertsAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.update(func(tx *store.Tx) error {
			for _, subject := range []string{"a", "b", "c"} {
				if _, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertQueueAge, Subject: subject, Severity: kefu.SeverityWarning}); err != nil {
					return err
				}
			}
			_, err := tx.ClearAlert(kefu.AlertQueueAge, "a")
			if err == nil {
				_, err = tx.ClearAlert(kefu.AlertQueueAge, "b")
			}
			return err
		})
		prune := func(after time.Duration, limit int) (n int64) {
			r.update(func(tx *store.Tx) (err error) {
				n, err = tx.PruneAlerts(tx.Now.Add(after), limit)
				return err
			})
			return n
		}
		if n := prune(-time.Hour, 10); n != 0 {
			t.Errorf("%d forgotten that were cleared just now", n)
		}
		if n := prune(time.Hour, 1); n != 1 {
			t.Errorf("%d forgotten, want the one that was asked for", n)
		}
		if n := prune(time.Hour, 10); n != 1 {
			t.Errorf("%d forgotten, want the other one", n)
		}
		if n, err := (&alert.Alerts{Store: r.store}).Prune(t.Context(), 10); n != 0 || err != nil {
			t.Errorf("the open one was forgotten: %d, %v", n, err)
		}
	})
}
