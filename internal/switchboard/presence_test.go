package switchboard_test

import (
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

const amy = kefu.AgentID("agt_amy")

var asAmy = kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerAgent, ID: string(amy), Name: "Amy", Role: kefu.RoleAgent}}

func (b *board) hire(id kefu.AgentID) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), func(tx *store.Tx) error { return tx.InsertAgent(kefu.Agent{ID: id, Name: string(id)}) }); err != nil {
		b.t.Fatal(err)
	}
}

// status is the agent's effective status, by the presence and by the agent's row, which must agree.
func (b *board) status(id kefu.AgentID) kefu.AgentStatus {
	b.t.Helper()
	p, err := b.AgentPresence(b.t.Context(), asAmy.Caller, id)
	if err != nil {
		b.t.Fatal(err)
	}
	err = b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		row, err := tx.LockPresence(id)
		if row.Status != p.Status {
			b.t.Errorf("the row says %s, the sources %s", row.Status, p.Status)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return p.Status
}

func (b *board) wantStatus(want kefu.AgentStatus, changes int) {
	b.t.Helper()
	if got := b.status(amy); got != want {
		b.t.Errorf("status %s, want %s", got, want)
	}
	if got := b.events()["agent.status_changed"]; got != changes {
		b.t.Errorf("%d changes told, want %d", got, changes)
	}
}

func TestAStatusSetByREST(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, b *board) {
		b.hire(amy)
		set := func(ask kefu.Ask, id kefu.AgentID, s kefu.AgentStatus) error {
			_, err := b.SetAgentStatus(t.Context(), ask, id, switchboard.StatusRequest{Status: s})
			return err
		}
		for range 2 {
			if err := set(asAmy, amy, kefu.AgentAway); err != nil {
				t.Fatal(err)
			}
		}
		b.wantStatus(kefu.AgentAway, 1)
		if _, err := b.ReportStatus(t.Context(), "guild", amy, kefu.AgentOnline, time.Time{}); err != nil {
			t.Fatal(err)
		}
		b.wantStatus(kefu.AgentOnline, 2) // the best counts
		if err := set(asAmy, amy, kefu.AgentOffline); err != nil {
			t.Fatal(err)
		}
		b.wantStatus(kefu.AgentOnline, 2)
		boss := kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_boss", Scopes: []string{"*:*"}}}
		if err := set(boss, amy, kefu.AgentBusy); err != nil {
			t.Error(err)
		}
		for name, tt := range map[string]struct {
			err  error
			want kefu.ErrKind
		}{
			"another's": {set(kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_bob"}}, amy, kefu.AgentBusy), kefu.KindForbidden},
			"a word":    {set(asAmy, amy, "sleeping"), kefu.KindInvalid},
			"nobody":    {set(boss, "agt_none", kefu.AgentBusy), kefu.KindNotFound},
		} {
			if kefu.KindOf(tt.err) != tt.want {
				t.Errorf("%s: %v", name, tt.err)
			}
		}
	})
}

func TestAStatusEndsAfterTheLastConnection(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, b *board) {
		b.hire(amy)
		ctx := t.Context()
		one, two := switchboard.Socket{ID: "wsc_1", AgentID: amy}, switchboard.Socket{ID: "wsc_2", AgentID: amy}
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		end := func(want kefu.AgentStatus, changes int) {
			t.Helper()
			_, err := b.EndStatuses(ctx)
			check(err)
			b.wantStatus(want, changes)
		}
		check(b.Connect(ctx, one, "here"))
		end(kefu.AgentOnline, 1) // by connecting
		check(b.Connect(ctx, two, "there"))
		_, err := b.SetOwnStatus(ctx, asAmy, kefu.AgentBusy)
		check(err)
		end(kefu.AgentBusy, 2)
		check(b.Disconnect(ctx, []switchboard.Socket{one, one}, 0))
		end(kefu.AgentBusy, 2) // the other is open
		check(b.Disconnect(ctx, []switchboard.Socket{two}, time.Hour))
		end(kefu.AgentBusy, 2) // for another hour
		check(b.Connect(ctx, one, "here"))
		end(kefu.AgentBusy, 2) // back in time
		gone, err := b.Abandoned(ctx, "elsewhere")
		check(err)
		if len(gone) != 1 || gone[0] != one {
			t.Errorf("abandoned: %v", gone)
		}
		check(b.Disconnect(ctx, gone, 0))
		end(kefu.AgentOffline, 3)
		check(b.Connect(ctx, one, "here"))
		end(kefu.AgentOnline, 4)
		_, err = b.SetAgentStatus(ctx, asAmy, amy, switchboard.StatusRequest{Status: kefu.AgentAway})
		check(err)
		check(b.Disconnect(ctx, []switchboard.Socket{one}, 0))
		end(kefu.AgentAway, 5) // by REST: it stays
	})
}

func TestWhoIsDeactivatedHasNoStatus(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, b *board) {
		ask := kefu.Ask{Caller: kefu.SystemCaller("test")}
		a, err := b.CreateAgent(t.Context(), ask, switchboard.AgentChange{Name: kefu.Some("Amy"), Email: kefu.Some("amy@example.com")})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Connect(t.Context(), switchboard.Socket{ID: "wsc_1", AgentID: a.ID}, "here"); err != nil {
			t.Fatal(err)
		}
		if err := b.DeactivateAgent(t.Context(), ask, a.ID); err != nil {
			t.Fatal(err)
		}
		if got := b.status(a.ID); got != kefu.AgentOffline {
			t.Errorf("status %s", got)
		}
		if err := b.Connect(t.Context(), switchboard.Socket{ID: "wsc_2", AgentID: a.ID}, "here"); kefu.KindOf(err) != kefu.KindNotFound {
			t.Errorf("%v", err)
		}
	})
}

func TestAChangeOfRightsIsShownToNobody(t *testing.T) {
	t.Parallel()
	e := switchboard.FeedEvent{Event: kefu.Event{Type: store.EventRights, Data: []byte(`{"subjects":["*"]}`)}}
	if _, ok := switchboard.Visible(kefu.SystemCaller("test"), kefu.Sight{Kind: kefu.SeesAll}, e); ok {
		t.Error("it is shown")
	}
}

func TestWhoWritesAtADeskIsOnlineThereForAWhile(t *testing.T) {
	t.Parallel()
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "hello")).ConversationID
		b.openDesk(conv, "guild", "c33")
		b.take("guild", staff("c33", "one"))
		b.take("guild", staff("c33", "two"))
		if n := b.events()["agent.status_changed"]; n != 1 {
			t.Errorf("%d changes told", n)
		}
		id := kefu.AgentID(b.messages(conv)[1].Author.ID)
		if got := b.status(id); got != kefu.AgentOnline {
			t.Errorf("status %s", got)
		}
		p, err := b.AgentPresence(t.Context(), asAmy.Caller, id)
		if err != nil || len(p.Sources) != 1 || p.Sources[0].Source != "guild" || p.Sources[0].ExpiresAt == nil {
			t.Errorf("%+v %v", p, err)
		}
	})
}
