package switchboard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func (b *board) place() {
	b.t.Helper()
	b.alter(func(tx *store.Tx) error {
		_, _, err := tx.PlaceEvents(100_000)
		return err
	})
}

func (b *board) feed(by kefu.Caller, q switchboard.EventQuery) switchboard.EventPage {
	b.t.Helper()
	page, err := b.Events(b.t.Context(), by, q)
	if err != nil {
		b.t.Fatal(err)
	}
	return page
}

func names(page switchboard.EventPage) (out []string) {
	for _, e := range page.Items {
		out = append(out, e.Event)
	}
	return out
}

// TestWhoSeesWhichEvent walks what happened as everybody.
func TestWhoSeesWhichEvent(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.staffed(2)
		conv := b.begin(switchboard.NewConversation{Content: "hi", TeamID: "tea_1", AssigneeID: "agt_2", Labels: []string{"vip"}})
		b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "note", Private: true})
		b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "reply"})
		b.alter(func(tx *store.Tx) error {
			for name, data := range map[string]string{"agent.status_changed": `{"agent_id":"agt_2","status":"online"}`,
				"user.updated": `{"user_id":"` + string(conv.ContactID) + `","role":"contact"}`} {
				if err := tx.AppendEvent(kefu.Event{ID: kefu.EventID("evt_" + name), Type: name, Data: json.RawMessage(data)}); err != nil {
					return err
				}
			}
			return nil
		})
		b.place()
		limited := program.Caller
		limited.Scopes = []string{"messages:read"}
		bound := program.Caller
		bound.Bound, bound.ID = true, "key_bound"
		all := map[string]int{"conversation.created": 1, "ticket.created": 1, "conversation.assigned": 1, "message.received": 1, "message.sent": 2,
			"agent.status_changed": 1, "user.created": 1, "user.updated": 1}
		for _, c := range []struct {
			name string
			by   kefu.Caller
			want map[string]int
		}{
			{"admin", boss.Caller, all},
			{"program", program.Caller, all},
			{"limited program", limited, map[string]int{"message.received": 1, "message.sent": 2}},
			{"bound elsewhere", bound, map[string]int{"agent.status_changed": 1}},
			{"assignee", agentCaller(2, kefu.RoleAgent), map[string]int{"conversation.created": 1, "ticket.created": 1, "conversation.assigned": 1, "message.received": 1,
				"message.sent": 2, "agent.status_changed": 1}},
			{"other agent", agentCaller(1, kefu.RoleAgent), map[string]int{"agent.status_changed": 1}},
			{"contact", contactAsk(conv.ContactID).Caller, map[string]int{"conversation.created": 1, "conversation.assigned": 1, "message.received": 1, "message.sent": 1,
				"agent.status_changed": 1, "user.created": 1, "user.updated": 1}},
			{"other contact", contactAsk("con_other").Caller, map[string]int{}},
			{"nobody", kefu.Caller{}, map[string]int{}},
		} {
			page := b.feed(c.by, switchboard.EventQuery{Limit: 200})
			got := map[string]int{}
			for _, e := range page.Items {
				got[e.Event]++
				if c.name == "contact" && e.Event == "conversation.created" {
					var data map[string]any
					if err := json.Unmarshal(e.Data, &data); err != nil || data["team_id"] != nil || len(data["labels"].([]any)) > 0 {
						t.Errorf("the contact is shown %s", e.Data)
					}
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s sees %v, want %v", c.name, got, c.want)
			}
			if page.Position != 9 || page.Gap != nil {
				t.Errorf("%s is at %d, gap %v", c.name, page.Position, page.Gap)
			}
		}
		only := b.feed(boss.Caller, switchboard.EventQuery{Types: []string{"message.*"}, Limit: 2})
		if fmt.Sprint(names(only)) != "[message.received message.sent]" {
			t.Errorf("%v", names(only))
		}
		rest := b.feed(boss.Caller, switchboard.EventQuery{Types: []string{"message.*"}, Since: only.Position})
		if fmt.Sprint(names(rest)) != "[message.sent]" {
			t.Errorf("%v", names(rest))
		}
		if now := b.feed(boss.Caller, switchboard.EventQuery{Since: -1}); now.Position != 9 || len(now.Items) > 0 {
			t.Errorf("%+v", now)
		}
	})
}

func TestEventsAreForgottenFromTheOldEnd(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		for range 10 {
			b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "x"})
		}
		b.place()
		before := time.Now().Add(time.Hour)
		if n, err := b.PruneEvents(t.Context(), time.Now().Add(-time.Hour), 100); n != 0 || err != nil {
			t.Errorf("%d young events forgotten, %v", n, err)
		}
		if n, err := b.PruneEvents(t.Context(), before, 5); n != 5 || err != nil {
			t.Errorf("%d forgotten, %v", n, err)
		}
		page := b.feed(program.Caller, switchboard.EventQuery{Since: 2})
		if page.Gap == nil || *page.Gap != (switchboard.Gap{From: 3, To: 5}) || len(page.Items) != 8 || page.Items[0].Position != 6 {
			t.Errorf("%+v", page)
		}
		if page = b.feed(program.Caller, switchboard.EventQuery{Since: 5}); page.Gap != nil || page.Position != 13 {
			t.Errorf("%+v", page)
		}
		if n, err := b.PruneEvents(t.Context(), before, 100); n != 8 || err != nil {
			t.Errorf("%d forgotten, %v", n, err)
		}
		page = b.feed(program.Caller, switchboard.EventQuery{Since: 3, Wait: time.Second})
		if page.Gap == nil || *page.Gap != (switchboard.Gap{From: 4, To: 13}) || page.Position != 13 {
			t.Errorf("%+v", page)
		}
	})
}

func TestEventsAreWaitedFor(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		b.place()
		at := b.feed(program.Caller, switchboard.EventQuery{Since: -1}).Position
		got := make(chan switchboard.EventPage, 1)
		go func() {
			page, err := b.Events(t.Context(), program.Caller, switchboard.EventQuery{Since: at, Types: []string{"message.*"}, Wait: switchboard.MaxWait})
			if err != nil {
				t.Error(err)
			}
			got <- page
		}()
		b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "x"})
		b.place()
		b.signals.Signal(bus.Placed)
		if page := <-got; len(page.Items) != 1 || page.Position != at+1 {
			t.Errorf("%+v", page)
		}
		if page := b.feed(program.Caller, switchboard.EventQuery{Since: at + 1, Wait: 10 * time.Millisecond}); len(page.Items) > 0 || page.Position != at+1 {
			t.Errorf("%+v", page)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Events(ctx, program.Caller, switchboard.EventQuery{Since: at + 1, Wait: time.Minute}); err == nil {
			t.Error("a wait of a minute is taken")
		}
		if _, err := b.Events(ctx, program.Caller, switchboard.EventQuery{Since: at + 1, Wait: time.Second}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
