package switchboard_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// verbs are all the ways to reach a conversation and a message.
func verbs(b *board, conv kefu.ConversationID, msg kefu.MessageID) map[string]func(context.Context, kefu.Ask) error {
	return map[string]func(context.Context, kefu.Ask) error{
		"Conversation": func(ctx context.Context, a kefu.Ask) error { _, err := b.Conversation(ctx, a.Caller, conv); return err },
		"UpdateConversation": func(ctx context.Context, a kefu.Ask) error {
			_, err := b.UpdateConversation(ctx, a, conv, switchboard.ConversationChange{Subject: kefu.Some("x")})
			return err
		},
		"EndConversation": func(ctx context.Context, a kefu.Ask) error { _, err := b.EndConversation(ctx, a, conv); return err },
		"Claim": func(ctx context.Context, a kefu.Ask) error {
			in := switchboard.ClaimRequest{}
			if a.Caller.Kind != kefu.CallerAgent {
				in.AgentID = "agt_1"
			}
			_, err := b.Claim(ctx, a, conv, in)
			return err
		},
		"Transfer": func(ctx context.Context, a kefu.Ask) error {
			_, err := b.Transfer(ctx, a, conv, switchboard.TransferRequest{AgentID: "agt_1"})
			return err
		},
		"Handoff": func(ctx context.Context, a kefu.Ask) error {
			_, err := b.Handoff(ctx, a, conv, switchboard.HandoffRequest{To: kefu.HandlerQueue})
			return err
		},
		"Read": func(ctx context.Context, a kefu.Ask) error { _, err := b.Read(ctx, a, conv, 1); return err },
		"Messages": func(ctx context.Context, a kefu.Ask) error {
			_, err := b.Messages(ctx, a.Caller, conv, switchboard.MessageFilter{}, switchboard.Paging{})
			return err
		},
		"Send": func(ctx context.Context, a kefu.Ask) error {
			_, err := b.Send(ctx, a, switchboard.NewMessage{ConversationID: conv, Content: "x"})
			return err
		},
		"Message": func(ctx context.Context, a kefu.Ask) error { _, err := b.Message(ctx, a.Caller, msg); return err },
		"EditMessage": func(ctx context.Context, a kefu.Ask) error {
			_, err := b.EditMessage(ctx, a, msg, switchboard.MessageChange{Content: kefu.Some("x")})
			return err
		},
		"RecallMessage": func(ctx context.Context, a kefu.Ask) error { _, err := b.RecallMessage(ctx, a, msg); return err },
		"RetryMessage":  func(ctx context.Context, a kefu.Ask) error { _, err := b.RetryMessage(ctx, a, msg); return err },
	}
}

// TestWhatOneMayNotSeeIsNotThere: every verb answers those who may not see a conversation with the words for what is not there, and
// changes nothing.
func TestWhatOneMayNotSeeIsNotThere(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.staffed(3)
		conv := b.begin(switchboard.NewConversation{Content: "hi", TeamID: "tea_2", AssigneeID: "agt_1"})
		msg := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "secret"})
		bound := program
		bound.Caller.Bound, bound.Caller.ID = true, "key_bound"
		strangers := map[string]kefu.Ask{
			"another agent":      agentAsk(2),
			"another supervisor": {Caller: agentCaller(3, kefu.RoleSupervisor)},
			"another contact":    contactAsk("con_other"),
			"a bound program":    bound,
			"nobody":             {},
		}
		before, err := b.Conversation(t.Context(), program.Caller, conv.ID)
		if err != nil {
			t.Fatal(err)
		}
		nowhere := verbs(b, "cnv_0", "msg_0")
		for who, ask := range strangers {
			for name, verb := range verbs(b, conv.ID, msg.ID) {
				err, there := verb(t.Context(), ask), nowhere[name](t.Context(), ask)
				if kefu.KindOf(err) != kefu.KindNotFound && kefu.KindOf(err) != kefu.KindForbidden || err.Error() != there.Error() {
					t.Errorf("%s, %s: %v; what is not there: %v", name, who, err, there)
				}
			}
			for _, f := range []switchboard.ConversationFilter{{}, {Assignee: "agt_1"}, {Contact: conv.ContactID}, {Text: "hi"}} {
				list, err := b.Conversations(t.Context(), ask.Caller, f, switchboard.Paging{})
				if err != nil || len(list.Items) > 0 {
					t.Errorf("%s lists %+v, %v", who, list, err)
				}
			}
		}
		after, err := b.Conversation(t.Context(), program.Caller, conv.ID)
		if err != nil || kefu.ETag(after) != kefu.ETag(before) {
			t.Errorf("%+v\n%+v, %v", before, after, err)
		}
	})
}

