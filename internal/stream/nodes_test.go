package stream

import (
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func (r *rig) rightsChanged(subjects ...string) {
	r.t.Helper()
	if err := r.store.Update(r.t.Context(), func(tx *store.Tx) error { return tx.RightsChanged(subjects...) }); err != nil {
		r.t.Fatal(err)
	}
}

func TestTheWordsOfRightsAreTheStores(t *testing.T) {
	t.Parallel()
	if rightsChanged != store.EventRights || everybody != store.RightsOfAll {
		t.Error("the hub waits for another event than the store writes")
	}
}

func TestTypingIsShownToOthersWhoMaySeeIt(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		amy, bob := r.agent("amy", kefu.RoleAdmin), r.agent("bob", kefu.RoleAgent)
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		staff, blind, visitor := r.dial(amy).live(r), r.dial(bob).live(r), r.dial(ken).live(r)
		visitor.sendf(`{"type":"typing","action":"start","id":"t","data":{"conversation_id":%q}}`, conv.ID)
		if f := staff.until(typeTyping, "start"); f.Data["conversation_id"] != string(conv.ID) || f.Data["from"] != ken.ID || f.Position != nil {
			t.Errorf("%s", f.raw)
		}
		staff.sendf(`{"type":"typing","action":"start","data":{"conversation_id":%q}}`, conv.ID)
		staff.sendf(`{"type":"typing","action":"start","data":{"conversation_id":%q}}`, conv.ID) // said already
		staff.sendf(`{"type":"typing","action":"stop","id":"done","data":{"conversation_id":%q}}`, conv.ID)
		staff.until(typeAck, "")
		r.say(amy, conv.ID, "done")
		var actions []string
		for f := visitor.read(); f.text() != "done"; f = visitor.read() {
			if f.Type == typeTyping {
				actions = append(actions, f.Action)
			}
		}
		if len(actions) != 2 || actions[0] != "start" || actions[1] != "stop" {
			t.Errorf("the contact saw %v", actions)
		}
		blind.send(`{"type":"ping"}`)
		for f := blind.read(); f.Type != typePong; f = blind.read() {
			if f.Type == typeTyping {
				t.Errorf("shown to one who may not see it: %s", f.raw)
			}
		}
	})
}

func TestPresenceFollowsTheLine(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		amy, boss := r.agent("amy", kefu.RoleAgent), r.agent("boss", kefu.RoleAdmin)
		watch := r.dial(boss).subscribed(`{"events":["agent.status_changed"]}`)
		status := func(want string) {
			t.Helper()
			for f := watch.until(typeEvent, "status_change"); f.Data["agent_id"] != amy.ID || f.Data["status"] != want; f = watch.until(typeEvent, "status_change") {
				if f.Data["agent_id"] == amy.ID {
					t.Fatalf("%s, want %s", f.raw, want)
				}
			}
		}
		one, two := r.dial(amy), r.dial(amy)
		status("online")
		one.send(`{"type":"status","action":"set","data":{"status":"away"}}`)
		status("away")
		_ = one.ws.CloseNow()
		eventually(t, func() bool { left, err := r.SocketsOf(t.Context(), r.hub.o.Node); return err == nil && len(left) == 2 })
		two.send(`{"type":"status","action":"set","data":{"status":"busy"}}`)
		status("busy")
		_ = two.ws.CloseNow()
		status("offline")
		r.dial(amy)
		status("online")
	}, func(l *Limits) { l.Linger = 300 * time.Millisecond })
}

// TestTwoNodesAreOne: what happens at one node is shown at the other, and an agent is present as long as there is a line to either.
func TestTwoNodesAreOne(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	quick := func(l *Limits) { l.Linger = 400 * time.Millisecond }
	here := newNode(t, url, nil, quick)
	there := newNode(t, url, here.people, quick)
	amy, boss := here.agent("amy", kefu.RoleAdmin), here.agent("boss", kefu.RoleAdmin)
	conv, ken := here.talk("ken", switchboard.NewConversation{})
	staff, visitor := here.dial(amy).live(here), there.dial(ken).live(there)
	second := there.dial(amy).live(there)

	visitor.sendf(`{"type":"message","action":"send","data":{"to":%q,"content":"hello"}}`, conv.ID)
	for _, c := range []*client{staff, second} {
		if said := c.texts("hello"); len(said) != 1 {
			t.Errorf("%v", said)
		}
	}
	seen := make(chan frame, 1)
	go func() {
		for f, err := staff.next(); err == nil; f, err = staff.next() {
			if f.Type == typeTyping {
				seen <- f
				return
			}
		}
	}()
	for told := false; !told; { // the other node may not be listening yet, and typing is not kept
		visitor.sendf(`{"type":"typing","action":"start","data":{"conversation_id":%q}}`, conv.ID)
		visitor.sendf(`{"type":"typing","action":"stop","data":{"conversation_id":%q}}`, conv.ID)
		select {
		case <-seen:
			told = true
		case <-time.After(150 * time.Millisecond):
		}
	}
	_ = staff.ws.CloseNow()
	eventually(t, func() bool {
		left, err := here.SocketsOf(t.Context(), here.hub.o.Node)
		return err == nil && len(left) == 0
	})
	time.Sleep(600 * time.Millisecond) // longer than the status would outlive its last line
	if p, err := here.AgentPresence(t.Context(), boss, kefu.AgentID(amy.ID)); err != nil || p.Status != kefu.AgentOnline {
		t.Errorf("%+v %v", p, err)
	}
	// The node dies without a word: its rows are found by the other.
	there.die()
	eventually(t, func() bool {
		p, err := here.AgentPresence(t.Context(), boss, kefu.AgentID(amy.ID))
		return err == nil && p.Status == kefu.AgentOffline
	})
}

// die ends a node such that it cannot tidy up: its database is closed first.
func (r *rig) die() {
	_ = r.store.DB().Close()
	r.stop()
}
