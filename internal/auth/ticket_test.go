package auth_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/store"
)

func TestATicketIsGoodOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		p := r.program(auth.KindKey, auth.ProgramChange{})
		by := kefu.Ask{Caller: r.believed("key", bearing(p.Secret))}
		at := func(ticket string) auth.Request {
			q := asked()
			q.Token, q.Address = ticket, away
			return q
		}
		issue := func() string {
			t.Helper()
			ticket, err := r.IssueTicket(ctx, by)
			if err != nil || ticket.ExpiresAt.Sub(r.now()) > auth.TicketFor {
				t.Fatalf("%+v, %v", ticket, err)
			}
			return ticket.Ticket
		}
		one := issue()
		c := r.believed("ticket", at(one))
		if c.ID != p.ID || c.Credential != p.ID || c.Address != away.String() || !c.May("messages:write") {
			t.Errorf("caller %+v", c)
		}
		r.refused("again", at(one), kefu.KindUnauthorized, "was used")
		r.refused("as a bearer", bearing(issue()), kefu.KindUnauthorized, "no key or token of ours")
		r.refused("made up", at("kefu_wt_"+strings.Repeat("A", 43)), kefu.KindUnauthorized, "never was one")
		r.refused("nonsense", at("nonsense"), kefu.KindUnauthorized, "ws-tickets")

		many := issue()
		var good atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := r.Authenticate(ctx, at(many)); err == nil {
					good.Add(1)
				}
			})
		}
		wg.Wait()
		if good.Load() != 1 {
			t.Errorf("one ticket opened %d lines", good.Load())
		}

		late, revoked := issue(), issue()
		r.ahead = auth.TicketFor
		r.refused("late", at(late), kefu.KindUnauthorized, "expired")
		r.ahead = 0
		r.refused("late, and taken", at(late), kefu.KindUnauthorized, "was used")
		if err := r.RevokeProgram(ctx, admin(), auth.KindKey, p.ID); err != nil {
			t.Fatal(err)
		}
		r.refused("of a revoked key", at(revoked), kefu.KindUnauthorized, "revoked")
	})
}

func TestPurgeDeletesWhatNobodyCanUse(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		past := time.Now().Add(-48 * time.Hour)
		r.update(func(tx *store.Tx) error {
			for i := range 1200 {
				if _, err := tx.UseNonce("sgn_1", "n"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+time.Duration(i).String(), past); err != nil {
					return err
				}
			}
			if err := tx.InsertPass("hash", "{}", past); err != nil {
				return err
			}
			if err := tx.InsertOAuthToken(store.OAuthToken{ID: "oat_1", Hash: "h1", ClientID: "cli_1", ExpiresAt: past}); err != nil {
				return err
			}
			if err := tx.InsertOAuthToken(store.OAuthToken{ID: "oat_2", Hash: "h2", ClientID: "cli_1", ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
				return err
			}
			if err := tx.InsertSession(store.Session{ID: "ses_1", Kind: store.SessionAgent, Subject: "agt_1", ExpiresAt: past}); err != nil {
				return err
			}
			if err := tx.InsertRefreshToken(store.RefreshToken{Hash: "h1", SessionID: "ses_1", ExpiresAt: past}); err != nil {
				return err
			}
			_, err := tx.UseNonce("sgn_1", "fresh", time.Now().Add(time.Hour))
			return err
		})
		if err := r.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		r.update(func(tx *store.Tx) error {
			if n, err := tx.PurgeExpired(10); n != 0 || err != nil {
				t.Errorf("%d rows left, %v", n, err)
			}
			if fresh, err := tx.UseNonce("sgn_1", "fresh", time.Now()); fresh || err != nil {
				t.Errorf("a good nonce was deleted, %v", err)
			}
			if _, err := tx.OAuthToken("oat_1"); err == nil {
				t.Error("an expired token is there")
			}
			if _, err := tx.OAuthToken("oat_2"); err != nil {
				t.Errorf("a good token: %v", err)
			}
			if _, err := tx.LockSession("ses_1"); err == nil {
				t.Error("an expired session is there")
			}
			return nil
		})
	})
}

func TestARoleIsUsedFromItsAddresses(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		r.agent("ann", kefu.RoleAgent)
		tokens := r.login("ann")
		c := r.believed("before", bearing(tokens.AccessToken))
		list := func(v ...string) auth.RoleChange { return auth.RoleChange{Addresses: kefu.Some(v)} }

		got, err := r.UpdateRole(ctx, admin(), kefu.RoleAgent, list("198.51.100.0/24"))
		if err != nil || got.Addresses[0] != "198.51.100.0/24" || got.UpdatedAt == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		r.refused("from elsewhere", bearing(tokens.AccessToken), kefu.KindForbidden, "203.0.113.7")
		_, err = r.Again(ctx, c)
		refuses(t, "an open line", err, kefu.KindForbidden, "203.0.113.7")
		_, err = r.Login(ctx, "ann@example.com", password, auth.From{Address: home})
		refuses(t, "login", err, kefu.KindForbidden, "203.0.113.7")
		near := bearing(tokens.AccessToken)
		near.Address = away
		r.believed("from the list", near)

		_, err = r.UpdateRole(ctx, admin(), kefu.RoleAdmin, list("198.51.100.0/24"))
		refuses(t, "shut oneself out", err, kefu.KindInvalid, "203.0.113.7")
		_, err = r.UpdateRole(ctx, admin(), kefu.RoleAdmin, list("nowhere"))
		refuses(t, "no network", err, kefu.KindInvalid, `"nowhere"`)
		_, err = r.UpdateRole(ctx, admin(), "king", list())
		refuses(t, "no role", err, kefu.KindNotFound, "no role")
		if _, err := r.UpdateRole(ctx, admin(), kefu.RoleAgent, list()); err != nil {
			t.Fatal(err)
		}
		r.believed("cleared", bearing(tokens.AccessToken))
		all, err := r.Roles(ctx)
		if err != nil || len(all.Items) != 3 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
