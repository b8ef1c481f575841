package stream

import (
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/secret"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// TestNothingArrivesAfterAPermissionIsGone takes a permission away while a line is open. What is said after that must not arrive, and what
// the agent may still see must.
func TestNothingArrivesAfterAPermissionIsGone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		team := r.team("first")
		amy := r.agent("amy", kefu.RoleSupervisor, team)
		boss := r.agent("boss", kefu.RoleAdmin)
		of, _ := r.talk("of", switchboard.NewConversation{TeamID: team})
		own, _ := r.talk("own", switchboard.NewConversation{AssigneeID: kefu.AgentID(amy.ID)})
		for round := range 5 {
			secret, marker := fmt.Sprintf("secret %d", round), fmt.Sprintf("marker %d", round)
			c := r.dial(amy).live(r)
			r.say(boss, of.ID, "before")
			if said := c.texts("before"); len(said) != 1 {
				t.Fatalf("round %d: %v", round, said)
			}
			r.memberships(amy, nil)
			r.say(boss, of.ID, secret)
			r.say(boss, own.ID, marker)
			if said := c.texts(marker); len(said) != 1 {
				t.Fatalf("round %d: arrived all the same: %v", round, said)
			}
			// Who comes back from an old position is judged by what is true now.
			again := r.dial(amy).subscribed(`{"since":0}`)
			for _, text := range again.texts(marker) {
				if text == secret || text == "before" {
					t.Errorf("round %d: replayed all the same: %s", round, text)
				}
			}
			r.memberships(amy, []kefu.TeamID{team})
			_, _ = c.ws.CloseNow(), again.ws.CloseNow()
		}
	})
}

func (r *rig) memberships(c kefu.Caller, teams []kefu.TeamID) {
	r.t.Helper()
	if _, err := r.UpdateAgent(r.t.Context(), system, kefu.AgentID(c.ID), switchboard.AgentChange{TeamIDs: kefu.Some(teams)}); err != nil {
		r.t.Fatal(err)
	}
}

func TestWhoIsDeactivatedIsSentAway(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		amy, boss := r.agent("amy", kefu.RoleAdmin), r.agent("boss", kefu.RoleAdmin)
		conv, _ := r.talk("ken", switchboard.NewConversation{})
		c := r.dial(amy).live(r)
		r.people.fire(amy.ID)
		if err := r.DeactivateAgent(t.Context(), system, kefu.AgentID(amy.ID)); err != nil {
			t.Fatal(err)
		}
		r.say(boss, conv.ID, "secret")
		for {
			f, err := c.next()
			if err != nil {
				if code := codeOf(err); code != closeExpired {
					t.Errorf("closed with %d", code)
				}
				return
			}
			if f.text() == "secret" {
				t.Fatal("it arrived all the same")
			}
		}
	})
}

// TestARevokedKeyIsSentAway does the same with the real credentials.
func TestARevokedKeyIsSentAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url)
		box, err := secret.NewBox(make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		doorman, err := auth.New(auth.Options{Store: r.store, Box: box, Key: make([]byte, 32), PublicURL: "https://kefu.example"})
		if err != nil {
			t.Fatal(err)
		}
		r.hub.o.Auth = doorman
		conv, _ := r.talk("ken", switchboard.NewConversation{})
		boss := kefu.SystemCaller("boss")
		key, err := doorman.CreateProgram(t.Context(), system, store.ProgramKey, auth.ProgramChange{Name: kefu.Some("shop"),
			Scopes: kefu.Some([]string{"messages:read", "messages:write"})})
		if err != nil {
			t.Fatal(err)
		}
		c := r.dial(kefu.Caller{ID: key.Secret, Name: "key"}).live(r)
		r.say(boss, conv.ID, "before")
		c.texts("before")
		if err := doorman.RevokeProgram(t.Context(), system, store.ProgramKey, key.ID); err != nil {
			t.Fatal(err)
		}
		c.sendf(`{"type":"message","action":"send","data":{"to":%q,"content":"secret"}}`, conv.ID)
		r.say(boss, conv.ID, "secret")
		for {
			f, err := c.next()
			if err != nil {
				if code := codeOf(err); code != closeExpired {
					t.Errorf("closed with %d", code)
				}
				break
			}
			if f.text() == "secret" || f.Type == typeAck {
				t.Fatalf("it arrived all the same: %s", f.raw)
			}
		}
		if res := r.refused("?token="+key.Secret, ""); res != string(kefu.KindUnauthorized) {
			t.Errorf("a key in the address: %s", res)
		}
	})
}

func TestACredentialThatExpiresEndsTheLine(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		ken.ExpiresAt = time.Now().Add(4 * time.Second)
		r.people.put(ken)
		c := r.dial(ken)
		if code := c.closed(); code != closeExpired {
			t.Errorf("closed with %d", code)
		}
		r.say(kefu.SystemCaller("x"), conv.ID, "later")
	}, func(l *Limits) { l.Silence = 20 * time.Second })
}

// TestRightsThatCannotBeRead: rights that changed and cannot be read end the line, which comes back; without a change nothing happens.
func TestRightsThatCannotBeRead(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		boss := r.agent("boss", kefu.RoleAdmin)
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		c, line := r.dial(ken).live(r), r.lineOf(ken)
		r.people.fail(true)
		line.recheck(t.Context())
		r.say(boss, conv.ID, "before")
		c.texts("before")
		c.sendf(`{"type":"message","action":"send","id":"x","data":{"to":%q,"content":"x"}}`, conv.ID)
		if f := c.read(); f.ID != "x" || f.Error == nil || f.Error.Code != "unavailable" {
			t.Errorf("%s", f.raw)
		}
		r.rightsChanged(ken.ID)
		r.say(boss, conv.ID, "secret")
		for {
			f, err := c.next()
			if err != nil {
				if code := codeOf(err); code != websocket.StatusTryAgainLater {
					t.Errorf("closed with %d", code)
				}
				break
			}
			if f.text() == "secret" {
				t.Fatal("it arrived all the same")
			}
		}
		if got := r.refused("?token="+ken.ID, ""); got != "unavailable" {
			t.Errorf("a new one: %q", got)
		}
	})
}
