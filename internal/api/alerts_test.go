package api_test

import (
	"net/http"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func alertSteps() []step {
	return []step{
		{op: "listAlerts", query: "state=all&limit=1", keep: "cursor=next_cursor"},
		{op: "listAlerts", query: "state=all&limit=200&cursor={cursor}"},
		{op: "listAlerts", query: "state=cleared"},
		{op: "getAlert", path: "{alert}"},
	}
}

// raiseAlert leaves one alert that is open, whose id it gives, and one that is cleared.
func (r *rig) raiseAlert() (id string) {
	r.t.Helper()
	err := r.store.Update(r.t.Context(), func(tx *store.Tx) error {
		for _, a := range []kefu.Alert{
			{Kind: kefu.AlertRemoteDown, Subject: "shop", Severity: kefu.SeverityCritical, Summary: "inbox shop: its remote takes nothing"},
			{Kind: kefu.AlertQueueAge, Subject: "guild", Severity: kefu.SeverityWarning, Summary: "inbox guild: waits", Detail: []byte(`{"waiting":7}`)},
		} {
			if _, err := tx.RaiseAlert(a); err != nil {
				return err
			}
		}
		if _, err := tx.ClearAlert(kefu.AlertQueueAge, "guild"); err != nil {
			return err
		}
		open, err := tx.OpenAlerts()
		if err == nil {
			id = open[0].ID
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return id
}

// TestAlertsByRest: those that are open unless others are asked for, and none for who sees only some inboxes.
func TestAlertsByRest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url, withAdmin(t), func(n *names) {
			n.callers = map[string]kefu.Caller{"bound": {Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"*:*"}, Bound: true}}
		})
		id := r.raiseAlert()
		for query, want := range map[string]string{"": "shop", "?state=open": "shop", "?state=cleared": "guild", "?state=all": "shop guild"} {
			got := r.ask(http.MethodGet, "/api/v1/alerts"+query, "")
			for _, subject := range []string{"shop", "guild"} {
				if has := strings.Contains(string(got.raw), `"subject":"`+subject+`"`); got.status != http.StatusOK || has != strings.Contains(want, subject) {
					t.Errorf("%q is answered %d %s, want %s", query, got.status, got.raw, want)
				}
			}
		}
		if got := r.ask(http.MethodGet, "/api/v1/alerts/"+id, ""); got.status != http.StatusOK || !strings.Contains(string(got.raw), `"cleared_at":null`) {
			t.Errorf("the open one is answered %d %s", got.status, got.raw)
		}
		if got := r.ask(http.MethodGet, "/api/v1/alerts?state=shut", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a state that there is not: %d %s", got.status, got.raw)
		}
		for who, want := range map[string]int{"bound": http.StatusForbidden, "scope events:read": http.StatusForbidden, "scope webhooks:read": http.StatusOK} {
			for _, path := range []string{"/api/v1/alerts", "/api/v1/alerts/" + id} {
				if got := r.ask(http.MethodGet, path, "", "Authorization", "Bearer "+who); got.status != want {
					t.Errorf("%s as %s: %d %s, want %d", path, who, got.status, got.raw, want)
				}
			}
		}
	})
}
