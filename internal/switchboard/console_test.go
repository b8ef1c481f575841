package switchboard_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// agentCaller is one of the agents that staffed makes: agt_1 and so on.
func agentCaller(n int, role kefu.Role) kefu.Caller {
	return kefu.Caller{Kind: kefu.CallerAgent, ID: fmt.Sprintf("agt_%d", n), Name: fmt.Sprintf("Agent %d", n), Role: role, Scopes: []string{"*:*"}}
}

func agentAsk(n int) kefu.Ask { return kefu.Ask{Caller: agentCaller(n, kefu.RoleAgent)} }

var (
	boss    = kefu.Ask{Caller: agentCaller(1, kefu.RoleAdmin)}
	program = kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Name: "Shop's program", Scopes: []string{"*:*"}}}
)

func contactAsk(id kefu.ContactID) kefu.Ask {
	return kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerContact, ID: string(id), Name: "客人", Scopes: []string{"*:*"}}}
}

// staffed makes agents agt_1 … agt_n, all members of team tea_1.
func (b *board) staffed(n int) {
	b.t.Helper()
	b.alter(func(tx *store.Tx) error {
		team := kefu.Team{ID: "tea_1", Name: "Sales"}
		for i := 1; i <= n; i++ {
			id := kefu.AgentID(fmt.Sprintf("agt_%d", i))
			if _, err := tx.AddAgent(kefu.Agent{ID: id, Name: fmt.Sprintf("Agent %d", i), Role: kefu.RoleAgent}, ""); err != nil {
				return err
			}
			team.Members = append(team.Members, id)
		}
		for _, l := range []string{"退貨", "vip"} {
			if _, err := tx.InsertLabel(kefu.Label{ID: kefu.LabelID("lbl_" + l), Name: l}); err != nil {
				return err
			}
		}
		_, err := tx.InsertTeam(team)
		if err == nil {
			_, err = tx.InsertTeam(kefu.Team{ID: "tea_2", Name: "Empty"})
		}
		return err
	})
}

func (b *board) alter(fn func(tx *store.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), fn); err != nil {
		b.t.Fatal(err)
	}
}

// begin starts a conversation in the queue of tea_1.
func (b *board) begin(in switchboard.NewConversation) switchboard.Conversation {
	b.t.Helper()
	if in.Contact == nil && in.ContactID == "" {
		in.Contact = &switchboard.NewPerson{Name: "客人", ExternalID: "C1"}
	}
	conv, err := b.StartConversation(b.t.Context(), program, in)
	if err != nil {
		b.t.Fatal(err)
	}
	return conv
}

func (b *board) say(ask kefu.Ask, in switchboard.NewMessage) switchboard.Message {
	b.t.Helper()
	m, err := b.Send(b.t.Context(), ask, in)
	if err != nil {
		b.t.Fatalf("%s: %v", in.Content, err)
	}
	return m
}

// kind fails unless an error is of a kind.
func kind(t *testing.T, what string, err error, want kefu.ErrKind) {
	t.Helper()
	if kefu.KindOf(err) != want {
		t.Errorf("%s: %v (%q), want %q", what, err, kefu.KindOf(err), want)
	}
}

