package switchboard_test

import (
	"encoding/json"
	"testing"

	"kefu/internal/connector"
	"kefu/internal/store"
)

// lastTold is the data of the newest event of a type, and how many there are.
func (b *board) lastTold(kind string) (data map[string]any, n int) {
	b.t.Helper()
	b.place()
	b.view(func(tx *store.Tx) error {
		events, err := tx.EventsSince(0, 10000)
		for _, e := range events {
			if e.Type == kind {
				data, n = nil, n+1
				if err := json.Unmarshal(e.Data, &data); err != nil {
					return err
				}
			}
		}
		return err
	})
	return data, n
}

// A ticket whose create comes after its first message has told neither its title nor what it was opened with: both are told then.
func TestALateCreateIsTold(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		b.take("shop", writing("33", "何時出貨"))
		b.compare(nil)
		if data, n := b.lastTold("ticket.created"); n != 1 || data["description"] != "" || data["customer_email"] != "demo@example.com" {
			t.Errorf("ticket.created was told %d times, with %v", n, data)
		}
		before, _ := b.lastTold("conversation.created")
		if res := b.take("shop", opening("33", "何時出貨")); !res.Duplicate {
			t.Errorf("the create gave %+v", res)
		}
		if data, n := b.lastTold("ticket.updated"); n != 1 || data["description"] != "何時出貨" || data["title"] != "關於訂單" {
			t.Errorf("ticket.updated was told %d times, with %v", n, data)
		}
		if data, n := b.lastTold("conversation.updated"); n != 1 || data["subject"] != "關於訂單" || data["subject"] == before["subject"] {
			t.Errorf("conversation.updated was told %d times, with %v", n, data)
		}
		b.take("shop", opening("33", "何時出貨"))
		if _, n := b.lastTold("ticket.updated"); n != 1 {
			t.Errorf("a create sent again is told: %d", n)
		}
	})
}

// Whom a desk names for the first time is told as new, another name as a change, and who takes a talk over as having it.
func TestPeopleOfADeskAreTold(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "hi"))
		b.queue("guild")
		b.openDesk(res.ConversationID, "guild", "ch")
		b.take("guild", staff("ch", "one"))
		data, n := b.lastTold("user.created")
		if n != 2 || data["role"] != "agent" || data["name"] != "Amy" {
			t.Errorf("user.created was told %d times, with %v", n, data)
		}
		if _, n := b.lastTold("user.updated"); n != 0 {
			t.Errorf("user.updated was told %d times of somebody who has not changed", n)
		}
		amy := data["user_id"]
		renamed := staff("ch", "two")
		renamed.Sender.Name = "Amy W."
		b.take("guild", renamed)
		if data, n := b.lastTold("user.updated"); n != 1 || data["user_id"] != amy || data["name"] != "Amy W." || data["role"] != "agent" {
			t.Errorf("user.updated was told %d times, with %v", n, data)
		}
		over := command("ch", "u1", connector.CmdTakeOver)
		over.Sender.Name = "Amy W."
		b.take("guild", over)
		if data, n := b.lastTold("conversation.assigned"); n != 1 || data["agent_id"] != amy || data["previous_agent_id"] != "" {
			t.Errorf("conversation.assigned was told %d times, with %v", n, data)
		}
		if data, _ := b.lastTold("ticket.updated"); data["assignee_id"] != amy || data["description"] != "hi" {
			t.Errorf("ticket.updated was told with %v", data)
		}
		b.take("guild", over)
		if _, n := b.lastTold("conversation.assigned"); n != 1 {
			t.Errorf("who has the talk and takes it over again is told: %d", n)
		}
	})
}
