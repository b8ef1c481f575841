package switchboard_test

import (
	"fmt"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func TestEditAndRecall(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		b.staffed(2)
		conv := b.begin(switchboard.NewConversation{Content: "hi", TeamID: "tea_1"})
		m := b.say(agentAsk(2), switchboard.NewMessage{ConversationID: conv.ID, Content: "old"})
		ask := agentAsk(2)
		ask.IfMatch = kefu.ETag(m)
		edited, err := b.EditMessage(t.Context(), ask, m.ID, switchboard.MessageChange{Content: kefu.Some("new")})
		if err != nil || edited.Content != "new" || !edited.Edited || edited.Deleted {
			t.Fatalf("%+v, %v", edited, err)
		}
		_, err = b.EditMessage(t.Context(), ask, m.ID, switchboard.MessageChange{Content: kefu.Some("newer")})
		kind(t, "a lost race", err, kefu.KindPrecondition)
		_, err = b.EditMessage(t.Context(), agentAsk(2), m.ID, switchboard.MessageChange{Content: kefu.Some("")})
		kind(t, "nothing", err, kefu.KindInvalid)
		for range 2 {
			gone, err := b.RecallMessage(t.Context(), agentAsk(2), m.ID)
			if err != nil || gone.Content != "" || !gone.Deleted {
				t.Fatalf("%+v, %v", gone, err)
			}
		}
		events := b.events()
		if events["message.updated"] != 1 || events["message.deleted"] != 1 {
			t.Errorf("%v", events)
		}
		list, err := b.Messages(t.Context(), boss.Caller, conv.ID, switchboard.MessageFilter{}, switchboard.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.EditMessage(t.Context(), agentAsk(2), list.Items[len(list.Items)-1].ID, switchboard.MessageChange{Content: kefu.Some("x")})
		kind(t, "a contact's words", err, kefu.KindForbidden)
		if _, err = b.EndConversation(t.Context(), boss, conv.ID); err != nil {
			t.Fatal(err)
		}
		list, err = b.Messages(t.Context(), boss.Caller, conv.ID, switchboard.MessageFilter{}, switchboard.Paging{Limit: 1})
		if err != nil || list.Items[0].ContentType != kefu.ContentEvent {
			t.Fatalf("%+v, %v", list, err)
		}
		_, err = b.RecallMessage(t.Context(), boss, list.Items[0].ID)
		kind(t, "a line of the history", err, kefu.KindForbidden)
	})
}

func TestRetryOfWhatFailed(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		m := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "lost"})
		_, err := b.RetryMessage(t.Context(), program, m.ID)
		kind(t, "what waits", err, kefu.KindConflict)
		b.alter(func(tx *store.Tx) error {
			claimed, err := tx.Claim("guild", "test", 10)
			if err != nil || len(claimed) != 1 {
				return fmt.Errorf("%d claimed: %w", len(claimed), err)
			}
			all := tx.Batch()
			all.Finish(claimed[0].Delivery, "test", store.Finish{State: kefu.DeliveryFailed, Reason: "no permission"})
			_, err = all.Run()
			return err
		})
		failed, err := b.Message(t.Context(), program.Caller, m.ID)
		if err != nil || failed.Deliveries[0].State != kefu.DeliveryFailed || failed.Deliveries[0].Reason != "no permission" {
			t.Fatalf("%+v, %v", failed, err)
		}
		again, err := b.RetryMessage(t.Context(), program, m.ID)
		if err != nil || again.Deliveries[0].State != kefu.DeliveryQueued {
			t.Fatalf("%+v, %v", again, err)
		}
		if got := b.queue("guild"); got != "lost" {
			t.Error(got)
		}
	})
}

func TestMessagesPageByPage(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		for i := range 23 {
			b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: fmt.Sprint(i + 1), Private: i%3 == 0})
		}
		walk := func(by kefu.Caller, f switchboard.MessageFilter) string {
			var out []string
			p := switchboard.Paging{Limit: 4}
			for {
				list, err := b.Messages(t.Context(), by, conv.ID, f, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range list.Items {
					out = append(out, m.Content)
				}
				// New ones do not disturb those who walk back.
				b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "later", Private: true})
				if p.Cursor = list.NextCursor; p.Cursor == "" {
					return strings.Join(out, " ")
				}
			}
		}
		if got := walk(contactAsk(conv.ContactID).Caller, switchboard.MessageFilter{OldestFirst: true}); got != "2 3 5 6 8 9 11 12 14 15 17 18 20 21 23" {
			t.Error(got)
		}
		if got := walk(program.Caller, switchboard.MessageFilter{Before: 11, After: 2}); got != "10 9 8 7 6 5 4 3" {
			t.Error(got)
		}
		if got := walk(program.Caller, switchboard.MessageFilter{OldestFirst: true, Before: 6}); got != "1 2 3 4 5" {
			t.Error(got)
		}
	})
}