func TestStartAndAnswer(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		b.staffed(3)
		conv := b.begin(switchboard.NewConversation{Subject: "退貨", Content: "我要退貨", TeamID: "tea_1", Labels: []string{"vip", "退貨", "vip"}, Priority: kefu.PriorityHigh})
		if conv.Channel != "api" || conv.InboxID != "api" || conv.Ticket.Number == 0 || conv.LastSeq != 1 || *conv.TeamID != "tea_1" ||
			strings.Join(conv.Labels, " ") != "vip 退貨" || conv.Ticket.Status != kefu.TicketPending || conv.AssigneeID != nil {
			t.Errorf("%+v", conv)
		}
		if got := b.queue("guild"); got != "我要退貨" {
			t.Errorf("the desk gets %q", got)
		}
		m := b.say(agentAsk(2), switchboard.NewMessage{ConversationID: conv.ID, Content: "好的"})
		if m.Private || m.Seq != 2 || m.Sender.ID != "agt_2" || len(m.Deliveries) != 1 || m.Deliveries[0].Target != "guild" || m.Deliveries[0].Role != kefu.RoleDesk {
			t.Errorf("%+v", m)
		}
		now, err := b.Conversation(t.Context(), boss.Caller, conv.ID)
		if err != nil || now.Ticket.Status != kefu.TicketProcessing || now.Handler != kefu.HandlerAgent {
			t.Errorf("%+v, %v", now, err)
		}
		note := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "note", Private: true})
		bot := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "bot"})
		words := b.say(program, switchboard.NewMessage{ConversationID: conv.ID, Content: "words", SenderType: kefu.AuthorContact})
		if !note.Private || bot.Sender.Kind != kefu.AuthorBot || words.Sender.Kind != kefu.AuthorContact || words.Sender.ID != string(conv.ContactID) || words.Sender.Name != "客人" {
			t.Errorf("%+v\n%+v\n%+v", note, bot, words)
		}
		if got := b.texts(conv.ID); got != "contact:我要退貨 agent:好的 [bot:note] bot:bot contact:words" {
			t.Error(got)
		}
		events := b.events()
		for name, n := range map[string]int{"conversation.created": 1, "ticket.created": 1, "ticket.updated": 1, "message.received": 2, "message.sent": 3} {
			if events[name] != n {
				t.Errorf("%s: %d, want %d", name, events[name], n)
			}
		}
		again := b.begin(switchboard.NewConversation{Content: "hello\nthere"})
		if again.ContactID != conv.ContactID || again.Subject != "hello" {
			t.Errorf("%+v", again)
		}
	})
}

func TestStartRefuses(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.staffed(1)
		who := &switchboard.NewPerson{Name: "x"}
		for name, in := range map[string]switchboard.NewConversation{
			"nobody":        {},
			"both":          {ContactID: "con_1", Contact: who},
			"wordpress":     {InboxID: "shop", Contact: who},
			"discord":       {InboxID: "guild", Contact: who},
			"no inbox":      {InboxID: "nowhere", Contact: who},
			"no agent":      {AssigneeID: "agt_9", Contact: who},
			"no team":       {TeamID: "tea_9", Contact: who},
			"no label":      {Labels: []string{"vip", "unknown"}, Contact: who},
			"e-mail":        {Contact: &switchboard.NewPerson{Email: strings.Repeat("x", 300) + "@example.com"}},
			"long subject":  {Subject: strings.Repeat("字", 501), Contact: who},
			"priority word": {Priority: "huge", Contact: who},
		} {
			_, err := b.StartConversation(t.Context(), program, in)
			kind(t, name, err, kefu.KindInvalid)
		}
		_, err := b.StartConversation(t.Context(), program, switchboard.NewConversation{ContactID: "con_9"})
		kind(t, "no contact", err, kefu.KindNotFound)
		bound := program
		bound.Caller.Bound = true
		_, err = b.StartConversation(t.Context(), bound, switchboard.NewConversation{Contact: who})
		kind(t, "bound elsewhere", err, kefu.KindInvalid)
	})
}

