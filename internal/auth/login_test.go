package auth_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/store"
)

// save changes an agent as the verbs for agents do.
func (r *rig) save(id kefu.AgentID, change func(*kefu.Agent)) {
	r.t.Helper()
	r.update(func(tx *store.Tx) error {
		a, err := tx.LockAgent(id)
		if err != nil {
			return err
		}
		change(&a)
		_, err = tx.UpdateAgent(a)
		return err
	})
}

func TestLogin(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.agent("ann", kefu.RoleAgent)
		from := auth.From{Address: home}
		tokens, err := r.Login(t.Context(), " ANN@example.com ", password, from)
		if err != nil || tokens.TokenType != "Bearer" || tokens.ExpiresIn != 900 || tokens.AgentID != "agt_ann" {
			t.Errorf("%+v, %v", tokens, err)
		}
		for name, try := range map[string][2]string{
			"wrong password":  {"ann@example.com", "wrong horse"},
			"unknown e-mail":  {"bob@example.com", password},
			"empty":           {"", ""},
			"endless":         {"ann@example.com", strings.Repeat("x", 100_000)},
			"endless e-mail":  {strings.Repeat("x", 300) + "@example.com", password},
			"not text":        {"ann@example.com\x00", "\xff"},
			"other capitals":  {"ann@example.com", strings.ToUpper(password)},
			"the hash itself": {"ann@example.com", "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		} {
			_, err := r.Login(t.Context(), try[0], try[1], from)
			refuses(t, name, err, kefu.KindUnauthorized, "e-mail or password is wrong")
		}
		if got := r.audited(); !strings.HasPrefix(got, "login.succeeded ") || !strings.Contains(got, "login.failed") {
			t.Errorf("audited %s", got)
		}
	})
}

func TestLoginsAreThrottled(t *testing.T) {
	r := newRigOnSQLite(t)
	r.agent("ann", kefu.RoleAgent)
	stop := r.now()
	r.freeze(stop)
	for i := range auth.LoginBurst {
		_, err := r.Login(t.Context(), "ann@example.com", "wrong horse", auth.From{Address: home})
		refuses(t, "try", err, kefu.KindUnauthorized, "is wrong")
		_ = i
	}
	_, err := r.Login(t.Context(), "ann@example.com", password, auth.From{Address: away})
	refuses(t, "the account, from elsewhere", err, kefu.KindRateLimited, "try again in")
	for range auth.TriesBurst - auth.LoginBurst {
		_, _ = r.Refresh(t.Context(), "kefu_rt_"+strings.Repeat("A", 43), auth.From{Address: home})
	}
	_, err = r.Login(t.Context(), "somebody@example.com", password, auth.From{Address: home})
	refuses(t, "the address, another account", err, kefu.KindRateLimited, "try again in")
	r.freeze(stop.Add(time.Minute))
	if _, err := r.Login(t.Context(), "ann@example.com", password, auth.From{Address: home}); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

func TestRefreshRotates(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx, from := t.Context(), auth.From{Address: home}
		r.agent("ann", kefu.RoleAgent)
		one := r.login("ann")
		at := r.now().Add(time.Hour)
		r.freeze(at)
		two, err := r.Refresh(ctx, one.RefreshToken, from)
		if err != nil || two.RefreshToken == one.RefreshToken || two.SessionID != one.SessionID {
			t.Fatalf("%+v, %v", two, err)
		}
		r.believed("the new access token", bearing(two.AccessToken))

		// A client that lost the answer asks again; what was lost is worthless from then on.
		r.freeze(at.Add(auth.RepeatWithin))
		three, err := r.Refresh(ctx, one.RefreshToken, from)
		if err != nil {
			t.Fatalf("repeated within %s: %v", auth.RepeatWithin, err)
		}
		four, err := r.Refresh(ctx, three.RefreshToken, from)
		if err != nil {
			t.Fatal(err)
		}

		_, err = r.Refresh(ctx, two.RefreshToken, from)
		refuses(t, "the lost answer, found by somebody", err, kefu.KindUnauthorized, "used before")
		r.refused("its access token", bearing(four.AccessToken), kefu.KindUnauthorized, "was ended")
		_, err = r.Refresh(ctx, four.RefreshToken, from)
		refuses(t, "the newest of the session", err, kefu.KindUnauthorized, "was ended")
		if got := r.audited(); !strings.Contains(got, "session.ended") {
			t.Errorf("audited %s", got)
		}
	})
}