func TestContactsSeeOnlyWhatIsTheirs(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		b.staffed(1)
		conv := b.begin(switchboard.NewConversation{Content: "hi", Labels: []string{"vip"}, TeamID: "tea_1", Priority: kefu.PriorityUrgent})
		me := contactAsk(conv.ContactID)
		note := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "note", Private: true})
		reply := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "reply"})
		mine, err := b.Conversation(t.Context(), me.Caller, conv.ID)
		if err != nil || len(mine.Labels) > 0 || mine.TeamID != nil || mine.Priority != kefu.PriorityMedium {
			t.Errorf("%+v, %v", mine, err)
		}
		list, err := b.Messages(t.Context(), me.Caller, conv.ID, switchboard.MessageFilter{OldestFirst: true}, switchboard.Paging{})
		if err != nil || len(list.Items) != 2 || list.Items[1].ID != reply.ID || list.Items[1].Deliveries != nil {
			t.Errorf("%+v, %v", list, err)
		}
		_, err = b.Message(t.Context(), me.Caller, note.ID)
		kind(t, "a note", err, kefu.KindNotFound)
		_, err = b.RecallMessage(t.Context(), me, note.ID)
		kind(t, "recalling a note", err, kefu.KindNotFound)
		_, err = b.EditMessage(t.Context(), me, reply.ID, switchboard.MessageChange{Content: kefu.Some("x")})
		kind(t, "editing a reply", err, kefu.KindForbidden)
		_, err = b.Send(t.Context(), me, switchboard.NewMessage{ConversationID: conv.ID, Content: "x", Private: true})
		kind(t, "a note of a contact", err, kefu.KindInvalid)
		_, err = b.Send(t.Context(), me, switchboard.NewMessage{ConversationID: conv.ID, Content: "x", SenderType: kefu.AuthorBot})
		kind(t, "a contact as a bot", err, kefu.KindInvalid)
		_, err = b.StartConversation(t.Context(), me, switchboard.NewConversation{ContactID: "con_other"})
		kind(t, "for another contact", err, kefu.KindInvalid)
		_, err = b.StartConversation(t.Context(), me, switchboard.NewConversation{AssigneeID: "agt_1"})
		kind(t, "sorting", err, kefu.KindForbidden)
		for name, verb := range verbs(b, conv.ID, reply.ID) {
			switch name {
			case "UpdateConversation", "Claim", "Transfer", "Handoff", "RetryMessage":
				kind(t, name, verb(t.Context(), me), kefu.KindForbidden)
			}
		}
		// Without a conversation: the open one, and when there is none a new one.
		first := b.say(me, switchboard.NewMessage{Content: "one more"})
		if first.ConversationID != conv.ID {
			t.Errorf("%+v", first)
		}
		if _, err := b.EndConversation(t.Context(), me, conv.ID); err != nil {
			t.Fatal(err)
		}
		second := b.say(me, switchboard.NewMessage{Content: "a new matter"})
		if second.ConversationID == conv.ID || second.Seq != 1 {
			t.Errorf("%+v", second)
		}
	})
}

// TestUpdatesRace: of ten who change what they have read, one does, and nine are told that they were late.
func TestUpdatesRace(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{Content: "hi"})
		conv, err := b.Conversation(t.Context(), program.Caller, conv.ID)
		if err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 10)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				ask := program
				ask.IfMatch = kefu.ETag(conv)
				_, errs[i] = b.UpdateConversation(t.Context(), ask, conv.ID, switchboard.ConversationChange{Subject: kefu.Some(fmt.Sprint("subject ", i))})
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				kind(t, "late", err, kefu.KindPrecondition)
			}
		}
		if won != 1 {
			t.Errorf("%d changed it", won)
		}
	})
}

func TestUpdateTellsEverybody(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		b.staffed(2)
		conv := b.begin(switchboard.NewConversation{Content: "hi"})
		b.queue("guild")
		b.openDesk(conv.ID, "guild", "ch")
		now, err := b.UpdateConversation(t.Context(), program, conv.ID, switchboard.ConversationChange{AssigneeID: kefu.Some(kefu.AgentID("agt_2")),
			TeamID: kefu.Some(kefu.TeamID("tea_1")), Labels: kefu.Some([]string{"退貨"}), Priority: kefu.Some(kefu.PriorityLow), Subject: kefu.Some("new")})
		if err != nil || *now.AssigneeID != "agt_2" || *now.TeamID != "tea_1" || now.Labels[0] != "退貨" || now.Priority != kefu.PriorityLow || now.Subject != "new" {
			t.Fatalf("%+v, %v", now, err)
		}
		if got := b.queue("guild"); got != "assigned" {
			t.Errorf("the desk is told %q", got)
		}
		if events := b.events(); events["conversation.assigned"] != 1 || events["conversation.updated"] != 1 || events["ticket.updated"] != 1 {
			t.Errorf("%v", events)
		}
		same, err := b.UpdateConversation(t.Context(), program, conv.ID, switchboard.ConversationChange{Subject: kefu.Some("new")})
		if err != nil || kefu.ETag(same) != kefu.ETag(now) {
			t.Errorf("nothing changes, and %+v becomes %+v, %v", now, same, err)
		}
		cleared, err := b.UpdateConversation(t.Context(), program, conv.ID, switchboard.ConversationChange{AssigneeID: kefu.Opt[kefu.AgentID]{Given: true, Null: true},
			TeamID: kefu.Opt[kefu.TeamID]{Given: true, Null: true}, Labels: kefu.Opt[[]string]{Given: true, Null: true}, Priority: kefu.Opt[kefu.Priority]{Given: true, Null: true}})
		if err != nil || cleared.AssigneeID != nil || cleared.TeamID != nil || len(cleared.Labels) > 0 || cleared.Priority != kefu.PriorityMedium || cleared.Handler != kefu.HandlerQueue {
			t.Errorf("%+v, %v", cleared, err)
		}
		closed, err := b.UpdateConversation(t.Context(), program, conv.ID, switchboard.ConversationChange{Status: kefu.Some(kefu.StatusClosed), Labels: kefu.Some([]string{"vip"})})
		if err != nil || closed.Status != kefu.StatusClosed || closed.ClosedAt == nil || closed.Labels[0] != "vip" {
			t.Errorf("%+v, %v", closed, err)
		}
		opened, err := b.UpdateConversation(t.Context(), program, conv.ID, switchboard.ConversationChange{Status: kefu.Some(kefu.StatusPending)})
		if err != nil || opened.Status != kefu.StatusPending || opened.ClosedAt != nil || opened.ClosedBy != "" {
			t.Errorf("%+v, %v", opened, err)
		}
		if got := b.queue("guild"); got != "closed reopened" {
			t.Errorf("the desk is told %q", got)
		}
		b.view(func(tx *store.Tx) error {
			log, err := tx.AuditLog(store.AuditFilter{Target: string(conv.ID), Limit: 50})
			if len(log) != 5 {
				t.Errorf("%d lines in the audit log", len(log))
			}
			return err
		})
	})
}