// TestClaimRace: fifty agents claim at once; one has it, and the others are told who.
func TestClaimRace(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		const agents = 50
		b.staffed(agents)
		conv := b.begin(switchboard.NewConversation{Content: "x", TeamID: "tea_1"})
		errs := make([]error, agents+1)
		var all sync.WaitGroup
		for i := 1; i <= agents; i++ {
			all.Go(func() { _, errs[i] = b.Claim(t.Context(), agentAsk(i), conv.ID, switchboard.ClaimRequest{}) })
		}
		all.Wait()
		now, err := b.Conversation(t.Context(), boss.Caller, conv.ID)
		if err != nil || now.AssigneeID == nil || now.Handler != kefu.HandlerAgent {
			t.Fatalf("%+v, %v", now, err)
		}
		won := 0
		for i, err := range errs[1:] {
			var name string
			if _, scanErr := fmt.Sscanf(string(*now.AssigneeID), "agt_%s", &name); scanErr != nil {
				t.Fatal(scanErr)
			}
			switch {
			case err == nil:
				won++
				if string(*now.AssigneeID) != fmt.Sprintf("agt_%d", i+1) {
					t.Errorf("agent %d was told to have it, and %s has it", i+1, *now.AssigneeID)
				}
			case kefu.KindOf(err) != kefu.KindConflict || !strings.Contains(err.Error(), string(*now.AssigneeID)) || !strings.Contains(err.Error(), "Agent "+name):
				t.Errorf("agent %d: %v", i+1, err)
			}
		}
		if won != 1 {
			t.Errorf("%d agents have it", won)
		}
		if n := b.events()["conversation.assigned"]; n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

// TestOneMessageForOneKey: ten at once with the same key are one message, and all are told so.
func TestOneMessageForOneKey(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		got := make([]switchboard.Message, 10)
		errs := make([]error, 10)
		var all sync.WaitGroup
		for i := range got {
			all.Go(func() {
				ask := program
				ask.Key, ask.Fingerprint = "k", "f"
				got[i], errs[i] = b.Send(t.Context(), ask, switchboard.NewMessage{ConversationID: conv.ID, Content: "once"})
			})
		}
		all.Wait()
		for i := range got {
			if errs[i] != nil || kefu.ETag(got[i]) != kefu.ETag(got[0]) {
				t.Errorf("%d: %+v, %v", i, got[i], errs[i])
			}
		}
		if got := b.texts(conv.ID); got != "bot:once" {
			t.Error(got)
		}
	})
}

func TestOwnersOfTheTalk(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		b.staffed(2)
		conv := b.begin(switchboard.NewConversation{Content: "hi", TeamID: "tea_1"})
		b.openDesk(conv.ID, "guild", "ch")
		b.take("guild", staff("ch", "from the desk"))
		late := b.say(boss, switchboard.NewMessage{ConversationID: conv.ID, Content: "from here"})
		if !late.Private || late.Unrouted == "" {
			t.Errorf("while the desk owns the talk: %+v", late)
		}
		if _, err := b.Claim(t.Context(), boss, conv.ID, switchboard.ClaimRequest{}); err != nil {
			t.Fatal(err)
		}
		if m := b.say(boss, switchboard.NewMessage{ConversationID: conv.ID, Content: "mine now"}); m.Private {
			t.Errorf("after the claim: %+v", m)
		}
		if res := b.take("guild", staff("ch", "still here")); !res.Private {
			t.Error("the desk's text goes to the customer although Kefu itself owns the talk")
		}
		if got := b.texts(conv.ID); !strings.HasSuffix(got, "agent:from the desk [agent:from here] [agent:assigned by Agent 1 to Agent 1] agent:mine now [agent:still here]") {
			t.Error(got)
		}
		// A desk takes over again.
		b.take("guild", command("ch", "u1", "take_over"))
		if m := b.say(boss, switchboard.NewMessage{ConversationID: conv.ID, Content: "no more"}); !m.Private {
			t.Errorf("after the desk took over: %+v", m)
		}
	})
}