func TestAReusedRefreshTokenEndsTheSession(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx, from := t.Context(), auth.From{Address: home}
		r.agent("ann", kefu.RoleAgent)
		one := r.login("ann")
		two, err := r.Refresh(ctx, one.RefreshToken, from)
		if err != nil {
			t.Fatal(err)
		}
		r.ahead = auth.RepeatWithin + time.Second
		_, err = r.Refresh(ctx, one.RefreshToken, from)
		refuses(t, "reused", err, kefu.KindUnauthorized, "used before")
		_, err = r.Refresh(ctx, two.RefreshToken, from)
		refuses(t, "its successor", err, kefu.KindUnauthorized, "was ended")

		three := r.login("ann")
		r.ahead += auth.RefreshFor
		_, err = r.Refresh(ctx, three.RefreshToken, from)
		refuses(t, "expired", err, kefu.KindUnauthorized, "expired")
		for name, token := range map[string]string{"unknown": "kefu_rt_" + strings.Repeat("A", 43), "a key": "kefu_" + strings.Repeat("A", 43), "nothing": ""} {
			_, err = r.Refresh(ctx, token, from)
			refuses(t, name, err, kefu.KindUnauthorized, "log in again")
		}
	})
}

// TestParallelRefreshesEndWithOneChain: of many who show one token at one time, all within the time to repeat, the last answer alone is good.
func TestParallelRefreshesEndWithOneChain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.agent("ann", kefu.RoleAgent)
		one := r.login("ann")
		got := make([]auth.Tokens, 8)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = r.Refresh(t.Context(), one.RefreshToken, auth.From{Address: home}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		unused := 0
		for _, g := range got {
			err := r.store.View(t.Context(), func(tx *store.Tx) error {
				rt, err := tx.RefreshToken(auth.HashKey(g.RefreshToken))
				if err == nil && rt.UsedAt.IsZero() {
					unused++
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		if unused != 1 {
			t.Errorf("%d chains go on, want one", unused)
		}
	})
}

func TestLogoutByRefreshToken(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.agent("ann", kefu.RoleAgent)
		tokens := r.login("ann")
		for range 2 {
			if err := r.Logout(t.Context(), kefu.Caller{}, tokens.RefreshToken); err != nil {
				t.Error(err)
			}
		}
		if err := r.Logout(t.Context(), kefu.Caller{}, "unknown"); err != nil {
			t.Error(err)
		}
		r.refused("after", bearing(tokens.AccessToken), kefu.KindUnauthorized, "was ended")
		refuses(t, "a key", r.Logout(t.Context(), kefu.Caller{Kind: kefu.CallerClient}, ""), kefu.KindUnauthorized, "session")
	})
}

func TestAChangedPasswordEndsTheOtherSessions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		r.agent("ann", kefu.RoleAgent)
		mine, other := r.login("ann"), r.login("ann")
		c := r.believed("mine", bearing(mine.AccessToken))
		refuses(t, "wrong", r.ChangePassword(ctx, c, "wrong horse", "another horse"), kefu.KindInvalid, "current_password")
		refuses(t, "short", r.ChangePassword(ctx, c, password, "short"), kefu.KindInvalid, "password must have 8 to 200")
		refuses(t, "a key", r.ChangePassword(ctx, kefu.Caller{Kind: kefu.CallerClient}, password, "another horse"), kefu.KindForbidden, "agent")
		if err := r.ChangePassword(ctx, c, password, "another horse"); err != nil {
			t.Fatal(err)
		}
		r.believed("mine goes on", bearing(mine.AccessToken))
		r.refused("the other", bearing(other.AccessToken), kefu.KindUnauthorized, "was ended")
		_, err := r.Login(ctx, "ann@example.com", password, auth.From{Address: home})
		refuses(t, "the old password", err, kefu.KindUnauthorized, "is wrong")
		if err := auth.SetPassword(ctx, r.store, "Ann@example.com", password); err != nil {
			t.Fatal(err)
		}
		r.refused("after the command line", bearing(mine.AccessToken), kefu.KindUnauthorized, "was ended")
		r.login("ann")
		refuses(t, "nobody", auth.SetPassword(ctx, r.store, "bob@example.com", password), kefu.KindNotFound, "bob@example.com")
	})
}

func TestTheFirstAdmin(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var made []string
		for range 4 {
			wg.Go(func() {
				email, pw, ok, err := r.EnsureAdmin(t.Context())
				mu.Lock()
				defer mu.Unlock()
				if err != nil || ok != (pw != "") || ok && email != auth.FirstAdmin {
					t.Errorf("%q %v %v", email, ok, err)
				}
				if ok {
					made = append(made, pw)
				}
			})
		}
		wg.Wait()
		if len(made) != 1 {
			t.Fatalf("%d admins were made", len(made))
		}
		tokens, err := r.Login(t.Context(), auth.FirstAdmin, made[0], auth.From{Address: home})
		if err != nil || r.believed("admin", bearing(tokens.AccessToken)).Role != kefu.RoleAdmin {
			t.Errorf("login: %v", err)
		}
		if _, _, ok, err := r.EnsureAdmin(t.Context()); ok || err != nil {
			t.Errorf("again: %v %v", ok, err)
		}
	})
}