func TestTransferAndHandoff(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.staffed(3)
		conv := b.begin(switchboard.NewConversation{Content: "hi", TeamID: "tea_1"})
		got, err := b.Transfer(t.Context(), agentAsk(2), conv.ID, switchboard.TransferRequest{AgentID: "agt_3", Note: "please"})
		if err != nil || *got.AssigneeID != "agt_3" || got.Handler != kefu.HandlerAgent {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = b.Conversation(t.Context(), agentAsk(2).Caller, conv.ID)
		kind(t, "what was given away", err, kefu.KindNotFound)
		got, err = b.Transfer(t.Context(), agentAsk(3), conv.ID, switchboard.TransferRequest{TeamID: "tea_2"})
		if err != nil || got.AssigneeID != nil || *got.TeamID != "tea_2" || got.Handler != kefu.HandlerQueue {
			t.Fatalf("%+v, %v", got, err)
		}
		got, err = b.Handoff(t.Context(), boss, conv.ID, switchboard.HandoffRequest{To: kefu.HandlerBot, Reason: "simple"})
		if err != nil || got.Handler != kefu.HandlerBot || got.Status != kefu.StatusPending {
			t.Fatalf("%+v, %v", got, err)
		}
		b.say(contactAsk(conv.ContactID), switchboard.NewMessage{ConversationID: conv.ID, Content: "hello bot"})
		if got, err = b.Conversation(t.Context(), boss.Caller, conv.ID); err != nil || got.Status != kefu.StatusPending {
			t.Errorf("what a bot has stays with it: %+v, %v", got, err)
		}
		got, err = b.Handoff(t.Context(), boss, conv.ID, switchboard.HandoffRequest{To: kefu.HandlerAgent})
		if err != nil || *got.AssigneeID != "agt_1" || got.Status != kefu.StatusOpen {
			t.Fatalf("%+v, %v", got, err)
		}
		for name, in := range map[string]switchboard.HandoffRequest{"no word": {}, "unknown": {To: "robot"}, "agent and queue": {To: kefu.HandlerQueue, AgentID: "agt_1"}} {
			_, err := b.Handoff(t.Context(), boss, conv.ID, in)
			kind(t, name, err, kefu.KindInvalid)
		}
		for name, in := range map[string]switchboard.TransferRequest{"nobody": {}, "unknown": {AgentID: "agt_8"}, "no team": {TeamID: "tea_8"}} {
			_, err := b.Transfer(t.Context(), boss, conv.ID, in)
			kind(t, name, err, kefu.KindInvalid)
		}
		if got := b.texts(conv.ID); got != "contact:hi [agent:please] [agent:assigned by Agent 2 to Agent 3] [agent:assigned by Agent 3 to Empty] "+
			"[agent:handed by Agent 1 to bot: simple] contact:hello bot [agent:assigned by Agent 1 to Agent 1]" {
			t.Error(got)
		}
		// Every place of the conversation was told of.
		events := b.events()
		if n := events["message.sent"] + events["message.received"]; n != 7 {
			t.Errorf("%d messages were told of, there are 7", n)
		}
	})
}

func TestReadNeverGoesBack(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{Content: "hi"})
		b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "a"})
		for _, step := range [][2]int64{{1, 1}, {2, 2}, {1, 2}} {
			r, err := b.Read(t.Context(), program, conv.ID, step[0])
			if err != nil || r.Seq != step[1] || r.ReadAt.IsZero() {
				t.Errorf("%v: %+v, %v", step, r, err)
			}
		}
		_, err := b.Read(t.Context(), program, conv.ID, 3)
		kind(t, "what is not there", err, kefu.KindInvalid)
	})
}
