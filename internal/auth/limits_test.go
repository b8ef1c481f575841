package auth_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/auth"
)

func TestLimitsComeBack(t *testing.T) {
	r := newRigOnSQLite(t)
	at := time.Unix(1_700_000_000, 0)
	r.freeze(at)
	key := kefu.Caller{Kind: kefu.CallerClient, ID: "key_1"}
	for i := range auth.KeyBurst {
		l, err := r.Allow(t.Context(), key, home)
		if err != nil || l.Name != "key" || l.Limit != auth.KeyBurst || l.Remaining != auth.KeyBurst-1-i || l.RetryAfter != 0 {
			t.Fatalf("request %d: %+v, %v", i, l, err)
		}
	}
	l, err := r.Allow(t.Context(), key, away)
	refuses(t, "over", err, kefu.KindRateLimited, "try again")
	if l.RetryAfter != time.Minute/auth.KeyPerMinute || l.Reset != l.Window || l.Remaining != 0 {
		t.Errorf("over: %+v", l)
	}
	if _, err := r.Allow(t.Context(), kefu.Caller{Kind: kefu.CallerClient, ID: "key_2"}, home); err != nil {
		t.Errorf("another key: %v", err)
	}
	r.freeze(at.Add(l.RetryAfter))
	if _, err := r.Allow(t.Context(), key, home); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestWhoSharesALimit(t *testing.T) {
	r := newRigOnSQLite(t)
	r.freeze(time.Unix(1_700_000_000, 0))
	spend := func(c kefu.Caller, from string) bool {
		t.Helper()
		for range 1000 {
			if _, err := r.Allow(t.Context(), c, netip.MustParseAddr(from)); err != nil {
				return true
			}
		}
		return false
	}
	left := func(c kefu.Caller, from string) bool {
		_, err := r.Allow(t.Context(), c, netip.MustParseAddr(from))
		return err == nil
	}
	nobody, con := kefu.Caller{}, kefu.Caller{Kind: kefu.CallerContact, ID: "con_1"}
	if !spend(nobody, "203.0.113.1") || left(nobody, "::ffff:203.0.113.1") || !left(nobody, "203.0.113.2") {
		t.Error("visitors are told apart by address")
	}
	if !spend(nobody, "2001:db8::1") || left(nobody, "2001:db8::ffff") || !left(nobody, "2001:db8:0:1::1") {
		t.Error("a subscriber of IPv6 has a whole /64")
	}
	if !spend(con, "203.0.113.3") || !left(con, "203.0.113.4") {
		t.Error("contacts are counted by visitor address")
	}
	if spend(kefu.SystemCaller("command line"), "203.0.113.1") {
		t.Error("the command line has no limit")
	}
}

func TestLimitsForgetTheQuietOnes(t *testing.T) {
	r := newRigOnSQLite(t)
	r.freeze(time.Unix(1_700_000_000, 0))
	loud := kefu.Caller{Kind: kefu.CallerClient, ID: "loud"}
	for range auth.KeyBurst {
		_, _ = r.Allow(t.Context(), loud, home)
	}
	for i := range 120_000 {
		if _, err := r.Allow(t.Context(), kefu.Caller{Kind: kefu.CallerClient, ID: fmt.Sprint("key_", i)}, home); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Allow(t.Context(), loud, home); kefu.KindOf(err) != kefu.KindRateLimited {
		t.Errorf("many others freed the loud one: %v", err)
	}
}

func TestScopesOfRoles(t *testing.T) {
	all := auth.Scopes()
	may := func(scopes []string, scope string) bool { return kefu.Caller{Scopes: scopes}.May(scope) }
	for _, scope := range all {
		if !may(auth.ScopesOf(kefu.RoleAdmin), scope) {
			t.Errorf("an admin may not %s", scope)
		}
		if may(auth.ScopesOf(kefu.RoleAgent), scope) && !may(auth.ScopesOf(kefu.RoleSupervisor), scope) {
			t.Errorf("an agent may %s and a supervisor may not", scope)
		}
		resource, _, _ := strings.Cut(scope, ":")
		sensitive := slices.Contains([]string{"api-keys", "signing-keys", "oauth-clients", "audit", "roles", "webhooks"}, resource) ||
			slices.Contains([]string{"agents:write", "teams:write", "inboxes:write", "contacts:session", "contacts:erase"}, scope)
		if sensitive && (may(auth.ScopesOf(kefu.RoleSupervisor), scope) || may(auth.ContactScopes(), scope)) {
			t.Errorf("more than admins may %s", scope)
		}
	}
	for _, scopes := range [][]string{auth.ScopesOf(kefu.RoleSupervisor), auth.ContactScopes()} {
		for _, s := range scopes {
			if resource, action, _ := strings.Cut(s, ":"); action != "*" && !slices.Contains(all, s) || !slices.ContainsFunc(all, func(a string) bool { return strings.HasPrefix(a, resource+":") }) {
				t.Errorf("%s is no scope", s)
			}
		}
	}
	if auth.ScopesOf("king") != nil {
		t.Error("an unknown role may something")
	}
}
