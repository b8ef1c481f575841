package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/storetest"
)

// everybody is each role and kind of credentials with the scopes that it has.
func everybody() map[string]kefu.Caller {
	out := map[string]kefu.Caller{
		"contact":              {Kind: kefu.CallerContact, ID: "con_1", Scopes: auth.ContactScopes()},
		"unscoped program":     {Kind: kefu.CallerClient, ID: "key_1"},
		"program that may all": {Kind: kefu.CallerClient, ID: "key_2", Scopes: []string{"*:*"}},
		"reading program":      {Kind: kefu.CallerClient, ID: "key_3", Scopes: []string{"*:read"}},
		"bound program":        {Kind: kefu.CallerClient, ID: "key_4", Scopes: []string{"*:*"}, Bound: true},
	}
	for _, role := range kefu.Roles() {
		out[string(role)] = kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_" + string(role), Role: role, Scopes: auth.ScopesOf(role)}
	}
	for _, scope := range auth.Scopes() {
		out["program with "+scope] = kefu.Caller{Kind: kefu.CallerClient, ID: "key_5", Scopes: []string{scope}}
	}
	return out
}

// TestEveryRoleAtEveryOperation asks for everything as everybody: who has an operation's scope is not stopped at the door, who has not is.
// It walks the document, so that an operation cannot be forgotten.
func TestEveryRoleAtEveryOperation(t *testing.T) {
	t.Parallel()
	callers := everybody()
	c := &contract{t: t, doc: readDocument(t), rig: newRig(t, storetest.SQLite(t), func(n *names) { n.callers = callers })}
	c.index()
	for id, at := range c.ops {
		target := "/api/v1" + at.target(slices.Repeat([]string{"nobody"}, strings.Count(at.path, "{")))
		for who, caller := range callers {
			// Nobody knows the parameter: who gets past the door is told so, and nothing happens.
			got := c.rig.ask(at.method, target+"?nobody_knows=1", "", "Authorization", "Bearer "+who)
			want := http.StatusUnprocessableEntity
			if scope := at.scope(); scope != "" && scope != "*" && !caller.May(scope) {
				want = http.StatusForbidden
			}
			if got.status != want {
				t.Errorf("%s as %s: %d, want %d: %.200s", id, who, got.status, want, got.raw)
			}
		}
	}
}

// TestEveryScopeIsOneThatCanBeGiven finds scopes of operations that no credential can have, which is how a typing error looks.
func TestEveryScopeIsOneThatCanBeGiven(t *testing.T) {
	t.Parallel()
	c := &contract{t: t, doc: readDocument(t)}
	c.index()
	for id, at := range c.ops {
		if scope := at.scope(); strings.Contains(scope, ":") && !slices.Contains(auth.Scopes(), scope) {
			t.Errorf("%s needs %s, which is not in auth.Scopes", id, scope)
		}
	}
}
