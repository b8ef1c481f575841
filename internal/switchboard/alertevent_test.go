package switchboard_test

import (
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// TestWhoIsShownAlerts: they tell of every inbox and endpoint, so they are for who sees everything and may read events.
func TestWhoIsShownAlerts(t *testing.T) {
	t.Parallel()
	events := []string{"events:read"}
	all := []string{"*:*"}
	for name, c := range map[string]struct {
		by    kefu.Caller
		sight kefu.Sight
		shown bool
	}{
		"admin":             {kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Role: kefu.RoleAdmin, Scopes: all}, kefu.Sight{Kind: kefu.SeesAll}, true},
		"program":           {kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Scopes: events}, kefu.Sight{Kind: kefu.SeesAll}, true},
		"without the scope": {kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"messages:read", "agents:read"}}, kefu.Sight{Kind: kefu.SeesAll}, false},
		"supervisor":        {kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_2", Role: kefu.RoleSupervisor, Scopes: all}, kefu.Sight{Kind: kefu.SeesTeams}, false},
		"agent":             {kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_2", Role: kefu.RoleAgent, Scopes: all}, kefu.Sight{Kind: kefu.SeesOwn}, false},
		"bound program":     {kefu.Caller{Kind: kefu.CallerClient, ID: "key_2", Bound: true, Scopes: all}, kefu.Sight{Kind: kefu.SeesBound}, false},
		"contact":           {kefu.Caller{Kind: kefu.CallerContact, ID: "con_1", Scopes: all}, kefu.Sight{Kind: kefu.SeesOneContact, ID: "con_1"}, false},
	} {
		for _, kind := range []string{store.EventAlertRaised, store.EventAlertCleared} {
			e := switchboard.FeedEvent{Event: kefu.Event{ID: "evt_1", Type: kind, Actor: kefu.System(), Data: []byte(`{"kind":"queue_age","subject":"shop"}`)}}
			if _, shown := switchboard.Visible(c.by, c.sight, e); shown != c.shown {
				t.Errorf("%s is shown %s: %v, want %v", name, kind, shown, c.shown)
			}
		}
	}
}