func TestSendRefuses(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		id := conv.ID
		web := switchboard.AttachmentRef{URL: "https://example.com/a.png"}
		for name, in := range map[string]switchboard.NewMessage{
			"nothing":           {ConversationID: id, Content: " "},
			"nowhere":           {Content: "x"},
			"too long":          {ConversationID: id, Content: strings.Repeat("x", kefu.MaxText+1)},
			"word":              {ConversationID: id, Content: "x", ContentType: "event"},
			"sender":            {ConversationID: id, Content: "x", SenderType: kefu.AuthorSystem},
			"note of contact":   {ConversationID: id, Content: "x", SenderType: kefu.AuthorContact, Private: true},
			"file of a scheme":  {ConversationID: id, Attachments: []switchboard.AttachmentRef{{URL: "file:///etc/passwd"}}},
			"unknown upload":    {ConversationID: id, Attachments: []switchboard.AttachmentRef{{ID: "0123"}}},
			"both":              {ConversationID: id, Attachments: []switchboard.AttachmentRef{{ID: "att_1", URL: web.URL}}},
			"too many files":    {ConversationID: id, Attachments: []switchboard.AttachmentRef{web, web, web, web, web, web, web, web, web, web, web}},
			"choice unlabelled": {ConversationID: id, Content: "x", Choices: []kefu.Choice{{Value: "x"}}},
		} {
			_, err := b.Send(t.Context(), program, in)
			kind(t, name, err, kefu.KindInvalid)
		}
		m := b.say(program, switchboard.NewMessage{ConversationID: id, Attachments: []switchboard.AttachmentRef{{ID: "att_1.png", Name: "a.png"}, web}})
		if m.ContentType != kefu.ContentImage || m.Attachments[0].URL != "https://kefu.example/files/a.png" || m.Attachments[1].URL != web.URL {
			t.Errorf("%+v", m)
		}
		// Who follows the events gets links as well, and no digest by which somebody else's file could be asked for.
		b.place()
		page, err := b.Events(t.Context(), boss.Caller, switchboard.EventQuery{Types: []string{"message.*"}})
		if err != nil || len(page.Items) == 0 {
			t.Fatalf("%+v, %v", page, err)
		}
		last := string(page.Items[len(page.Items)-1].Data)
		if !strings.Contains(last, `"url":"https://kefu.example/files/a.png"`) || strings.Contains(last, "sha") {
			t.Error(last)
		}
	})
}

// TestPreferredAgent: a contact who asks for an agent gets them when they are online, and else the queue.
func TestPreferredAgent(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.staffed(2)
		b.alter(func(tx *store.Tx) error {
			if err := tx.InsertContact(kefu.Contact{ID: "con_1", Name: "客人"}); err != nil {
				return err
			}
			return tx.SetPresence("agt_2", kefu.AgentOnline)
		})
		away := b.say(contactAsk("con_1"), switchboard.NewMessage{Content: "hi", PreferAgent: "agt_1"})
		conv, err := b.Conversation(t.Context(), boss.Caller, away.ConversationID)
		if err != nil || conv.AssigneeID != nil {
			t.Errorf("%+v, %v", conv, err)
		}
		there := b.say(contactAsk("con_1"), switchboard.NewMessage{Content: "hi", PreferAgent: "agt_2"})
		conv, err = b.Conversation(t.Context(), boss.Caller, there.ConversationID)
		if err != nil || conv.AssigneeID == nil || *conv.AssigneeID != "agt_2" || there.ConversationID != away.ConversationID {
			t.Errorf("%+v, %v", conv, err)
		}
		mine := b.say(agentAsk(2), switchboard.NewMessage{ContactID: "con_1", Content: "hello"})
		if mine.ConversationID != conv.ID || mine.Private {
			t.Errorf("%+v", mine)
		}
	})
}