func TestClosedConversations(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.staffed(1)
		conv := b.begin(switchboard.NewConversation{Content: "hi"})
		for range 2 {
			ended, err := b.EndConversation(t.Context(), boss, conv.ID)
			if err != nil || ended.Status != kefu.StatusClosed || ended.ClosedAt == nil || ended.ClosedBy != "Agent 1" || ended.Ticket.Status != kefu.TicketClosed {
				t.Fatalf("%+v, %v", ended, err)
			}
		}
		if n := b.events()["conversation.closed"]; n != 1 {
			t.Errorf("closed %d times", n)
		}
		_, err := b.Send(t.Context(), boss, switchboard.NewMessage{ConversationID: conv.ID, Content: "late"})
		kind(t, "an agent's text", err, kefu.KindConflict)
		_, err = b.Send(t.Context(), program, switchboard.NewMessage{ConversationID: conv.ID, Content: "late"})
		kind(t, "a bot's text", err, kefu.KindConflict)
		_, err = b.Claim(t.Context(), boss, conv.ID, switchboard.ClaimRequest{})
		kind(t, "a claim", err, kefu.KindConflict)
		b.say(boss, switchboard.NewMessage{ConversationID: conv.ID, Content: "note", Private: true})
		m := b.say(contactAsk(conv.ContactID), switchboard.NewMessage{ConversationID: conv.ID, Content: "again"})
		now, err := b.Conversation(t.Context(), boss.Caller, conv.ID)
		if err != nil || m.ConversationID != conv.ID || now.Status != kefu.StatusOpen || now.ClosedAt != nil || now.Ticket.Status != kefu.TicketProcessing {
			t.Errorf("reopened: %+v, %v", now, err)
		}
		if _, err := b.EndConversation(t.Context(), contactAsk(conv.ContactID), conv.ID); err != nil {
			t.Error(err)
		}
		b.alter(func(tx *store.Tx) error {
			return tx.SetStatus(conv.ID, kefu.StatusClosed, tx.Now.Add(-8*24*time.Hour), "x")
		})
		m = b.say(contactAsk(conv.ContactID), switchboard.NewMessage{ConversationID: conv.ID, Content: "much later"})
		next, err := b.Conversation(t.Context(), boss.Caller, m.ConversationID)
		if err != nil || m.ConversationID == conv.ID || next.PreviousID == nil || *next.PreviousID != conv.ID || m.Seq != 1 {
			t.Errorf("%+v, %+v, %v", m, next, err)
		}
	})
}

func TestSnooze(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{Content: "hi"})
		until := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		change := switchboard.ConversationChange{SnoozedUntil: kefu.Some(until)}
		now, err := b.UpdateConversation(t.Context(), program, conv.ID, change)
		if err != nil || now.Status != kefu.StatusSnoozed || now.SnoozedUntil == nil || !now.SnoozedUntil.Equal(until) {
			t.Fatalf("%+v, %v", now, err)
		}
		opened, next, err := b.OpenSnoozed(t.Context())
		if err != nil || opened != 0 || !next.Equal(until) {
			t.Errorf("%d, %v, %v", opened, next, err)
		}
		b.alter(func(tx *store.Tx) error {
			c, err := tx.LockConversation(conv.ID)
			c.SnoozedUntil = tx.Now.Add(-time.Second)
			if err != nil {
				return err
			}
			return tx.UpdateConversation(c)
		})
		opened, next, err = b.OpenSnoozed(t.Context())
		now, _ = b.Conversation(t.Context(), program.Caller, conv.ID)
		if err != nil || opened != 1 || !next.IsZero() || now.Status != kefu.StatusOpen || now.SnoozedUntil != nil {
			t.Errorf("%d, %v, %v, %+v", opened, next, err, now)
		}
		if _, err = b.UpdateConversation(t.Context(), program, conv.ID, change); err != nil {
			t.Fatal(err)
		}
		b.say(contactAsk(conv.ContactID), switchboard.NewMessage{ConversationID: conv.ID, Content: "me again"})
		if now, _ = b.Conversation(t.Context(), program.Caller, conv.ID); now.Status != kefu.StatusOpen || now.SnoozedUntil != nil {
			t.Errorf("%+v", now)
		}
		for name, ch := range map[string]switchboard.ConversationChange{
			"past":        {SnoozedUntil: kefu.Some(time.Now().Add(-time.Hour))},
			"other word":  {SnoozedUntil: kefu.Some(until), Status: kefu.Some(kefu.StatusOpen)},
			"no word":     {Status: kefu.Some(kefu.Status("sleeping"))},
			"null status": {Status: kefu.Opt[kefu.Status]{Given: true, Null: true}},
			"no label":    {Labels: kefu.Some([]string{"unknown"})},
			"no subject":  {Subject: kefu.Some(" ")},
			"no agent":    {AssigneeID: kefu.Some(kefu.AgentID("agt_77"))},
			"no team":     {TeamID: kefu.Some(kefu.TeamID("tea_77"))},
		} {
			_, err := b.UpdateConversation(t.Context(), program, conv.ID, ch)
			kind(t, name, err, kefu.KindInvalid)
		}
	})
}
